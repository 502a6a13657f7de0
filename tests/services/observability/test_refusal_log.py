"""Refusals at the door: what a flood leaves in the store, in the logs and in the owner's inbox."""

import json

import pytest

from app.domain.door_refusals import KEPT, Refusal
from app.repositories.door_refusals import StoredRefusals
from app.services.observability.journal import Journal
from app.services.observability.metrics import Metrics
from app.services.observability.refusal_log import RefusalLog
from app.storage.memory import MemoryStore
from tests.builders import BrokenStore
from tests.notices import HeardNotifier

pytestmark = pytest.mark.unit


class CountingStore(MemoryStore):
    """Count the writes."""

    writes = 0

    def create(self, key, value, *, durable=True):
        self.writes += 1
        return super().create(key, value, durable=durable)

    def replace(self, document, value):
        self.writes += 1
        return super().replace(document, value)


@pytest.fixture
def store() -> CountingStore:
    return CountingStore()


@pytest.fixture
def notifier() -> HeardNotifier:
    return HeardNotifier()


@pytest.fixture
def make(store, notifier, clock, tmp_path):
    """Make the log of one process on the shared store."""
    journals = []

    def build(store=store) -> RefusalLog:
        journals.append(Journal(tmp_path, clock=clock))
        others = {"journal": journals[-1], "metrics": Metrics(), "notifier": notifier, "clock": clock}
        return RefusalLog(StoredRefusals(store), **others)

    yield build
    for journal in journals:
        journal.close()


@pytest.fixture
def log(make) -> RefusalLog:
    return make()


@pytest.fixture
def refuse(log, clock):
    def one(into: RefusalLog = log, **changes) -> None:
        known = {"address": "203.0.113.7", "path": "/webhook", "status": 401, "code": "NOT_AUTHENTICATED"}
        refusal = Refusal(at=clock(), **known | changes)
        shown = {"address": refusal.address, "path": refusal.path, "status": 401, "code": refusal.code}
        into.note(refusal, lambda: into._journal.refusal(**shown, bot=None))

    return one


def lines(folder) -> list[dict]:
    return [json.loads(line) for line in (folder / "logs.jsonl").read_text().splitlines()]


def test_flood_when_it_is_of_one_kind_then_nothing_is_written_until_the_clock_comes(log, refuse, store):
    for _ in range(10_000):
        refuse()
    before = store.writes
    log.flush()

    assert (before, store.writes) == (0, 1)
    assert [row.count for row in log.last(KEPT)] == [10_000]


def test_flood_when_it_is_of_one_kind_then_the_logs_have_one_line_and_a_count(log, refuse, clock, tmp_path):
    for _ in range(10_000):
        refuse()
    clock.move(minutes=1)
    log.flush()

    assert [line.get("again") for line in lines(tmp_path)] == [None, 9_999]
    assert (
        "9999 more like this refused at /webhook from 203.0.113.7" in (tmp_path / "activity.log").read_text()
    )


def test_flood_when_it_comes_from_ever_new_addresses_then_rows_lines_and_groups_are_bounded(
    log, refuse, clock, store, tmp_path, notifier
):
    for number in range(20_000):
        refuse(address=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
        if number % 1_000 == 0:
            clock.move(seconds=1)
            log.flush()
    clock.move(minutes=1)
    log.flush()
    (document,) = store.list("refusals/")

    assert len(document.value["rows"]) <= KEPT
    assert len(json.dumps(document.value)) < 60_000
    # Twenty seconds may lie in two minutes.
    assert len(lines(tmp_path)) <= 2 * 61
    assert store.writes <= 22
    assert len(notifier.events) <= 2


def test_counts_when_the_flood_is_over_then_none_is_missing(log, refuse, clock):
    for number in range(1_000):
        refuse(address=f"10.0.{number >> 8}.{number & 255}")
    log.flush()

    assert sum(row.count for row in log.last(KEPT)) == 1_000


def test_nothing_when_it_was_refused_then_the_store_is_left_alone(log, store, clock):
    for _ in range(10):
        clock.move(seconds=5)
        assert log.flush() == 0

    assert store.writes == 0


def test_refusals_when_two_processes_write_them_then_the_list_has_both(make, refuse):
    one, other = make(), make()
    for log in (one, other, one):
        refuse(into=log)
        log.flush()
    refuse(into=other, code="ALERT_MALFORMED")

    assert [(row.code, row.count) for row in one.last(KEPT)] == [("NOT_AUTHENTICATED", 3)]
    assert sum(row.count for row in other.last(KEPT)) == 4


def test_message_when_two_processes_refuse_then_one_tells_and_only_once(make, refuse, clock, notifier):
    one, other = make(), make()
    refuse(into=one)
    refuse(into=other)
    one.flush()
    other.flush()
    clock.move(minutes=5)
    one.flush()
    other.flush()
    one.flush()

    assert [event.message.partition(" at the door")[0] for event in notifier.events] == [
        "1 alert was refused",
        "1 alert was refused",
    ]


def test_message_when_tradingview_was_refused_then_it_follows_within_a_minute(log, refuse, clock, notifier):
    refuse()
    log.flush()
    refuse(address="52.89.214.238", sender="TradingView")
    refuse()
    log.flush()
    clock.move(seconds=61)
    log.flush()

    assert len(notifier.events) == 2
    assert "2 alerts" in notifier.events[1].message
    assert "An exit may be among them." in notifier.events[1].message


def test_message_when_the_process_that_refused_was_killed_then_the_next_one_tells(
    make, log, refuse, clock, notifier
):
    refuse()
    log.flush()
    refuse(code="ALERT_MALFORMED")
    log.flush()
    clock.move(minutes=5)
    make().flush()

    assert [("malformed" in event.message) for event in notifier.events] == [False, True]


def test_refusal_when_it_is_no_concern_of_the_owners_then_it_is_listed_and_not_told(log, refuse, notifier):
    refuse(is_told=False, is_alert=False, path="/status")
    log.flush()

    assert [row.path for row in log.last(KEPT)] == ["/status"]
    assert notifier.events == []


def test_store_when_it_is_away_then_the_owner_hears_and_the_rows_wait(make, refuse, store, notifier):
    broken = BrokenStore(store)
    log = make(broken)
    broken.broken = {"get", "create", "replace"}
    refuse(into=log, code="STORE_UNAVAILABLE", status=503)
    assert log.flush() == 0
    broken.broken = set()
    refuse(into=log, code="STORE_UNAVAILABLE", status=503)
    log.flush()

    assert "not stored" in notifier.events[0].message
    assert [row.count for row in log.last(KEPT)] == [2]


def test_stop_when_something_waits_then_it_is_written_and_counted(log, refuse, store, tmp_path):
    for _ in range(3):
        refuse()
    log.close()

    assert store.writes == 1
    assert [line.get("again") for line in lines(tmp_path)] == [None, 2]


def test_list_when_a_bot_is_asked_for_then_only_its_own_are_shown(log, refuse):
    refuse(bot="swing")
    refuse()

    assert [row.bot for row in log.last(KEPT, bot="swing")] == ["swing"]
