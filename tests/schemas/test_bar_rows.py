from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.errors import InvalidRequest
from app.schemas.bar_rows import read_bar_rows

pytestmark = pytest.mark.unit

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
FIRST = "NVDA,2026-06-01T12:00:00Z,100,101.5,99,100"
SECOND = "NVDA,2026-06-01T12:05:00Z,100,102,100,101,1200"


def test_rows_when_sound_then_bars_by_symbol_in_order():
    table = read_bar_rows(
        ["symbol,time,open,high,low,close", SECOND, "", FIRST, "BTCUSD,2026-06-01 14:00,5,5,5,5"]
    )
    bars = table.bars["NVDA"]

    assert [bar.at for bar in bars] == [NOON, NOON + timedelta(minutes=5)]
    assert (bars[0].high, bars[0].volume, bars[1].volume) == (Decimal("101.5"), None, 1200)


def test_rows_when_read_then_span_and_reach_are_told_by_them():
    table = read_bar_rows([FIRST, SECOND, "BTCUSD,2026-06-01T14:00:00Z,5,5,5,5"])

    assert (table.span, table.since) == (timedelta(minutes=5), NOON)
    assert table.until == NOON + timedelta(hours=2, minutes=5)


@pytest.mark.parametrize("rows", [[], [FIRST], [FIRST, SECOND.replace("NVDA", "MSFT")]])
def test_rows_when_no_symbol_has_two_then_refused(rows):
    with pytest.raises(InvalidRequest, match="how long a bar is"):
        read_bar_rows(rows)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("NVDA,2026-06-01T12:00:00Z,100,101,99", "Line 2 is not"),
        ("NVDA,soon,100,101,99,100", "Line 2 does not hold"),
        ("NVDA,2026-06-01T12:10:00Z,x,101,99,100", "Line 2 does not hold"),
        ("!,2026-06-01T12:10:00Z,100,101,99,100", "Line 2 does not hold"),
        ("NVDA,2026-06-01T12:10:00Z,100,99,101,100", "Line 2 has prices"),
        ("NVDA,2026-06-01T12:10:00Z,NaN,101,99,100", "Line 2 has prices"),
        ("NVDA,2026-06-01T12:10:00Z,0,0,0,0", "Line 2 has prices"),
        (FIRST, "Line 2 is a second bar"),
    ],
)
def test_rows_when_one_is_bad_then_its_line_is_told(row, sentence):
    with pytest.raises(InvalidRequest, match=sentence):
        read_bar_rows([FIRST, row])
