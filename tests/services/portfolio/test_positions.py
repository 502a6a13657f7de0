"""What the operator does at a broker that may fail."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.orders import OrderStatus
from app.errors import BrokerRejected, NotFound, OutcomeUnknown
from app.services.operator.orders import orphans
from tests.builders import (
    OPERATOR_TOKEN,
    WEBHOOK_SECRET,
    bridge_alert,
    client_of,
    services_of,
    strategy_alert,
)

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def tickets(operator):
    return lambda: operator.get("/api/tickets").json["tickets"]


def test_close_when_the_position_is_short_then_it_is_bought_back(services, scripted):
    scripted.held["AAPL"] = Decimal(-7)
    ticket = services.portfolio.positions.close("paper", "AAPL")

    assert (ticket["status"], ticket["orders"][0]["side"]) == ("filled", "buy")
    assert scripted.held["AAPL"] == 0


@pytest.mark.parametrize(("broker", "symbol"), [("paper", "AAPL"), ("elsewhere", "AAPL")])
def test_close_when_there_is_nothing_to_close_then_not_found(services, scripted, broker, symbol):
    with pytest.raises(NotFound):
        services.portfolio.positions.close(broker, symbol)
    assert scripted.submitted == []


@pytest.fixture
def guarded(make_app, operator):
    """An account at the paper broker that holds Apple's share with a stop that has just been hit."""
    app = make_app()
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    operator.patch("/api/bots/default", json={"attach_sl_tp": True}, headers={"If-Match": "*"})
    alert = strategy_alert(strategy_order_price="100", secret=WEBHOOK_SECRET)
    assert operator.post("/webhook", json=alert).json["status"] == "filled"
    # Behind the clock's back: nobody has counted what the stop sold.
    services_of(app).brokers.registry.get("paper").set_prices({"AAPL": Decimal(90)})
    return operator


def test_close_when_a_stop_has_just_closed_it_then_the_trade_keeps_its_price_and_gain(guarded):
    answer = guarded.delete("/api/positions/paper/AAPL")
    (trade,) = guarded.get("/api/trades").json["trades"]

    assert answer.status_code == 404
    assert (trade["exit_net"], Decimal(trade["profit_loss"])) == ("-90", -200)


def test_close_when_the_broker_rejects_then_the_answer_and_the_ticket_say_so(operator, scripted, tickets):
    scripted.held["AAPL"] = Decimal(7)
    scripted.failures = [BrokerRejected("the market is closed")]
    response = operator.delete("/api/positions/paper/AAPL")

    assert (response.status_code, response.json["error"]["code"]) == (422, "BROKER_REJECTED")
    assert [ticket["status"] for ticket in tickets()] == ["rejected"]


def test_close_when_the_outcome_is_unknown_then_the_ticket_is_followed(
    operator, services, scripted, tickets, clock
):
    scripted.held["AAPL"] = Decimal(7)
    scripted.failures = [OutcomeUnknown("the line went dead")]
    operator.delete("/api/positions/paper/AAPL")
    before = tickets()[0]["status"]
    scripted.take(scripted.submitted[0])
    clock.move(seconds=1)
    services.supervisor.tick(everything=True)

    assert (before, tickets()[0]["status"], len(scripted.submitted)) == ("pursuing", "filled", 1)


def test_close_when_a_bot_held_the_position_then_its_next_exit_is_skipped(client, services, scripted):
    client.post("/webhook", json=strategy_alert())
    services.portfolio.positions.close("paper", "AAPL")
    response = client.post("/webhook", json=strategy_alert(strategy_order_action="sell"))

    assert response.json["status"] == "skipped"


@pytest.fixture
def forgotten(client, operator, services, scripted, clock, store):
    """Close what the broker shows for so many looks to be gone; return whether the books end with it."""

    def look(looks: int) -> bool:
        client.post("/webhook", json=strategy_alert())
        held, scripted.held = scripted.held, {}
        assert operator.delete("/api/positions/paper/AAPL").status_code == 404
        for number in range(1, 5):
            scripted.held = {} if number < looks else held
            services.portfolio.reconciliation.run()
            clock.move(seconds=61)
        return list(store.list("trades/")) == []

    return look


@pytest.mark.parametrize(("looks", "is_forgotten"), [(1, False), (2, False), (5, True)])
def test_close_when_the_account_shows_nothing_then_the_books_end_by_looks_that_are_apart(
    forgotten, looks, is_forgotten
):
    assert forgotten(looks) is is_forgotten


def test_close_when_it_is_sent_then_the_exchange_is_in_the_journal(operator, scripted, settings):
    scripted.held["AAPL"] = Decimal(7)
    ticket = operator.delete("/api/positions/paper/AAPL").json
    lines = (settings.log_folder / "logs.jsonl").read_text(encoding="utf-8").splitlines()
    sent = [entry["request"] for entry in map(json.loads, lines) if entry.get("ticket") == ticket["id"]]

    assert [(request["role"], request["quantity"]) for request in sent] == [("exit", "7")]


def test_cancel_when_no_broker_knows_the_order_then_not_found(services):
    with pytest.raises(NotFound):
        services.operations.orders.cancel("nobody-knows-1")


def test_orphans_when_a_protective_order_has_no_position_then_it_is_one(services, scripted, client):
    client.post("/webhook", json=strategy_alert())
    order = scripted.submitted[0]
    loose = _resting(scripted, order, "-sl")

    assert orphans(services.portfolio.snapshots.read(fresh=True)) == []
    scripted.held.clear()
    assert orphans(services.portfolio.snapshots.read(fresh=True)) == [loose]


def test_orders_when_the_broker_holds_a_strangers_order_then_it_is_listed(services, scripted, client):
    client.post("/webhook", json=strategy_alert())
    stranger = _resting(scripted, scripted.submitted[0], "-by-hand")
    listed = services.operations.orders.page(
        services.portfolio.snapshots.read(fresh=True), status="open", after=None, limit=10
    ).orders

    assert [(order["client_order_id"], order["bot"]) for order in listed] == [(stranger, None)]


def _resting(scripted, order, suffix: str) -> str:
    resting = replace(order, client_order_id=order.client_order_id + suffix)
    return scripted.take(resting, OrderStatus.ACCEPTED).client_order_id


def test_close_when_a_working_exit_fills_before_its_cancel_then_nothing_more_is_sold(
    client, services, scripted
):
    scripted.held["AAPL"], scripted.status = Decimal(10), OrderStatus.ACCEPTED
    resting = bridge_alert(symbol="AAPL", side="sell", quantity="10", limit_price="120")
    assert client.post("/tradingview/webhook", json=resting).json["status"] == "ordered"
    scripted.before_cancel = lambda *_: scripted.held.clear()

    with pytest.raises(NotFound, match="meanwhile"):
        services.portfolio.positions.close("paper", "AAPL")
    assert len(scripted.submitted) == 1
