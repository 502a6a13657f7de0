from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.structures.ladder import STEPS, LadderTerms, Pace, rungs
from app.domain.structures.net_quotes import NetQuote

pytestmark = pytest.mark.unit

CENTS = st.integers(-2000, 2000).map(lambda cents: Decimal(cents) / 100)
QUOTES = st.tuples(CENTS, st.integers(0, 400)).map(
    lambda pair: NetQuote(natural=pair[0] + Decimal(pair[1]) / 100, far=pair[0])
)


def prices(quote, **terms):
    return [rung.price for rung in rungs(quote, LadderTerms(**terms))]


def test_credit_when_worked_then_it_asks_the_mid_first_and_gives_up_half_the_way_to_the_market():
    quote = NetQuote(natural=Decimal("-0.80"), far=Decimal("-1.20"))
    assert prices(quote) == [Decimal(text) for text in ("-1.00", "-0.98", "-0.95", "-0.93", "-0.90")]


@pytest.mark.parametrize(("pace", "first", "last"), [("patient", 20, 40), ("normal", 10, 20), ("fast", 4, 8)])
def test_pace_when_chosen_then_the_last_price_rests_twice_as_long(pace, first, last):
    steps = rungs(NetQuote(Decimal("2.4"), Decimal("2.0")), LadderTerms(Pace(pace)))
    assert [step.seconds for step in steps] == [first] * STEPS + [last]


def test_limit_when_it_stands_before_the_end_then_the_ladder_stops_there():
    quote = NetQuote(natural=Decimal("-0.80"), far=Decimal("-1.20"))
    assert prices(quote, limit=Decimal("-0.96"))[-1] == Decimal("-0.96")
    assert prices(quote, limit=Decimal("-1.01")) == []


@given(QUOTES, st.integers(0, 200), st.one_of(st.none(), CENTS))
def test_ladder_when_any_quote_then_it_only_rises_and_stays_within_its_bounds(quote, percent, limit):
    give = Decimal(percent) / 100
    found = prices(quote, give=give, limit=limit)
    assert found == sorted(set(found))
    assert len(found) <= STEPS + 1
    for price in found:
        assert price <= quote.mid + quote.spread / 2 * give
        assert limit is None or price <= limit
        assert price % Decimal("0.01") == 0
