"""What a bot command asks for, in the words of its document."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from app.dataclass import dataclass
from app.domain.structures.kinds import Kind


class Which(StrEnum):
    """Which of a bot's trades are to be closed."""

    ALL = "all"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class WantedLeg:
    """A leg as a command names it: expiry and strike mean the nearest listed ones.

    `quantity` is signed: bought is positive, sold negative; of shares it counts single ones.
    """

    symbol: str
    quantity: int
    expiration: date | None = None
    kind: Kind | None = None
    strike: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EnterCommand:
    """Enter a trade: by the bot's settings, or these legs; `units` None leaves the size to the bot."""

    units: int | None = None
    legs: tuple[WantedLeg, ...] = ()


@dataclass(frozen=True, slots=True)
class ExitCommand:
    """Leave one trade, or some of a bot's; `trim` is a percentage of the trade's units, rounded up.

    `symbol`: those on it alone. That is what an alert means, which is skipped where there are none.
    """

    trade: int | None = None
    which: Which | None = None
    trim: int | None = None
    symbol: str | None = None


Command: TypeAlias = EnterCommand | ExitCommand


def units_trimmed(units: int, trim: int | None) -> int:
    """Return how many units a trim closes: always at least one, all of them without it."""
    return units if trim is None else -(-units * trim // 100)
