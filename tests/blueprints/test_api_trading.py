"""/api/orders, /api/positions and /api/paper/prices."""

import pytest

from tests.builders import client_of, strategy_alert

pytestmark = pytest.mark.unit

ORDER = {
    "client_order_id",
    "broker_order_id",
    "broker",
    "bot",
    "ticket",
    "symbol",
    "side",
    "quantity",
    "notional",
    "type",
    "limit_price",
    "stop_price",
    "status",
    "filled_quantity",
    "average_fill_price",
    "created_at",
}


@pytest.fixture
def post(client):
    return lambda **changes: client.post("/webhook", json=strategy_alert(**changes)).json


@pytest.fixture
def orders(operator):
    return lambda **query: operator.get("/api/orders", query_string={"fresh": "true"} | query).json["orders"]


@pytest.fixture
def rest(post, configure, operator):
    """Let a limit order rest below the market; return it."""

    def resting(symbol: str = "AAPL") -> dict:
        operator.put("/api/paper/prices", json={symbol: "110"})
        configure(use_limit_orders=True)
        return post(symbol=symbol)["order"]

    return resting


def names(orders: list[dict]) -> list[str]:
    return [order["client_order_id"] for order in orders]


def test_orders_when_after_is_no_order_then_it_is_refused(operator, post):
    post()
    answer = operator.get("/api/orders?after=zzz")

    assert (answer.status_code, answer.json["error"]["code"]) == (404, "NOT_FOUND")
    assert "There is no order zzz" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("tickets?stauts=filled", "`stauts` is no field here; is status meant?"),
        ("tickets?colour=red", "`colour` is no field here; leave it out."),
        ("orders?stauts=open", "`stauts` is no field here; is status meant?"),
        ("trades?sate=open", "`sate` is no field here; is state meant?"),
        ("positions?frehs=true", "`frehs` is no field here; is fresh meant?"),
        ("opinions/report?form=2026-06-02", "`form` is no field here; is from meant?"),
        ("circuit-breaker?brokr=paper", "`brokr` is no field here; is broker meant?"),
    ],
)
def test_list_when_a_query_parameter_is_unknown_then_it_is_refused_with_the_near_one(
    operator, address, sentence
):
    answer = operator.get(f"/api/{address}")

    assert answer.status_code == 400
    assert answer.json["error"]["message"] == f"The request is malformed. {sentence}"


def test_orders_when_they_are_listed_then_they_have_the_fixed_shape(post, orders):
    answer = post(symbol="NASDAQ:AAPL")
    (order,) = orders()

    assert set(order) >= ORDER
    assert (order["symbol"], order["bot"], order["ticket"]) == ("AAPL", "default", answer["ticket"])


def test_orders_when_they_are_filtered_then_open_and_closed_are_told_apart(post, rest, orders):
    filled, resting = post()["order"], rest("MSFT")

    assert names(orders(status="open")) == [resting["client_order_id"]]
    assert names(orders(status="closed")) == [filled["client_order_id"]]
    assert set(names(orders())) == set(names(orders(status="all"))) == set(names([filled, resting]))


def test_orders_when_they_are_paged_then_every_one_is_shown_once(post, operator):
    made = {post(symbol=symbol)["order"]["client_order_id"] for symbol in ("AAPL", "MSFT", "SPY")}
    first = operator.get("/api/orders?fresh=true&limit=2").json
    second = operator.get("/api/orders", query_string={"limit": 2, "after": first["next"]}).json

    assert (len(first["orders"]), len(second["orders"]), second["next"]) == (2, 1, None)
    assert {*names(first["orders"]), *names(second["orders"])} == made


def test_orders_when_a_bracket_rests_then_its_legs_are_listed(post, configure, orders):
    configure(attach_sl_tp=True)
    parent = post()["order"]["client_order_id"]

    assert set(names(orders(status="open"))) == {f"{parent}-sl", f"{parent}-tp"}


def test_cancel_when_the_order_works_then_it_and_its_ticket_are_canceled(rest, orders, operator):
    order = rest()
    response = operator.delete(f"/api/orders/{order['client_order_id']}")

    assert response.status_code == 204
    assert orders(status="open") == []
    ticket = operator.get(f"/api/tickets/{order['ticket']}").json
    assert (ticket["status"], ticket["reason"]) == ("canceled", "ORDER_CANCELED")


def test_cancel_when_the_order_is_filled_then_422(post, operator):
    response = operator.delete(f"/api/orders/{post()['order']['client_order_id']}")

    assert (response.status_code, response.json["error"]["code"]) == (422, "BROKER_REJECTED")


def test_positions_when_something_is_held_then_they_have_the_fixed_shape(post, operator):
    post(symbol="BTCUSD", strategy_order_price="50000")
    operator.put("/api/paper/prices", json={"BTC-USD": "51000"})

    assert operator.get("/api/positions").json["positions"] == [
        {
            "broker": "paper",
            "symbol": "BTC-USD",
            "quantity": "0.04",
            "average_price": "50000",
            "market_price": "51000",
            "unrealized_pnl": "40",
            "exits": [],
        }
    ]


def test_positions_when_exits_protect_them_then_their_levels_are_shown(post, configure, operator):
    configure(attach_sl_tp=True)
    post()
    (position,) = operator.get("/api/positions?fresh=true").json["positions"]

    assert position["exits"] == [
        {
            "bot": "default",
            "stop_loss": "99",
            "take_profit": "102",
            "held_by_broker": position["quantity"],
            "watched": "0",
        }
    ]


def test_cancel_when_it_is_a_stop_then_the_position_stays_bare(post, configure, orders, operator, services):
    configure(attach_sl_tp=True)
    parent = post()["order"]["client_order_id"]
    operator.delete(f"/api/orders/{parent}-sl")
    services.supervisor.tick(everything=True)

    assert orders(status="open") == []


@pytest.mark.parametrize("state", ["ACTIVE", "REDUCING", "HALTED"])
def test_close_when_trading_is_in_any_state_then_the_operator_may(post, operator, holding, state):
    post()
    operator.put("/api/trading-state", json={"state": state})
    response = operator.delete("/api/positions/paper/AAPL")

    assert (response.status_code, response.json["status"]) == (200, "filled")
    assert holding() == "0"


def test_close_when_it_is_done_then_it_is_a_ticket_and_the_trades_are_over(post, operator, store):
    post()
    ticket = operator.delete("/api/positions/paper/AAPL").json

    assert operator.get(f"/api/tickets/{ticket['id']}").json["orders"][0]["role"] == "exit"
    assert list(store.list("trades/")) == []


def test_close_when_a_bracket_rests_then_its_legs_go_too(post, operator, configure, orders):
    configure(attach_sl_tp=True)
    post()
    operator.delete("/api/positions/paper/AAPL")

    assert orders(status="open") == []


def test_prices_when_they_are_set_then_they_are_shown_by_canonical_name(operator):
    answer = operator.put("/api/paper/prices", json={"NASDAQ:AAPL": "190.50", "BTCUSD": 50000})

    assert answer.json["prices"] == {"AAPL": "190.50", "BTC-USD": "50000"}
    assert operator.get("/api/paper/prices").json == answer.json["prices"]


def test_prices_when_they_move_the_market_then_the_orders_changed_are_named(rest, operator):
    order = rest()
    answer = operator.put("/api/paper/prices", json={"AAPL": "99"}).json

    assert answer["changed"] == [order["client_order_id"]]


def test_prices_when_a_symbol_is_pinned_then_alerts_do_not_move_it_until_it_is_not(post, operator):
    operator.put("/api/paper/prices", json={"AAPL": "190"})
    pinned = post(strategy_order_price="100")["order"]["average_fill_price"]
    operator.put("/api/paper/prices", json={"AAPL": None})

    assert (pinned, post(strategy_order_price="100")["order"]["average_fill_price"]) == ("190", "100")


@pytest.mark.parametrize(
    "body", [{}, {"AAPL": "0"}, {"AAPL": "-1"}, {"AAPL": "x"}, {"AAPL": "1", "": "1"}, {"": "1"}]
)
def test_prices_when_they_are_unusable_then_400(operator, body):
    assert operator.put("/api/paper/prices", json=body).status_code == 400


def test_prices_when_a_symbol_has_none_then_409(operator):
    assert operator.put("/api/paper/prices", json={"TVC:SPX": "1"}).status_code == 409


def test_prices_when_there_is_no_simulated_broker_then_409(make_app, scripted, settings):
    app = make_app(brokers={"paper": scripted})
    client = client_of(app, authorization=f"Bearer {settings.operator_token}")

    assert client.put("/api/paper/prices", json={"AAPL": "1"}).status_code == 409
