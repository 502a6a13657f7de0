import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from app.errors import TooManyRequests
from app.services.intake.rate_limit import MemoryBuckets, RateLimiter
from app.storage.postgres_connection import Connections
from app.storage.postgres_counts import DatabaseBuckets


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


@pytest.mark.unit
def test_bucket_when_it_is_full_then_it_holds_a_second_of_tokens(seconds):
    assert taken(RateLimiter(Decimal(10), MemoryBuckets(seconds))) == 10


@pytest.mark.unit
def test_bucket_when_it_is_empty_then_the_refusal_names_the_limit(seconds):
    limiter = RateLimiter(Decimal(10), MemoryBuckets(seconds))
    taken(limiter)

    with pytest.raises(
        TooManyRequests, match=r"^swing sends more than 10 .*not stored: send it again in 1 s\.$"
    ):
        [limiter.take("swing", only_exits=False) for _ in range(11)]


@pytest.mark.unit
def test_bucket_when_time_passes_then_it_fills_but_never_over(seconds):
    limiter = RateLimiter(Decimal(10), MemoryBuckets(seconds))
    taken(limiter)
    seconds.now = 0.5
    after_half = taken(limiter)
    seconds.now = 60

    assert (after_half, taken(limiter)) == (5, 10)


@pytest.mark.unit
def test_bucket_when_another_bot_is_limited_then_it_is_full_still(seconds):
    limiter = RateLimiter(Decimal(2), MemoryBuckets(seconds))
    taken(limiter, "loud")

    assert taken(limiter, "quiet") == 2


@pytest.mark.unit
@pytest.mark.parametrize(("rate", "wait"), [("10", 1), ("0.1", 10), ("1", 1)])
def test_refusal_when_the_bucket_is_empty_then_it_says_how_long_to_wait(seconds, rate, wait):
    limiter = RateLimiter(Decimal(rate), MemoryBuckets(seconds))
    taken(limiter)

    with pytest.raises(TooManyRequests) as refused:
        limiter.take("bot", only_exits=False)
    assert refused.value.retry_after == wait


@pytest.mark.unit
def test_limit_when_it_is_zero_then_nothing_is_limited(seconds):
    assert taken(RateLimiter(Decimal(0), MemoryBuckets(seconds))) == 100


@pytest.mark.unit
def test_clock_when_it_stands_still_then_refusals_cost_no_tokens(seconds):
    limiter = RateLimiter(Decimal(1), MemoryBuckets(seconds))
    taken(limiter)
    taken(limiter)
    seconds.now = 1

    assert taken(limiter) == 1


@pytest.mark.unit
def test_exits_when_entries_have_emptied_their_bucket_then_ten_times_as_many_pass(seconds):
    limiter = RateLimiter(Decimal(10), MemoryBuckets(seconds))
    taken(limiter)
    for _ in range(89):
        limiter.take("bot", only_exits=True)

    with pytest.raises(TooManyRequests, match="more than 100 alerts"):
        limiter.take("bot", only_exits=True)


@pytest.fixture
def connections(database_url):
    connections = Connections(database_url, timeout_seconds=5, size=8)
    yield connections
    connections.close()


def at_once(limiters: list[RateLimiter], times: int, *, only_exits: bool = False) -> int:
    """Ask so often of limiters of several processes at once; return how often they let an alert through."""

    def ask(number: int) -> bool:
        try:
            limiters[number % len(limiters)].take("swing", only_exits=only_exits)
        except TooManyRequests:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(ask, range(times)))


@pytest.mark.integration
def test_bucket_when_processes_take_at_once_then_it_is_one_for_all(connections):
    # So slow that no token is added while the test takes them.
    limiters = [RateLimiter(Decimal("0.001"), DatabaseBuckets(connections)) for _ in range(3)]

    assert at_once(limiters, 30) == 1
    # Ten alerts that exit, of which the one that entered and those that were refused have taken their part.
    assert at_once(limiters, 30, only_exits=True) == 0


@pytest.mark.integration
def test_exits_when_processes_take_at_once_then_their_bucket_is_one_too(connections):
    limiters = [RateLimiter(Decimal(5), DatabaseBuckets(connections)) for _ in range(3)]
    began = time.monotonic()
    passed = at_once(limiters, 200, only_exits=True)
    seconds = time.monotonic() - began

    assert 50 <= passed <= 50 + 50 * seconds + 1


@pytest.mark.integration
def test_bucket_of_all_when_time_passes_then_it_fills_but_never_over(connections):
    limiter = RateLimiter(Decimal(10), DatabaseBuckets(connections))
    assert taken(limiter) >= 10
    began = time.monotonic()
    connections.ask("UPDATE rate_buckets SET at = at - interval '0.5 seconds', tokens = 0")
    after_half = taken(limiter)
    meanwhile = 10 * (time.monotonic() - began)
    connections.ask("UPDATE rate_buckets SET at = at - interval '1 hour'")
    began = time.monotonic()
    after_an_hour = taken(limiter)

    assert 5 <= after_half <= 5 + meanwhile + 1
    assert 10 <= after_an_hour <= 10 + 10 * (time.monotonic() - began) + 1


@pytest.mark.integration
def test_refusal_of_all_when_the_bucket_is_empty_then_it_says_how_long_to_wait(connections):
    limiter = RateLimiter(Decimal("0.1"), DatabaseBuckets(connections))
    taken(limiter)
    with pytest.raises(TooManyRequests) as refused:
        limiter.take("bot", only_exits=False)

    assert refused.value.retry_after == 10
