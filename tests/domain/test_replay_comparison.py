from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.opinions import Action
from app.domain.replay_comparison import Comparison, Take, difference

pytestmark = pytest.mark.unit

GAINS = st.none() | st.decimals(min_value=-1, max_value=1, places=4)
TAKES = st.builds(
    Take,
    outcome=st.sampled_from(["ordered", "denied MARKET_CLOSED", "skipped OPINION_SKIP"]),
    action=st.none() | st.sampled_from(Action),
    value=st.none() | st.decimals(min_value=0, max_value=1000, places=2),
)
COMPARISONS = st.lists(
    st.builds(
        Comparison,
        ticket=st.just("t"),
        symbol=st.just("NVDA"),
        at=st.just(datetime(2026, 6, 1, tzinfo=UTC)),
        then=st.just("ordered"),
        old=TAKES,
        new=TAKES,
        gain=GAINS,
    ),
    max_size=20,
)


@given(COMPARISONS)
def test_difference_when_added_up_then_what_is_gained_and_lost_explains_it(compared):
    told = difference(compared)

    assert told.new.ordered == told.old.ordered + told.gained - told.lost
    assert told.gained + told.lost <= told.other_outcomes <= told.ideas == len(compared)


@given(COMPARISONS)
def test_difference_when_priced_then_only_what_is_ordered_counts(compared):
    told = difference(compared)

    for side in (told.old, told.new):
        assert side.priced <= side.ordered
        assert (side.average_gain is None) == (side.priced == 0)


def test_difference_when_an_order_is_lost_then_its_worth_is_too():
    old, new = Take("ordered", Action.BUY, value=Decimal(200)), Take("denied MARKET_CLOSED", Action.BUY)
    one = Comparison("t", "NVDA", datetime(2026, 6, 1, tzinfo=UTC), "ordered", old, new, Decimal("0.1"))
    told = difference([one])

    assert (told.lost, told.other_actions, told.old.value, told.new.value) == (1, 0, 200, 0)
    assert (told.old.average_gain, told.new.average_gain) == (Decimal("0.1"), None)
