"""An exit that fills before the entry that a crash left is in the books."""

from dataclasses import replace

import pytest

from app.domain.orders import OrderRole, Side, client_order_id
from app.repositories.inbox import Arrival, Inbox
from tests.builders import ENTER_LONG, EXIT_LONG, fresh_ticket_id, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def left_entry(post, store, clock, scripted):
    """Let a process die after its entry of ten shares was sent; nothing of it is in the books."""
    ticket = fresh_ticket_id(clock())
    alert = strategy_alert(**ENTER_LONG)
    Inbox(store, clock, "dead", ttl_seconds=300).claim(
        Arrival(ticket, "default", "strategy", "left", alert, clock())
    )
    post(symbol="MSFT", **ENTER_LONG)
    sent = scripted.submitted.pop()
    name = client_order_id("default", ticket, OrderRole.ENTRY)
    apple = strategy_instrument(sent)
    scripted.take(replace(sent, client_order_id=name, instrument=apple, side=Side.BUY))
    clock.move(seconds=1)


def strategy_instrument(sent):
    return replace(sent.instrument, symbol="AAPL")


@pytest.mark.parametrize("is_added", [False, True])
def test_exit_when_the_entry_before_it_is_adopted_later_then_both_are_counted(
    left_entry, post, services, store, scripted, clock, is_added
):
    if is_added:
        assert post(**ENTER_LONG).json["status"] == "filled"
        clock.move(seconds=1)
    answer = post(**EXIT_LONG)
    clock.move(seconds=20)
    for _ in range(3):
        services.supervisor.tick(everything=True)

    assert (answer.json["status"], scripted.held["AAPL"]) == ("filled", 0)
    assert [item.key for item in store.list("trades/")] == ["trades/default/paper:MSFT"]
    assert list(store.list("orders/")) == []
