from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.orders import OrderType, Side, TimeInForce
from app.domain.signals import Intent
from app.errors import MalformedAlert
from app.schemas.dialects import DIALECTS
from app.schemas.reading import read_signal
from tests.schemas.builders import BAD_AMOUNTS, MISSING, bridge

pytestmark = pytest.mark.unit

JUNE = datetime(2026, 6, 2, 14, 22, tzinfo=UTC)


def read(**changes):
    return read_signal(DIALECTS["bridge"], bridge(**changes))


def refusal(**changes):
    with pytest.raises(MalformedAlert) as refused:
        read(**changes)
    return refused.value.message


def test_alert_when_it_is_the_documents_example_then_read():
    signal = read(
        secret="s3cret",
        order_type="limit",
        limit_price="95000",
        tif="day",
        actor="tradingview",
        idempotency_key="breakout-1716496837",
        thesis="20-bar breakout with vol confirmation",
    )

    assert (signal.intent, signal.side, signal.quantity) == (Intent.ORDER, Side.BUY, Decimal("0.05"))
    assert (signal.order_type, signal.limit_price) == (OrderType.LIMIT, Decimal(95000))
    assert (signal.strategy, signal.idempotency_key) == ("breakout", "breakout-1716496837")


def test_market_order_when_nothing_else_is_said_then_is_for_the_day():
    signal = read()

    assert (signal.order_type, signal.time_in_force, signal.limit_price) == (
        OrderType.MARKET,
        TimeInForce.DAY,
        None,
    )


@pytest.mark.parametrize("tif", TimeInForce)
def test_time_in_force_when_said_in_capitals_then_read(tif):
    assert read(tif=tif.value.upper()).time_in_force is tif


@pytest.mark.parametrize(("value", "sentence"), [*BAD_AMOUNTS, (0, "must be greater than zero")])
@pytest.mark.parametrize("field", ["quantity", "limit_price"])
def test_amount_when_it_is_none_then_refused_by_its_name(field, value, sentence):
    assert f"`{field}` {sentence}" in refusal(**{field: value})


@pytest.mark.parametrize("field", ["strategy_id", "fund_id", "symbol", "side", "quantity", "order_type"])
@pytest.mark.parametrize("value", [MISSING, None])
def test_required_field_when_missing_or_null_then_named(field, value):
    assert f"`{field}` " in refusal(**{field: value})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"colour": "red"}, "`colour` is no field here; leave it out"),
        ({"Symbol": "BTC-USD"}, "`Symbol` is not read here; write symbol"),
        ({"side": "hold"}, "`side` must be one of buy, sell"),
        ({"side": "{{strategy.order.action}}"}, "`side` is still the placeholder {{strategy.order.action}}"),
        ({"order_type": "stop"}, "`order_type` must be one of market, limit"),
        ({"tif": "forever"}, "`tif` must be one of day, gtc, ioc, fok"),
        ({"order_type": "limit"}, "`limit_price` is needed for a limit order"),
        ({"order_type": "limit", "limit_price": None}, "`limit_price` is needed for a limit order"),
        ({"limit_price": 5}, "`limit_price` does not belong in a market order"),
        ({"idempotency_key": "{{strategy.id}}-{{time}}"}, "`idempotency_key` is still the placeholder"),
        ({"idempotency_key": "-{{strategy.id}}-{{time}}"}, "`idempotency_key` still has its placeholders"),
        ({"time": "yesterday"}, "`time` must be"),
        ({"thesis": "x" * 2001}, "`thesis` must not be longer than 2000"),
        ({"fund_id": 7}, "`fund_id` must be text"),
    ],
)
def test_field_when_malformed_then_named_with_what_is_wrong(changes, sentence):
    assert sentence in refusal(**changes)


@pytest.mark.parametrize(("time", "sent_at"), [("2026-06-02T14:22:00Z", JUNE), (None, None), (MISSING, None)])
def test_time_when_said_then_the_alert_has_an_age(time, sent_at):
    assert read(time=time).sent_at == sent_at


@pytest.mark.parametrize("field", ["secret", "token"])
def test_secret_when_in_the_body_then_no_business_of_the_schema(field):
    assert read(**{field: ["whatever"]}) == read()
