"""Prices that come from outside, as the bars of a backtest do."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.brokers.paper.broker import PaperBroker
from app.brokers.paper.settings import PaperSettings
from tests.brokers.builders import APPLE, BITCOIN, CALL, bracket, buy, limit
from tests.storage.faulty import FaultyStore

pytestmark = pytest.mark.unit


class Tape:
    """Prices by symbol, one a minute from the start on; the last one holds."""

    def __init__(self, start, **prices) -> None:
        self.start = start
        self.prices = {symbol: [Decimal(price) for price in told.split()] for symbol, told in prices.items()}

    def price(self, symbol, at):
        told = self.prices.get(symbol)
        minutes = int((at - self.start) / timedelta(minutes=1))
        return told[min(minutes, len(told) - 1)] if told else None


@pytest.fixture
def play(store, clock):
    """Build a paper broker that takes Apple's prices from a tape."""

    def build(prices, **settings) -> PaperBroker:
        return PaperBroker(store, clock, PaperSettings(**settings), prices=Tape(clock.now, AAPL=prices))

    return build


@pytest.fixture
def wait(clock):
    def minutes(count=1):
        clock.now += timedelta(minutes=count)

    return minutes


def test_quote_when_source_knows_the_symbol_then_firm_and_of_its_time(play, wait):
    broker = play("100 101")
    first = broker.quote(APPLE)
    wait()

    assert (first.price, broker.quote(APPLE).price, first.firm) == (100, 101, True)


def test_submit_when_source_knows_the_symbol_then_alert_moves_nothing(play):
    receipt = play("100").submit(buy(1, reference_price="150"))

    assert receipt.average_fill_price == 100


def test_submit_when_price_has_not_changed_since_then_alert_moves_nothing_either(play):
    broker = play("100")
    broker.submit(buy(1))

    assert broker.submit(buy(1, reference_price="150")).average_fill_price == 100


def test_submit_when_source_does_not_know_the_symbol_then_alert_is_followed(play):
    broker = play("100")
    receipt = broker.submit(buy("0.5", instrument=BITCOIN, reference_price="50000"))

    assert (receipt.average_fill_price, broker.quote(BITCOIN).firm) == (50000, False)


def test_price_when_operator_pinned_it_then_source_is_not_heard(play, wait):
    broker = play("100 101")
    broker.set_prices({"AAPL": Decimal(90)})
    wait()

    assert broker.quote(APPLE).price == 90


def test_price_when_unpinned_then_source_is_heard_again(play):
    broker = play("100")
    broker.set_prices({"AAPL": Decimal(90)})
    broker.set_prices({"AAPL": None})

    assert broker.quote(APPLE).price == 100


def test_limit_when_source_reaches_it_then_filled_with_the_next_look(play, wait):
    broker = play("100 98 95")
    order = buy(1, **limit(96))
    broker.submit(order)
    wait()
    waiting = broker.find(order.client_order_id)
    wait()
    filled = broker.find(order.client_order_id)

    assert (waiting.status.value, filled.status.value) == ("accepted", "filled")
    assert filled.average_fill_price == 95


def test_exits_when_source_reaches_the_stop_then_position_is_flat(play, wait):
    broker = play("100 89")
    broker.submit(buy(1, **bracket(110, 90)))
    wait()

    assert broker.positions() == []


def test_position_when_source_moves_then_equity_follows(play, wait):
    broker = play("100 130")
    broker.submit(buy(10))
    wait()

    assert (broker.account().equity, broker.positions()[0].unrealized_pnl) == (100_300, 300)


def test_option_when_source_knows_its_underlying_then_it_follows(play, wait):
    broker = play("100 120")
    broker.submit(buy(1, instrument=CALL))
    before = broker.positions()[0].market_price
    wait()

    assert broker.positions()[0].market_price > before + 15


def day(clock_type):
    """Trade through a day of the tape, with fees, slippage and partial fills; return all that came of it."""
    clock = clock_type()
    tape = Tape(clock.now, AAPL="100 101 99 97 103 93 91", **{"BTC-USD": "50000 49000 51000"})
    rates = {"slippage_fraction": Decimal("0.001"), "fee_fraction": Decimal("0.0007")}
    chances = {"partial_fill_probability": Decimal("0.5"), "seed": 7}
    broker = PaperBroker(FaultyStore(), clock, PaperSettings(**rates, **chances), prices=tape)
    told = []
    for number in range(6):
        named = {"client_order_id": f"order-{number}"}
        told.append(broker.submit(buy(3 + number, **named, **bracket(104, 92))))
        told.append(broker.submit(buy("0.01", instrument=BITCOIN, client_order_id=f"coin-{number}")))
        clock.now += timedelta(minutes=1)
        told += [*broker.open_orders(), *broker.positions(), broker.account()]
    return told + broker.closed_orders(99)


def test_day_when_played_twice_then_same_ids_orders_and_money(clock):
    assert day(type(clock)) == day(type(clock))
