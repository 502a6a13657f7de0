"""`python -m tests.simulators.gcs --port 9000 --bucket gatehouse` serves it for STORAGE_EMULATOR_HOST."""

import argparse

from tests.simulators.gcs.simulator import FakeGcs


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve a strict fake of Cloud Storage on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bucket", default="gatehouse")
    FakeGcs(**vars(parser.parse_args())).announce()


if __name__ == "__main__":
    main()
