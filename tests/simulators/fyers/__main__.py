"""`python -m tests.simulators.fyers --port 9200` serves a whole Fyers on loopback."""

import argparse
import json

from tests.simulators.fyers.faults import Fault
from tests.simulators.fyers.simulator import FakeFyers


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve a strict fake of Fyers on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--app-id", default="SIMULATED-100")
    parser.add_argument("--secret", default="simulated-secret")
    parser.add_argument("--redirect-uri")
    parser.add_argument("--cash", default="1000000")
    parser.add_argument("--stocks", type=int, help="list only so many stocks")
    parser.add_argument("--rate-limits", action="store_true", help="10 a second, 200 a minute")
    parser.add_argument("--checked", action="store_true", help="compare every answer with its shape")
    parser.add_argument("--session", default="open", choices=["open", "closed", "preopen", "auto"])
    parser.add_argument("--price", action="append", default=[], metavar="SYMBOL=PRICE")
    parser.add_argument("--fault", action="append", default=[], type=json.loads, metavar="JSON")
    return parser.parse_args()


def main() -> None:
    """Serve until interrupted."""
    settings = vars(arguments())
    prices, faults, session = settings.pop("price"), settings.pop("fault"), settings.pop("session")
    fake = FakeFyers(**settings)
    fake.clock.turn(session)
    for price in prices:
        fake.market.move(*price.split("=", 1))
    for fault in faults:
        fake.faults.add(Fault.read(fault))
    fake.announce()


if __name__ == "__main__":
    main()
