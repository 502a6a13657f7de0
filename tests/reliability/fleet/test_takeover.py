import time

import pytest

from app.storage.sqlite import SqliteStore
from tests.reliability.fleet.takeover import TakeoverWatch

pytestmark = pytest.mark.unit

DEAD = 4711


@pytest.fixture
def database(tmp_path):
    """Hold an alert that a dead process has left."""
    store = SqliteStore(tmp_path / "x.sqlite3")
    store.create("inbox/bot/a", {"ticket": "t", "owner": f"{DEAD}-x", "alert": {}})
    yield tmp_path / "x.sqlite3"
    store.close()


def watched(database, *free: float | None, longest: float) -> TakeoverWatch:
    """Watch until it is over; `free` is what is told at each look, the last one ever after."""
    told = iter(free)
    watch = TakeoverWatch(
        database, [DEAD], time.time(), longest_seconds=longest, free_since=lambda: next(told, free[-1])
    )
    watch.run()
    return watch


def test_alert_when_nothing_is_in_the_way_and_nobody_takes_it_up_then_that_is_seen(database):
    seen = watched(database, 0.0, longest=0.1).seen

    assert (seen.left, seen.ended_at) == (1, None)


def test_alert_when_the_broker_is_away_then_its_time_counts_from_its_return(database):
    begun = time.time()
    watched(database, None, None, None, time.time() + 0.3, longest=0.1)

    assert time.time() - begun >= 0.4
