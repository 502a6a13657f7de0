from decimal import Decimal

import pytest

from app.domain.bots import BotConfiguration
from app.domain.instruments import AssetClass, Instrument
from app.domain.orders import OrderType, Side
from app.domain.pricing import limit_price, order_type, protected_limit, tick_at
from app.domain.symbols import parse_symbol
from tests.domain.builders import APPLE, BITCOIN, CALL, decimals, signal

pytestmark = pytest.mark.unit

INFY = Instrument("INFY", AssetClass.EQUITY, price_tick=Decimal("0.05"))
BUY, SELL = Side.BUY, Side.SELL


def bot(**configuration):
    return BotConfiguration(**decimals(configuration))


@pytest.mark.parametrize(
    ("asked", "prefers_limit", "expected"),
    [
        (None, False, OrderType.MARKET),
        (None, True, OrderType.LIMIT),
        (OrderType.MARKET, True, OrderType.MARKET),
        (OrderType.LIMIT, False, OrderType.LIMIT),
    ],
)
def test_order_type_when_alert_and_bot_differ_then_alert_decides(asked, prefers_limit, expected):
    assert order_type(signal(order_type=asked), BotConfiguration(use_limit_orders=prefers_limit)) is expected


@pytest.mark.parametrize(
    ("alert", "configuration", "side", "expected"),
    [
        ({"limit_price": 99, "reference_price": 100}, {}, BUY, "99"),
        ({"reference_price": 100}, {}, BUY, "100"),
        ({"reference_price": 100}, {"use_strategy_order_price": False}, BUY, "101"),
        ({}, {}, BUY, "101"),
        ({"reference_price": "100.006"}, {}, BUY, "100"),
        ({"reference_price": "100.004"}, {}, SELL, "100.01"),
    ],
)
def test_limit_price_when_several_are_known_then_alert_then_strategy_then_market(
    alert, configuration, side, expected
):
    price = limit_price(signal(**alert), bot(**configuration), APPLE, side, Decimal(101))

    assert price == Decimal(expected)


@pytest.mark.parametrize(
    ("side", "ticks", "expected"), [(BUY, 5, "100.05"), (SELL, 5, "99.95"), (BUY, -5, "99.95")]
)
def test_limit_price_when_bot_has_an_offset_then_positive_is_more_eager(side, ticks, expected):
    configuration = BotConfiguration(limit_offset_ticks=ticks)

    assert limit_price(signal(reference_price=100), configuration, APPLE, side, None) == Decimal(expected)


def test_limit_price_when_no_price_is_known_then_none():
    assert limit_price(signal(), bot(), APPLE, BUY, None) is None


def test_limit_price_when_market_price_is_missing_then_falls_back_on_the_alerts():
    configuration = BotConfiguration(use_strategy_order_price=False)

    assert limit_price(signal(reference_price=100), configuration, APPLE, BUY, None) == 100


@pytest.mark.parametrize(
    ("instrument", "price", "tick"),
    [
        (APPLE, "1", "0.01"),
        (APPLE, "0.9999", "0.0001"),
        (INFY, "0.5", "0.05"),
        (CALL, "0.5", "0.01"),
        (BITCOIN, "64340.15", "0.01"),
        (BITCOIN, "0.5", "0.00001"),
        (BITCOIN, "0.0000123", "0.000000001"),
    ],
)
def test_tick_when_price_is_low_then_is_finer(instrument, price, tick):
    assert tick_at(Decimal(price), instrument) == Decimal(tick)


@pytest.mark.parametrize(
    ("symbol", "side", "last", "limit"),
    [
        ("NIFTY261201C24500000", "buy", "10", "11.5"),
        ("NIFTY261201C24500000", "sell", "20", "17"),
        ("NIFTY261201C24500000", "buy", "100.07", "110.07"),
        ("NIFTY261201C24500000", "sell", "100.07", "90.07"),
        ("NIFTY261201C24500000", "sell", "1", "0.01"),
        ("SBIN", "buy", "800", "812"),
    ],
)
def test_protected_limit_when_a_price_is_known_then_it_reaches_as_far_as_the_exchange_lets(
    symbol, side, last, limit
):
    assert protected_limit(parse_symbol(symbol), Side(side), Decimal(last)) == Decimal(limit)
