"""A bought coin of which Alpaca keeps its fee: the trade ends when what was held is sold."""

from decimal import Decimal

import pytest

from tests.builders import EXIT_LONG, strategy_alert

pytestmark = pytest.mark.integration

COIN = {"symbol": "BTCUSD", "strategy_order_price": "50000", "strategy_order_contracts": "1"}


@pytest.fixture
def fake(alpaca_simulator):
    alpaca_simulator.exchange.account.crypto_fee = Decimal("0.0025")
    return alpaca_simulator


@pytest.fixture
def app(fake, app_at_alpaca):
    return app_at_alpaca()


@pytest.fixture
def post(client, configure, services):
    """Post an alert of a bot that trades TradingView's sizes, and count what it filled."""
    configure(use_strategy_contracts=True)

    def send(**changes):
        answer = client.post("/webhook", json=strategy_alert(**COIN | changes)).json
        services.portfolio.tracker.follow()
        return answer

    return send


@pytest.fixture
def trades(store):
    return lambda: [(item.value["symbol"], item.value["quantity"]) for item in store.list("trades/")]


@pytest.fixture
def closed(store):
    """Read quantity, gain and fees of the trade that has closed."""

    def read():
        (trade,) = (item.value for item in store.list("closed_trades/"))
        return tuple(Decimal(trade[name]) for name in ("quantity", "realized_pnl", "fees"))

    return read


@pytest.fixture
def watch(services, clock):
    def look(times: int = 4) -> None:
        for _ in range(times):
            services.supervisor.tick(everything=True)
            clock.move(seconds=61)

    return look


def test_exit_when_it_follows_at_once_then_the_trade_is_over_with_its_fee(post, trades, closed, alpaca):
    post()
    sold = post(**EXIT_LONG)

    assert (sold["order"]["quantity"], alpaca.positions(), trades()) == ("0.9975", [], [])
    assert closed() == (1, 0, 125)


def test_exit_when_it_follows_at_once_then_no_cap_and_no_difference_is_left(
    post, configure, watch, settings, fake
):
    configure(max_open_positions=1)
    post()
    post(**EXIT_LONG)
    answer = post(symbol="AAPL", strategy_order_price="100", strategy_order_contracts="10")
    watch()

    assert answer["status"] == "ordered"
    assert "missing" not in (settings.log_folder / "activity.log").read_text()


def test_trim_when_most_is_left_then_the_trade_goes_on_and_the_next_exit_ends_it(post, trades):
    post()
    half = {"strategy_order_action": "sell", "market_position": "long", "prev_market_position": "long"}
    post(**half, market_position_size="0.5", prev_market_position_size="1", strategy_order_contracts="0.5")
    before = trades()
    post(**EXIT_LONG)

    assert (before, trades()) == ([("BTC-USD", "0.5025")], [])


def test_stop_when_it_is_reached_then_the_trade_is_over(post, configure, fake, watch, trades, alpaca):
    configure(attach_sl_tp=True)
    post()
    fake.market.move("BTC/USD", Decimal(48_000))
    watch(2)

    assert (alpaca.positions(), trades()) == ([], [])


def test_close_when_the_operator_does_it_then_the_trade_is_over(post, operator, trades, alpaca):
    post()
    operator.delete("/api/positions/alpaca/BTC-USD")

    assert (alpaca.positions(), trades()) == ([], [])


def test_fee_when_the_coin_is_held_for_long_then_it_is_taken_off_with_its_cost(post, watch, trades, closed):
    post()
    watch()
    kept = trades()
    post(**EXIT_LONG)

    assert kept == [("BTC-USD", "0.9975")]
    assert closed() == (1, 0, 125)


def test_exit_when_more_than_a_fee_is_left_then_the_trade_goes_on(post, trades, fake):
    fake.exchange.account.crypto_fee = Decimal(0)
    post()
    sell = {"strategy_order_action": "sell", "market_position": "long", "prev_market_position": "long"}
    post(**sell, market_position_size="0.01", prev_market_position_size="1", strategy_order_contracts="0.99")

    assert trades() == [("BTC-USD", "0.01")]
