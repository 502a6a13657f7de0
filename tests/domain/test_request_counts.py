from datetime import UTC, datetime, timedelta

import pytest

from app.domain.request_counts import ALLOWED, BLOCK, RequestCount

pytestmark = pytest.mark.unit

NOW = datetime(2026, 6, 2, 14, 22, tzinfo=UTC)


def counted(times: int, *, start: RequestCount | None = None, at: datetime = NOW) -> RequestCount:
    count = start or RequestCount()
    for _ in range(times):
        count = count.with_one(at)
    return count


def test_count_when_sixty_came_then_only_the_next_one_blocks():
    full = counted(ALLOWED)

    assert not full.is_blocked(NOW)
    assert full.with_one(NOW) == RequestCount((), NOW + BLOCK)


def test_block_when_more_come_then_it_does_not_last_longer():
    blocked = counted(ALLOWED + 1)

    assert counted(50, start=blocked, at=NOW + timedelta(seconds=200)) == blocked


def test_block_when_it_is_over_then_sixty_are_allowed_again():
    after = counted(ALLOWED, start=counted(ALLOWED + 1), at=NOW + BLOCK)

    assert not after.is_blocked(NOW + BLOCK)
    assert len(after.times) == ALLOWED


@pytest.mark.parametrize("seconds", [60, -60, 10**6, -(10**6)])
def test_times_when_they_are_no_part_of_this_minute_then_they_do_not_count(seconds):
    other = counted(ALLOWED, at=NOW - timedelta(seconds=seconds))

    assert other.with_one(NOW).times == (NOW,)


def test_count_when_another_processs_clock_is_a_little_ahead_then_its_requests_count():
    ahead = counted(ALLOWED, at=NOW + timedelta(seconds=1))

    assert ahead.with_one(NOW).is_blocked(NOW)
