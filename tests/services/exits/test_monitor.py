"""The guard beside everything else that trades: alerts, other bots, the operator, and dry runs."""

from decimal import Decimal
from threading import Thread

import pytest

from app.brokers.alpaca.broker import AlpacaBroker
from app.domain.orders import Order, OrderRole, Side
from tests.builders import EXIT_LONG, WEBHOOK_SECRET, client_of, strategy_alert
from tests.domain.builders import APPLE

pytestmark = pytest.mark.integration
COIN = {"symbol": "BTCUSD", "strategy_order_price": "50000"}
PAIR = {"-sl": ("10", "98"), "-tp": ("10", "104")}
# By then every look at the orders has been the one that something happens after.
LOOKS = range(1, 8)


class Interrupted(AlpacaBroker):
    """An account where something happens right after its orders were listed, or one was canceled."""

    after_looks, after_look, after_cancel = 0, None, None

    def open_orders(self):
        orders = super().open_orders()
        self.after_looks -= 1
        if self.after_looks == 0:
            self.after_look()
        return orders

    def cancel(self, receipt):
        super().cancel(receipt)
        if self.after_cancel is not None:
            self.after_cancel()


@pytest.fixture
def alpaca(connect_alpaca):
    return connect_alpaca(Interrupted)


@pytest.fixture
def fall(fake, alpaca):
    """Let the price reach the stop, which fills after so many looks."""

    def move(looks: int) -> None:
        fake.market.move("AAPL", Decimal("97.5"), volume=Decimal(0))
        alpaca.after_look = lambda: fake.market.move("AAPL", Decimal("97.5"))
        alpaca.after_looks = looks

    return move


@pytest.fixture
def other_bot(operator, configure, client):
    """Let another bot, which wants no exits, buy as many shares, changed."""

    def buy(**changes) -> None:
        operator.post("/api/bots", json={"id": "other"})
        secret = operator.post("/api/bots/other/secret", headers={"If-Match": "*"}).json["secret"]
        configure("other", **{"use_strategy_contracts": True} | changes)
        client.post("/webhook", json=strategy_alert(bot="other", secret=secret))

    return buy


@pytest.fixture
def best(store):
    return lambda: [document.value["best"] for document in store.list("exits/")]


@pytest.mark.parametrize("looks", LOOKS)
def test_stop_when_it_fills_while_the_rest_is_left_then_nobody_elses_shares_are_sold(
    bot, post, alpaca, fall, watch, held, looks
):
    bot()
    alpaca.submit(Order("theirs", APPLE, Side.BUY, OrderRole.ENTRY, quantity=Decimal(20)))
    post(strategy_order_contracts="10.5")
    fall(looks)
    for _ in range(4):
        watch()

    assert held() == {"AAPL": "20"}


@pytest.mark.parametrize("looks", LOOKS)
def test_stop_when_it_fills_while_an_exit_is_planned_then_the_other_bot_keeps_its_shares(
    bot, post, other_bot, fake, fall, held, looks
):
    bot()
    other_bot()
    post()
    fall(looks)
    post(**EXIT_LONG)
    fake.market.move("AAPL", Decimal("97.5"))

    assert held() == {"AAPL": "10"}


@pytest.mark.parametrize("alert", [EXIT_LONG, {}], ids=["exit", "add"])
def test_alert_when_it_is_a_dry_run_then_the_exits_that_rest_stay(
    bot, post, fake, legs, make_app, alpaca, alert
):
    bot()
    post()
    dry = make_app(brokers={"alpaca": alpaca}, default_broker="alpaca", dry_run=True)
    answer = client_of(dry, x_bot_secret=WEBHOOK_SECRET).post("/webhook", json=strategy_alert(**alert))

    assert (answer.json["status"], legs()) == ("dry_run", PAIR)
    assert [each.method for each in fake.requests if each.method != "GET"] == ["POST"]


def test_best_price_when_the_symbol_is_held_then_it_is_not_written_over(
    bot, post, fake, watch, services, best
):
    bot(attach_sl_tp=False, trailing_stop_pct="0.05")
    post()
    fake.market.move("AAPL", Decimal(120))
    clock = Thread(target=watch)
    with services.operations.orders.gateway.hold(services.brokers.registry.get("alpaca"), "AAPL"):
        clock.start()
        clock.join(0.5)
        meanwhile = best()
    clock.join()

    assert (meanwhile, best()) == ([None], ["120"])


def test_exit_when_the_operator_cancels_it_then_no_other_takes_its_place(
    bot, post, alpaca, operator, watch, legs
):
    bot()
    post()
    clock = Thread(target=watch)
    alpaca.after_cancel = lambda: (clock.start(), clock.join(0.5))
    name = next(item.client_order_id for item in alpaca.open_orders() if item.is_protective)
    operator.delete(f"/api/orders/{name}")
    clock.join()

    assert legs() == {}


def test_level_when_reached_while_another_bots_entry_waits_then_that_goes(
    bot, post, other_bot, fake, watch, held, alpaca
):
    bot()
    post(strategy_order_contracts="10.5")
    other_bot(use_limit_orders=True, limit_offset_ticks=-1000)
    fake.market.move("AAPL", Decimal("97.5"))
    watch()

    assert (held(), alpaca.open_orders()) == ({}, [])


def test_exit_when_another_bots_entry_waits_then_that_goes(bot, post, other_bot, held, alpaca):
    bot()
    other_bot(use_limit_orders=True, limit_offset_ticks=-1000)
    post()
    post(**EXIT_LONG)

    assert (held(), alpaca.open_orders()) == ({}, [])


def test_position_when_the_operator_changes_his_mind_about_closing_then_it_is_protected_anew(
    bot, post, fake, operator, alpaca, watch, legs
):
    bot()
    post()
    fake.clock.close()
    operator.delete("/api/positions/alpaca/AAPL")
    watch()
    (closing,) = alpaca.open_orders()
    operator.delete(f"/api/orders/{closing.client_order_id}")
    watch()

    assert (closing.type.value, legs()) == ("market", PAIR)


def test_trades_when_the_operator_closes_all_then_they_end_with_the_fill(
    bot, post, fake, operator, store, watch
):
    bot()
    post()
    fake.clock.close()
    operator.delete("/api/positions/alpaca/AAPL")
    waiting = len(list(store.list("trades/")))
    fake.clock.open()
    fake.market.move("AAPL", Decimal(100))
    watch()

    assert (waiting, list(store.list("trades/"))) == (1, [])


@pytest.mark.parametrize(
    ("entry", "fall"),
    [
        ({"strategy_order_contracts": "10.005"}, ("AAPL", "97.5")),
        ({**COIN, "strategy_order_contracts": "0.000202"}, ("BTC/USD", "48999")),
    ],
    ids=["rest of shares", "coin"],
)
def test_level_when_reached_by_less_than_an_order_must_be_then_it_is_left_all_the_same(
    bot, post, fake, watch, held, store, entry, fall
):
    bot()
    post(**entry)
    bought = len(held())
    fake.market.move(fall[0], Decimal(fall[1]))
    for _ in range(2):
        watch()

    assert (bought, held(), list(store.list("trades/"))) == (1, {}, [])


def test_watch_when_one_position_cannot_be_read_then_the_others_are_left_at_their_level(
    bot, post, fake, watch, held, store
):
    bot()
    post(**COIN, strategy_order_contracts="0.5")
    (known,) = store.list("exits/")
    store.create("exits/another/alpaca:?", known.value | {"bot": "another", "symbol": "?"})
    fake.market.move("BTC/USD", Decimal(48999))
    done = watch()

    assert (done["exits"], held()) == (-1, {})


def test_bracket_when_its_stop_need_not_trail_yet_then_it_moves_to_the_fill_by_a_cent(
    bot, post, fake, watch, legs
):
    bot(trailing_stop_pct="0.2")
    fake.market.move("AAPL", Decimal("100.5"), bid=Decimal("100.4"), ask=Decimal("100.6"))
    post()
    watch()

    assert legs()["-sl"] == ("10", "98.59")


def test_exits_when_refused_before_the_clock_was_set_back_then_the_pause_is_over(
    bot, post, fake, watch, legs, clock
):
    bot()
    fake.inject("status", status=403, methods=("POST",), skip=1, times=1)
    post(strategy_order_contracts="10.5")
    clock.move(hours=-1)
    watch()

    assert legs() == PAIR


def test_exits_when_lost_before_the_clock_was_set_back_then_others_are_sent(
    bot, post, fake, watch, legs, clock
):
    bot(trailing_stop_pct="0.02")
    fake.inject("reset", methods=("POST",), path="/v2/orders", skip=1, times=1)
    post(strategy_order_contracts="10.5")
    fake.market.move("AAPL", Decimal(103))
    clock.move(hours=-1)
    watch()

    assert legs() == {"-sl": ("10", "100.94"), "-tp": ("10", "104")}


def test_level_when_reached_after_the_clock_was_set_back_then_the_market_is_asked_anew(
    bot, post, fake, watch, held, clock
):
    bot()
    post(strategy_order_contracts="0.5")
    fake.clock.close()
    fake.market.move("AAPL", Decimal(97))
    watch()
    closed = held()
    fake.clock.open()
    clock.move(hours=-1)
    watch()

    assert (closed, held()) == ({"AAPL": "0.5"}, {})
