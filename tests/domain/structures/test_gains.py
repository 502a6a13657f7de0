from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.structures.gains import gain_of_structure
from app.domain.structures.kinds import StructureKind
from app.domain.structures.trades import StructureTrade, TradeState
from tests.domain.structures.builders import legs
from tests.domain.structures.test_trades import NOW, TICKET

pytestmark = pytest.mark.unit

CONDOR = legs("+P90", "-P95", "-C105", "+C110")
NAMES = {leg.instrument.option.kind[0] + str(leg.instrument.option.strike): leg for leg in CONDOR.legs}
# Two condors sold for 1.50 each, 4 of fees.
HELD = StructureTrade(
    id="t",
    number=7,
    bot="spreads",
    broker="paper",
    kind=StructureKind.IRON_CONDOR,
    structure=CONDOR,
    state=TradeState.OPEN,
    created_at=NOW,
    tickets=(TICKET,),
    entered_units=2,
    entered_value=Decimal(-3),
    fees=Decimal(4),
    legs={leg.instrument.symbol: Decimal(2 * leg.ratio) for leg in CONDOR.legs},
)


def prices(**by_name):
    return {NAMES[name].instrument.symbol: price and Decimal(price) for name, price in by_name.items()}


def test_structure_when_every_leg_has_a_price_then_its_gain_is_known_after_fees():
    gain = gain_of_structure(HELD, prices(p90="0.5", p95="1.5", c105="1.2", c110="0.2"))

    assert (gain.known, gain.least, gain.unknown) == (300 - 400 - 4, -104, ())


def test_structure_when_a_part_is_gone_then_what_it_brought_counts_too():
    half = {name: units / 2 for name, units in HELD.legs.items()}
    left = replace(HELD, legs=half, exited_value=Decimal("0.5"))
    gain = gain_of_structure(left, prices(p90="0.5", p95="1.5", c105="1.2", c110="0.2"))

    assert gain.known == 300 - 50 - 200 - 4


def test_structure_when_a_price_is_missing_then_its_largest_loss_bounds_it():
    gain = gain_of_structure(HELD, prices(p90="0.5", p95="1.5", c105=None, c110="0.2"))

    assert (gain.known, gain.least, len(gain.unknown)) == (-4, -4 - 700, 1)


def test_structure_when_legs_stand_alone_then_nothing_bounds_it():
    broken = replace(HELD, legs={NAMES["c105"].instrument.symbol: Decimal(-2)}, state=TradeState.BROKEN)

    assert gain_of_structure(broken, {}).least is None


def test_structure_when_nothing_is_held_yet_then_it_cost_nothing():
    opening = replace(HELD, legs={}, entered_units=0, entered_value=Decimal(0), fees=Decimal(0))

    assert gain_of_structure(opening, {}).known == 0
