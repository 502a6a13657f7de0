"""Reversals at a broker that lets no order cross zero and fills in its own time."""

import pytest

from app.domain.instruments import AssetClass
from app.domain.orders import OrderRole, OrderStatus
from app.errors import BrokerRejected, OutcomeUnknown
from tests.builders import ENTER_LONG, ScriptedBroker, services_of, strategy_alert

pytestmark = pytest.mark.unit

TO_SHORT_FIVE = {"market_position": "short", "market_position_size": "5", "strategy_order_action": "sell"}
SHARES = frozenset({AssetClass.EQUITY})
TRADE = "trades/default/paper:AAPL"


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False, allow_short_selling=True)


@pytest.fixture
def scripted():
    return ScriptedBroker(short=SHARES)


@pytest.fixture
def reverse(client, configure, scripted):
    """Hold ten shares, then turn to five sold short; the exit rests at first."""
    configure(use_strategy_contracts=True)
    client.post("/webhook", json=strategy_alert(**ENTER_LONG))
    scripted.status = OrderStatus.ACCEPTED

    return lambda: client.post("/webhook", json=strategy_alert(**TO_SHORT_FIVE))


@pytest.fixture
def filling(scripted):
    """Let the exit fill when it is looked for, and the entry as the test says."""

    def fill(entry: OrderStatus = OrderStatus.FILLED) -> None:
        def on_find() -> None:
            if len(scripted.submitted) == 2:
                scripted.take(scripted.submitted[1], OrderStatus.FILLED)
                scripted.status = entry

        scripted.before_find = on_find

    return fill


def roles(scripted) -> list[OrderRole]:
    return [order.role for order in scripted.submitted[1:]]


def test_reversal_when_its_exit_fills_in_time_then_its_entry_follows(reverse, filling, scripted, ticket_of):
    filling()
    ticket = ticket_of(reverse())

    assert [order["status"] for order in ticket["orders"]] == ["filled", "filled"]
    assert (ticket["status"], roles(scripted)) == ("filled", [OrderRole.EXIT, OrderRole.ENTRY])
    assert scripted.held["AAPL"] == -5


def test_reversal_when_its_exit_filled_late_then_the_trade_is_what_the_entry_opened(reverse, filling, store):
    filling()
    reverse()

    assert store.get(TRADE).value["quantity"] == "-5"
    assert list(store.list("orders/")) == []


@pytest.mark.parametrize("_attempt", range(4))
def test_reversal_when_both_fills_are_seen_later_then_the_exits_counts_first(
    reverse, scripted, app, store, _attempt
):
    scripted.capabilities = ScriptedBroker(crosses_zero=True, short=SHARES).capabilities
    reverse()
    for order in scripted.submitted[1:]:
        scripted.take(order, OrderStatus.FILLED)
    services_of(app).portfolio.tracker.follow()

    assert store.get(TRADE).value["quantity"] == "-5"


def test_reversal_when_the_broker_lets_orders_cross_then_nothing_is_waited_for(reverse, scripted):
    scripted.capabilities = ScriptedBroker(crosses_zero=True, short=SHARES).capabilities
    reverse()

    assert roles(scripted) == [OrderRole.EXIT, OrderRole.ENTRY]


def test_reversal_when_its_exit_ends_unfilled_then_its_entry_is_not_sent(reverse, scripted, ticket_of):
    scripted.before_find = lambda: scripted.take(scripted.submitted[-1], OrderStatus.CANCELED)
    ticket = ticket_of(reverse())

    assert (ticket["status"], ticket["reason"]) == ("pursuing", "EXIT_NOT_FILLED")
    assert roles(scripted) == [OrderRole.EXIT]


@pytest.mark.parametrize("is_reachable", [True, False])
def test_reversal_when_its_exit_rests_too_long_then_the_answer_comes_in_time(
    reverse, scripted, ticket_of, is_reachable
):
    def on_find() -> None:
        scripted.is_reachable = is_reachable

    scripted.before_find = on_find
    response = reverse()
    scripted.is_reachable = True

    assert (response.status_code, response.json["status"]) == (202, "pursuing")
    assert (response.json["reason"], roles(scripted)) == ("EXIT_NOT_FILLED", [OrderRole.EXIT])


@pytest.mark.parametrize("failure", [BrokerRejected("no"), OutcomeUnknown("?"), None])
def test_reversal_when_its_entry_was_not_sent_then_it_takes_no_place_under_a_cap(
    reverse, configure, client, scripted, failure
):
    configure(daily_order_cap=2)
    scripted.failures = [failure] if failure is not None else []
    scripted.before_find = lambda: scripted.take(scripted.submitted[-1], OrderStatus.CANCELED)
    reverse()
    scripted.before_find, scripted.status = lambda: None, OrderStatus.FILLED

    assert client.post("/webhook", json=strategy_alert(symbol="MSFT", **ENTER_LONG)).status_code == 200
