"""The life of orders at the simulated Alpaca."""

from decimal import Decimal

import pytest

from tests.simulators.alpaca.driving import BRACKET, OCO

pytestmark = pytest.mark.integration


def statuses(driver):
    return {order["client_order_id"]: order["status"] for order in driver.get("/v2/orders?status=all")}


def test_submit_when_market_is_open_then_answer_precedes_the_fill(driver):
    answer = driver.submit(client_order_id="a").json()

    assert (answer["status"], answer["filled_qty"], answer["filled_avg_price"]) == ("pending_new", "0", None)
    assert statuses(driver) == {"a": "filled"}


def test_submit_when_market_is_closed_then_order_waits_for_the_opening(driver):
    driver.fake.clock.close()
    assert driver.placed(client_order_id="a")["status"] == "accepted"

    driver.fake.clock.open()
    assert statuses(driver) == {"a": "filled"}


def test_close_when_day_orders_rest_then_they_expire_and_others_stay(driver):
    for tif in ("day", "gtc"):
        driver.placed(client_order_id=tif, type="limit", limit_price="50", time_in_force=tif)
    driver.fake.clock.close()

    assert statuses(driver) == {"day": "expired", "gtc": "new"}


def test_extended_session_when_orders_rest_then_only_marked_ones_fill(driver):
    driver.fake.clock.extend()
    for name, marked in (("marked", True), ("plain", False)):
        driver.placed(client_order_id=name, type="limit", limit_price="100", extended_hours=marked)

    assert statuses(driver) == {"marked": "filled", "plain": "accepted"}


@pytest.mark.parametrize(
    ("order", "price", "fills_at"),
    [
        ({"type": "limit", "limit_price": "90"}, "89", "89"),
        ({"type": "limit", "limit_price": "90"}, "91", None),
        ({"type": "stop", "stop_price": "110"}, "111", "111"),
        ({"type": "stop", "stop_price": "110"}, "109", None),
        ({"type": "stop_limit", "stop_price": "110", "limit_price": "112"}, "113", None),
        ({"type": "stop_limit", "stop_price": "110", "limit_price": "112"}, "111", "111"),
        ({"type": "trailing_stop", "trail_percent": "5"}, "104.9", None),
        ({"type": "trailing_stop", "trail_percent": "5"}, "105", "105"),
        ({"type": "trailing_stop", "trail_price": "5"}, "105", "105"),
    ],
)
def test_move_when_order_rests_then_its_type_decides(driver, order, price, fills_at):
    placed = driver.placed(**order)
    driver.fake.market.move("AAPL", price)

    assert driver.shown(placed["id"])["filled_avg_price"] == fills_at


def test_move_when_stop_trails_then_it_follows_the_best_price_only(driver):
    driver.placed()
    trailing = driver.placed(side="sell", type="trailing_stop", trail_percent="10")
    for price in ("120", "110"):
        driver.fake.market.move("AAPL", price)

    shown = driver.shown(trailing["id"])
    assert (shown["hwm"], shown["stop_price"], shown["status"]) == ("120", "108", "new")


def test_bracket_when_entry_rests_or_fills_in_part_then_legs_are_held(driver):
    entry = driver.placed(type="limit", limit_price="99", **BRACKET)
    driver.fake.market.move("AAPL", "99", volume="4")

    assert driver.shown(entry["id"])["status"] == "partially_filled"
    assert driver.legs(entry) == [("limit", "held", "10"), ("stop", "held", "10")]


def test_bracket_when_entry_fills_then_take_profit_works_and_stop_watches(driver):
    entry = driver.placed(**BRACKET)

    assert driver.legs(entry) == [("limit", "new", "10"), ("stop", "held", "10")]


@pytest.mark.parametrize(("price", "ends"), [("110", ["filled", "canceled"]), ("90", ["canceled", "filled"])])
def test_bracket_when_one_leg_fills_then_the_other_is_canceled(driver, price, ends):
    entry = driver.placed(**BRACKET)
    driver.fake.market.move("AAPL", price)

    assert [status for _, status, _ in driver.legs(entry)] == ends
    assert driver.get("/v2/positions") == []


def test_bracket_when_take_profit_fills_in_part_then_stop_shrinks(driver):
    entry = driver.placed(**BRACKET)
    driver.fake.market.move("AAPL", "110", volume="4")

    assert driver.legs(entry) == [("limit", "partially_filled", "10"), ("stop", "held", "6")]


def test_bracket_when_a_leg_is_canceled_then_so_is_the_other(driver):
    entry = driver.placed(**BRACKET)
    driver.call("DELETE", f"/v2/orders/{entry['legs'][0]['id']}")

    assert [status for _, status, _ in driver.legs(entry)] == ["canceled", "canceled"]


def test_oco_when_it_rests_then_the_parent_is_its_take_profit(driver):
    driver.placed()
    order = driver.placed(**OCO)

    assert (order["type"], order["limit_price"], order["status"]) == ("limit", "110", "new")
    assert driver.legs(order) == [("stop", "held", "10")]


def test_oco_when_stop_fills_then_parent_is_canceled(driver):
    driver.placed()
    order = driver.placed(**OCO)
    driver.fake.market.move("AAPL", "89")

    assert driver.shown(order["id"])["status"] == "canceled"
    assert driver.get("/v2/positions") == []


def test_oto_when_entry_fills_then_its_only_leg_works(driver):
    entry = driver.placed(order_class="oto", stop_loss={"stop_price": "90"})

    assert driver.legs(entry) == [("stop", "new", "10")]


def test_notional_when_filled_then_quantity_is_cut_to_nine_decimals(driver):
    driver.fake.market.move("AAPL", "300")
    order = driver.placed(qty=None, notional="100")

    assert (order["qty"], order["notional"], order["filled_qty"]) == (None, "100", "0.333333333")


@pytest.mark.parametrize(("tif", "filled", "status"), [("ioc", "0", "canceled"), ("fok", "0", "canceled")])
def test_at_once_when_price_is_away_then_order_is_canceled(driver, tif, filled, status):
    order = driver.placed(type="limit", limit_price="90", time_in_force=tif)

    assert (order["filled_qty"], order["status"]) == (filled, status)


def test_crypto_when_held_then_position_has_no_slash(driver):
    order = driver.placed(symbol="BTC/USD", qty="0.5", time_in_force="gtc")
    position = driver.get("/v2/positions/BTCUSD")

    assert (order["symbol"], position["symbol"], position["qty"]) == ("BTC/USD", "BTCUSD", "0.5")


def test_crypto_when_fee_is_set_then_less_arrives_than_was_bought(driver):
    driver.fake.exchange.account.crypto_fee = Decimal("0.0025")
    driver.placed(symbol="BTC/USD", qty="0.5", time_in_force="gtc")

    assert driver.get("/v2/positions/BTCUSD")["qty"] == "0.49875"


def test_short_when_price_falls_then_account_gains(driver):
    driver.placed(side="sell")
    driver.fake.market.move("AAPL", "90")

    account, position = driver.get("/v2/account"), driver.get("/v2/positions/AAPL")
    assert (position["qty"], position["side"], position["unrealized_pl"]) == ("-10", "short", "100")
    assert (account["equity"], account["short_market_value"]) == ("100100", "-900")


def test_account_when_limit_order_rests_then_it_keeps_buying_power(driver):
    driver.placed(type="limit", limit_price="50", qty="100")

    account = driver.get("/v2/account")
    assert (account["cash"], account["buying_power"]) == ("100000", "195000")


def test_replace_when_order_rests_then_a_new_id_takes_over(driver):
    old = driver.placed(type="limit", limit_price="90", time_in_force="gtc")
    new = driver.call("PATCH", f"/v2/orders/{old['id']}", json={"limit_price": "91", "qty": "5"}).json()

    assert (new["replaces"], new["limit_price"], new["qty"]) == (old["id"], "91", "5")
    assert driver.shown(old["id"])["status"] == "replaced"


def test_replace_when_stop_of_a_pair_moves_then_the_pair_holds(driver):
    entry = driver.placed(**BRACKET)
    stop = entry["legs"][1]["id"]
    assert driver.call("PATCH", f"/v2/orders/{stop}", json={"stop_price": "95"}).json()["status"] == "held"

    driver.fake.market.move("AAPL", "94")
    assert driver.legs(entry) == [("limit", "canceled", "10"), ("stop", "filled", "10")]


@pytest.mark.parametrize(
    ("query", "sold"), [("", "7"), ("?qty=2", "2"), ("?percentage=50", "3"), ("?percentage=100", "7")]
)
def test_close_position_when_asked_for_a_part_then_whole_shares_go(driver, query, sold):
    driver.placed(qty="7")
    order = driver.call("DELETE", f"/v2/positions/AAPL{query}").json()

    assert (order["side"], order["type"], order["qty"]) == ("sell", "market", sold)


def test_close_all_when_orders_hold_shares_then_only_canceling_helps(driver):
    driver.placed(**BRACKET)
    stubborn = driver.call("DELETE", "/v2/positions")
    assert (stubborn.status_code, stubborn.json()[0]["body"]["code"]) == (207, 40310000)

    driver.call("DELETE", "/v2/positions?cancel_orders=true")
    assert driver.get("/v2/positions") == []


def test_cancel_all_when_bracket_rests_then_its_legs_are_named_too(driver):
    driver.placed(type="limit", limit_price="99", **BRACKET)
    answer = driver.call("DELETE", "/v2/orders")

    assert (answer.status_code, [entry["status"] for entry in answer.json()]) == (207, [200, 200, 200])


def test_auction_when_session_opens_then_opg_fills_or_ends(driver):
    driver.placed(client_order_id="market", time_in_force="opg")
    driver.placed(client_order_id="limit", time_in_force="opg", type="limit", limit_price="50")
    driver.fake.clock.open()

    assert statuses(driver) == {"market": "filled", "limit": "canceled"}
