from dataclasses import fields, replace
from decimal import Decimal

import pytest

from app.domain.bots import AnalystUse, Approval, BotConfiguration
from app.domain.trading_state import TradingState
from app.errors import InvalidRequest, RequestRefused
from app.schemas.bot import BotSchema, NewBotSchema
from app.schemas.operator import load
from tests.schemas.builders import BAD_AMOUNTS

pytestmark = pytest.mark.unit

BOT, NEW_BOT = BotSchema(), NewBotSchema()
SWITCHES = [item.name for item in fields(BotConfiguration) if item.type is bool]


def test_schema_when_compared_with_the_configuration_then_same_fields():
    assert set(BOT.fields) == {item.name for item in fields(BotConfiguration)} | {"state"}
    assert set(NEW_BOT.fields) == set(BOT.fields) | {"id"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, BotConfiguration()),
        ({"base_order_pct": "0.5", "sl_pct": 1}, {"base_order_pct": Decimal("0.5"), "sl_pct": Decimal(1)}),
        (
            {"analyst": "required", "approval": "always"},
            {"analyst": AnalystUse.REQUIRED, "approval": Approval.ALWAYS},
        ),
        ({"allow_short": None, "notional": None}, {}),
        ({"allow_short": False, "daily_order_cap": 0}, {"allow_short": False, "daily_order_cap": 0}),
        ({"limit_offset_ticks": -5}, {"limit_offset_ticks": -5}),
        ({"broker": "Alpaca"}, {"broker": "alpaca"}),
        ({"allowed_symbols": []}, {"allowed_symbols": ()}),
        ({"allowed_symbols": None}, {"allowed_symbols": None}),
    ],
)
def test_configuration_when_sound_then_read(data, expected):
    wanted = replace(BotConfiguration(), **expected) if isinstance(expected, dict) else expected

    assert BotConfiguration(**load(BOT, data)) == wanted


@pytest.mark.parametrize("state", TradingState)
def test_state_when_sound_then_read(state):
    assert load(BOT, {"state": state.value}) == {"state": state}


def test_symbols_when_written_in_several_notations_then_canonical_and_once():
    symbols = ["NASDAQ:AAPL", "BINANCE:BTCUSDT", "aapl", "BTC-USD"]

    assert load(BOT, {"allowed_symbols": symbols}) == {"allowed_symbols": ("AAPL", "BTC-USD")}


@pytest.mark.parametrize(
    "data",
    [
        {"colour": "red"},
        {"id": "x"},
        {"name": ""},
        {"name": None},
        {"name": "x" * 101},
        {"broker": "other"},
        {"base_order_pct": "1.01"},
        {"base_order_pct": -1},
        {"sl_pct": 0},
        {"sl_pct": "1.01"},
        {"tp_pct": 0},
        {"tp_pct": 101},
        {"global_sl_pct": 2},
        {"global_tp_pct": "0.99"},
        {"notional": 0},
        {"daily_order_cap": -1},
        {"daily_order_cap": "5"},
        {"daily_order_cap": Decimal("1.5")},
        {"cooldown_seconds": True},
        {"limit_offset_ticks": 100_001},
        {"limit_offset_ticks": None},
        {"allowed_symbols": "AAPL"},
        {"allowed_symbols": [None]},
        {"allowed_symbols": [["AAPL"]]},
        {"analyst": "maybe"},
        {"analyst": []},
        {"approval": None},
        {"state": "halted"},
        {"state": None},
    ],
)
def test_configuration_when_unclear_then_refused_by_field(data):
    with pytest.raises(InvalidRequest, match=rf"`{next(iter(data))}[`.]"):
        load(BOT, data)


def test_symbols_when_one_is_none_then_it_is_refused_by_name():
    with pytest.raises(RequestRefused, match="is not written like a symbol"):
        load(BOT, {"allowed_symbols": ["AAPL", "\u0410\u0410\u0420L"]})


@pytest.mark.parametrize("name", SWITCHES)
@pytest.mark.parametrize("value", ["true", "on", 2, [], {}, None])
def test_switch_when_not_a_boolean_then_refused(name, value):
    with pytest.raises(InvalidRequest, match=name):
        load(BOT, {name: value})


@pytest.mark.parametrize(("value", "_sentence"), BAD_AMOUNTS)
@pytest.mark.parametrize(
    "name",
    [
        "max_order_notional",
        "max_order_quantity",
        "daily_notional_cap",
        "per_symbol_cap",
        "max_price_deviation_pct",
    ],
)
def test_limit_when_not_an_amount_then_refused(name, value, _sentence):
    with pytest.raises(InvalidRequest, match=name):
        load(BOT, {name: value})


def test_new_bot_when_it_has_no_id_then_refused():
    with pytest.raises(InvalidRequest, match="`id` is missing; give 1 to 48 letters, digits"):
        load(NEW_BOT, {"name": "Trend"})
