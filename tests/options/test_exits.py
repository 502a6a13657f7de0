"""Stop-loss and take-profit of options at Fyers: with the entry, after it, and taken down by a cover."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest

from app.brokers.fyers.limiter import Limiter, Window
from app.errors import BrokerUnavailable
from app.services.instruments.tickers import ListedTickers
from tests.brokers.fyers.harness import make_fyers
from tests.builders import EXIT_LONG, WEBHOOK_SECRET, client_of, services_of, strategy_alert
from tests.fyers_logins import move
from tests.options.conftest import ALERT

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("logged_in", "ticker")]
MARKET, LIMIT, STOP = 2, 1, 3
LEVELS = ["103", "97"]


@pytest.fixture
def bot(configure):
    """Let the bot place a stop at 1 % and a target at 2 %, changed."""
    return lambda **changes: configure(**{"attach_sl_tp": True} | changes)


@pytest.fixture
def price(fake, ticker):
    """Let the contract trade at a price."""
    return lambda text: fake.market.move(ticker, Decimal(text))


@pytest.fixture
def exits(app):
    """Read side, quantity and price of every working exit by the ending of its id."""
    broker = services_of(app).brokers.registry.get("fyers")

    def read():
        return sorted(
            (
                leg.client_order_id[-3:],
                leg.side.value,
                int(leg.quantity),
                float(leg.stop_price or leg.limit_price),
            )
            for leg in broker.open_orders()
            if leg.is_protective
        )

    return read


@pytest.fixture
def posted(fake):
    """List the bodies of all orders that were sent."""
    return lambda: [
        json.loads(each.content)
        for each in fake.requests
        if (each.method, each.path) == ("POST", "/api/v3/orders/sync")
    ]


@pytest.fixture
def protected_pair(bot, post, watch, exits):
    """Hold two lots from two entries, protected by a stop and a target of their own."""
    bot()
    post()
    post(idempotency_key="second")
    watch()
    assert exits() == pair(130, 101, 98)


def pair(quantity: int, stop: float, target: float) -> list[tuple[str, str, int, float]]:
    return [("-sl", "buy", quantity, stop), ("-tp", "buy", quantity, target)]


def test_entry_when_the_bot_wants_exits_then_offsets_go_out_with_it(bot, post, posted, exits, watch):
    bot()
    post()
    watch()
    (sent,) = posted()

    assert (sent["stopLoss"], sent["takeProfit"], sent["legType"]) == (1.0, 2.0, 1)
    assert exits() == pair(65, 101, 98)


@pytest.mark.parametrize("level", LEVELS)
def test_legs_when_one_fills_then_ticket_and_trade_know(bot, post, price, watch, operator, level):
    bot()
    ticket = post()[1]["ticket"]
    price(level)
    watch()
    orders = operator.get(f"/api/tickets/{ticket}").json["orders"]

    assert sorted(order["status"] for order in orders) == ["canceled", "filled", "filled"]
    assert operator.get("/api/positions?fresh=true").json["positions"] == []


def test_entry_when_the_alert_brings_its_own_levels_then_they_are_placed(post, exits, watch):
    post(sl=104, tp=91)
    watch()

    assert exits() == pair(65, 104, 91)


def test_legs_when_the_entry_fills_elsewhere_then_they_move_to_the_fill(bot, post, fake, price, exits, watch):
    bot()
    fake.inject("late_fill", times=1)
    post()
    price("95")
    before = exits()
    watch()

    assert (before, exits()) == (pair(65, 96, 93), pair(65, 95.95, 93.1))


def test_entry_when_it_adds_then_stop_and_target_rest_around_the_average(
    bot, post, price, exits, watch, held, posted
):
    bot()
    post()
    price("100.5")
    post(idempotency_key="second")
    watch()

    assert (held(), exits()) == (-130, pair(130, 101.25, 98.25))
    assert [each["type"] for each in posted()] == [MARKET, MARKET, STOP, LIMIT]


@pytest.mark.parametrize("level", LEVELS)
def test_pair_when_one_fills_then_the_other_is_canceled(protected_pair, price, exits, watch, held, level):
    price(level)
    watch()

    assert (held(), exits()) == (0, [])


def test_pair_when_fyers_wants_money_for_the_target_then_the_stop_rests_and_the_target_is_watched(
    bot, post, fake, price, exits, watch, held
):
    bot()
    post()
    account = fake.exchange.account
    # The second entry binds 195,000; what is left does not pay for a purchase of two lots.
    account.cash -= account.available([]) - 200_000
    post(idempotency_key="second")
    watch()
    resting = exits()
    price("97")
    watch()

    assert (resting, held()) == ([("-sl", "buy", 130, 101)], 0)


def test_stop_when_it_is_hit_then_nothing_is_left_or_opened(protected_pair, price, watch, held, fake):
    for level in ("103", "97", "103"):
        price(level)
        watch()

    assert (held(), fake.exchange.book.working()) == (0, [])


@pytest.mark.parametrize(
    ("quantity", "left"), [(130, []), (65, [("-sl", "buy", 65, 101), ("-tp", "buy", 65, 98)])]
)
def test_cover_when_it_is_bought_back_then_exits_protect_what_is_left(
    protected_pair, post, exits, watch, held, quantity, left
):
    answer = post(action="BUY", qty=quantity)
    watch()

    assert (answer[0], held(), exits()) == (200, quantity - 130, left)


def test_cover_when_fyers_refuses_it_then_the_position_is_protected_again(
    protected_pair, post, fake, exits, watch
):
    fake.inject("refused", when="before", methods=("POST",), message="RED:Rejected", times=1)
    status, _ = post(action="BUY", qty=130)
    watch()

    assert (status, exits()) == (400, pair(130, 101, 98))


def test_exits_when_the_day_ends_then_they_are_placed_anew_once_the_market_is_open(
    protected_pair, fake, watch, exits, posted, clock
):
    fake.exchange.book.expire(everything=True)
    fake.clock.turn("closed")
    move(clock, fake, minutes=1)
    sent = len(posted())
    for _ in range(3):
        watch()
    overnight = len(posted()) - sent
    fake.clock.turn("open")
    move(clock, fake, minutes=1)
    watch()

    assert (overnight, exits()) == (0, pair(130, 101, 98))


@pytest.fixture
def large(bot, post, fake, ticker, watch):
    """Hold twice what the exchange takes in one order."""
    fake.exchange.account.cash = Decimal(10**9)
    most = fake.exchange.listing.find(ticker).freeze // 65 * 65
    bot()
    post(qty=most)
    post(qty=most, idempotency_key="second")
    watch()
    return most


@pytest.fixture
def watch_later(app, watch):
    """Let the clock come round once what was read of the book before is too old to serve."""

    def later():
        services_of(app).brokers.registry.get("fyers")._orders.forget()
        watch()

    return later


def test_position_when_above_the_freeze_quantity_then_a_part_rests_and_the_rest_is_watched(
    large, price, watch_later, held, exits
):
    before = exits()
    price("110")
    watch_later()
    watch_later()

    assert (before, held()) == (pair(large, 101, 98), 0)


def test_position_when_above_the_freeze_quantity_then_the_operator_closes_it_in_parts(
    large, operator, held, app
):
    (position,) = services_of(app).brokers.registry.get("fyers").positions()
    path = f"/api/positions/fyers/{position.symbol}"
    parts = [(operator.delete(path).status_code, held()) for _ in range(2)]

    assert parts == [(200, -large), (200, 0)]


def test_exit_when_an_earlier_one_is_in_doubt_then_it_waits_for_that(client, fake, app):
    fake.market.move("NSE:ABB-EQ", Decimal(800))
    share = {"symbol": "ABB", "exchange": "NSE", "strategy_order_price": "800"}
    assert client.post("/webhook", json=strategy_alert(**share)).json["status"] == "ordered"
    fake.inject("unacknowledged", when="before", times=1)
    first = client.post("/webhook", json=strategy_alert(**share | EXIT_LONG)).json["status"]
    second = client.post("/webhook", json=strategy_alert(**share | EXIT_LONG)).json

    assert (first, second["status"], second["reason"]) == ("pursuing", "pursuing", "BROKER_UNAVAILABLE")


@pytest.fixture
def hurried(app, make_option_app, fake, clock):
    """Serve with few requests for an hour, of which some are kept for exits, and use up the others."""
    contracts, limiter = (
        ListedTickers(services_of(app).brokers.symbols.index),
        Limiter((Window(3600, 60, 25),)),
    )
    broker = make_fyers(fake, contracts=contracts, limiter=limiter, clock=clock)
    client = client_of(make_option_app(brokers={"fyers": broker}), x_bot_secret=WEBHOOK_SECRET)
    assert client.post("/webhook", json=ALERT).json["status"] == "ordered"
    with suppress(BrokerUnavailable):
        for _ in range(60):
            broker.ping()
    return client


def test_cover_when_the_requests_are_used_up_then_those_kept_for_exits_let_it_through(hurried, held):
    entry = hurried.post("/webhook", json=ALERT | {"idempotency_key": "b"}).json
    cover = hurried.post("/webhook", json=ALERT | {"action": "BUY"}).json

    assert (entry["reason"], cover["status"], held()) == ("RATE_LIMIT_REACHED", "ordered", 0)


def test_pair_when_one_answer_of_fyers_lacks_the_position_then_stop_and_target_stay(
    protected_pair, fake, exits, watch
):
    positions = fake.exchange.account.positions
    kept = dict(positions)
    positions.clear()
    watch()
    positions.update(kept)

    assert exits() == pair(130, 101, 98)
