"""Alerts beside a stored record that cannot be read, as a newer version that was taken back leaves them."""

from datetime import timedelta

import pytest

from app.errors import Conflict
from app.repositories.inbox import Arrival, Inbox
from app.services.runtime.locks import ThreadLocks
from app.storage.base import Create
from app.storage.memory import MemoryStore
from tests.builders import ENTER_LONG, ScriptedBroker, fresh_ticket_id, strategy_alert

pytestmark = pytest.mark.unit


class Overtaken(MemoryStore):
    """Lets another process close an entry, with an answer of its own, just before this one does."""

    is_overtaken = False

    def apply(self, changes) -> None:
        answers = [item for item in changes if isinstance(item, Create) and "body" in item.value]
        if self.is_overtaken and answers:
            self.is_overtaken = False
            other = answers[0].value | {"body": {"status": "expired", "request_id": "another"}}
            super().apply([Create(answers[0].key, other)])
            raise Conflict("Another process has written the trade.")
        super().apply(changes)


@pytest.fixture
def store() -> Overtaken:
    return Overtaken()


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def leave(store, clock):
    """Put an alert into the inbox as a process does that dies right afterwards; return its ticket's id."""

    def left(bot: str, symbol: str, *, is_reviewed: bool = False) -> str:
        inbox, ticket = Inbox(store, clock, ThreadLocks().owner, ttl_seconds=300), fresh_ticket_id(clock())
        known = (ticket, bot, "strategy", str(ticket), strategy_alert(symbol=symbol), clock())
        inbox.claim(Arrival(*known, instrument=symbol, is_reviewed=is_reviewed))
        return str(ticket)

    return left


def test_entry_when_an_earlier_plan_of_its_exits_cannot_be_read_then_it_is_written_with_its_own(
    post, configure, store, scripted: ScriptedBroker
):
    configure(use_strategy_contracts=True, attach_sl_tp=True, sl_pct="0.05", tp_pct="0.1")
    store.create("exits/default/paper:AAPL", {})
    answer = post(**ENTER_LONG)

    assert (answer.status_code, answer.json["status"], len(scripted.submitted)) == (200, "filled", 1)
    assert store.get("exits/default/paper:AAPL").value["ticket"] == answer.json["ticket"]


def test_question_when_it_cannot_be_read_then_no_other_alert_waits_for_its_answer(
    store, services, clock, operator, leave
):
    operator.post("/api/bots", json={"id": "other", "use_strategy_contracts": True})
    asked = leave("default", "AAPL", is_reviewed=True)
    other = leave("other", "MSFT")
    store.create(f"approvals/{asked}", {})
    clock.move(seconds=70)
    services.supervisor.tick(everything=True)

    assert [operator.get(f"/api/tickets/{name}").json["status"] for name in (asked, other)] == [
        "received",
        "filled",
    ]


def test_alert_when_its_trade_cannot_be_read_then_it_holds_up_no_other_and_is_told_as_failed(
    configure, store, services, clock, operator, leave
):
    configure(use_strategy_contracts=True)
    store.create("trades/default/paper:AAPL", {})
    stuck = leave("default", "AAPL")
    clock.move(seconds=1)
    other, seen = leave("default", "MSFT"), []
    for seconds in (70, 10, 10, 10, 10, 30):
        clock.move(seconds=seconds)
        services.supervisor.tick(everything=True)
        seen.append([operator.get(f"/api/tickets/{name}").json["status"] for name in (stuck, other)])

    assert (seen[0], seen[-1]) == (["received", "filled"], ["failed", "filled"])
    assert "trades/default/paper:AAPL" in operator.get(f"/api/tickets/{stuck}").json["message"]


def test_alert_when_its_bot_cannot_be_read_any_more_then_the_inbox_is_looked_at_all_the_same(
    store, services, clock, leave
):
    leave("lost", "AAPL")
    store.create("bots/lost", {})
    clock.move(seconds=70)
    services.supervisor.tick(everything=True)

    assert "inbox" not in services.supervisor.failing


def test_alert_when_one_with_the_same_key_cannot_be_read_then_the_others_are_known(store, clock):
    inbox = Inbox(store, clock, "here", ttl_seconds=300)
    ticket = fresh_ticket_id(clock())
    inbox.claim(Arrival(ticket, "default", "strategy", "key-words", strategy_alert(), clock()))
    store.create("inbox/default/key-others", {"ticket": "?"})

    assert [entry.ticket for entry in inbox.of_key("default", "key-words")] == [ticket]


def test_entry_when_an_open_trade_cannot_be_read_then_a_limit_of_losses_refuses_it(post, configure, store):
    configure(use_strategy_contracts=True, daily_loss_limit="500")
    assert post(**ENTER_LONG).json["status"] == "filled"
    store.replace(store.get("trades/default/paper:AAPL"), {})
    answer = post(**ENTER_LONG | {"symbol": "MSFT"})

    assert (answer.status_code, answer.json["status"]) == (400, "denied")
    assert "a trade cannot be read" in answer.json["error"]["message"]


def test_alert_when_another_process_has_answered_it_otherwise_then_this_one_does_not_say_that_it_is_done(
    post, store, services, clock
):
    store.is_overtaken = True
    answer = post(**ENTER_LONG)
    clock.now += timedelta(seconds=1)
    services.intake.recovery.recover()

    assert (answer.status_code, answer.json["status"]) == (202, "received")
    assert services.intake.recovery.in_flight.is_quiet
