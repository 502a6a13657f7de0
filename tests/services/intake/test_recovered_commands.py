"""Bot commands whose process died: finished by the next one, and never carried out twice."""

from datetime import UTC, datetime

import pytest

from app.repositories.inbox import Arrival, Inbox
from app.services.runtime.locks import ThreadLocks
from tests.builders import ACCOUNT_SECRET, fresh_ticket_id
from tests.option_bots import CONDOR_BOT

pytestmark = pytest.mark.unit


@pytest.fixture
def clock(clock):
    clock.now = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
    return clock


@pytest.fixture(autouse=True)
def _world(operator):
    operator.put("/api/paper/prices", json={"AAPL": "100"})
    operator.post("/api/bots", json={"id": "condors"} | CONDOR_BOT)


@pytest.fixture
def leave(store, clock):
    """Put a command into the inbox as a process does that dies right afterwards; return its ticket's id."""

    def left(**alert) -> str:
        inbox, ticket = Inbox(store, clock, ThreadLocks().owner, ttl_seconds=300), fresh_ticket_id(clock())
        inbox.claim(Arrival(ticket, "condors", "bot_command", str(ticket), alert, clock()))
        return str(ticket)

    return left


@pytest.fixture
def recovered(services, operator, clock):
    """Let the clock of another process find what was left; read a ticket."""

    def read(ticket: str) -> dict:
        clock.move(seconds=65)
        services.supervisor.tick(everything=True)
        return operator.get(f"/api/tickets/{ticket}").json

    return read


def structures(store) -> list[dict]:
    return [document.value for document in store.list("structures/")]


def test_enter_when_its_process_died_before_anything_then_it_is_finished_once(leave, recovered, store):
    ticket = recovered(leave(command="enter", bot=2))

    assert ticket["status"] in {"ordered", "filled"}
    assert "resumed after a crash" in [item["stage"] for item in ticket["timeline"]]
    assert [trade["bot"] for trade in structures(store)] == ["condors"]
    assert recovered(ticket["id"])["id"] == ticket["id"]
    assert len(structures(store)) == 1


def test_enter_when_its_trade_was_written_before_then_no_other_is_opened(anonymous, recovered, store, clock):
    answer = anonymous.post(f"/webhook/{ACCOUNT_SECRET}/enter/2").json
    for document in [*store.list("tickets/"), *store.list("inbox/condors/")]:
        if "status" in document.value:
            # What is written last: without both the entry looks as if nothing had been finished.
            store.delete(document)
    (entry,) = store.list("inbox/condors/")
    store.replace(entry, entry.value | {"owner": ThreadLocks().owner})
    ticket = recovered(answer["id"])

    assert len(structures(store)) == 1
    assert ticket["status"] in {"ordered", "filled"}


def test_exit_when_its_process_died_before_anything_then_the_trade_is_left(
    anonymous, leave, recovered, services, clock
):
    anonymous.post(f"/webhook/{ACCOUNT_SECRET}/enter/2")
    for _ in range(8):
        clock.move(seconds=11)
        services.structures.ladders.run()
    recovered(leave(command="exit", trade=1))
    for _ in range(8):
        clock.move(seconds=11)
        services.structures.ladders.run()

    assert anonymous.get(f"/webhook/{ACCOUNT_SECRET}/trades").json["trades"] == []
