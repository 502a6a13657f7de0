import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.instruments import AssetClass, Instrument
from app.domain.json_codec import from_json, timestamp, to_json
from app.domain.orders import Side
from tests.domain.builders import CALL, NOW, TICKET

pytestmark = pytest.mark.unit


@dataclass(frozen=True)
class Everything:
    text: str = "é"
    whole: int = 3
    truth: bool = True
    nothing: str | None = None
    amount: Decimal | None = Decimal("1E-9")
    moment: datetime = NOW
    day: date = date(2026, 6, 2)
    name: UUID = TICKET
    side: Side = Side.BUY
    sides: tuple[Side, ...] = (Side.BUY, Side.SELL)
    amounts: dict[str, Decimal] = field(default_factory=lambda: {"a": Decimal("1.50")})
    inner: Instrument | None = CALL


def test_record_when_written_and_read_then_same():
    assert from_json(Everything, json.loads(json.dumps(to_json(Everything())))) == Everything()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("0.000000001"), "0.000000001"),
        (datetime(2026, 6, 2, 14, 30, tzinfo=UTC), "2026-06-02T14:30:00Z"),
        (date(2026, 6, 2), "2026-06-02"),
        (TICKET, str(TICKET)),
        (Side.SELL, "sell"),
        (True, True),
        (None, None),
        ([Decimal(1), {"a": Decimal(2)}], ["1", {"a": "2"}]),
    ],
)
def test_value_when_written_then_json_can_carry_it(value, expected):
    assert to_json(value) == expected
    assert type(to_json(value)) is type(expected)


@pytest.mark.parametrize("value", [1.5, b"x", object(), {1}])
def test_value_when_it_has_no_json_form_then_refused_rather_than_guessed(value):
    with pytest.raises(TypeError, match="no JSON form"):
        to_json(value)


def test_record_when_field_is_unknown_or_missing_then_dropped_or_default():
    assert from_json(Instrument, {"symbol": "AAPL", "asset_class": "equity", "extra": 1}) == Instrument(
        "AAPL", AssetClass.EQUITY
    )


def test_timestamp_when_time_is_elsewhere_then_utc():
    india = timezone(timedelta(hours=5, minutes=30))

    assert timestamp(datetime(2026, 6, 2, 20, 0, 0, 5, tzinfo=india)) == "2026-06-02T14:30:00.000005Z"


@given(st.datetimes(timezones=st.timezones()))
def test_timestamp_when_read_back_then_same_moment(moment):
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        return

    assert datetime.fromisoformat(timestamp(moment)) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**15), max_value=10**15))
def test_decimal_when_written_then_exact_and_without_exponent(value):
    assert Decimal(to_json(value)) == value
    assert "E" not in to_json(value)
