from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain.closed_trades import ClosedTrade
from app.domain.limits import Limits
from app.domain.losses import (
    Gain,
    Losses,
    gain_of_closed,
    gain_of_open,
    longest_run,
    reached,
    session_of,
    total,
)
from app.domain.orders import Side
from app.domain.reasons import Reason
from app.domain.trades import Trade, Turnover
from tests.domain.builders import NOW

pytestmark = pytest.mark.unit

NEW_YORK, INDIA = ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
HELD = Trade("trend", "paper", "AAPL", NOW, Decimal(10), Decimal(100), entered=Turnover(Decimal(10), 1000))
CLOSED = ClosedTrade(
    id="1",
    number=1,
    bot="trend",
    broker="paper",
    symbol="AAPL",
    side=Side.BUY,
    quantity=Decimal(10),
    multiplier=Decimal(1),
    entry_price=Decimal(100),
    exit_price=Decimal(90),
    realized_pnl=Decimal(-100),
    fees=Decimal(2),
    is_priced=True,
    opened_at=NOW,
    closed_at=NOW,
    tickets=(),
)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "begins", "ends"),
    [
        ("2026-06-02T03:59:59", NEW_YORK, "2026-06-01T04:00", "2026-06-02T04:00"),
        ("2026-06-02T04:00:00", NEW_YORK, "2026-06-02T04:00", "2026-06-03T04:00"),
        # the day on which the clocks go forward has 23 hours, the one on which they go back 25
        ("2026-03-08T12:00:00", NEW_YORK, "2026-03-08T05:00", "2026-03-09T04:00"),
        ("2026-11-01T12:00:00", NEW_YORK, "2026-11-01T04:00", "2026-11-02T05:00"),
        ("2026-06-02T18:29:59", INDIA, "2026-06-01T18:30", "2026-06-02T18:30"),
        ("2026-06-02T18:30:00", INDIA, "2026-06-02T18:30", "2026-06-03T18:30"),
    ],
)
def test_session_when_asked_then_it_lasts_from_midnight_to_midnight(now, zone, begins, ends):
    assert session_of(at(now), zone) == (at(begins), at(ends))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (-102, -102)),
        ({"is_priced": False}, (-102, -1102)),
        ({"is_priced": False, "side": Side.SELL}, (-102, None)),
        ({"is_priced": False, "entry_price": None}, (-102, None)),
    ],
)
def test_closed_trade_when_its_gain_is_asked_then_fees_count_and_the_worst_is_bounded(changes, expected):
    gain = gain_of_closed(replace(CLOSED, **changes))

    assert (gain.known, gain.least, bool(gain.unknown)) == (*expected, "is_priced" in changes)


def test_closed_trade_when_a_simulated_account_began_anew_then_it_cost_nothing():
    gain = gain_of_closed(replace(CLOSED, is_priced=False, realized_pnl=Decimal(0)), is_simulated=True)

    assert gain == Gain(Decimal(-2), Decimal(-2))


@pytest.mark.parametrize(
    ("changes", "mark", "expected"),
    [
        ({}, 95, (-50, -50, False)),
        ({"quantity": Decimal(-10)}, 95, (50, 50, False)),
        ({"realized_pnl": Decimal(-30), "fees": Decimal(1)}, 100, (-31, -31, False)),
        ({"multiplier": Decimal(100)}, 99, (-1000, -1000, False)),
        ({}, None, (0, -1000, True)),
        ({"quantity": Decimal(-10)}, None, (0, None, True)),
        ({"unpriced": Decimal(5)}, 100, (0, -1500, True)),
    ],
)
def test_open_trade_when_its_gain_is_asked_then_parts_that_left_count_too(changes, mark, expected):
    gain = gain_of_open(replace(HELD, **changes), None if mark is None else Decimal(mark))

    assert (gain.known, gain.least, bool(gain.unknown)) == expected


def test_gains_when_summed_then_one_without_a_bound_leaves_none():
    bounded, boundless = Gain(Decimal(-5), Decimal(-9), ("a",)), Gain(Decimal(-1), None, ("b",))

    assert total([bounded, bounded]) == Gain(Decimal(-10), Decimal(-18), ("a", "a"))
    assert total([bounded, boundless]) == Gain(Decimal(-6), None, ("a", "b"))
    assert total([]) == Gain()


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        ([], 0),
        ([-1], 1),
        ([1], 0),
        ([-1, -1, 1, -1], 2),
        ([-1, 0, -1], 2),
        ([-1, None, -1], 2),
        ([0, None], 0),
    ],
)
def test_run_when_counted_then_a_gain_ends_it_and_nothing_neither_counts_nor_ends(gains, expected):
    assert longest_run(None if gain is None else Decimal(gain) for gain in gains) == expected


def test_limits_when_what_is_known_reaches_them_then_each_is_named():
    limits = Limits(daily_loss_limit=Decimal(10), account_loss_limit=Decimal(20), max_consecutive_losses=2)
    lost = Losses(Gain(Decimal(-10), Decimal(-10)), Gain(Decimal(-20), Decimal(-20)), 2)
    less = Losses(Gain(Decimal("-9.99"), Decimal(-9)), Gain(Decimal(-99), Decimal(-99), ("?",)), 1)

    assert [found.code for found in reached(limits, lost)] == [
        Reason.DAILY_LOSS_LIMIT,
        Reason.ACCOUNT_LOSS_LIMIT,
        Reason.CONSECUTIVE_LOSSES,
    ]
    assert reached(limits, less) == reached(Limits(), lost) == []


def test_sessions_when_they_follow_then_none_is_left_out():
    first, next_ = session_of(at("2026-03-07T12:00"), NEW_YORK)

    assert session_of(next_, NEW_YORK)[0] == next_
    assert session_of(next_ - timedelta(microseconds=1), NEW_YORK)[0] == first
