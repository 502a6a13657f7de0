from decimal import Decimal

import pytest

from app.domain.orders import OrderType, Side
from app.domain.signals import ContractWords, Dialect, Intent
from app.errors import MalformedAlert
from app.schemas.alerts import dialect_of
from app.schemas.dialects import DIALECTS
from app.schemas.reading import read_signal
from tests.schemas.builders import BAD_AMOUNTS, MISSING, option

pytestmark = pytest.mark.unit


def read(**changes):
    return read_signal(DIALECTS["option"], option(**changes))


def refusal(**changes):
    with pytest.raises(MalformedAlert) as refused:
        read(**changes)
    return refused.value.message


def test_alert_when_it_is_the_documents_example_then_read():
    signal = read(token="s3cret", idempotency_key="nifty-1")

    assert dialect_of(option()).dialect is Dialect.OPTION
    assert (signal.intent, signal.side, signal.quantity) == (Intent.ORDER, Side.SELL, Decimal(65))
    assert signal.contract == ContractWords("2026-01-29", "24500", "call")
    assert (signal.symbol, signal.order_type, signal.product) == ("NSE:NIFTY", OrderType.MARKET, None)


@pytest.mark.parametrize(("action", "intent"), [("BUY", Intent.COVER), ("sell", Intent.ORDER)])
def test_action_when_read_then_a_buy_covers(action, intent):
    assert read(action=action).intent is intent


@pytest.mark.parametrize(("kind", "expected"), [("CE", "call"), ("put", "put"), ("P", "put"), ("c", "call")])
def test_option_type_when_written_anyhow_then_call_or_put(kind, expected):
    assert read(optionType=kind).contract.kind == expected


@pytest.mark.parametrize("strike", ["24500", 24500, Decimal("24500.5"), "ATM+2", "OTM1"])
def test_strike_when_number_or_word_then_kept_as_text(strike):
    assert read(strikeprice=strike).contract.strike == str(strike)


def test_order_when_priced_then_prices_are_read():
    signal = read(orderType="SL-L", price="101.5", triggerPrice=100, sl=120, tp="60.05", productType="MARGIN")

    assert (signal.order_type, signal.limit_price, signal.stop_price) == (
        OrderType.STOP_LIMIT,
        Decimal("101.5"),
        Decimal(100),
    )
    assert (signal.stop_loss, signal.take_profit, signal.product) == (
        Decimal(120),
        Decimal("60.05"),
        "MARGIN",
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"orderType": "LIMIT"}, "`price` is needed for an order of type LIMIT"),
        ({"orderType": "SL-M"}, "`triggerPrice` is needed"),
        ({"price": 100}, "`price` does not belong in an order of type MARKET"),
        ({"orderType": "LIMIT", "price": 1, "triggerPrice": 1}, "`triggerPrice` does not belong"),
        ({"action": "HOLD"}, "`action` must be one of buy, sell"),
        ({"optionType": "XX"}, "`optionType` must be one of"),
        ({"qty": 0}, "`qty` must be greater than zero"),
        ({"expiry": MISSING}, "`expiry` is missing; give"),
        (
            {"strikePrice": 1},
            "`strikePrice` says 1 and `strikeprice` says 24500, which mean",
        ),
        ({"productType": "NRML"}, "`productType` must be one of"),
        ({"strikeprice": True}, "`strikeprice` must be text"),
        ({"strikeprice": [24500]}, "`strikeprice` must be text"),
        ({"strikeprice": Decimal("NaN")}, "`strikeprice` must be a strike"),
    ],
)
def test_alert_when_malformed_then_the_field_is_named(changes, told):
    assert told in refusal(**changes)


@pytest.mark.parametrize(("value", "told"), BAD_AMOUNTS)
def test_quantity_when_no_amount_then_refused(value, told):
    assert f"`qty` {told}" in refusal(qty=value)
