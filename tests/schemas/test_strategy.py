from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.orders import Side
from app.domain.signals import Intent, Target
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import MalformedAlert
from app.schemas.dialects import DIALECTS
from app.schemas.reading import read_signal
from tests.schemas.builders import BAD_AMOUNTS, MISSING, strategy

pytestmark = pytest.mark.unit

JUNE = datetime(2026, 6, 2, 14, 22, tzinfo=UTC)


def read(**changes):
    return read_signal(DIALECTS["strategy"], strategy(**changes))


def refusal(**changes):
    with pytest.raises(MalformedAlert) as refused:
        read(**changes)
    return refused.value


def test_alert_when_complete_then_signal_carries_what_it_says():
    signal = read(strategy_order_comment="first\nsecond", exchange="NASDAQ", idempotency_key="k")

    assert (signal.symbol, signal.exchange, signal.intent, signal.side) == (
        "AAPL",
        "NASDAQ",
        Intent.ENTER_LONG,
        Side.BUY,
    )
    assert (signal.quantity, signal.reference_price) == (Decimal("10.5"), Decimal("190.25"))
    assert (signal.note, signal.idempotency_key) == ("first\nsecond", "k")


@pytest.mark.parametrize(
    ("name", "action", "intent"),
    [
        ("long", "buy", Intent.ENTER_LONG),
        ("long", "sell", Intent.EXIT_LONG),
        ("sell", "sell", Intent.ENTER_SHORT),
        ("sell", "buy", Intent.EXIT_SHORT),
        ("short", "sell", Intent.ENTER_SHORT),
        ("Short", "BUY", Intent.EXIT_SHORT),
        (" Long ", " Buy ", Intent.ENTER_LONG),
    ],
)
def test_trade_type_when_named_then_intent_follows_the_table(name, action, intent):
    signal = read(strategy_order_id=name, strategy_order_action=action)

    assert (signal.intent, signal.side.value) == (intent, action.strip().lower())


@pytest.mark.parametrize("name", ["", "Long Entry", "l\u043eng"])
def test_trade_type_when_unknown_then_refused_unless_position_is_told(name):
    assert "strategy_order_id" in refusal(strategy_order_id=name).message
    assert read(strategy_order_id=name, market_position="long").intent is Intent.TARGET


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ({"market_position": "long"}, Target(1)),
        (
            {
                "market_position": "short",
                "market_position_size": 5,
                "prev_market_position": "long",
                "prev_market_position_size": "5",
            },
            Target(-1, 1, Decimal(5), Decimal(5)),
        ),
        ({"market_position": "flat"}, Target(0, None, Decimal(0))),
        (
            {"market_position": "LONG", "market_position_size": 5, "prev_market_position": "flat"},
            Target(1, 0, Decimal(5), Decimal(0)),
        ),
        ({"market_position": "flat", "market_position_size": 7}, Target(0, None, Decimal(0))),
    ],
)
def test_position_when_told_then_it_is_the_target_whatever_the_id(position, expected):
    signal = read(**position)

    assert (signal.intent, signal.target) == (Intent.TARGET, expected)


@pytest.mark.parametrize(("value", "sentence"), BAD_AMOUNTS)
@pytest.mark.parametrize(
    "field", ["strategy_order_contracts", "strategy_order_price", "market_position_size"]
)
def test_amount_when_it_is_none_then_refused_by_its_name(field, value, sentence):
    assert f"`{field}` {sentence}" in refusal(market_position="long", **{field: value}).message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, "5"),
        ("5.50", "5.50"),
        (" 5 ", "5"),
        (Decimal("1e3"), "1000"),
        ("1e12", "1000000000000"),
        ("1e-12", "0.000000000001"),
    ],
)
def test_amount_when_number_or_text_then_exact(value, expected):
    assert read(strategy_order_contracts=value).quantity == Decimal(expected)


@pytest.mark.parametrize("value", ["-0", "0E-99999999", "0E+99999999", 0])
def test_contracts_when_zero_in_disguise_then_plain_zero(value):
    assert str(read(strategy_order_contracts=value).quantity) == "0"


def test_price_when_zero_then_refused():
    assert "must be greater than zero" in refusal(strategy_order_price=0).message


@pytest.mark.parametrize(
    "value",
    [
        "2026-06-02T14:22:00Z",
        "2026-06-02T14:22:00",
        "2026-06-02T19:52:00+05:30",
        1780410120,
        1780410120000,
        "1780410120000",
        Decimal("1780410120.0"),
    ],
)
def test_time_when_written_in_any_notation_then_utc(value):
    assert read(time=value).sent_at == JUNE


@pytest.mark.parametrize(
    "value",
    [
        "",
        "{{timenow}}",
        "yesterday",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1999-12-31",
        0,
        -5,
        10**15,
        10**400,
        "9" * 40,
        "²",
        True,
        [],
    ],
)
def test_time_when_it_is_none_then_refused(value):
    assert "`time` must be" in refusal(time=value).message


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"symbol": MISSING}, "`symbol` is missing; give text of up to 60 characters."),
        ({"symbol": None}, "`symbol` must not be null; give text of up to 60"),
        ({"symbol": 7}, "`symbol` must be text"),
        ({"symbol": ["AAPL"]}, "`symbol` must be text"),
        ({"symbol": "A" * 61}, "`symbol` must not be longer than 60"),
        ({"symbol": "AA\u202ePL"}, "`symbol` must not contain control characters"),
        ({"symbol": "AAPL\n"}, "`symbol` must not contain control characters"),
        ({"strategy_order_action": "hold"}, "`strategy_order_action` must be one of buy, sell"),
        ({"strategy_order_action": "{{strategy.order.action}}"}, "`strategy_order_action` is still the pla"),
        ({"strategy_order_id": "{{strategy.order.id}}"}, "`strategy_order_id` is still the placeholder"),
        ({"symbol": "{{ticker}}"}, "`symbol` is still the placeholder {{ticker}}, which TradingView did not"),
        ({"strategy_order_action": True}, "`strategy_order_action` must be text"),
        ({"strategy_order_id": MISSING}, "`strategy_order_id` is missing; give text"),
        ({"market_position": "up"}, "`market_position` must be one of long, flat, short"),
        ({"strategy_order_comment": "bell\a"}, "`strategy_order_comment` must not contain control"),
        ({"idempotency_key": "x" * 201}, "`idempotency_key` must not be longer than 200"),
        ({"idempotency_key": "{{strategy.id}}-{{time}}"}, "`idempotency_key` is still the placeholder"),
        ({"idempotency_key": "-{{time}}-"}, "`idempotency_key` still has its placeholders"),
        ({"strategy_order_contract": 5}, "`strategy_order_contract` is no field of this dialect; is strateg"),
    ],
)
def test_field_when_malformed_then_named_with_what_is_wrong(changes, sentence):
    assert sentence in refusal(**changes).message


def test_alert_when_several_fields_are_bad_then_all_are_named_at_once():
    error = refusal(symbol=1, strategy_order_action=2, strategy_order_price=-3)

    assert set(error.details["fields"]) == {"symbol", "strategy_order_action", "strategy_order_price"}
    assert error.code == "ALERT_MALFORMED"


@pytest.mark.parametrize("key", ["{{strategy.id}}-2026-06-02T14:22:00Z", "{}", "-", "a"])
def test_key_when_something_of_it_was_filled_in_then_kept(key):
    assert read(idempotency_key=key).idempotency_key == key


@pytest.mark.parametrize("field", ["exchange", "idempotency_key"])
@pytest.mark.parametrize("value", ["", "  ", None, MISSING])
def test_optional_text_when_empty_then_not_said(field, value):
    assert getattr(read(**{field: value}), field) is None


def test_comment_when_it_is_a_placeholder_then_it_is_only_text():
    assert read(strategy_order_comment="{{strategy.order.comment}}").note == "{{strategy.order.comment}}"


def test_alert_when_it_has_more_fields_then_they_are_ignored():
    assert read(interval="5", close=Decimal(1), nested={"a": [1]}) == read()


@pytest.mark.parametrize(
    "symbol", ["\u0410\u0410\u0420L", "AAPL\u200a", "\uff21\uff21\uff30\uff2c", "{{ticker}}", ""]
)
def test_symbol_when_letters_only_look_alike_then_no_instrument_comes_of_it(symbol):
    with pytest.raises((MalformedAlert, SymbolRefused)):
        parse_symbol(read(symbol=symbol).symbol)
