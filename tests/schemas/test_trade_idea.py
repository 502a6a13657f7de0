"""The trade-idea dialect, field by field."""

import hashlib
import json
from decimal import Decimal

import pytest

from app.domain.opinions import Direction
from app.domain.orders import Side
from app.domain.signals import Dialect, Intent
from app.errors import MalformedIdea
from app.schemas.alerts import dialect_of
from app.schemas.body import read_object
from app.schemas.dialects import DIALECTS
from app.schemas.reading import read_signal
from tests.builders import BEARISH, trade_idea

pytestmark = pytest.mark.unit


REQUIRED = ("alert_name", "source", "symbol", "direction", "strategy", "triggered_at")


def load(**changes):
    body = json.dumps(trade_idea(**changes)).encode()
    return read_signal(DIALECTS["trade_idea"], read_object(body))


def test_idea_when_bullish_then_it_enters_long_with_its_levels():
    signal = load()

    assert (signal.intent, signal.side, signal.symbol) == (Intent.ENTER_LONG, Side.BUY, "NVDA")
    assert (signal.reference_price, signal.take_profit, signal.stop_loss) == (
        Decimal("142.5"),
        Decimal(148),
        Decimal(139),
    )
    assert signal.sent_at is None


def test_idea_when_bearish_then_it_enters_short():
    assert (load(**BEARISH).intent, load(**BEARISH).side) == (Intent.ENTER_SHORT, Side.SELL)


def test_idea_when_only_the_required_fields_are_there_then_read():
    optional = ("model", "entry_price", "target_price", "stop_price", "matched_criteria")
    signal = load(**dict.fromkeys(optional))

    assert (signal.idea.direction, signal.idea.is_complete) == (Direction.BULLISH, False)


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        ("2026-06-02T14:22:00Z", "2026-06-02T14:22:00+00:00"),
        ("2026-06-02T16:22:00+02:00", "2026-06-02T16:22:00+02:00"),
        ("2026-06-02T14:22:00.500Z", "2026-06-02T14:22:00.500000+00:00"),
        ("2026-06-02T14:22:00", "2026-06-02T14:22:00"),
    ],
)
def test_fingerprint_when_computed_then_as_the_document_says(moment, written):
    idea = {"alert_name": "A | b ", "symbol": " nvda ", "strategy": "buy_call", "triggered_at": moment}
    material = f"A | b |trade_idea|NVDA|bullish|buy_call|{written}"

    assert load(**idea).idempotency_key == hashlib.sha256(material.encode()).hexdigest()


def test_field_when_unknown_then_ignored():
    assert load(surprise={"a": 1}).symbol == "NVDA"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            (name, None)
            for name in ("alert_name", "source", "symbol", "direction", "strategy", "triggered_at")
        ),
        ("source", "strategy"),
        ("direction", "Bullish"),
        ("direction", "up"),
        ("triggered_at", "yesterday"),
        ("triggered_at", 1717338120),
        ("triggered_at", "1800-01-01T00:00:00Z"),
        ("symbol", "NVDA!"),
        ("symbol", "ABCDEFGHIJK"),
        ("symbol", "1NVDA"),
        ("symbol", "NVD\N{GREEK CAPITAL LETTER ALPHA}"),
        ("symbol", "\N{LATIN SMALL LETTER DOTLESS I}BM"),
        ("symbol", ["NVDA"]),
        ("entry_price", "a lot"),
        ("stop_price", 0),
        ("target_price", -1),
        ("matched_criteria", "all"),
        ("alert_name", "a" * 501),
    ],
)
def test_idea_when_malformed_then_refused(field, value):
    with pytest.raises(MalformedIdea) as refused:
        load(**{field: value})

    assert refused.value.status == 422
    assert set(refused.value.details["fields"]) == {field}


def test_dialect_when_the_source_says_so_then_it_is_an_idea():
    assert dialect_of(trade_idea()).dialect is Dialect.TRADE_IDEA
    assert dialect_of(trade_idea(strategy_order_action="buy")).dialect is Dialect.STRATEGY
