"""The ladder: a limit order that moves from the mid toward the market in bounded steps, and no further.

It never chases: the last price is fixed when the ladder begins, however the market runs.
"""

from decimal import Decimal
from enum import StrEnum

from app.dataclass import dataclass
from app.domain.structures.net_quotes import CENT, NetQuote, towards_us

STEPS = 4
# The last price rests longer: what it gives up is given up anyway.
LAST_RESTS = 2


class Pace(StrEnum):
    """How long the order rests at each price."""

    PATIENT = "patient"
    NORMAL = "normal"
    FAST = "fast"

    @property
    def seconds(self) -> int:
        """The time at each price but the last."""
        return {"patient": 20, "normal": 10, "fast": 4}[self.value]


@dataclass(frozen=True, slots=True)
class Rung:
    """One price of the ladder and for how long the order rests there."""

    price: Decimal
    seconds: int


@dataclass(frozen=True, slots=True)
class LadderTerms:
    """How far a ladder may go: a share of the half spread, and never beyond `limit` (None: no bound)."""

    pace: Pace = Pace.NORMAL
    give: Decimal = Decimal("0.5")
    limit: Decimal | None = None


def rungs(quote: NetQuote, terms: LadderTerms, *, tick: Decimal = CENT) -> list[Rung]:
    """Return the prices of a ladder in turn; none where the mid is beyond the limit already.

    Paying more is moving up, for a credit too: from -1.00 to -0.95. Prices that the tick makes equal are one.
    """
    first = towards_us(quote.mid, tick)
    last = towards_us(quote.mid + quote.spread / 2 * terms.give, tick)
    if terms.limit is not None:
        last = min(last, towards_us(terms.limit, tick))
    if first > last:
        return []
    step = (last - first) / STEPS
    prices = sorted({towards_us(first + step * number, tick) for number in range(STEPS + 1)})
    return [Rung(price, terms.pace.seconds * (LAST_RESTS if price == last else 1)) for price in prices]
