from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.backtest.comparison import compared
from app.domain.backtest.listed_trades import ListedTrade
from app.domain.backtest.result import BacktestTrade
from app.domain.backtest.together import held_together
from app.domain.orders import Side

pytestmark = pytest.mark.unit

START = datetime(2026, 6, 1, 13, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes: int) -> datetime:
    return START + minutes * MINUTE


def theirs(number: str, entry: int, leave: int | None, quantity: int = 10, **changes) -> ListedTrade:
    facts = {"symbol": "AAPL", "side": Side.BUY, "entry_price": Decimal(100 + entry)}
    facts |= {"exit_price": None if leave is None else Decimal(100 + leave)}
    facts |= {"profit": None if leave is None else Decimal((leave - entry) * quantity)}
    times = {"entry_time": at(entry), "exit_time": None if leave is None else at(leave)}
    return ListedTrade(number=number, quantity=Decimal(quantity), **(facts | times | changes))


def ours(entry: int, leave: int | None, quantity: str = "10", price: str = "100", **changes) -> BacktestTrade:
    facts = {"symbol": "AAPL", "bot": "default", "side": Side.BUY, "reason": "alert"}
    facts |= {"exit_price": None if leave is None else Decimal(100 + leave), "fees": Decimal(0)}
    facts |= {"gain": Decimal(0), "exit_time": None if leave is None else at(leave)}
    return BacktestTrade(
        quantity=Decimal(quantity), entry_time=at(entry), entry_price=Decimal(price), **(facts | changes)
    )


@pytest.mark.parametrize(
    ("trades", "numbers"),
    [
        ([theirs("1", 0, 5), theirs("2", 5, 9)], ["1", "2"]),
        ([theirs("1", 0, 5), theirs("2", 3, 5), theirs("3", 4, 9), theirs("4", 9, 12)], ["1, 2, 3", "4"]),
        ([theirs("1.1", 0, 5), theirs("1.2", 0, 9)], ["1"]),
        ([theirs("1.1", 0, 0), theirs("1.2", 0, 9)], ["1"]),
        ([theirs("1", 0, 0), theirs("2", 0, 9)], ["1", "2"]),
        ([theirs("1", 0, None), theirs("2", 3, 5)], ["1, 2"]),
        ([theirs("1", 0, 9), theirs("2", 3, 5, side=Side.SELL)], ["1", "2"]),
        ([theirs("1", 0, 9), theirs("2", 3, 5, symbol="MSFT"), theirs("3", 4, 9)], ["1, 3", "2"]),
        ([theirs("2", 5, 9), theirs("1", 0, 5)], ["1", "2"]),
    ],
)
def test_trades_when_held_together_then_are_one(trades, numbers):
    assert [trade.number for trade in held_together(trades)] == numbers


def test_units_when_added_then_are_compared_with_the_one_position_of_ours():
    added = [theirs("1", 0, 30), theirs("2", 10, 30, quantity=20)]
    (difference,) = compared(
        added, [ours(0, 30, "30", "106.6666666666666666666666667", gain=Decimal("700.0"))], MINUTE
    )

    assert (difference.trade, difference.difference, difference.why) == ("1, 2", 0, "the same")
    assert difference.theirs["entry_price"] == "106.6666666666666667"


@pytest.mark.parametrize(
    ("listed", "played", "why"),
    [
        (theirs("1", 0, None), ours(0, None), "the same, and still open"),
        (theirs("1", 0, None), ours(0, None, "5"), "size 5 here, 10 there"),
        (theirs("1", 0, None), ours(0, None, "10", "101"), "entry price 101 here, 100 there"),
        (theirs("1", 0, None), ours(0, 5), "still open there"),
        (theirs("1", 0, 5), ours(0, None), "still open here"),
    ],
)
def test_trade_when_it_is_open_then_whose_it_is_and_what_differs_is_told(listed, played, why):
    assert [each.why for each in compared([listed], [played], MINUTE)] == [why]


def test_trade_when_it_was_refused_then_its_reason_is_told():
    (refused, unknown) = compared(
        [theirs("1", 0, 5), theirs("2", 6, 9)], [], MINUTE, {"trade 1 entry": "SHORT_DISABLED"}
    )

    assert refused.why == "Not traded here: SHORT_DISABLED."
    assert "refused, or is a part of another trade" in unknown.why
