import pytest

from tests.builders import EXIT_LONG, bridge_alert, strategy_alert

pytestmark = pytest.mark.integration


@pytest.fixture
def long_ten(client, configure):
    """Hold ten shares, bought at 100."""
    configure(use_strategy_contracts=True)
    assert client.post("/webhook", json=strategy_alert()).status_code == 200


@pytest.fixture
def rest_exit(client, long_ten):
    """Leave a sell order waiting at 120."""

    def rest(quantity: str):
        alert = bridge_alert(symbol="AAPL", side="sell", quantity=quantity, limit_price="120")
        return client.post("/tradingview/webhook", json=alert).json

    return rest


def test_exit_when_another_exit_is_resting_then_that_one_is_taken_back(client, operator, rest_exit, holding):
    rest_exit("10")
    client.post("/webhook", json=strategy_alert(**EXIT_LONG))
    operator.put("/api/paper/prices", json={"AAPL": "130"})

    assert holding() == "0"
    assert operator.get("/api/orders?status=open").json["orders"] == []


def test_exit_when_a_bracket_protects_the_position_then_its_legs_go_with_it(
    client, operator, configure, holding
):
    configure(use_strategy_contracts=True, attach_sl_tp=True)
    client.post("/webhook", json=strategy_alert())
    client.post("/webhook", json=strategy_alert(**EXIT_LONG))
    operator.put("/api/paper/prices", json={"AAPL": "50"})

    assert holding() == "0"
    assert operator.get("/api/orders?status=open").json["orders"] == []


def test_plain_orders_when_they_scale_out_then_they_stand_beside_each_other(operator, rest_exit, holding):
    rest_exit("4")
    rest_exit("6")
    operator.put("/api/paper/prices", json={"AAPL": "130"})

    assert holding() == "0"


def test_plain_order_when_resting_exits_sell_everything_then_one_more_would_open_a_short(rest_exit):
    rest_exit("10")

    assert rest_exit("1")["error"]["code"] == "SHORT_DISABLED"


def test_preview_when_an_exit_is_resting_then_it_stays(operator, rest_exit):
    rest_exit("10")
    operator.post("/api/preview", json=strategy_alert(**EXIT_LONG))

    assert len(operator.get("/api/orders?status=open").json["orders"]) == 1


def test_operator_when_closing_then_resting_exits_go_first(operator, rest_exit, holding):
    rest_exit("10")
    operator.delete("/api/positions/paper/AAPL")
    operator.put("/api/paper/prices", json={"AAPL": "130"})

    assert holding() == "0"
