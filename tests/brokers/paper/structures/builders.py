from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.orders import OrderRole
from app.domain.structures.legs import Leg, Structure, compose
from app.domain.structures.orders import StructureOrder
from app.domain.symbols.derivatives import option_instrument

NUMBERS = count(1)
FRIDAY = date(2025, 3, 21)
AFTER_CLOSE = datetime(2025, 3, 21, 20, 0, 1, tzinfo=UTC)
KINDS = {"C": "call", "P": "put"}


def contract(text, expiry=FRIDAY, underlying="AAPL") -> Instrument:
    return option_instrument(OptionContract(underlying, expiry, Decimal(text[1:]), KINDS[text[0]]))


def structure(*texts, expiry=FRIDAY) -> Structure:
    """Read legs as `+P95`, `-2C100`, `+100S`."""
    made = []
    for text in texts:
        at = next(place for place, letter in enumerate(text) if letter in "CPS")
        ratio = int(text[:at] + ("1" if text[:at] in {"+", "-"} else ""))
        instrument = Instrument("AAPL", AssetClass.EQUITY) if text[at] == "S" else contract(text[at:], expiry)
        made.append(Leg(instrument, ratio))
    return compose(made)[0]


def enter(wanted, limit, units=1, role=OrderRole.ENTRY) -> StructureOrder:
    return StructureOrder(f"bot-s{next(NUMBERS)}", wanted, units, Decimal(str(limit)), role)


def leave(wanted, limit, units=1) -> StructureOrder:
    return enter(wanted.opposite(), limit, units, OrderRole.EXIT)
