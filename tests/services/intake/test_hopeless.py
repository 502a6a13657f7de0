"""An alert that fails each time it is taken up, in a way that nobody foresaw."""

import pytest

from app.repositories.inbox import Arrival, Inbox
from app.services.runtime.locks import ThreadLocks
from tests.builders import ScriptedBroker, fresh_ticket_id, strategy_alert
from tests.notices import telling

pytestmark = pytest.mark.unit


class Odd(ScriptedBroker):
    """Answers nobody who asks for an order of the default bot's."""

    def find(self, client_order_id: str):
        if client_order_id.startswith("default"):
            raise LookupError("what is this?")
        return super().find(client_order_id)


@pytest.fixture
def scripted() -> Odd:
    return Odd()


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def app(make_app, scripted, messages):
    return make_app(brokers={"paper": scripted}, dry_run=False, **telling(messages))


@pytest.fixture
def leave(store, clock):
    """Put an alert into the inbox as a process does that dies right afterwards; return its ticket's id."""

    def left(bot: str, symbol: str) -> str:
        inbox, ticket = Inbox(store, clock, ThreadLocks().owner, ttl_seconds=300), fresh_ticket_id(clock())
        alert = strategy_alert(symbol=symbol)
        inbox.claim(Arrival(ticket, bot, "strategy", str(ticket), alert, clock(), instrument=symbol))
        return str(ticket)

    return left


def test_alert_when_it_cannot_be_finished_then_it_holds_up_no_other_bots_and_is_given_up_in_the_end(
    services, operator, clock, leave, messages, store
):
    operator.post("/api/bots", json={"id": "other", "use_strategy_contracts": True})
    odd = leave("default", "AAPL")
    clock.move(seconds=1)
    other = leave("other", "MSFT")
    seen = []
    for seconds in (70, 10, 10, 10, 10, 30):
        clock.move(seconds=seconds)
        services.supervisor.tick(everything=True)
        seen.append([operator.get(f"/api/tickets/{name}").json["status"] for name in (odd, other)])
    services.observability.notifier.close(timeout=5)

    assert seen[0] == ["received", "filled"]
    assert seen[-1] == ["failed", "filled"]
    assert services.intake.recovery.inbox.open_entries() == []
    assert len([title for title in messages if "failed" in title]) == 1
