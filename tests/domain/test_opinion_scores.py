from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import ZERO
from app.domain.opinion_scores import (
    GROUPINGS,
    PastOpinion,
    ScoredOpinion,
    Tally,
    confidence_bucket,
    grouped,
    missing,
    tally,
)
from app.domain.opinions import Action, Direction
from app.domain.price_outcomes import First, Missing, PriceOutcome, Thesis

pytestmark = pytest.mark.unit

COUNTS = ("opinions", "priced", "right", "total_gain", "targets", "stops", "neither", "ambiguous")
GAINS = st.decimals(min_value=-1, max_value=5, places=6)
CONFIDENCES = st.none() | st.decimals(min_value=0, max_value=1, places=4)


def judged(gain: str | None = "0.01", **changes) -> ScoredOpinion:
    told = {"ticket": "t", "bot": "b", "symbol": "NVDA", "at": datetime(2026, 6, 1, tzinfo=UTC)}
    told |= {"thesis": Thesis(Direction.BULLISH), "analyst": "rules", "model": "r", "prompt_version": None}
    told |= {"action": Action.BUY, "confidence": Decimal("0.8"), "notional": ZERO, "outcome": "ordered"}
    course = (
        PriceOutcome(Missing.NO_BARS)
        if gain is None
        else PriceOutcome(gain=Decimal(gain), first=First.TARGET)
    )
    return ScoredOpinion(PastOpinion(**told | changes), course)


COURSES = st.builds(PriceOutcome, missing=st.sampled_from(Missing)) | st.builds(
    PriceOutcome, gain=GAINS, first=st.none() | st.sampled_from(First), ambiguous=st.booleans()
)
JUDGED = st.builds(
    lambda course, **changes: ScoredOpinion(judged(**changes).opinion, course),
    COURSES,
    action=st.none() | st.sampled_from(Action),
    confidence=CONFIDENCES,
    model=st.sampled_from("ab"),
    prompt_version=st.none() | st.sampled_from("12"),
    outcome=st.sampled_from(["ordered", "denied MARKET_CLOSED", "skipped OPINION_SKIP"]),
)


@given(st.lists(JUDGED, max_size=30), st.sampled_from(sorted(GROUPINGS)))
def test_grouped_when_added_up_then_nothing_is_lost_and_nothing_counted_twice(items, name):
    groups = grouped(items, name).values()

    for count in COUNTS:
        assert sum(getattr(group, count) for group in groups) == getattr(tally(items), count)


@given(st.lists(JUDGED, max_size=30))
def test_tally_when_counted_then_priced_and_missing_are_all(items):
    counted = tally(items)

    assert counted.priced + sum(missing(items).values()) == counted.opinions == len(items)
    assert counted.right <= counted.priced


@given(st.lists(JUDGED, min_size=1, max_size=30))
def test_average_when_there_is_one_then_it_lies_between_the_least_and_the_most(items):
    gains = [item.course.gain for item in items if item.course.gain is not None]
    average = tally(items).average_gain

    assert average is None if not gains else min(gains) <= average <= max(gains)


def test_tally_when_nothing_is_priced_then_there_is_no_rate():
    assert (tally([judged(None)]).hit_rate, Tally().average_gain) == (None, None)


def test_tally_when_half_was_right_then_the_rate_says_so():
    counted = tally([judged("0.03"), judged("-0.01"), judged(None)])

    assert (counted.hit_rate, counted.average_gain) == (Decimal("0.5"), Decimal("0.01"))


def test_tally_when_the_price_did_not_move_then_nobody_was_right():
    assert tally([judged("0")]).right == 0


@pytest.mark.parametrize(
    ("confidence", "bucket"),
    [
        (None, "none"),
        ("0", "0.0-0.5"),
        ("0.4999", "0.0-0.5"),
        ("0.5", "0.5-0.6"),
        ("0.72", "0.7-0.8"),
        ("0.9", "0.9-1.0"),
        ("1", "0.9-1.0"),
    ],
)
def test_bucket_when_confidence_is_at_an_edge_then_the_lower_end_belongs_to_it(confidence, bucket):
    assert confidence_bucket(None if confidence is None else Decimal(confidence)) == bucket
