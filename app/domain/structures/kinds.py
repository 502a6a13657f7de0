"""The structures that have a name: their legs as a pattern of places, from the lowest strike up."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby
from typing import Literal

from app.dataclass import dataclass
from app.domain.structures.legs import Leg, Structure

Kind = Literal["call", "put"]


class Sign(StrEnum):
    """Whether a structure is paid for or paid to its holder."""

    DEBIT = "debit"
    CREDIT = "credit"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class PatternLeg:
    """A leg of a pattern; `kind` None is the underlying itself.

    `strike` counts the pattern's different strikes from the lowest, 0 being the first; `expiry` its expiries.
    """

    kind: Kind | None
    ratio: int
    strike: int = 0
    expiry: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a kind of structure is made of, and what it costs by nature."""

    places: tuple[PatternLeg, ...]
    sign: Sign
    # Wings on both sides of the middle stand equally far from it.
    has_even_wings: bool = False


def _call(ratio: int, strike: int = 0, expiry: int = 0) -> PatternLeg:
    return PatternLeg("call", ratio, strike, expiry)


def _put(ratio: int, strike: int = 0, expiry: int = 0) -> PatternLeg:
    return PatternLeg("put", ratio, strike, expiry)


SHARES = PatternLeg(None, 100)


class StructureKind(StrEnum):
    """The names of structures, as bots and commands use them."""

    LONG_CALL = "long_call"
    LONG_PUT = "long_put"
    COVERED_CALL = "covered_call"
    CASH_SECURED_PUT = "cash_secured_put"
    BULL_CALL_SPREAD = "bull_call_spread"
    BEAR_PUT_SPREAD = "bear_put_spread"
    BULL_PUT_SPREAD = "bull_put_spread"
    BEAR_CALL_SPREAD = "bear_call_spread"
    LONG_STRADDLE = "long_straddle"
    LONG_STRANGLE = "long_strangle"
    SHORT_STRADDLE = "short_straddle"
    SHORT_STRANGLE = "short_strangle"
    IRON_CONDOR = "iron_condor"
    IRON_BUTTERFLY = "iron_butterfly"
    LONG_IRON_CONDOR = "long_iron_condor"
    CALL_BUTTERFLY = "call_butterfly"
    PUT_BUTTERFLY = "put_butterfly"
    CALL_CALENDAR = "call_calendar"
    PUT_CALENDAR = "put_calendar"
    JADE_LIZARD = "jade_lizard"
    COLLAR = "collar"
    CUSTOM = "custom"

    @property
    def words(self) -> str:
        """The name as commands answer it: IRON CONDOR."""
        return self.value.replace("_", " ").upper()


PATTERNS = {
    StructureKind.LONG_CALL: Pattern((_call(1),), Sign.DEBIT),
    StructureKind.LONG_PUT: Pattern((_put(1),), Sign.DEBIT),
    StructureKind.COVERED_CALL: Pattern((SHARES, _call(-1)), Sign.DEBIT),
    StructureKind.CASH_SECURED_PUT: Pattern((_put(-1),), Sign.CREDIT),
    StructureKind.BULL_CALL_SPREAD: Pattern((_call(1, 0), _call(-1, 1)), Sign.DEBIT),
    StructureKind.BEAR_PUT_SPREAD: Pattern((_put(-1, 0), _put(1, 1)), Sign.DEBIT),
    StructureKind.BULL_PUT_SPREAD: Pattern((_put(1, 0), _put(-1, 1)), Sign.CREDIT),
    StructureKind.BEAR_CALL_SPREAD: Pattern((_call(-1, 0), _call(1, 1)), Sign.CREDIT),
    StructureKind.LONG_STRADDLE: Pattern((_put(1), _call(1)), Sign.DEBIT),
    StructureKind.LONG_STRANGLE: Pattern((_put(1, 0), _call(1, 1)), Sign.DEBIT),
    StructureKind.SHORT_STRADDLE: Pattern((_put(-1), _call(-1)), Sign.CREDIT),
    StructureKind.SHORT_STRANGLE: Pattern((_put(-1, 0), _call(-1, 1)), Sign.CREDIT),
    StructureKind.IRON_CONDOR: Pattern((_put(1, 0), _put(-1, 1), _call(-1, 2), _call(1, 3)), Sign.CREDIT),
    StructureKind.IRON_BUTTERFLY: Pattern(
        (_put(1, 0), _put(-1, 1), _call(-1, 1), _call(1, 2)), Sign.CREDIT, has_even_wings=True
    ),
    StructureKind.LONG_IRON_CONDOR: Pattern((_put(-1, 0), _put(1, 1), _call(1, 2), _call(-1, 3)), Sign.DEBIT),
    StructureKind.CALL_BUTTERFLY: Pattern(
        (_call(1, 0), _call(-2, 1), _call(1, 2)), Sign.DEBIT, has_even_wings=True
    ),
    StructureKind.PUT_BUTTERFLY: Pattern(
        (_put(1, 0), _put(-2, 1), _put(1, 2)), Sign.DEBIT, has_even_wings=True
    ),
    StructureKind.CALL_CALENDAR: Pattern((_call(-1), _call(1, expiry=1)), Sign.DEBIT),
    StructureKind.PUT_CALENDAR: Pattern((_put(-1), _put(1, expiry=1)), Sign.DEBIT),
    StructureKind.JADE_LIZARD: Pattern((_put(-1, 0), _call(-1, 1), _call(1, 2)), Sign.CREDIT),
    StructureKind.COLLAR: Pattern((SHARES, _put(1, 0), _call(-1, 1)), Sign.DEBIT),
}


def recognise(structure: Structure) -> StructureKind:
    """Return the name of a structure, CUSTOM where it has none."""
    shape = frozenset(_shape(structure.legs))
    for kind, pattern in PATTERNS.items():
        if frozenset(pattern.places) == shape and _wings_fit(structure, pattern):
            return kind
    return StructureKind.CUSTOM


def _shape(legs: tuple[Leg, ...]) -> Iterator[PatternLeg]:
    strikes = sorted({leg.option.strike for leg in legs if leg.option is not None})
    expiries = sorted({leg.option.expiry for leg in legs if leg.option is not None})
    for leg in legs:
        if leg.option is None:
            yield PatternLeg(None, leg.ratio)
        else:
            place = strikes.index(leg.option.strike), expiries.index(leg.option.expiry)
            yield PatternLeg(leg.option.kind, leg.ratio, *place)


def _wings_fit(structure: Structure, pattern: Pattern) -> bool:
    if not pattern.has_even_wings:
        return True
    strikes = [strike for strike, _ in groupby(sorted(option.strike for option in structure.options))]
    return strikes[1] - strikes[0] == strikes[2] - strikes[1]
