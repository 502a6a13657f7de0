"""What an alert settles itself: which position comes of it, whatever was held."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.alert_terms import AlertTerms, Distance, terms_record
from app.domain.orders import Side
from app.domain.planning import Plan, plan
from app.domain.signals import Dialect, Intent, Signal

pytestmark = pytest.mark.unit

UNITS = st.decimals(-1000, 1000, places=2)
SIZES = st.decimals("0.01", 1000, places=2)
ENTRIES = {Intent.ENTER_LONG: Side.BUY, Intent.ENTER_SHORT: Side.SELL}


def signal(intent, side, quantity, terms):
    return Signal(
        dialect=Dialect("other"),
        symbol="AAPL",
        intent=intent,
        side=side,
        quantity=quantity,
        size_field="quantity",
        terms=terms,
    )


def after(held, decided: Plan):
    """Return the position that a plan leaves."""
    closed = held - decided.close * (1 if held > 0 else -1)
    opened = decided.entry_quantity or Decimal(0)
    return closed if decided.entry_side is None else closed + decided.entry_side.sign * opened


def planned(held, *signal_parts):
    return plan(signal(*signal_parts), held, by_contracts=False)


@given(UNITS, UNITS, SIZES, st.sampled_from(Side))
def test_position_wanted_when_it_is_reached_then_by_whichever_side_leads_there(held, wanted, size, side):
    decided = planned(held, Intent.ORDER, side, size, AlertTerms(reaches=wanted))

    is_plain = not wanted and not held
    assert after(held, decided) == (side.sign * size if is_plain else wanted)


@given(UNITS, SIZES, st.sampled_from(sorted(ENTRIES)))
def test_entry_when_it_opens_all_then_the_position_is_its_quantity(held, size, intent):
    side = ENTRIES[intent]
    decided = planned(held, intent, side, size, AlertTerms(sizes=True, opens_all=True, adds=False))

    is_there = held * side.sign > 0
    assert after(held, decided) == (held if is_there else side.sign * size)


@given(UNITS, SIZES)
def test_addition_when_something_is_held_then_it_is_enlarged_and_else_refused(held, size):
    decided = planned(held, Intent.ORDER, Side.BUY, size, AlertTerms(only_adds=True))

    assert decided.close == 0
    assert (decided.refusal is None) is (held != 0)
    assert held == 0 or abs(after(held, decided)) == abs(held) + size


@given(
    UNITS,
    st.decimals("0.01", 1, places=2),
    st.sampled_from([Intent.EXIT_LONG, Intent.EXIT_SHORT, Intent.CLOSE]),
)
def test_exit_when_it_closes_a_part_then_nothing_is_opened(held, part, intent):
    decided = planned(held, intent, Side.SELL, None, AlertTerms(closes=part))

    assert decided.entry_side is None
    assert decided.close in {Decimal(0), abs(held) * part}


def test_terms_when_they_are_shown_then_only_what_the_alert_says():
    terms = AlertTerms(adds=False, notional=Decimal(500), stop=Distance(fraction=Decimal("0.02")))

    assert terms_record(terms) == {"adds": False, "notional": "500", "stop": {"fraction": "0.02"}}
    assert terms_record(AlertTerms()) == {}
