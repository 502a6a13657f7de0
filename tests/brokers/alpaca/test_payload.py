"""Every shape of order, and the exact JSON that reaches Alpaca for it."""

import json
from decimal import Decimal

import pytest
import responses

from app.domain.instruments import AssetClass, Instrument
from app.domain.orders import OrderClass, OrderRole, OrderType, TimeInForce
from tests.brokers.alpaca.harness import ORDERS, echo, make_alpaca
from tests.brokers.builders import APPLE, BITCOIN, CALL, bracket, buy, exit_long, limit, oco, sell, stop

pytestmark = pytest.mark.unit

DAY, IOC = {"time_in_force": TimeInForce.DAY}, {"time_in_force": TimeInForce.IOC}
MONEY = {"quantity": None, "notional": "250.759"}
FRACTION, COIN = {"quantity": Decimal("1.5")}, {"instrument": BITCOIN, "quantity": Decimal("0.02")}
BERKSHIRE = {"instrument": Instrument("BRK.B", AssetClass.EQUITY)}
PENNY = {"instrument": Instrument("PENNY", AssetClass.EQUITY)}
STOP_LIMIT = {"type": OrderType.STOP_LIMIT, "stop_price": "99", "limit_price": "98.5"}
LEGS = bracket(110, 90)
LEGS_SENT = {"take_profit": {"limit_price": "110"}, "stop_loss": {"stop_price": "90"}}
OTO = {"order_class": OrderClass.OTO}

BASE = {"symbol": "AAPL", "side": "buy", "type": "market", "time_in_force": "gtc", "qty": "10"}
CLOSING = {"side": "sell", "position_intent": "sell_to_close"}
GONE = {"qty": None}

# What is asked for | what differs from BASE; None: absent.
TABLE = {
    "market": (buy, {}, {}),
    "market for the day": (buy, DAY, {"time_in_force": "day"}),
    "market with stray prices": (buy, {"limit_price": "5", "stop_price": "5"}, {}),
    "share class": (buy, BERKSHIRE, {"symbol": "BRK.B"}),
    "short": (sell, {}, {"side": "sell"}),
    "exit": (exit_long, {}, CLOSING),
    "cover": (buy, {"role": OrderRole.EXIT}, {"position_intent": "buy_to_close"}),
    "limit": (buy, limit("150.10"), {"type": "limit", "limit_price": "150.1"}),
    "limit ioc": (buy, limit(150) | IOC, {"type": "limit", "limit_price": "150", "time_in_force": "ioc"}),
    "limit below a tick, buy": (buy, limit("150.019"), {"type": "limit", "limit_price": "150.01"}),
    "limit below a tick, sell": (
        sell,
        limit("150.011"),
        {"side": "sell", "type": "limit", "limit_price": "150.02"},
    ),
    "limit below a dollar": (
        buy,
        PENNY | limit("0.12349"),
        {"symbol": "PENNY", "type": "limit", "limit_price": "0.1234"},
    ),
    "stop": (exit_long, stop("95.001"), CLOSING | {"type": "stop", "stop_price": "95.01"}),
    "stop-limit": (
        exit_long,
        STOP_LIMIT,
        CLOSING | {"type": "stop_limit", "stop_price": "99", "limit_price": "98.5"},
    ),
    "bracket": (buy, LEGS, {"order_class": "bracket", **LEGS_SENT}),
    "bracket on a limit": (
        buy,
        limit(100) | LEGS,
        {"type": "limit", "limit_price": "100", "order_class": "bracket", **LEGS_SENT},
    ),
    "bracket below a tick": (
        buy,
        bracket("110.001", "89.999"),
        {
            "order_class": "bracket",
            "take_profit": {"limit_price": "110.01"},
            "stop_loss": {"stop_price": "90"},
        },
    ),
    "short bracket": (
        sell,
        bracket(90, 110),
        {
            "side": "sell",
            "order_class": "bracket",
            "take_profit": {"limit_price": "90"},
            "stop_loss": {"stop_price": "110"},
        },
    ),
    "oto": (buy, OTO | {"stop_loss": "90"}, {"order_class": "oto", "stop_loss": {"stop_price": "90"}}),
    "oco": (
        exit_long,
        oco(110, 90),
        {"client_order_id": "bot-x-tp", "side": "sell", "type": "limit", "order_class": "oco"} | LEGS_SENT,
    ),
    "fraction": (buy, FRACTION, {"qty": "1.5", "time_in_force": "day"}),
    "fraction with a limit": (
        buy,
        FRACTION | limit(100),
        {"qty": "1.5", "type": "limit", "limit_price": "100", "time_in_force": "day"},
    ),
    "fraction at once": (buy, FRACTION | IOC, {"qty": "1.5", "time_in_force": "day"}),
    "fraction finer than Alpaca's": (
        buy,
        {"quantity": Decimal("1.23456789019")},
        {"qty": "1.23456789", "time_in_force": "day"},
    ),
    "fraction with exits": (buy, FRACTION | LEGS, {"qty": "1.5", "time_in_force": "day"}),
    "money": (buy, MONEY, {"notional": "250.75", "time_in_force": "day", **GONE}),
    "money with exits": (buy, MONEY | LEGS, {"notional": "250.75", "time_in_force": "day", **GONE}),
    "coin": (buy, COIN, {"symbol": "BTC/USD", "qty": "0.02"}),
    "coin for the day": (buy, COIN | DAY, {"symbol": "BTC/USD", "qty": "0.02"}),
    "coin with exits": (buy, COIN | LEGS, {"symbol": "BTC/USD", "qty": "0.02"}),
    "coin for money": (
        buy,
        COIN | MONEY,
        {"symbol": "BTC/USD", "notional": "250.75", **GONE},
    ),
    "coin stop-limit exit": (
        exit_long,
        COIN | STOP_LIMIT,
        {
            "symbol": "BTC/USD",
            "qty": "0.02",
            "side": "sell",
            "type": "stop_limit",
            "stop_price": "99",
            "limit_price": "98.5",
        },
    ),
    "option": (
        buy,
        {"instrument": CALL} | limit(10) | DAY,
        {
            "symbol": "AAPL250620C00100000",
            "type": "limit",
            "limit_price": "10",
            "time_in_force": "day",
            "position_intent": "buy_to_open",
        },
    ),
    "option exit": (exit_long, {"instrument": CALL}, CLOSING | {"symbol": "AAPL250620C00100000"}),
    "option with exits": (
        buy,
        {"instrument": CALL} | LEGS,
        {"symbol": "AAPL250620C00100000", "position_intent": "buy_to_open"},
    ),
}


@pytest.fixture
def sent():
    """Submit an order and return the JSON that reached Alpaca."""

    def send(order) -> dict:
        with responses.RequestsMock() as api:
            api.add_callback(responses.POST, ORDERS, echo)
            make_alpaca().submit(order)
            return json.loads(api.calls[0].request.body)

    return send


@pytest.mark.parametrize("name", TABLE)
def test_submit_when_shaped_so_then_exactly_this_is_sent(sent, name):
    build, asked, expected = TABLE[name]
    order = build(**({"client_order_id": "bot-x", "instrument": APPLE} | asked))
    body = BASE | {"client_order_id": "bot-x"} | expected

    assert sent(order) == {name: value for name, value in body.items() if value is not None}


def test_submit_when_numbers_are_long_then_no_digit_is_lost(sent):
    order = buy(quantity=Decimal("123456789.123456789"), instrument=BITCOIN)

    assert sent(order)["qty"] == "123456789.123456789"
