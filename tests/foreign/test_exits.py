"""Stop-loss and take-profit of foreign alerts, in every form that their services have."""

import pytest

from tests.builders import WEBHOOK_SECRET
from tests.foreign.other_rows import CUSTOM
from tests.foreign.pickmytrade_rows import BASE as PICKMYTRADE
from tests.foreign.rows import changed
from tests.foreign.traderspost_rows import BASE as TRADERSPOST

pytestmark = pytest.mark.integration

ADDRESS = f"/webhook?secret={WEBHOOK_SECRET}"
SHORT = {"action": "sell", "sentiment": "bearish"}
STEP = {"enabled": True, "steps": [{"price_percent": 5, "volume_percent": 100}]}
# The market is at 190. Without a price of its own an alert's percentages count from there.
LEVELS = {
    "traderspost by prices": (
        changed(TRADERSPOST, stopLoss={"stopPrice": 180}, takeProfit={"limitPrice": 200}),
        ("180", "200"),
    ),
    "traderspost by percentages of its price": (
        changed(
            TRADERSPOST, signalPrice=200, stopLoss={"type": "stop", "percent": 10}, takeProfit={"percent": 5}
        ),
        ("180", "210"),
    ),
    "traderspost by amounts": (
        changed(TRADERSPOST, stopLoss={"amount": 10}, takeProfit={"amount": "20.5"}),
        ("180", "210.5"),
    ),
    "traderspost by percentages of the fill": (
        changed(TRADERSPOST, signalPrice=None, stopLoss={"percent": 10}, takeProfit={"percent": 10}),
        ("171", "209"),
    ),
    "traderspost short": (
        changed(TRADERSPOST, **SHORT, stopLoss={"percent": 10}, takeProfit={"amount": 10}),
        ("209", "180"),
    ),
    "pickmytrade by prices": (changed(PICKMYTRADE, sl="180", tp=200), ("180", "200")),
    "pickmytrade by distances": (changed(PICKMYTRADE, dollar_sl=10, dollar_tp="15"), ("180", "205")),
    "pickmytrade by percentages": (changed(PICKMYTRADE, percentage_sl=10, percentage_tp=10), ("171", "209")),
    "3commas by percentages": (
        changed(
            CUSTOM,
            stop_loss={"enabled": True, "order_type": "market", "trigger_price_percent": 10},
            take_profit=STEP,
        ),
        ("171", "199.5"),
    ),
    "3commas switched off": (
        changed(CUSTOM, stop_loss={"enabled": False, "trigger_price_percent": 10}, take_profit=STEP),
        (None, "199.5"),
    ),
    "text": ("buy AAPL 10 sl 180 tp 200", ("180", "200")),
}


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


@pytest.fixture(autouse=True)
def market(operator, configure):
    operator.put("/api/paper/prices", json={"AAPL": "190"})
    configure(allow_short=True)


def post(client, alert):
    is_text = isinstance(alert, str)
    return client.post(ADDRESS, **({"data": alert} if is_text else {"json": alert}))


@pytest.mark.parametrize(("alert", "levels"), LEVELS.values(), ids=LEVELS)
def test_exits_when_an_alert_brings_them_then_they_stand_where_its_service_puts_them(
    alert, levels, anonymous, ticket_of
):
    exits = ticket_of(post(anonymous, alert))["exits"]

    assert (exits["stop_loss"], exits["take_profit"], exits["placed"]) == (*levels, True)


def test_exits_when_a_stop_is_on_the_wrong_side_then_the_entry_is_denied(anonymous):
    answer = post(anonymous, changed(TRADERSPOST, signalPrice=150, stopLoss={"stopPrice": 195}))

    assert (answer.status_code, answer.json["reason"]) == (400, "EXIT_MISPLACED")


def test_exits_when_an_amount_is_larger_than_the_price_then_the_entry_is_denied(anonymous):
    answer = post(anonymous, changed(TRADERSPOST, stopLoss={"amount": 500}))

    assert (answer.status_code, answer.json["reason"]) == (400, "EXIT_MISPLACED")


def test_bot_that_sizes_by_risk_when_an_alert_asks_for_more_then_it_is_brought_down(
    anonymous, configure, ticket_of
):
    configure(risk_amount="50")
    ticket = ticket_of(post(anonymous, changed(TRADERSPOST, stopLoss={"amount": 10})))

    assert [order["quantity"] for order in ticket["orders"]] == ["5"]


def test_waiting_orders_when_the_service_takes_them_back_first_then_only_the_last_waits(anonymous, operator):
    for limit in (150, 155):
        post(anonymous, changed(TRADERSPOST, orderType="limit", limitPrice=limit))
    waiting = operator.get("/api/orders?status=open").json["orders"]

    assert [order["limit_price"] for order in waiting] == ["155"]


def test_waiting_orders_when_they_are_cancelled_then_none_waits(anonymous, operator):
    post(anonymous, changed(TRADERSPOST, orderType="limit", limitPrice=150))
    answer = post(anonymous, {"ticker": "AAPL", "action": "cancel", "signalPrice": 190})

    assert answer.status_code == 200
    assert operator.get("/api/orders?status=open").json["orders"] == []
