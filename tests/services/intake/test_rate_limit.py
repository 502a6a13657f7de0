from decimal import Decimal

import pytest

from app.errors import TooManyRequests
from app.services.intake.rate_limit import MemoryBuckets, RateLimiter

pytestmark = pytest.mark.unit


class Seconds:
    """A stopwatch that is moved by hand."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


def taken(limiter: RateLimiter, name: str = "bot") -> int:
    """Take tokens until there are none, a hundred at most."""
    for count in range(100):
        try:
            limiter.take(name, only_exits=False)
        except TooManyRequests:
            return count
    return 100


def test_bucket_when_it_is_full_then_it_holds_a_second_of_tokens(seconds):
    assert taken(RateLimiter(Decimal(10), MemoryBuckets(seconds))) == 10


def test_bucket_when_it_is_empty_then_the_refusal_names_the_limit(seconds):
    limiter = RateLimiter(Decimal(10), MemoryBuckets(seconds))
    taken(limiter)

    with pytest.raises(
        TooManyRequests, match=r"^swing sends more than 10 .*not stored: send it again in 1 s\.$"
    ):
        [limiter.take("swing", only_exits=False) for _ in range(11)]


def test_bucket_when_time_passes_then_it_fills_but_never_over(seconds):
    limiter = RateLimiter(Decimal(10), MemoryBuckets(seconds))
    taken(limiter)
    seconds.now = 0.5
    after_half = taken(limiter)
    seconds.now = 60

    assert (after_half, taken(limiter)) == (5, 10)


def test_bucket_when_another_bot_is_limited_then_it_is_full_still(seconds):
    limiter = RateLimiter(Decimal(2), MemoryBuckets(seconds))
    taken(limiter, "loud")

    assert taken(limiter, "quiet") == 2


@pytest.mark.parametrize(("rate", "wait"), [("10", 1), ("0.1", 10), ("1", 1)])
def test_refusal_when_the_bucket_is_empty_then_it_says_how_long_to_wait(seconds, rate, wait):
    limiter = RateLimiter(Decimal(rate), MemoryBuckets(seconds))
    taken(limiter)

    with pytest.raises(TooManyRequests) as refused:
        limiter.take("bot", only_exits=False)
    assert refused.value.retry_after == wait


def test_limit_when_it_is_zero_then_nothing_is_limited(seconds):
    assert taken(RateLimiter(Decimal(0), MemoryBuckets(seconds))) == 100


def test_clock_when_it_stands_still_then_refusals_cost_no_tokens(seconds):
    limiter = RateLimiter(Decimal(1), MemoryBuckets(seconds))
    taken(limiter)
    taken(limiter)
    seconds.now = 1

    assert taken(limiter) == 1


def test_exits_when_entries_have_emptied_their_bucket_then_ten_times_as_many_pass(seconds):
    limiter = RateLimiter(Decimal(10), MemoryBuckets(seconds))
    taken(limiter)
    for _ in range(89):
        limiter.take("bot", only_exits=True)

    with pytest.raises(TooManyRequests, match="more than 100 alerts"):
        limiter.take("bot", only_exits=True)
