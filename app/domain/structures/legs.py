"""A leg of a structure, and the structure that legs make: checked once, when it is made."""

from datetime import date
from decimal import Decimal
from functools import reduce
from math import gcd

from app.dataclass import dataclass
from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.reasons import Reason
from app.domain.refusals import explained

MOST_LEGS = 4


class StructureRefused(Exception):
    """Legs make no structure that can be traded; `reason` says why, the message what is wrong with them."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = explained(reason, message) or reason.meaning


@dataclass(frozen=True, slots=True)
class Leg:
    """One contract, or shares, of a structure.

    `ratio` is how many one unit holds: positive is bought, negative is sold; shares are counted one by one,
    contracts by the lot where an exchange trades them in lots.
    """

    instrument: Instrument
    ratio: int

    @property
    def option(self) -> OptionContract | None:
        """The terms of the contract, or None for shares."""
        return self.instrument.option

    @property
    def is_short(self) -> bool:
        """Tell whether the leg is sold."""
        return self.ratio < 0

    @property
    def lot(self) -> Decimal:
        """What a ratio of one is in the quantities that brokers count: one contract, or a lot in India."""
        return lot_of(self.instrument)

    @property
    def quantity(self) -> Decimal:
        """What one unit holds of it in the quantities that brokers count, signed."""
        return self.ratio * self.lot

    @property
    def units(self) -> Decimal:
        """How many units of the underlying the leg stands for, signed."""
        return self.quantity * self.instrument.multiplier

    def opposite(self) -> "Leg":
        """Return the leg that closes this one."""
        return Leg(self.instrument, -self.ratio)


@dataclass(frozen=True, slots=True)
class Structure:
    """One underlying and one to four legs whose ratios have no common divisor; make one by `compose`."""

    underlying: str
    legs: tuple[Leg, ...]

    @property
    def options(self) -> tuple[OptionContract, ...]:
        """The contracts among the legs."""
        return tuple(leg.option for leg in self.legs if leg.option is not None)

    @property
    def multiplier(self) -> Decimal:
        """What turns the net price of one unit into money: the underlying in a contract or lot."""
        first = next(leg for leg in self.legs if leg.option is not None)
        return first.lot * first.instrument.multiplier

    @property
    def tick(self) -> Decimal:
        """The step of its net price: the coarsest of its contracts'."""
        return max(leg.instrument.price_tick for leg in self.legs if leg.option is not None)

    @property
    def expiries(self) -> tuple[date, ...]:
        """The different days on which legs expire, the first one first."""
        return tuple(sorted({option.expiry for option in self.options}))

    @property
    def currency(self) -> str:
        """The currency of every leg's price."""
        return self.legs[0].instrument.currency

    def opposite(self) -> "Structure":
        """Return what closes this structure."""
        return Structure(self.underlying, tuple(leg.opposite() for leg in self.legs))


def lot_of(instrument: Instrument) -> Decimal:
    """Return what one contract is in the quantities that brokers count: India's exchanges count units."""
    whole = Decimal(1)
    return whole if instrument.option is None else max(instrument.quantity_increment, whole)


def compose(legs: list[Leg]) -> tuple[Structure, int]:
    """Return the structure that legs make, and how many units of it they are.

    Ratios of 2 and -2 are two units of 1 and -1. Raise StructureRefused with STRUCTURE_MALFORMED.
    """
    _check_count(legs)
    _check_contracts(legs)
    units = reduce(gcd, (abs(leg.ratio) for leg in legs))
    reduced = tuple(Leg(leg.instrument, leg.ratio // units) for leg in legs)
    return Structure(_underlying(legs), reduced), units


def _check_count(legs: list[Leg]) -> None:
    if not 1 <= len(legs) <= MOST_LEGS:
        raise _malformed(f"It has {len(legs)} legs, and 1 to {MOST_LEGS} are possible.")
    if any(leg.ratio == 0 for leg in legs):
        raise _malformed("A leg's quantity is zero; write a positive number to buy, a negative one to sell.")
    if not any(leg.option for leg in legs):
        raise _malformed("None of its legs is an option.")


def _check_contracts(legs: list[Leg]) -> None:
    symbols = [leg.instrument.symbol for leg in legs]
    repeated = next((symbol for symbol in symbols if symbols.count(symbol) > 1), None)
    if repeated is not None:
        raise _malformed(f"{repeated} stands in two legs; write one leg with the sum of both.")
    stray = next((leg for leg in legs if leg.option is None and not _is_share(leg)), None)
    if stray is not None:
        raise _malformed(f"{stray.instrument.symbol} is neither an option nor a share.")
    # A lot may change from one expiry to the next: one of each would not be even.
    multipliers = {leg.lot * leg.option.multiplier for leg in legs if leg.option is not None}
    if len(multipliers) > 1:
        raise _malformed("Its contracts stand for different numbers of units of the underlying.")


def _is_share(leg: Leg) -> bool:
    return leg.instrument.asset_class is AssetClass.EQUITY


def _underlying(legs: list[Leg]) -> str:
    names = sorted({leg.option.underlying if leg.option else leg.instrument.symbol for leg in legs})
    if len(names) > 1:
        raise _malformed(f"Its legs have different underlyings: {', '.join(names)}.")
    return names[0]


def _malformed(message: str) -> StructureRefused:
    return StructureRefused(Reason.STRUCTURE_MALFORMED, message)
