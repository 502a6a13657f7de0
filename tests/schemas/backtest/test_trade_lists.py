import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain.backtest.listed_trades import alerts_of
from app.domain.bars import Bar, Series
from app.domain.orders import Side
from app.errors import InvalidRequest
from app.schemas.backtest.trade_lists import is_trade_list, read_trade_list

pytestmark = pytest.mark.unit

NAME = "Breakout_NASDAQ_AAPL_2026-07-02.csv"
# One trade, as each generation of the export writes it.
GENERATIONS = {
    "A": (
        "Trade #,Type,Signal,Date/Time,Price,Contracts,Profit $,Profit %,Cum. Profit $,Cum. Profit %",
        "1,Entry Long,Long,2026-01-02 09:30,100,10,,,,",
        "1,Exit Long,Close,2026-01-02 10:30,103,10,30,3.0,30,0.03",
    ),
    "B": (
        "Trade #,Type,Signal,Date/Time,Price USD,Contracts,Profit USD,Profit %,Run-up USD,Run-up %",
        "1,Exit long,Close,2026-01-02 10:30,103,10,30,3.0,35,3.5",
        "1,Entry long,Long,2026-01-02 09:30,100,10,30,3.0,35,3.5",
    ),
    "C": (
        "Trade #,Type,Date/Time,Signal,Price USD,Position size (qty),Position size (value),Net P&L USD,P&L %",
        "1,Exit long,2026-01-02 10:30,Close,103,10,1000,30,3.0",
        "1,Entry long,2026-01-02 09:30,Long,100,10,1000,30,3.0",
    ),
    "E": (
        "\ufeffTrade number,Type,Date and time,Signal,Price USD,Size (qty),Net PnL USD,Commission USD",
        "1,Exit long,2026-01-02 10:30,Close,103,10,30,0.5",
        "1,Entry long,2026-01-02 09:30,Long,100,10,30,0.5",
    ),
}


def lines(*rows: str) -> list[str]:
    return [f"{row}\n" for row in rows]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_list_when_exported_by_any_generation_then_its_trade_is_read(generation):
    rows = lines(*GENERATIONS[generation])
    assert is_trade_list(rows[0])

    (trade,) = read_trade_list(rows, NAME, ZoneInfo("America/New_York"))

    assert (trade.symbol, trade.side, trade.quantity, trade.profit) == ("AAPL", Side.BUY, 10, 30)
    assert (trade.entry_price, trade.exit_price) == (100, 103)
    assert trade.entry_time == datetime(2026, 1, 2, 14, 30, tzinfo=UTC)
    assert trade.fees == (Decimal("0.5") if generation == "E" else None)


@pytest.mark.parametrize("signal", ["Open", "open"])
def test_trade_when_it_is_open_then_has_no_exit(signal):
    heading, _, entry = GENERATIONS["C"]
    (trade,) = read_trade_list(lines(heading, f"1,Exit long,,{signal},,10,1000,5,0.5", entry), NAME, UTC)

    assert (trade.exit_time, trade.exit_price, trade.profit) == (None, None, None)


def test_trade_when_it_is_left_in_parts_then_each_part_is_one():
    heading, exit_row, entry = GENERATIONS["C"]
    parts = [
        exit_row.replace("103,10,", "103,6,"),
        exit_row.replace("103,10,", "104,4,").replace("10:30", "11:30"),
    ]

    found = read_trade_list(lines(heading, *parts, entry), NAME, UTC)

    assert [(trade.number, trade.quantity) for trade in found] == [("1.1", 6), ("1.2", 4)]


def test_list_when_it_is_in_another_language_then_an_export_in_english_is_asked_for():
    heading, exit_row, entry = GENERATIONS["C"]
    with pytest.raises(InvalidRequest, match="English"):
        read_trade_list(lines(heading, exit_row.replace("Exit long", "Salida"), entry), NAME, UTC)


def test_list_when_its_name_tells_no_symbol_then_one_must_be_given():
    rows = lines(*GENERATIONS["B"])
    with pytest.raises(InvalidRequest, match="--symbol"):
        read_trade_list(rows, "trades-of-mine.csv", UTC)

    assert read_trade_list(rows, "trades-of-mine.csv", UTC, "NASDAQ:MSFT")[0].symbol == "MSFT"


def test_alerts_when_made_from_trades_then_tell_the_position_before_and_after():
    heading, exit_row, entry = GENERATIONS["B"]
    short = [row.replace("1,E", "2,E").replace("long", "short") for row in (exit_row, entry)]
    short = [row.replace("10:30", "12:30").replace("09:30", "10:30") for row in short]

    told = [
        json.loads(alert.text)
        for alert in alerts_of(read_trade_list(lines(heading, exit_row, entry, *short), NAME, UTC), {})
    ]

    positions = [(each["prev_market_position"], each["market_position"]) for each in told]
    assert positions == [("flat", "long"), ("long", "flat"), ("flat", "short"), ("short", "flat")]
    assert [each["strategy_order_action"] for each in told] == ["buy", "sell", "sell", "buy"]


def test_alert_when_its_fill_was_inside_a_bar_then_comes_inside_of_it():
    opened = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
    span = timedelta(minutes=5)
    bars = (
        Bar(opened, *map(Decimal, (100, 104, 99, 101))),
        Bar(opened + timedelta(hours=1), *map(Decimal, (101, 104, 99, 103))),
    )
    series = {"AAPL": Series(bars, span, opened, opened + timedelta(hours=2))}
    trades = read_trade_list(lines(*GENERATIONS["B"]), NAME, UTC)

    entry, leave = alerts_of(trades, series)

    assert entry.at == opened
    assert leave.at == opened + timedelta(hours=1) + span / 2


def test_trade_when_it_begins_and_ends_inside_one_bar_then_its_entry_comes_first():
    heading = GENERATIONS["B"][0]
    rows = [
        # The ninth ends in the bar in which the tenth begins and ends, and in which the next begins.
        "11,Entry long,Long,2026-01-02 09:35,102.5,10,,,,",
        "10,Exit long,Close,2026-01-02 09:35,103,10,5,,,",
        "10,Entry long,Long,2026-01-02 09:35,102.5,10,5,,,",
        "9,Exit long,Close,2026-01-02 09:35,102,10,20,,,",
        "9,Entry long,Long,2026-01-02 09:30,100,10,20,,,",
    ]
    opened = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
    span = timedelta(minutes=5)
    bars = tuple(Bar(opened + place * span, *map(Decimal, (100 + place, 104, 99, 101))) for place in (0, 1))
    series = {"AAPL": Series(bars, span, opened, opened + 2 * span)}

    alerts = alerts_of(read_trade_list(lines(heading, *rows), NAME, UTC), series)

    names = ["9 entry", "9 exit", "10 entry", "10 exit", "11 entry"]
    assert [alert.place for alert in alerts] == [f"trade {name}" for name in names]
    assert [json.loads(alert.text)["market_position_size"] for alert in alerts] == [
        "10",
        "0",
        "10",
        "0",
        "10",
    ]
    assert [alert.at for alert in alerts] == sorted(alert.at for alert in alerts)
