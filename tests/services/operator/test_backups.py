"""Backups that are asked for by a call which may not take long."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import StoreUnavailable
from app.repositories.everything import Everything
from app.services.observability.events import EventKind
from app.services.observability.journal import Journal
from app.services.operator.backups import Backups
from app.storage.memory import MemoryStore
from tests.notices import HeardNotifier
from tests.without_threads import no_threads

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 3, 15, tzinfo=UTC)


class SlowPlace:
    """A place that is written to once it may be, or fails."""

    shown = "slow"

    def __init__(self) -> None:
        self.may_write = threading.Event()
        self.written: list[str] = []
        self.failure: Exception | None = None

    def write(self, name: str, everything: Everything) -> tuple[str, int]:
        assert self.may_write.wait(60)
        if self.failure is not None:
            raise self.failure
        self.written.append(f"{name}.sqlite3")
        return self.written[-1], 0

    def names(self) -> list[str]:
        return self.written

    def delete(self, name: str) -> None:
        self.written.remove(name)


@pytest.fixture
def place() -> SlowPlace:
    return SlowPlace()


@pytest.fixture
def owner() -> HeardNotifier:
    return HeardNotifier()


@pytest.fixture
def backups(place, owner) -> Backups:
    return Backups(
        lambda _name: place,
        lambda: Everything(MemoryStore(), "tokens/fyers", beside=None),
        keep_days=30,
        at=None,
        clock=lambda: NOW,
        journal=Journal(None),
        notifier=owner,
    )


def test_backup_when_it_takes_longer_than_the_call_then_it_goes_on_and_the_next_call_waits_for_the_same(
    backups, place
):
    first = backups.take_within(0.01)
    place.may_write.set()
    second = backups.take_within(10)

    assert (first, second.name) == (None, "slow/gatehouse-20260301T031500Z.sqlite3")
    assert len(place.written) == 1


def test_backup_when_the_last_one_is_made_then_the_next_call_makes_another(backups, place):
    place.may_write.set()
    place.written.append(f"gatehouse-{NOW - timedelta(days=31):%Y%m%dT%H%M%SZ}.sqlite3")

    assert len(backups.take_within(10).removed) == 1
    assert backups.take_within(10).removed == []
    assert len(place.written) == 2


def test_backup_when_it_fails_behind_the_answer_then_the_owner_is_told(backups, place, owner):
    place.failure = StoreUnavailable("The bucket is away.")
    began = backups.take_within(0.01)
    place.may_write.set()
    backups.wait(60)

    assert began is None
    assert [event.kind for event in owner.events] == [EventKind.BACKUP_FAILED]


@pytest.mark.parametrize("failure", [StoreUnavailable("The bucket is away."), RuntimeError("unforeseen")])
def test_backup_when_it_fails_in_time_then_whoever_called_gets_that(backups, place, owner, failure):
    place.failure = failure
    place.may_write.set()

    with pytest.raises(type(failure)):
        backups.take_within(10)
    assert len(owner.events) == 1


def test_backup_when_there_was_no_thread_for_it_then_it_is_told_and_the_next_is_made(backups, place, owner):
    with no_threads(), pytest.raises(StoreUnavailable):
        backups.take_within(0)
    place.may_write.set()

    assert backups.take_within(10) is not None
    assert [event.kind for event in owner.events] == [EventKind.BACKUP_FAILED]
