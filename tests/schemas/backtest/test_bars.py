from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.errors import InvalidRequest
from app.schemas.backtest.bars import read_bars

pytestmark = pytest.mark.unit

NEW_YORK = ZoneInfo("America/New_York")
TWO = ("100,102,99,101", "101,103,100,102")


def lines(*rows: str, heading: str = "time,open,high,low,close") -> list[str]:
    return [f"{row}\n" for row in (heading, *rows)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1767364200", "1767364500"),
        ("1767364200000", "1767364500000"),
        ("2026-01-02T09:30:00-05:00", "2026-01-02T09:35:00-05:00"),
        ("2026-01-02 09:30", "2026-01-02 09:35"),
    ],
)
def test_bars_when_their_times_are_written_in_any_way_then_are_in_utc(first, second):
    found = read_bars(lines(f"{first},{TWO[0]}", f"{second},{TWO[1]}"), "NASDAQ_AAPL, 5.csv", NEW_YORK)

    series = found["AAPL"]
    assert [bar.at for bar in series.bars] == [
        datetime(2026, 1, 2, 14, 30, tzinfo=UTC),
        datetime(2026, 1, 2, 14, 35, tzinfo=UTC),
    ]
    assert series.span == timedelta(minutes=5)
    assert series.bars[0].high == Decimal(102)


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("NASDAQ_AAPL, 5.csv", "AAPL"),
        ("BINANCE_BTCUSDT, 60_1ce7e.csv", "BTC-USD"),
        ("COINBASE_BTCUSD, 1D (2).csv", "BTC-USD"),
        ("TSLA.csv", "TSLA"),
    ],
)
def test_symbol_when_the_file_is_a_charts_export_then_is_told_by_its_name(name, symbol):
    assert list(read_bars(lines(f"1767364200,{TWO[0]}", f"1767364500,{TWO[1]}"), name, UTC)) == [symbol]


def test_bars_when_a_column_names_symbols_then_are_told_apart():
    rows = [f"{symbol},{at},{TWO[0]}" for symbol in ("AAPL", "MSFT") for at in ("1767364200", "1767364500")]

    found = read_bars(lines(*rows, heading="symbol,time,open,high,low,close"), "all.csv", UTC)

    assert {symbol: len(series.bars) for symbol, series in found.items()} == {"AAPL": 2, "MSFT": 2}


def test_bars_when_plots_and_empty_cells_stand_beside_them_then_are_read_all_the_same():
    heading = "time,open,high,low,close,Volume,MA"
    rows = [f"1767364200,{TWO[0]},12,NaN", "1767364500,NaN,NaN,NaN,NaN,,", f"1767364800,{TWO[1]},,99.5"]

    (series,) = read_bars(lines(*rows, heading=heading), "AAPL.csv", UTC).values()

    assert [bar.volume for bar in series.bars] == [Decimal(12), None]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1767364200,100,99,98,101", "line 2: its prices do not fit each other"),
        ("yesterday,100,102,99,101", "line 2: 'yesterday' is not a time"),
        ("1767364200,100,102,ninety,101", "line 2: 'ninety' under low is not a number"),
        ("1767364200,100,102,-1,101", "line 2: low is not a price"),
        ("1767364200,100,102,99,101,7,8", "line 2: it has 7 cells under 5 headings"),
    ],
)
def test_bar_when_it_cannot_be_read_then_its_line_is_named(row, said):
    with pytest.raises(InvalidRequest, match=said):
        read_bars(lines(row, f"1767364500,{TWO[1]}"), "AAPL.csv", UTC)


@pytest.mark.parametrize("name", ["chart.csv", "export, 5.csv"])
def test_file_when_nothing_tells_whose_bars_it_has_then_the_way_to_say_it_is_told(name):
    with pytest.raises(InvalidRequest, match=r"SYMBOL="):
        read_bars(lines(f"1767364200,{TWO[0]}", f"1767364500,{TWO[1]}"), name, UTC)
