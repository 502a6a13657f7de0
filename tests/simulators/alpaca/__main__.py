"""`python -m tests.simulators.alpaca --port 9100` serves it for ALPACA_TRADING_URL and ALPACA_DATA_URL."""

import argparse
import json

from tests.simulators.alpaca.faults import Fault
from tests.simulators.alpaca.simulator import FakeAlpaca


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve a strict fake of Alpaca on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default="simulated-key")
    parser.add_argument("--secret", default="simulated-secret")
    parser.add_argument("--cash", default="100000")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--requests-per-minute", type=int)
    parser.add_argument("--checked", action="store_true", help="compare every answer with Alpaca's schemas")
    parser.add_argument("--price", action="append", default=[], metavar="SYMBOL=PRICE")
    parser.add_argument("--fault", action="append", default=[], type=json.loads, metavar="JSON")
    return parser.parse_args()


def main() -> None:
    """Serve until interrupted."""
    settings = vars(arguments())
    prices, faults = settings.pop("price"), settings.pop("fault")
    fake = FakeAlpaca(**settings)
    for price in prices:
        fake.market.move(*price.split("=", 1))
    for fault in faults:
        fake.faults.add(Fault.read(fault))
    fake.announce()


if __name__ == "__main__":
    main()
