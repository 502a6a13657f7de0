"""No alert of the past meets a price that is older than itself."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain.backtest.listed_trades import alerts_of
from app.domain.bars import Bar, Series
from app.schemas.backtest.trade_lists import read_trade_list
from tests.services.backtest.tapes import START, alert, at, played, series

pytestmark = pytest.mark.unit

QUIET = (100, 101, 99, 100)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
# Monday's close in New York, as TradingView's log has it.
CLOSE = datetime(2026, 6, 1, 20, 0, 1, tzinfo=UTC)
# Three days; the second opens far above the first one's close.
DAYS = ((100, 104, 99, 103), (110, 112, 108, 111), (111, 115, 110, 114))


def days(*rows) -> Series:
    found = tuple(
        Bar(START + place * DAY, *(Decimal(price) for price in row)) for place, row in enumerate(rows)
    )
    return Series(found, DAY, START, START + len(rows) * DAY)


def sessions() -> Series:
    """Two bars of an afternoon, and two of the next morning."""
    bars = series(QUIET, QUIET, (110, 112, 108, 111), QUIET).bars
    moved = [replace(bar, at=bar.at + timedelta(hours=17)) for bar in bars[2:]]
    return Series((*bars[:2], *moved), timedelta(minutes=5), START, moved[-1].at + timedelta(minutes=5))


def said(moment: datetime, side: str = "buy", price: float | str | None = None, **more):
    words = json.loads(alert(0, side, 1, **more).text) | {"strategy_order_price": price}
    if price is None:
        del words["strategy_order_price"]
    return replace(alert(0, side, 1), at=moment, text=json.dumps(words))


def entered(result) -> tuple[Decimal | None, datetime]:
    (trade,) = (*result.trades, *result.open_trades)
    return trade.entry_price, trade.entry_time


@pytest.mark.parametrize("price", [100, "100.02", None], ids=["the close", "another feed's", "no price"])
def test_alert_when_it_comes_a_second_after_a_close_then_fills_at_the_opening_behind_it(price):
    bars = series(QUIET, (105, 106, 99, 104), QUIET)

    assert entered(played({"AAPL": bars}, [said(at(1) + SECOND, price=price)])) == (105, at(1) + SECOND)


def test_alert_when_it_saw_the_price_move_in_the_first_seconds_then_fills_there():
    bars = series(QUIET, (105, 110, 99, 104), QUIET)

    assert entered(played({"AAPL": bars}, [said(at(1) + SECOND, price=108)]))[0] == 108


@pytest.mark.parametrize("price", [111, None], ids=["a price that the bar has not", "no price"])
def test_alert_when_nobody_knows_the_price_inside_a_bar_then_fills_at_its_end(price):
    bars = series(QUIET, (100, 108, 99, 107), QUIET)

    price, moment = entered(played({"AAPL": bars}, [said(at(1.5), price=price)]))

    assert price == 107
    assert at(1.99) < moment < at(2)


@pytest.mark.parametrize("price", [100, None])
def test_alert_when_the_session_is_over_then_fills_at_the_next_opening(price):
    bars = sessions()

    filled = entered(played({"AAPL": bars}, [said(at(2) + SECOND, price=price)]))

    assert filled == (110, bars.bars[2].at)


@pytest.mark.parametrize("price", [103, "104.01", None])
def test_alert_when_a_days_close_set_it_off_then_fills_at_the_next_days_opening(price):
    filled = entered(played({"AAPL": days(*DAYS)}, [said(CLOSE, price=price)]))

    assert filled == (110, START + DAY)


def test_alert_when_it_waited_for_the_opening_then_is_no_older_than_it_was():
    words = {"time": CLOSE.isoformat()}

    result = played({"AAPL": days(*DAYS)}, [said(CLOSE, **words)], settings={"stale_alert_seconds": 60})

    assert (result.refusals, entered(result)[0]) == ({}, 110)


def test_alerts_when_they_wait_together_then_each_is_carried_out_in_its_order():
    exits = said(CLOSE, "sell", 103)
    # The same words at two times are two alerts, though both wait for one opening.
    again = [said(CLOSE + place * SECOND) for place in (1, 400)]

    result = played({"AAPL": days(*DAYS)}, [said(START, price=100), exits, *again])

    assert [(trade.entry_price, trade.exit_price) for trade in result.trades] == [(100, 110)]
    assert [trade.quantity for trade in result.open_trades] == [20]


def test_entry_when_its_bot_keeps_the_markets_hours_then_is_refused_and_not_kept_for_the_opening():
    result = played({"AAPL": days(*DAYS)}, [said(CLOSE, price=103)], market_hours_only=True)

    assert list(result.refusals) == ["MARKET_CLOSED"]


def test_alert_when_the_last_bar_is_over_then_a_note_says_what_price_it_met():
    result = played({"AAPL": series(QUIET, QUIET)}, [said(at(3), price=120)])

    assert entered(result)[0] == 100
    assert "1 alerts came after" in result.notes[0]


def listed(*rows: str, zone: str = "America/New_York"):
    heading = "Trade #,Type,Signal,Date/Time,Price USD,Contracts,Profit USD"
    lines = [f"{line}\n" for line in (heading, *rows)]
    return read_trade_list(lines, "list.csv", ZoneInfo(zone), "NASDAQ:AAPL")


@pytest.mark.parametrize("zone", ["America/New_York", "UTC"])
@pytest.mark.parametrize(
    "rows",
    [
        ("1,Exit long,x,2026-06-03,111,10,10", "1,Entry long,x,2026-06-02,110,10,10"),
        ("1,Exit long,x,2026-06-02,108.5,10,-15", "1,Entry long,x,2026-06-02,110,10,-15"),
    ],
    ids=["at openings", "out within the day"],
)
def test_list_of_days_when_played_then_every_trade_is_the_same(zone, rows):
    bars, trades = {"AAPL": days(*DAYS)}, listed(*rows, zone=zone)

    (difference,) = played(bars, alerts_of(trades, bars), trades=trades).comparison

    assert (difference.difference, difference.why) == (0, "the same")


def test_target_when_the_high_came_before_the_entry_then_is_not_reached_by_it():
    limit = said(at(1), order_type="limit", limit_price=95)
    text = {
        "strategy_id": "s",
        "fund_id": "default",
        "symbol": "AAPL",
        "side": "buy",
        "quantity": "10",
        "order_type": "limit",
        "limit_price": "95",
    }
    # The nearer end is the high: up to 104, down through the limit to 94, and back to 96.
    bars = series(QUIET, QUIET, (100, 104, 94, 96), QUIET)
    keys = {"attach_sl_tp": True, "sl_pct": Decimal("0.2"), "tp_pct": Decimal("0.08")}

    result = played({"AAPL": bars}, [replace(limit, text=json.dumps(text))], **keys)

    assert (result.trades, entered(result)[0]) == ((), 95)
