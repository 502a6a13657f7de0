"""A bot that trades TradingView's own sizes at the paper broker, and what waits for it there."""

import pytest

from tests.builders import ENTER_LONG, bridge_alert, strategy_alert


@pytest.fixture
def post(client, configure):
    """Post strategy alerts of a bot that trades TradingView's own sizes."""
    configure(use_strategy_contracts=True)

    def send(**changes):
        return client.post("/webhook", json=strategy_alert(**changes))

    return send


@pytest.fixture
def order(client):
    """Post a plain limit order for Apple."""

    def send(side: str, quantity: str, limit_price: str):
        terms = {"side": side, "quantity": quantity, "limit_price": limit_price}
        return client.post("/tradingview/webhook", json=bridge_alert(symbol="AAPL", tif="gtc", **terms))

    return send


@pytest.fixture
def price(operator):
    return lambda text: operator.put("/api/paper/prices", json={"AAPL": text}).json


@pytest.fixture
def working(operator):
    """List side and quantity of what still waits."""

    def read() -> list[tuple[str, str]]:
        orders = operator.get("/api/orders?fresh=true&status=open").json["orders"]
        return sorted((item["side"], item["quantity"]) for item in orders)

    return read


@pytest.fixture
def resting(post, configure, price):
    """Let an entry of ten wait for the market to come to it; return its answer."""
    price("105")
    configure(use_limit_orders=True)
    response = post(**ENTER_LONG)
    assert response.json["status"] == "ordered"
    return response


@pytest.fixture
def long_ten(post):
    """Hold ten shares, bought at 100."""
    assert post(**ENTER_LONG).json["status"] == "filled"


@pytest.fixture
def protected(post, configure):
    """Hold ten shares with a stop-loss at 95 and a take-profit at 110."""
    configure(attach_sl_tp=True, sl_pct="0.05", tp_pct="0.1")
    assert post(**ENTER_LONG).json["status"] == "filled"


@pytest.fixture
def command(client):
    """Post a command of the default bot."""
    return lambda **terms: client.post("/webhook", json=terms)


@pytest.fixture
def enter(post, configure, operator):
    """Let entries of ten wait far below the market."""
    operator.put("/api/paper/prices", json={"AAPL": "105", "MSFT": "105"})
    configure(use_limit_orders=True, use_strategy_order_price=True)
    return lambda **changes: post(**ENTER_LONG | changes)


@pytest.fixture
def orders(operator):
    """List working orders by their client order ids."""

    def read() -> dict[str, dict]:
        found = operator.get("/api/orders?fresh=true&status=open").json["orders"]
        return {order["client_order_id"]: order for order in found}

    return read
