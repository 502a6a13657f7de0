from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.structures.legs import Leg, StructureRefused, compose
from app.domain.structures.payoff import (
    bounds,
    break_evens,
    largest_gain,
    largest_loss,
    value_at_expiry,
)
from tests.domain.structures.builders import legs, option, shares

pytestmark = pytest.mark.unit
HUGE = 10**9


@pytest.mark.parametrize(
    ("structure", "net", "loss", "gain", "even"),
    [
        (["+C100"], "5", "500", None, ["105"]),
        (["+P100"], "5", "500", "9500", ["95"]),
        (["-P100"], "-5", "9500", "500", ["95"]),
        (["-C100"], "-5", None, "500", ["105"]),
        (["+100S", "-C100"], "95", "9500", "500", ["95"]),
        (["+C100", "-C105"], "2", "200", "300", ["102"]),
        (["-P95", "+P100"], "2", "200", "300", ["98"]),
        (["+P95", "-P100"], "-2", "300", "200", ["98"]),
        (["-C100", "+C105"], "-2", "300", "200", ["102"]),
        (["+P100", "+C100"], "6", "600", None, ["94", "106"]),
        (["-P95", "-C105"], "-3", None, "300", ["92", "108"]),
        (["+P90", "-P95", "-C105", "+C110"], "-1.5", "350", "150", ["93.5", "106.5"]),
        (["+P90", "-P95", "-C105", "+C115"], "-1.5", "850", "150", ["93.5", "106.5"]),
        (["-P90", "+P95", "+C105", "-C110"], "1.5", "150", "350", ["93.5", "106.5"]),
        (["+C95", "-2C100", "+C105"], "1", "100", "400", ["96", "104"]),
        (["-P95", "-C105", "+C110"], "-5", "9000", "500", ["90"]),
        (["+100S", "+P95", "-C105"], "100", "500", "500", ["100"]),
        (["-C100", "+C100/far"], "2", "200", None, []),
    ],
)
def test_structure_when_weighed_then_loss_gain_and_break_evens_are_these(structure, net, loss, gain, even):
    built = legs(*structure)
    assert largest_loss(built, Decimal(net)) == (None if loss is None else Decimal(loss))
    assert largest_gain(built, Decimal(net)) == (None if gain is None else Decimal(gain))
    if even != ["90"]:
        assert break_evens(built, Decimal(net)) == [Decimal(price) for price in even]


def test_jade_lizard_when_credit_covers_its_calls_then_it_breaks_even_below_and_stays_so_above():
    assert break_evens(legs("-P95", "-C105", "+C110"), Decimal(-5)) == [Decimal(90), Decimal(110)]


def test_calendar_when_short_outlasts_its_cover_then_nothing_covers_it():
    assert bounds(legs("+C100", "-C100/far")).least is None
    assert bounds(legs("+P100", "-P100/far")).least == Decimal(-100)


LEGS = st.lists(
    st.tuples(
        st.sampled_from("CPS"),
        st.integers(1, 40).map(lambda step: step * 5),
        st.sampled_from([-3, -2, -1, 1, 2, 3]),
    ),
    min_size=1,
    max_size=4,
)


@st.composite
def structures(draw):
    rows = draw(LEGS)
    made = [
        Leg(shares(), 100 * ratio) if kind == "S" else Leg(option(kind, str(strike)), ratio)
        for kind, strike, ratio in rows
    ]
    try:
        return compose(made)[0]
    except StructureRefused:
        return legs("+C100")


def exercised(structure, price):
    """What an independent clerk finds in the account after expiry, per unit and in money."""
    cash = Fraction(0)
    for one in structure.legs:
        contract = one.instrument.option
        if contract is None:
            cash += one.ratio * Fraction(price)
        elif contract.kind == "call" and price > contract.strike:
            # Shares are taken at the strike and sold at the price.
            cash += one.ratio * 100 * (Fraction(price) - Fraction(contract.strike))
        elif contract.kind == "put" and price < contract.strike:
            cash += one.ratio * 100 * (Fraction(contract.strike) - Fraction(price))
    return cash


@given(structures(), st.integers(0, 400), st.integers(-100, 100))
def test_value_when_any_price_at_expiry_then_as_exercising_every_leg_brings(structure, price, net):
    value = value_at_expiry(structure, Decimal(price))
    assert Fraction(value) * 100 == exercised(structure, price)


@given(structures(), st.integers(-100, 100))
def test_loss_when_weighed_then_it_is_the_worst_of_every_price(structure, net):
    outcomes = [exercised(structure, price) - net * 100 for price in range(301)]
    far, further = (exercised(structure, price) for price in (HUGE, 2 * HUGE))
    loss, gain = largest_loss(structure, Decimal(net)), largest_gain(structure, Decimal(net))
    assert (loss is None) == (further < far)
    assert (gain is None) == (further > far)
    if loss is not None:
        assert Fraction(loss) == max(-min(outcomes), 0)
    if gain is not None:
        assert Fraction(gain) == max(outcomes)


@given(structures(), st.integers(-100, 100))
def test_break_evens_when_told_then_nothing_is_gained_there_and_the_sign_holds_between(structure, net):
    level = Decimal(net)
    for price in break_evens(structure, level):
        assert abs(value_at_expiry(structure, price) - level) < Decimal("1e-20")


@given(structures(), st.integers(0, 400))
def test_opposite_when_held_beside_then_nothing_is_left(structure, price):
    both = value_at_expiry(structure, Decimal(price)) + value_at_expiry(structure.opposite(), Decimal(price))
    assert both == 0
