from decimal import Decimal

import pytest

from app.errors import TooManyRequests
from app.services.intake.rate_limit import RateLimiter

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
            limiter.take(name)
        except TooManyRequests:
            return count
    return 100


def test_bucket_when_it_is_full_then_it_holds_a_second_of_tokens(seconds):
    assert taken(RateLimiter(Decimal(10), monotonic=seconds)) == 10


def test_bucket_when_it_is_empty_then_the_refusal_names_the_limit(seconds):
    limiter = RateLimiter(Decimal(10), monotonic=seconds)
    taken(limiter)

    with pytest.raises(
        TooManyRequests, match=r"^swing sends more than 10 .*not stored: send it again in 1 s\.$"
    ):
        [limiter.take("swing") for _ in range(11)]


def test_bucket_when_time_passes_then_it_fills_but_never_over(seconds):
    limiter = RateLimiter(Decimal(10), monotonic=seconds)
    taken(limiter)
    seconds.now = 0.5
    after_half = taken(limiter)
    seconds.now = 60

    assert (after_half, taken(limiter)) == (5, 10)


def test_bucket_when_another_bot_is_limited_then_it_is_full_still(seconds):
    limiter = RateLimiter(Decimal(2), monotonic=seconds)
    taken(limiter, "loud")

    assert taken(limiter, "quiet") == 2


@pytest.mark.parametrize(("rate", "wait"), [("10", 1), ("0.1", 10), ("1", 1)])
def test_refusal_when_the_bucket_is_empty_then_it_says_how_long_to_wait(seconds, rate, wait):
    limiter = RateLimiter(Decimal(rate), monotonic=seconds)
    taken(limiter)

    with pytest.raises(TooManyRequests) as refused:
        limiter.take("bot")
    assert refused.value.retry_after == wait


def test_limit_when_it_is_zero_then_nothing_is_limited(seconds):
    assert taken(RateLimiter(Decimal(0), monotonic=seconds)) == 100


def test_clock_when_it_stands_still_then_refusals_cost_no_tokens(seconds):
    limiter = RateLimiter(Decimal(1), monotonic=seconds)
    taken(limiter)
    taken(limiter)
    seconds.now = 1

    assert taken(limiter) == 1


def test_exits_when_entries_have_emptied_their_bucket_then_ten_times_as_many_pass(seconds):
    limiter = RateLimiter(Decimal(10), monotonic=seconds)
    taken(limiter)
    for _ in range(100):
        limiter.take_any("bot")

    with pytest.raises(TooManyRequests):
        limiter.take_any("bot")
