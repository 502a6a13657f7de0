"""The paper account starts anew, and nothing goes on waiting for what it held."""

from decimal import Decimal

import pytest

from app.brokers.paper.broker import PaperBroker
from app.domain.circuit_breaker import Phase
from app.domain.trading_state import TradingState
from app.errors import InvalidRequest
from app.storage.base import Delete
from tests.builders import ScriptedBroker, bridge_alert, services_of, strategy_alert

WAITING = {"symbol": "MSFT", "quantity": "1", "limit_price": "90"}

pytestmark = pytest.mark.unit


@pytest.fixture
def busy(client, configure, broker):
    """Ten shares of Apple with their exits, and an order for Microsoft that waits."""
    configure(attach_sl_tp=True, use_strategy_contracts=True)
    client.post("/webhook", json=strategy_alert())
    broker.set_prices({"MSFT": Decimal(100)})
    return client.post("/tradingview/webhook", json=bridge_alert(**WAITING))


@pytest.fixture
def reset(services):
    return services.operations.paper_reset.run


def listed(operator, status="open"):
    return operator.get(f"/api/orders?status={status}&fresh=true").json["orders"]


def test_reset_when_done_then_the_account_is_new(busy, reset, broker, services):
    broker.set_prices({"AAPL": Decimal(99)})

    assert reset().equity == Decimal(100_000)
    assert (broker.positions(), broker.open_orders(), broker.prices()) == ([], [], {})
    assert [*services.operations.orders.open_orders.every(), *services.operations.orders.exits.every()] == []


def test_reset_when_another_process_looks_then_it_sees_the_new_account(busy, reset, store, clock):
    reset()

    assert PaperBroker(store, clock).positions() == []


def test_reset_when_orders_waited_then_lists_and_tickets_say_that_they_ended(
    busy, reset, operator, ticket_of, services
):
    assert len(listed(operator)) >= 3
    reset()

    assert listed(operator) == []
    assert {order["status"] for order in listed(operator, "closed")} == {"filled", "canceled"}
    ticket = ticket_of(busy)
    assert (ticket["status"], ticket["reason"]) == ("canceled", "ORDER_CANCELED")
    assert ticket["message"].endswith("The paper account was started anew.")


def test_reset_when_a_position_is_held_then_its_trade_closes_without_a_gain(busy, reset, operator, services):
    reset()

    (trade,) = operator.get("/api/trades").json["trades"]
    assert (trade["symbol"], trade["profit_loss"]) == ("AAPL", None)
    assert services.portfolio.trades.trades.at("paper") == []


def test_reset_when_records_were_removed_by_hand_then_tickets_end_all_the_same(
    busy, reset, operator, services, store
):
    store.apply([order.ending() for order in services.operations.orders.open_orders.every()])
    store.apply([Delete(document) for document in store.list("paper/")])
    reset()

    assert listed(operator) == []


def test_reset_when_bots_watch_the_account_then_the_new_one_does_not_trip_their_breaker(
    busy, configure, reset, services, broker
):
    configure(enable_global_sl_tp=True, global_sl_pct=0.9)
    broker.set_prices({"AAPL": Decimal(30_000)})
    services.portfolio.breaker.watch()
    broker.set_prices({"AAPL": Decimal(20_000)})
    reset()
    services.portfolio.breaker.watch()

    breaker = services.portfolio.breaker.read("paper")
    assert (breaker.phase, breaker.bots[0].base_equity) == (Phase.ARMED, Decimal(100_000))


def test_reset_when_the_breaker_has_tripped_then_it_is_armed_and_its_pause_lifted(
    busy, reset, services, broker
):
    services.portfolio.breaker.edit({"active": True, "base_equity": Decimal(1_000_000)})
    services.portfolio.breaker.watch()
    assert services.operations.switch.read().state is TradingState.REDUCING
    reset()
    services.portfolio.breaker.watch()

    breaker = services.portfolio.breaker.read("paper")
    assert (breaker.phase, breaker.base_equity) == (Phase.ARMED, Decimal(100_000))
    assert services.operations.switch.read().state is TradingState.ACTIVE


def test_reset_when_a_service_runs_then_nothing_changes(busy, reset, make_app, operator):
    leader = services_of(make_app())
    leader.supervisor.tick()

    with pytest.raises(InvalidRequest, match="stop it, then try again"):
        reset()
    assert len(listed(operator)) >= 3


def test_reset_when_over_then_a_service_may_lead(busy, reset, make_app):
    reset()
    leader = services_of(make_app())
    leader.supervisor.tick()

    assert leader.supervisor.leads


def test_reset_when_trading_goes_on_then_orders_fill_again(busy, reset, client, holding):
    reset()
    client.post("/webhook", json=strategy_alert())

    assert holding() == "10"


def test_reset_when_another_broker_has_orders_then_they_stay(make_app):
    services = services_of(make_app(brokers={"paper": ScriptedBroker("paper")}))

    with pytest.raises(InvalidRequest, match="No simulated broker"):
        services.operations.paper_reset.run()
    assert not services.supervisor.leads
