"""What an account may do with options, and what a structure needs."""

from enum import IntEnum

from app.domain.structures.legs import Structure
from app.domain.structures.payoff import bounds


class OptionsLevel(IntEnum):
    """What an account may do with options, as brokers count it: each level includes those below."""

    NOTHING = 0
    COVERED = 1
    LONG = 2
    SPREADS = 3
    UNCOVERED = 4


def level_needed(structure: Structure) -> OptionsLevel:
    """Return the level that an account must have to open a structure."""
    if bounds(structure).least is None:
        return OptionsLevel.UNCOVERED
    if len(structure.options) > 1:
        return OptionsLevel.SPREADS
    sold = next(leg for leg in structure.legs if leg.option is not None).is_short
    return OptionsLevel.COVERED if sold else OptionsLevel.LONG
