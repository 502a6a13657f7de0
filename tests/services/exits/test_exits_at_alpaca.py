"""Exits of positions at an account that behaves like Alpaca's: who holds them, and when they move."""

from decimal import Decimal

import pytest

from tests.builders import ENTER_SHORT, EXIT_LONG, bridge_alert, in_a_hurry

pytestmark = pytest.mark.integration
COIN = {"symbol": "BTCUSD", "strategy_order_contracts": "0.5", "strategy_order_price": "50000"}
PAIR = {"-sl": ("10", "98"), "-tp": ("10", "104")}


def test_entry_when_whole_then_its_bracket_rests_until_cancelled(bot, post, fake, legs):
    bot()
    post()
    (sent,) = fake.sent("POST", "/v2/orders")

    assert (sent["order_class"], sent["time_in_force"]) == ("bracket", "gtc")
    assert legs() == PAIR


def test_entry_when_it_brings_its_own_levels_then_its_bracket_has_them(bot, post, fake, legs):
    bot()
    post(stop_loss="95.5", take_profit="111.25")
    (sent,) = fake.sent("POST", "/v2/orders")

    assert (sent["order_class"], legs()) == ("bracket", {"-sl": ("10", "95.5"), "-tp": ("10", "111.25")})


def test_coin_when_it_brings_its_own_stop_then_it_is_watched_at_that(bot, post, fake, watch, held):
    bot(attach_sl_tp=False)
    post(**COIN, sl="47000")
    watch()
    before = held()
    fake.market.move("BTC/USD", Decimal(46999))
    watch()

    assert (set(before), held()) == ({"BTC-USD"}, {})


def test_entry_when_fractional_then_whole_part_is_held_and_the_rest_is_watched(
    bot, post, fake, legs, watch, held
):
    bot()
    post(strategy_order_contracts="10.5")
    placed = legs()
    fake.market.move("AAPL", Decimal("97.5"))
    watch()

    assert placed == PAIR
    assert held() == {}


@pytest.mark.parametrize(("price", "suffix"), [("48999", "-sl"), ("52001", "-tp")])
def test_coin_when_its_level_is_reached_then_it_is_sold_at_the_market(
    bot, post, fake, watch, held, price, suffix
):
    bot()
    post(**COIN)
    watch()
    before = held()
    fake.market.move("BTC/USD", Decimal(price))
    watch()
    sent = fake.sent("POST", "/v2/orders")[-1]

    assert (set(before), held()) == ({"BTC-USD"}, {})
    assert (sent["type"], sent["side"], sent["client_order_id"][-3:]) == ("market", "sell", suffix)


def test_watch_when_all_is_in_order_then_nothing_is_sent(bot, post, fake, watch):
    bot()
    post()
    post(**COIN)
    watch()
    sent = len(fake.sent("POST", "/v2/orders"))
    for _ in range(3):
        watch()

    assert len(fake.sent("POST", "/v2/orders")) == sent
    assert [each.method for each in fake.requests if each.method in {"PATCH", "DELETE"}] == []


@pytest.mark.parametrize(("by_fill", "stop"), [(True, "98.98"), (False, "98")])
def test_bracket_when_filled_elsewhere_then_legs_move_only_if_the_fill_counts(
    bot, client, post, fake, legs, watch, by_fill, stop
):
    bot(use_avg_fill_for_sl_tp=by_fill)
    fake.market.move("AAPL", Decimal("100.9"), bid=Decimal("100.8"), ask=Decimal(101))
    post(strategy_order_price="100")
    watch()

    assert legs()["-sl"] == ("10", stop)


def test_add_when_exits_stand_against_it_then_all_is_protected_anew(bot, post, fake, legs, held):
    bot()
    post()
    fake.market.move("AAPL", Decimal(102))
    answer = post(strategy_order_price="102")

    assert (answer["status"], held()) == ("filled", {"AAPL": "20"})
    # around 101, the average of both
    assert legs() == {"-sl": ("20", "98.98"), "-tp": ("20", "105.04")}


def test_trim_when_exits_hold_the_shares_then_the_rest_is_protected_anew(bot, post, legs, held):
    bot()
    post()
    answer = post(
        strategy_order_action="sell",
        market_position="long",
        market_position_size="4",
        prev_market_position="long",
        prev_market_position_size="10",
    )

    assert (answer["status"], held()) == ("ordered", {"AAPL": "4"})
    assert legs() == {"-sl": ("4", "98"), "-tp": ("4", "104")}


def test_exit_when_the_broker_rejects_it_then_the_position_is_protected_anew(bot, post, fake, legs, held):
    bot()
    post()
    fake.inject("status", status=403, methods=("POST",), times=1)
    answer = post(**EXIT_LONG)

    assert (answer["status"], held(), legs()) == ("rejected", {"AAPL": "10"}, PAIR)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "timeout"},
        {"kind": "reset"},
        {"kind": "reset", "when": "after"},
        {"kind": "status", "status": 504, "when": "after"},
        {"kind": "html"},
        {"kind": "duplicate"},
    ],
    ids=str,
)
def test_exits_when_their_outcome_is_unknown_then_there_is_one_pair(
    bot, post, fake, legs, watch, alpaca, fault
):
    bot()
    fake.inject(**fault, methods=("POST",), path="/v2/orders", skip=1, times=1)
    with in_a_hurry(alpaca, fault["kind"]):
        post(strategy_order_contracts="10.5")
    watch()

    assert legs() == PAIR
    pairs = [sent for sent in fake.sent("POST", "/v2/orders") if sent.get("order_class") == "oco"]
    assert len({sent["client_order_id"] for sent in pairs}) == 1


def test_exits_when_the_broker_refuses_them_then_the_price_is_watched(bot, post, fake, legs, watch, held):
    bot()
    fake.inject("status", status=403, methods=("POST",), skip=1, times=1)
    post(strategy_order_contracts="10.5")
    refused = legs()
    fake.market.move("AAPL", Decimal(97))
    watch()

    assert (refused, held()) == ({}, {})


def test_exits_when_the_broker_refused_them_then_they_are_tried_again_later(
    bot, post, fake, legs, watch, clock
):
    bot()
    fake.inject("status", status=403, methods=("POST",), skip=1, times=1)
    post(strategy_order_contracts="10.5")
    watch()
    soon = legs()
    clock.move(seconds=6)
    watch()

    assert (soon, legs()) == ({}, PAIR)


def test_entry_when_filled_in_part_then_what_filled_is_sold_at_its_stop(bot, client, fake, watch, held):
    bot()
    alert = bridge_alert(symbol="AAPL", quantity="10", order_type="limit", limit_price="99")
    client.post("/tradingview/webhook", json=alert)
    fake.market.move("AAPL", Decimal("98.9"), volume=Decimal(4))
    watch()
    partly = held()
    fake.market.move("AAPL", Decimal(96), volume=Decimal(0))
    for _ in range(2):
        watch()
    fake.market.move("AAPL", Decimal(96))

    assert (partly, held()) == ({"AAPL": "4"}, {})


def test_short_when_whole_then_its_exits_are_mirrored(bot, post, legs, watch):
    bot()
    post(**ENTER_SHORT)
    watch()

    assert legs() == {"-sl": ("10", "102"), "-tp": ("10", "96")}


def test_stop_when_it_trails_then_it_follows_the_best_price(bot, post, fake, legs, watch):
    bot(attach_sl_tp=False, trailing_stop_pct="0.05")
    post()
    placed = legs()
    for price in (110, 120, 115):
        fake.market.move("AAPL", Decimal(price))
        watch()

    assert (placed, legs()) == ({"-sl": ("10", "95")}, {"-sl": ("10", "114")})


def test_stop_when_the_gain_is_there_then_it_stands_at_the_entry(bot, post, fake, legs, watch):
    bot(tp_pct="0.2", break_even_pct="0.03")
    post()
    fake.market.move("AAPL", Decimal(103))
    watch()
    fake.market.move("AAPL", Decimal(101))
    watch()

    assert legs()["-sl"] == ("10", "100")


def test_position_when_closed_elsewhere_then_its_exits_go(bot, post, fake, legs, watch, clock):
    bot()
    post(strategy_order_contracts="10.5")
    fake.exchange.account.holdings.clear()
    watch()
    clock.move(seconds=11)
    watch()

    assert legs() == {}


def test_exits_when_the_day_ends_then_they_are_still_there(bot, post, fake, legs, watch):
    bot()
    post()
    fake.clock.close()
    watch()

    assert legs() == PAIR


def test_level_when_reached_while_closed_then_the_exit_waits_for_the_market(
    bot, post, fake, watch, held, clock
):
    bot()
    post(strategy_order_contracts="0.5")
    fake.clock.close()
    fake.market.move("AAPL", Decimal(90))
    watch()
    closed = len(fake.sent("POST", "/v2/orders"))
    fake.clock.open()
    clock.move(seconds=31)
    watch()

    assert (closed, held()) == (1, {})


def test_stops_when_many_trail_at_once_then_few_are_moved_at_a_time(bot, post, fake, watch):
    bot(attach_sl_tp=False, trailing_stop_pct="0.05", use_strategy_contracts=False)
    symbols = [f"AA{letter}" for letter in "BCDEFGHI"]
    for symbol in symbols:
        fake.market.move(symbol, Decimal(100))
        post(symbol=symbol)
    for symbol in symbols:
        fake.market.move(symbol, Decimal(120))
    moves = []
    for _ in range(3):
        watch()
        moves.append(sum(each.method == "PATCH" for each in fake.requests))

    assert moves == [6, 8, 8]


def test_exits_when_the_position_is_gone_since_they_were_lost_then_they_are_not_sent_again(
    bot, post, fake, watch, held, clock, store
):
    bot()
    fake.inject("reset", methods=("POST",), path="/v2/orders", skip=1, times=1)
    post(strategy_order_contracts="10.5")
    post(**EXIT_LONG)
    watch()
    clock.move(seconds=31)
    watch()
    pairs = [sent for sent in fake.sent("POST", "/v2/orders") if sent.get("order_class") == "oco"]

    assert (len(pairs), held(), list(store.list("exits/"))) == (1, {}, [])


def test_close_when_one_answer_of_the_broker_is_empty_then_stop_and_target_stay(
    bot, post, fake, legs, watch, operator, store, clock
):
    bot()
    post()
    holdings = fake.exchange.account.holdings
    kept = dict(holdings)
    holdings.clear()
    answer = operator.delete("/api/positions/alpaca/AAPL")
    holdings.update(kept)
    for _ in range(3):
        clock.move(seconds=61)
        watch()

    assert answer.status_code == 404
    assert (legs(), len(list(store.list("trades/")))) == (PAIR, 1)
