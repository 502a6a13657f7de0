"""Alerts of other services, unchanged, through the door: what each comes to on paper."""

import pytest

from tests.builders import WEBHOOK_SECRET
from tests.foreign.rows import AAPL, BTC
from tests.foreign.tables import ROWS

pytestmark = pytest.mark.integration

ADDRESS = f"/webhook?secret={WEBHOOK_SECRET}"


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


@pytest.fixture
def held(app, operator, configure, client):
    """Give the paper account its prices and a position, bought or sold by a native alert."""

    def hold(row):
        operator.put("/api/paper/prices", json={"AAPL": AAPL, "BTCUSD": BTC})
        configure(allow_short=True)
        if row.held != "0":
            side = "sell" if row.held.startswith("-") else "buy"
            answer = client.post(
                "/tradingview/webhook",
                json={
                    "fund_id": "default",
                    "strategy_id": "held before",
                    "symbol": row.symbol,
                    "side": side,
                    "quantity": row.held.lstrip("-"),
                    "order_type": "market",
                },
            )
            assert answer.status_code == 200, answer.json
        if row.bot:
            configure(**row.bot)

    return hold


def post(client, row):
    address = ADDRESS if row.dialect is None else f"{ADDRESS}&dialect={row.dialect}"
    if isinstance(row.alert, str):
        return client.post(address, data=row.alert, content_type="text/plain")
    return client.post(address, json=row.alert)


def told(order):
    prices = [order[name] for name in ("limit_price", "stop_price") if order.get(name)]
    kind = [] if order["type"] == "market" else [order["type"], *prices]
    return " ".join([order["side"], order["quantity"], *kind])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_foreign_alert_when_posted_then_it_comes_to_what_its_service_means(
    row, held, anonymous, operator, store
):
    held(row)
    before = len(list(store.list("inbox/")))

    answer = post(anonymous, row)

    if row.names:
        error = answer.json["error"]
        assert (answer.status_code, error["code"]) == (400, "ALERT_MALFORMED"), answer.json
        assert all(name in error["message"] for name in row.names), error
        assert len(list(store.list("inbox/"))) == before
        return
    assert answer.status_code in {200, 400}, answer.json
    assert answer.json.get("ticket"), answer.json
    ticket = operator.get(f"/api/tickets/{answer.json['ticket']}").json
    assert (tuple(told(order) for order in ticket["orders"]), ticket["reason"]) == (row.orders, row.code), (
        ticket
    )
