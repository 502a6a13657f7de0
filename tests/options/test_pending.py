"""Orders at the market that rest at Fyers beyond their price protection, and what the clock does about it."""

from decimal import Decimal

import pytest

from tests.fyers_logins import move

SELL = -1
CANCELED, FILLED, PENDING = 1, 2, 6
pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("logged_in")]


@pytest.fixture
def app(make_option_app, action):
    return make_option_app(mpp_pending_action=action)


@pytest.fixture
def action() -> str:
    return "reprice"


@pytest.fixture
def later(clock, fake):
    """Let half a minute pass for everybody."""
    return lambda: move(clock, fake, seconds=30)


@pytest.fixture
def resting(post, fake, ticker):
    """Sell at the market, which leaves before anybody buys."""
    fake.inject("mpp_pending", times=1, seconds=600)
    assert post()[1]["status"] == "ordered"
    fake.market.move(ticker, Decimal(80))


@pytest.fixture
def orders(fake):
    """List side, limit and state of every order."""
    return lambda: [(row["side"], row["limitPrice"], row["status"]) for row in fake.orders()]


def test_order_when_it_has_rested_long_then_it_is_sold_within_a_fresh_limit(resting, later, watch, orders):
    watch()
    before = orders()
    later()
    watch()

    # 10 % below 100, then 10 % below 80
    assert (before, orders()) == ([(SELL, 90.0, PENDING)], [(SELL, 72.0, FILLED)])


@pytest.mark.parametrize(("action", "left"), [("cancel", CANCELED), ("leave", PENDING)])
def test_order_when_the_setting_says_so_then_it_is_taken_back_or_left(resting, later, watch, orders, left):
    later()
    watch()

    assert orders() == [(SELL, 90.0, left)]


def test_order_when_its_limit_is_as_good_as_a_fresh_one_then_it_is_left_alone(
    post, fake, ticker, later, watch
):
    fake.inject("mpp_pending", times=1, seconds=600)
    post()
    later()
    watch()

    assert [each for each in fake.requests if each.method == "PATCH"] == []


def test_order_when_the_market_is_closed_then_it_is_left_alone(resting, fake, later, watch, orders):
    fake.clock.turn("closed")
    later()
    watch()

    assert orders() == [(SELL, 90.0, PENDING)]


@pytest.mark.parametrize("state", ["HALTED", "REDUCING"])
@pytest.mark.parametrize("path", ["/api/trading-state", "/api/bots/default/trading-state"])
def test_order_when_alerts_may_not_enter_any_more_then_it_is_left_alone(
    resting, operator, later, watch, orders, state, path
):
    assert operator.put(path, json={"state": state}).status_code == 200
    later()
    watch()

    assert orders() == [(SELL, 90.0, PENDING)]


@pytest.fixture
def stuck(post, configure, fake, ticker, watch):
    """Hold a short whose stop was triggered, and rests at the circuit's end."""
    configure(attach_sl_tp=True)
    post()
    fake.market.limit(ticker, "1", "120")
    fake.market.move(ticker, Decimal(130))
    watch()
    fake.market.limit(ticker, "1", "500")


@pytest.mark.parametrize("action", ["reprice", "cancel"])
def test_stop_when_it_was_triggered_and_rests_then_the_position_is_left_anew(stuck, later, watch, held):
    before = held()
    later()
    watch()

    assert (before, held()) == (-65, 0)


@pytest.mark.parametrize("action", ["cancel"])
def test_exit_when_it_rests_too_then_it_is_repriced_whatever_the_setting(
    stuck, fake, ticker, later, watch, held
):
    fake.inject("mpp_pending", times=1, seconds=600)
    later()
    watch()
    fake.market.move(ticker, Decimal(150))
    before = held()
    later()
    watch()

    assert (before, held()) == (-65, 0)
