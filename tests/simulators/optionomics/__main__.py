"""`python -m tests.simulators.optionomics --port 9300` serves it for OPTIONOMICS_MCP_URL."""

import argparse
import json

from tests.simulators.optionomics.simulator import FakeOptionomics


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve a fake Optionomics MCP server on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--email", default="trader@example.com")
    parser.add_argument("--token", default="simulated-token")
    parser.add_argument("--switches", type=json.loads, default={}, metavar="JSON")
    return parser.parse_args()


def main() -> None:
    """Serve until interrupted."""
    settings = vars(arguments())
    switches = settings.pop("switches")
    fake = FakeOptionomics(**settings)
    fake.switches.change(switches)
    print(fake.url, flush=True)  # noqa: T201  # the caller reads it
    fake.serve()


if __name__ == "__main__":
    main()
