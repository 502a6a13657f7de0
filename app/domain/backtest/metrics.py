"""The figures by which backtests are compared.

Money is exact. Ratios of returns are of one return a day (UTC, days with bars), without a risk-free rate, and
scaled to a year of 252 days, or of 365 where the market was open at weekends too.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from statistics import fmean, stdev
from typing import Any

from app.dataclass import dataclass
from app.domain.analytics.ratios import average, ratio, rounded
from app.domain.backtest.result import BacktestTrade, EquityPoint
from app.domain.money import ZERO, text

TRADING_DAYS, ALL_DAYS = 252, 365
SATURDAY = 5
YEAR = timedelta(days=365.25)
DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestMetrics:
    """Fractions are 0.02 for 2 %, drawdowns are positive; None is of too little to tell."""

    net_profit: Decimal
    total_return: Decimal | None
    buy_and_hold: Decimal | None
    cagr: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown: Decimal | None
    max_drawdown_amount: Decimal
    max_drawdown_days: float
    exposure: float | None
    trades: int
    wins: int
    losses: int
    win_rate: Decimal | None
    profit_factor: Decimal | None
    expectancy: Decimal | None
    payoff: Decimal | None
    average_win: Decimal | None
    average_loss: Decimal | None
    best: Decimal | None
    worst: Decimal | None
    sqn: float | None
    longest_winning_streak: int
    longest_losing_streak: int
    average_holding_hours: float | None
    fees: Decimal
    slippage: Decimal
    days_in_a_year: int

    def to_json(self) -> dict[str, Any]:
        """Return every figure by its name; money as text."""
        named = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: text(value) if isinstance(value, Decimal) else value for name, value in named.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How the account went; `days` are those on which something was traded in the market."""

    curve: Sequence[EquityPoint]
    days: Sequence[date]
    seconds_held: float
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Costs:
    """What trading cost; `slippage` is what fills were worse than the prices that their alerts named."""

    fees: Decimal
    slippage: Decimal


def metrics_of(
    course: Course, trades: Sequence[BacktestTrade], costs: Costs, buy_and_hold: Decimal | None
) -> BacktestMetrics:
    """Work out all figures of a run."""
    start, end = course.curve[0][1], course.curve[-1][1]
    return BacktestMetrics(
        net_profit=end - start,
        total_return=ratio(end - start, start),
        buy_and_hold=buy_and_hold,
        exposure=_round(_per(course.seconds_held, (course.last - course.first).total_seconds())),
        fees=costs.fees,
        slippage=costs.slippage,
        **_of_days(course),
        **_of_falls(course),
        **_of_trades(trades),
    )


def _of_days(course: Course) -> dict[str, Any]:
    """Return what is made of daily returns."""
    returns, per_year = daily_returns(course), days_in_a_year(course.days)
    mean, spread, by = fmean(returns) if returns else 0.0, _deviation(returns), math.sqrt(per_year)
    return {
        "volatility": _scaled(spread, by),
        "sharpe": _scaled(_per(mean, spread), by),
        "sortino": _scaled(_per(mean, downside(returns)), by),
        "days_in_a_year": per_year,
    }


def _of_falls(course: Course) -> dict[str, Any]:
    fall = deepest_fall(course.curve)
    growth = cagr(course.curve[0][1], course.curve[-1][1], course.last - course.first)
    return {
        "cagr": growth,
        "calmar": None if growth is None else _round(_per(growth, float(fall.fraction))),
        "max_drawdown": rounded(fall.fraction),
        "max_drawdown_amount": fall.amount,
        "max_drawdown_days": round(fall.length / timedelta(days=1), 4),
    }


def _of_trades(trades: Sequence[BacktestTrade]) -> dict[str, Any]:
    """Return what is made of gains; of a trade whose gain nobody knows only that there was one."""
    gains = [trade.gain for trade in trades if trade.gain is not None]
    wins, losses = [gain for gain in gains if gain > ZERO], [gain for gain in gains if gain < ZERO]
    average_win, average_loss = average(sum(wins, ZERO), len(wins)), average(sum(losses, ZERO), len(losses))
    held = [(trade.exit_time - trade.entry_time).total_seconds() for trade in trades if trade.exit_time]
    return {
        "trades": len(trades),
        "wins": len(wins),
        "losses": len(losses),
        "win_rate": ratio(len(wins), len(gains)),
        "profit_factor": ratio(sum(wins, ZERO), -sum(losses, ZERO)),
        "expectancy": average(sum(gains, ZERO), len(gains)),
        "payoff": None if not average_win or not average_loss else rounded(average_win / -average_loss),
        "average_win": average_win,
        "average_loss": average_loss,
        "best": max(gains, default=None),
        "worst": min(gains, default=None),
        "sqn": _sqn(gains),
        "longest_winning_streak": _streak(gain > ZERO for gain in gains),
        "longest_losing_streak": _streak(gain < ZERO for gain in gains),
        "average_holding_hours": round(fmean(held) / 3600, 4) if held else None,
    }


@dataclass(frozen=True, slots=True)
class DeepestFall:
    """The deepest fall below a peak; `length` is the longest time for which a peak was not reached again."""

    fraction: Decimal
    amount: Decimal
    length: timedelta


def deepest_fall(curve: Sequence[EquityPoint]) -> DeepestFall:
    """Return how far and how long an account stood below its peaks."""
    peak_at, peak = curve[0]
    fraction, amount, length = ZERO, ZERO, timedelta()
    for at, worth in curve:
        if worth >= peak:
            length = max(length, at - peak_at) if worth > peak else length
            peak_at, peak = at, worth
            continue
        length = max(length, at - peak_at)
        amount = max(amount, peak - worth)
        if peak > ZERO:
            fraction = max(fraction, (peak - worth) / peak)
    return DeepestFall(fraction, amount, length)


def daily_returns(course: Course) -> list[float]:
    """Return what each day brought as a fraction of the worth at the end of the day before."""
    ends = _day_ends(course)
    return [float(after / before - 1) for before, after in pairwise(ends) if before > ZERO]


def _day_ends(course: Course) -> list[Decimal]:
    """Return the worth before the first day, and at the end of each."""
    points = iter(course.curve)
    worth, ends = course.curve[0][1], [course.curve[0][1]]
    ahead = next(points, None)
    for day in course.days:
        while ahead is not None and ahead[0].date() <= day:
            worth = ahead[1]
            ahead = next(points, None)
        ends.append(worth)
    return ends


def days_in_a_year(days: Sequence[date]) -> int:
    """Return how many days of trading a year has: a market that is open at weekends never rests."""
    return ALL_DAYS if any(day.weekday() >= SATURDAY for day in days) else TRADING_DAYS


def cagr(start: Decimal, end: Decimal, elapsed: timedelta) -> float | None:
    """Return the growth a year; None of nothing, or of no time."""
    if start <= ZERO or end <= ZERO or elapsed <= timedelta():
        return None
    try:
        return _round(float(end / start) ** (YEAR / elapsed) - 1)
    except OverflowError:
        return None


def downside(returns: Sequence[float]) -> float | None:
    """Return the root of the mean square of the returns below zero, over all of them."""
    return math.sqrt(fmean([min(each, 0.0) ** 2 for each in returns])) if returns else None


def _deviation(returns: Sequence[float]) -> float | None:
    return stdev(returns) if len(returns) > 1 else None


def _sqn(gains: Sequence[Decimal]) -> float | None:
    values = [float(gain) for gain in gains]
    spread = _deviation(values)
    return None if not spread else _round(math.sqrt(len(values)) * fmean(values) / spread)


def _streak(marks: Iterable[bool]) -> int:
    return max((len(list(run)) for mark, run in groupby(marks) if mark), default=0)


def _per(value: float, by: float | None) -> float | None:
    return value / by if by else None


def _scaled(value: float | None, by: float) -> float | None:
    return None if value is None else _round(value * by)


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
