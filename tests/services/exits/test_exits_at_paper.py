"""Exits in the simulated market, which holds them for every kind of instrument and any size."""

from decimal import Decimal

import pytest

from app.domain.orders import OrderChange
from tests.builders import ENTER_SHORT, EXIT_LONG, strategy_alert

pytestmark = pytest.mark.integration


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


@pytest.fixture
def legs(broker):
    """List side, quantity and price of every working exit."""

    def read():
        return sorted(
            (order.side.value, f"{order.quantity:f}", f"{order.stop_price or order.limit_price:f}")
            for order in broker.open_orders()
            if order.is_protective
        )

    return read


@pytest.fixture
def price(operator):
    return lambda **prices: operator.put("/api/paper/prices", json=prices)


def test_add_when_a_pair_protects_the_first_then_one_pair_protects_both(bot, post, legs):
    bot()
    post(strategy_order_price="100")
    post(strategy_order_price="102")

    assert legs() == [("sell", "20", "105.04"), ("sell", "20", "98.98")]


def test_trim_when_exits_protect_all_then_they_protect_the_rest(bot, post, legs, watch):
    bot()
    post()
    post(strategy_order_action="sell", market_position="long", market_position_size="4")
    watch()

    assert [quantity for _, quantity, _ in legs()] == ["4", "4"]


def test_reversal_when_exits_are_off_by_then_then_the_new_position_has_none(bot, post, legs, watch):
    bot()
    post()
    bot(attach_sl_tp=False, use_strategy_contracts=False)
    post(**ENTER_SHORT)
    watch()

    assert legs() == []


def test_exit_when_all_is_closed_then_nothing_is_protected_any_more(bot, post, legs, watch, store):
    bot()
    post()
    post(**EXIT_LONG)
    watch()

    assert (legs(), list(store.list("exits/"))) == ([], [])


def test_stop_when_it_trails_a_coin_then_it_follows_the_best_price(bot, post, price, legs, watch):
    bot(attach_sl_tp=False, trailing_stop_pct="0.1")
    post(symbol="BTCUSD", strategy_order_contracts="0.5", strategy_order_price="50000")
    price(**{"BTC-USD": "60000"})
    watch()

    assert legs() == [("sell", "0.5", "54000")]


def test_stop_when_it_was_moved_then_it_is_shown_at_its_present_price_everywhere(
    bot, post, price, watch, operator
):
    bot(attach_sl_tp=False, trailing_stop_pct="0.1")
    ticket = post(symbol="BTCUSD", strategy_order_contracts="0.5", strategy_order_price="50000")["ticket"]
    watch()
    price(**{"BTC-USD": "60000"})
    watch()
    watch()
    (position,) = operator.get("/api/positions").json["positions"]
    (order,) = operator.get("/api/orders?status=open").json["orders"]
    told = operator.get(f"/api/tickets/{ticket}").json["orders"][-1]

    assert position["exits"][0]["stop_loss"] == order["stop_price"] == told["stop_price"] == "54000"


def test_stop_when_the_operator_moves_it_at_the_broker_then_positions_show_where_it_stands(
    bot, post, broker, operator
):
    bot()
    post()
    (stop,) = [order for order in broker.open_orders() if order.client_order_id.endswith("-sl")]
    broker.replace(stop, OrderChange(stop_price=Decimal(97)))
    (position,) = operator.get("/api/positions?fresh=true").json["positions"]

    assert (position["exits"][0]["stop_loss"], position["exits"][0]["take_profit"]) == ("97", "104")


def test_bots_when_both_hold_one_symbol_then_each_has_exits_of_its_own(
    bot, post, client, operator, configure, legs
):
    operator.post("/api/bots", json={"id": "other"})
    secret = operator.post("/api/bots/other/secret", headers={"If-Match": "*"}).json["secret"]
    for name in ("default", "other"):
        configure(name, use_strategy_contracts=True, attach_sl_tp=True)
    post()
    client.post("/webhook", json=strategy_alert(bot="other", secret=secret))

    assert [quantity for _, quantity, _ in legs()] == ["10"] * 4


@pytest.mark.parametrize(("price_at", "stage"), [("98", "stop-loss filled"), ("104", "take-profit filled")])
def test_ticket_when_an_exit_has_filled_then_its_timeline_says_which_and_at_what(
    bot, post, price, watch, operator, price_at, stage
):
    bot()
    entry = post()
    price(AAPL=price_at)
    for _ in range(2):
        watch()
    ticket = operator.get(f"/api/tickets/{entry['ticket']}").json
    told = [item for item in ticket["timeline"] if item["stage"].endswith("filled")]

    assert [item["stage"] for item in told] == [stage]
    assert told[0]["detail"].startswith("sell 10 at ")
