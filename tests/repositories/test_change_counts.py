import pytest

from app.domain.topics import Topic
from app.errors import AlreadyExists
from app.repositories.change_counts import ChangeCounts, topics_of
from app.repositories.process_store import ProcessStore
from app.services.runtime.shared_counts import SharedCounts
from app.storage.base import Create, Delete, Replace
from app.storage.memory import MemoryStore

pytestmark = pytest.mark.unit


@pytest.fixture
def changes():
    return ChangeCounts(SharedCounts(None))


@pytest.fixture
def counted(changes):
    return ProcessStore(MemoryStore(), changes)


@pytest.fixture
def changed(changes):
    """Tell what has changed since the last call."""
    seen = [changes.since(None).cursor]

    def since() -> set[str]:
        now = changes.since(seen[-1])
        seen.append(now.cursor)
        return set(now.changed)

    return since


@pytest.mark.parametrize(
    ("key", "topics"),
    [
        ("tickets/2026-11-29/x", {"tickets"}),
        ("orders/default-1-x", {"orders"}),
        ("snapshots/paper", {"positions"}),
        ("approvals/x", {"approvals", "tickets"}),
        ("state/trading", {"state"}),
        ("state/circuit-breaker/paper", {"state"}),
        ("bots/default", {"bots", "state"}),
        ("tokens/fyers", {"logins"}),
        ("trades/default/paper:AAPL", {"trades", "positions"}),
        ("refusals/last", {"refusals"}),
        ("jobs/x", {"jobs"}),
        ("leases/supervisor", set()),
        ("inbox/default/x", set()),
    ],
)
def test_key_when_it_is_written_then_it_has_its_topics(key, topics):
    assert set(topics_of(key)) == topics


def test_topics_when_nothing_was_asked_before_then_all_have_changed(changes):
    assert changes.since(None).changed == [topic.value for topic in Topic]


@pytest.mark.parametrize("cursor", ["", "1.2.3", "x" * 400, "0.0.0.0.0.0.0.0.0.0.0"])
def test_topics_when_the_cursor_is_none_of_ours_then_all_have_changed(changes, cursor):
    assert len(changes.since(cursor).changed) == len(Topic)


def test_write_when_it_was_taken_then_its_topic_has_changed(counted, changed):
    document = counted.create("bots/a", {})
    assert changed() == {"bots", "state"}

    counted.delete(counted.replace(document, {"name": "A"}))
    assert changed() == {"bots", "state"}
    assert changed() == set()


def test_write_when_it_was_refused_then_nothing_has_changed(counted, changed):
    counted.create("orders/a", {})
    changed()
    with pytest.raises(AlreadyExists):
        counted.create("orders/a", {})

    assert changed() == set()


def test_changes_when_they_are_applied_then_each_counts_for_its_topic(counted, changed):
    order, trade = counted.create("orders/a", {}), counted.create("trades/a/b", {})
    changed()
    counted.apply([Create("tickets/2026-11-29/x", {}), Replace(order, {"a": 1}), Delete(trade)])

    assert changed() == {"tickets", "orders", "trades", "positions"}


def test_alert_when_it_is_put_off_then_the_list_of_tickets_has_changed(counted, changed):
    counted.create("inbox/default/a", {"put_off": False})
    assert changed() == set()

    counted.create("inbox/default/b", {"put_off": True})
    assert changed() == {"tickets"}


def test_counters_when_they_grow_then_each_topic_has_its_own(changes):
    changes.note(Topic.JOBS)
    topics = changes.since(None).topics

    assert topics == dict.fromkeys([topic.value for topic in Topic], 0) | {"jobs": 1}
