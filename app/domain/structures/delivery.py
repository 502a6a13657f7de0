"""India's options on shares, which are settled by delivery: they are left well before they expire."""

from datetime import date, timedelta

from app.domain.hours import is_trading_day
from app.domain.instruments import INDIAN_VENUES
from app.domain.structures.legs import Structure
from app.domain.symbols.tables import INDIAN_INDICES

# From four trading days before on brokers want the whole delivery as margin, and square off without it.
TRADING_DAYS_BEFORE = 5
_ONE_DAY = timedelta(days=1)


def is_delivered(structure: Structure) -> bool:
    """Tell whether contracts in the money bring or take shares at the NSE; those on an index bring cash."""
    is_indian = any(leg.instrument.venue in INDIAN_VENUES for leg in structure.legs)
    return is_indian and structure.underlying not in INDIAN_INDICES


def last_day(structure: Structure) -> date:
    """Return the day on which the expiry guard leaves: the first expiry, or before delivery is due."""
    day = structure.expiries[0]
    left = TRADING_DAYS_BEFORE if is_delivered(structure) else 0
    while left:
        day -= _ONE_DAY
        left -= is_trading_day(day, "NSE")
    return day
