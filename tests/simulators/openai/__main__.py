"""`python -m tests.simulators.openai --port 9200` serves it for OPENAI_BASE_URL."""

import argparse
import json

from tests.simulators.openai.behaviours import Behaviour
from tests.simulators.openai.simulator import FakeOpenAI


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve a fake of OpenAI's Responses API on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default="sk-simulated")
    parser.add_argument("--obey", action="store_true", help="follow every instruction found in any text")
    parser.add_argument("--behaviour", action="append", default=[], type=json.loads, metavar="JSON")
    return parser.parse_args()


def main() -> None:
    """Serve until interrupted."""
    settings = vars(arguments())
    behaviours = settings.pop("behaviour")
    fake = FakeOpenAI(**settings)
    for behaviour in behaviours:
        fake.behaviours.add(Behaviour.read(behaviour))
    fake.announce()


if __name__ == "__main__":
    main()
