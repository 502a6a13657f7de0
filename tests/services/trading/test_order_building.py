"""Which form an order is written down in before it is sent."""

from decimal import Decimal

import pytest

from tests.builders import bridge_alert, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def protecting(configure):
    """Let the bot attach stop-loss and take-profit."""
    configure(attach_sl_tp=True)


@pytest.fixture
def legs(broker):
    return lambda: sorted(order.client_order_id[-3:] for order in broker.open_orders())


@pytest.mark.parametrize("tif", ["day", "gtc", "ioc", "fok"])
@pytest.mark.usefixtures("protecting")
def test_legs_when_the_entry_is_over_at_once_then_they_follow_it(client, legs, tif):
    response = client.post("/tradingview/webhook", json=bridge_alert(tif=tif))

    assert response.json["status"] == "filled"
    assert legs() == ["-sl", "-tp"]


@pytest.mark.usefixtures("protecting")
def test_legs_when_an_entry_adds_to_a_position_then_there_is_one_pair(client, legs):
    for _ in range(2):
        client.post("/webhook", json=strategy_alert())

    assert legs() == ["-sl", "-tp"]


@pytest.mark.parametrize(("attached", "amount"), [(True, None), (False, "1000")])
def test_entry_when_it_has_legs_then_it_is_for_units_and_not_for_an_amount(
    client, configure, broker, attached, amount
):
    broker.set_prices({"AAPL": Decimal(100)})
    configure(attach_sl_tp=attached, notional="1000")
    alert = strategy_alert(symbol="AAPL", strategy_order_contracts=None)
    order = client.post("/webhook", json=alert).json["order"]

    assert (order["quantity"], order["notional"]) == ("10", amount)


@pytest.mark.parametrize(("order_type", "limit_price"), [("market", None), ("limit", "120")])
def test_exit_when_the_alert_names_its_kind_then_it_goes_like_that(client, order_type, limit_price):
    client.post("/webhook", json=strategy_alert(symbol="AAPL"))
    alert = bridge_alert(symbol="AAPL", side="sell", quantity="5")
    response = client.post(
        "/tradingview/webhook", json=alert | {"order_type": order_type, "limit_price": limit_price}
    )

    assert (response.json["order"]["role"], response.json["order"]["type"]) == ("exit", order_type)
