"""What a structure costs now: one signed net price from the quotes of its legs.

Signs are Alpaca's: a positive net price is paid for one unit, a negative one is received; per unit of the
underlying, as contracts are quoted.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.money import ZERO, round_price
from app.domain.reasons import Reason
from app.domain.structures.kinds import PATTERNS, Sign, StructureKind, recognise
from app.domain.structures.legs import Leg, Structure, StructureRefused
from app.domain.structures.payoff import Bounds, bounds

CENT = Decimal("0.01")
_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class LegQuote:
    """Bid and ask of one leg per unit of the underlying; a side that nobody offers is None."""

    bid: Decimal | None
    ask: Decimal | None
    at: datetime | None = None

    @property
    def is_two_sided(self) -> bool:
        """Tell whether both sides are there and do not cross."""
        return self.bid is not None and self.ask is not None and ZERO <= self.bid <= self.ask and self.ask > 0


@dataclass(frozen=True, slots=True)
class NetQuote:
    """The net prices of one unit: `natural` fills against the quotes, `far` is their other end."""

    natural: Decimal
    far: Decimal

    @property
    def mid(self) -> Decimal:
        """The middle of both."""
        return (self.natural + self.far) * _HALF

    @property
    def spread(self) -> Decimal:
        """How far apart the two are."""
        return self.natural - self.far

    @property
    def relative_spread(self) -> Decimal | None:
        """The spread as a fraction of the mid; None where the mid is zero."""
        return None if self.mid == ZERO else self.spread / abs(self.mid)


def net_quote(structure: Structure, quotes: Mapping[str, LegQuote]) -> NetQuote:
    """Return what buying one unit costs; raise StructureRefused QUOTE_ONE_SIDED where a side is missing."""
    natural = far = ZERO
    for leg in structure.legs:
        bid, ask = _sides(leg, quotes)
        share = leg.units / structure.multiplier
        natural += share * (bid if leg.is_short else ask)
        far += share * (ask if leg.is_short else bid)
    return NetQuote(natural, far)


def check_fresh(
    structure: Structure, quotes: Mapping[str, LegQuote], *, now: datetime, longest: timedelta
) -> None:
    """Raise StructureRefused QUOTE_STALE where a leg's quote is older than `longest`, or has no time."""
    for leg in structure.legs:
        at = quotes[leg.instrument.symbol].at
        if at is None or now - at > longest:
            age = "has no time" if at is None else f"is {(now - at).total_seconds():.1f} s old"
            raise StructureRefused(
                Reason.QUOTE_STALE,
                f"The quote of {leg.instrument.symbol} {age}, {longest.total_seconds():g} s are allowed.",
            )


def sign_of(structure: Structure) -> Sign:
    """Return whether a structure is paid for or paid out, by its name or by what it can be worth."""
    kind = recognise(structure)
    if kind is not StructureKind.CUSTOM:
        return PATTERNS[kind].sign
    possible = bounds(structure)
    if possible.least is not None and possible.least >= ZERO:
        return Sign.DEBIT
    return Sign.CREDIT if possible.most is not None and possible.most <= ZERO else Sign.EITHER


def check_price(structure: Structure, net: Decimal) -> None:
    """Raise StructureRefused where no sane order has this net price: a wrong sign, or out of its bounds.

    Money: a credit that is sent as a debit is filled at once, and gives the difference away.
    """
    sign = sign_of(structure)
    if (sign is Sign.CREDIT and net > ZERO) or (sign is Sign.DEBIT and net < ZERO):
        raise StructureRefused(Reason.STRUCTURE_PRICE_SIGN, f"The net price is {net}, a {sign.value} is due.")
    possible = bounds(structure)
    if possible.clamp(net) != net:
        raise StructureRefused(
            Reason.PRICE_IMPOSSIBLE, f"The net price is {net}, possible is {_told(possible)}."
        )


def towards_us(net: Decimal, tick: Decimal = CENT) -> Decimal:
    """Round a net price to the tick so that we never pay more, nor receive less, than was decided."""
    return round_price(net, tick, up=False)


def _sides(leg: Leg, quotes: Mapping[str, LegQuote]) -> tuple[Decimal, Decimal]:
    quote = quotes.get(leg.instrument.symbol)
    if quote is None or not quote.is_two_sided or quote.bid is None or quote.ask is None:
        has = "has no quote" if quote is None else f"has bid {quote.bid} and ask {quote.ask}"
        raise StructureRefused(Reason.QUOTE_ONE_SIDED, f"{leg.instrument.symbol} {has}.")
    return quote.bid, quote.ask


def _told(possible: Bounds) -> str:
    least = "no least" if possible.least is None else f"{possible.least:f}"
    most = "no most" if possible.most is None else f"{possible.most:f}"
    return f"{least} to {most}"
