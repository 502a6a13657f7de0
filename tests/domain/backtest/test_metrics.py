import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.backtest.metrics import Costs, Course, cagr, daily_returns, deepest_fall, metrics_of
from app.domain.backtest.result import BacktestTrade
from app.domain.orders import Side

pytestmark = pytest.mark.unit

MONDAY = datetime(2026, 6, 1, 20, tzinfo=UTC)
WORTHS = (100, 110, 99, 105, 120)


def curve(*worths: int) -> list[tuple[datetime, Decimal]]:
    return [(MONDAY + timedelta(days=day), Decimal(worth)) for day, worth in enumerate(worths)]


def course(*worths: int) -> Course:
    points = curve(*worths)
    return Course(
        curve=points,
        days=[at.date() for at, _ in points],
        seconds_held=86_400.0,
        first=points[0][0],
        last=points[-1][0],
    )


def trade(gain: str) -> BacktestTrade:
    return BacktestTrade(
        symbol="AAPL",
        bot="default",
        side=Side.BUY,
        quantity=Decimal(1),
        entry_time=MONDAY,
        entry_price=Decimal(100),
        exit_time=MONDAY + timedelta(hours=3),
        exit_price=Decimal(100) + Decimal(gain),
        gain=Decimal(gain),
        fees=Decimal(0),
        reason="alert",
    )


def test_fall_when_a_peak_is_not_reached_again_then_is_told_deepest_and_longest():
    fall = deepest_fall(curve(*WORTHS))

    assert (fall.fraction, fall.amount, fall.length) == (Decimal("0.1"), 11, timedelta(days=3))


def test_returns_when_days_have_no_point_then_the_worth_before_holds():
    points = curve(100, 110)
    days = [date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 3)]
    found = Course(curve=points, days=days, seconds_held=0, first=points[0][0], last=points[1][0])

    assert daily_returns(found) == pytest.approx([0, 0.1, 0])


def test_ratios_when_worked_out_by_hand_then_are_the_same():
    returns = [0.0, 0.1, -0.1, 105 / 99 - 1, 120 / 105 - 1]
    mean = sum(returns) / 5
    spread = math.sqrt(sum((each - mean) ** 2 for each in returns) / 4)
    down = math.sqrt(0.1**2 / 5)

    found = metrics_of(course(*WORTHS), [], Costs(Decimal(0), Decimal(0)), None)

    assert found.days_in_a_year == 252
    assert found.sharpe == pytest.approx(mean / spread * math.sqrt(252), abs=1e-6)
    assert found.sortino == pytest.approx(mean / down * math.sqrt(252), abs=1e-6)
    assert found.volatility == pytest.approx(spread * math.sqrt(252), abs=1e-6)
    assert found.exposure == 0.25
    assert found.net_profit == 20


def test_year_when_the_market_is_open_at_weekends_then_has_365_days():
    found = metrics_of(course(*range(100, 108)), [], Costs(Decimal(0), Decimal(0)), None)

    assert found.days_in_a_year == 365


def test_trades_when_added_up_then_figures_are_those_of_the_textbook():
    gains = ["10", "20", "-5", "-10", "-5", "30"]
    found = metrics_of(course(100, 140), [trade(gain) for gain in gains], Costs(Decimal(1), Decimal(2)), None)

    assert (found.trades, found.wins, found.losses) == (6, 3, 3)
    assert (found.win_rate, found.profit_factor) == (Decimal("0.5"), 3)
    assert found.expectancy == Decimal("6.6667")
    assert found.payoff == Decimal("2.99998500")
    assert (found.best, found.worst) == (30, -10)
    assert (found.longest_winning_streak, found.longest_losing_streak) == (2, 3)
    assert found.average_holding_hours == 3


def test_metrics_when_nothing_was_traded_then_say_so_and_never_divide_by_it():
    found = metrics_of(course(100, 100), [], Costs(Decimal(0), Decimal(0)), None).to_json()

    assert {found[name] for name in ("sharpe", "sortino", "win_rate", "profit_factor", "sqn")} == {None}
    assert found["net_profit"] == "0"


@pytest.mark.parametrize(("start", "end", "days", "expected"), [(100, 121, 730.5, 0.1), (0, 5, 10, None)])
def test_growth_when_told_a_year_then_is_compounded(start, end, days, expected):
    assert cagr(Decimal(start), Decimal(end), timedelta(days=days)) == expected
