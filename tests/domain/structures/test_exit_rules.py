from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain.structures.exit_rules import ExitRules, Look, mark_of, target_limit, watch
from app.domain.structures.net_quotes import NetQuote
from app.domain.structures.trades import ExitCause, TradeState
from tests.domain.structures.test_trades import CONDOR, held, trade

pytestmark = pytest.mark.unit
START = datetime(2026, 12, 1, 16, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
STOP = ExitRules(stop_loss_pct=Decimal(1))
HOUR = timedelta(hours=1)


def look(mark, seconds=0, spread="0.1", at=START, **changes):
    at += timedelta(seconds=seconds)
    net = None
    if mark is not None:
        half = Decimal(spread) / 2
        net = NetQuote(natural=Decimal(mark) + half, far=Decimal(mark) - half)
    terms = {"since_open": HOUR, "underlying": Decimal(100)} | changes
    return Look(at=at, local=at.astimezone(NEW_YORK), net=net, **terms)


def causes(rules, *looks, one=None):
    one = held() if one is None else one
    found = []
    for seen in looks:
        one, cause = watch(one, seen, rules)
        found.append(cause)
    return found


@pytest.mark.parametrize(
    ("mark", "cause"),
    [("-0.76", None), ("-0.75", ExitCause.PROFIT_TARGET), ("-0.1", ExitCause.PROFIT_TARGET)],
)
def test_target_when_reached_then_left_at_the_first_look(mark, cause):
    rules = ExitRules(profit_target_pct=Decimal("0.5"))
    assert causes(rules, look(mark)) == [cause]
    assert target_limit(held(), rules) == Decimal("0.75")


@pytest.mark.parametrize(("mark", "fires"), [("-2.99", False), ("-3", True), ("-4.5", True)])
def test_stop_when_two_looks_apart_are_beyond_then_left(mark, fires):
    wanted = [None, ExitCause.STOP_LOSS if fires else None]
    assert causes(STOP, look(mark), look(mark, 10)) == wanted


def test_stop_when_one_look_is_bad_then_nothing_and_two_of_three_fire():
    seen = [look("-3"), look("-1.5", 10), look("-1.5", 20), look("-3", 30), look("-1.5", 40), look("-3", 50)]
    assert causes(STOP, *seen) == [None] * 5 + [ExitCause.STOP_LOSS]


def test_stop_when_the_price_is_back_then_older_looks_do_not_fire():
    assert causes(STOP, look("-3"), look("-3.1", 5), look("-1", 15), look("-1", 25)) == [None] * 4


def test_stop_when_looks_are_close_together_then_they_are_one_unless_the_price_was_set():
    assert causes(STOP, look("-3"), look("-3", 3), look("-3", 9)) == [None] * 3
    assert causes(STOP, look("-3"), look("-3", 3, is_forced=True)) == [None, ExitCause.STOP_LOSS]


@pytest.mark.parametrize(
    "bad",
    [
        {"spread": "2.02"},
        {"is_fresh": False},
        {"since_open": timedelta(minutes=4, seconds=59)},
        {"since_open": None},
    ],
)
def test_stop_when_quotes_say_little_then_never_by_them(bad):
    assert causes(STOP, *(look("-4", seconds, **bad) for seconds in (0, 10, 20))) == [None] * 3


def test_stop_when_quotes_are_wide_then_only_where_their_better_side_is_beyond_it_too():
    wide = [look("-3.2", seconds, spread="0.76") for seconds in (0, 10, 20)]
    certain = [look("-4", seconds, spread="0.76") for seconds in (0, 10)]

    assert causes(STOP, *wide) == [None] * 3
    assert causes(STOP, *certain) == [None, ExitCause.STOP_LOSS]


def test_leg_when_without_a_quote_then_only_time_leaves():
    assert causes(STOP, look(None), look(None, 10), look(None, 20)) == [None] * 3


def test_trailing_when_a_gain_is_given_back_then_left():
    rules = ExitRules(trailing_stop_pct=Decimal("0.2"))
    seen = [look("-0.75"), look("-1.04", 10), look("-1.05", 20), look("-1.05", 30)]
    assert causes(rules, *seen) == [None, None, None, ExitCause.TRAILING_STOP]


def test_trailing_when_there_never_was_a_gain_then_it_does_nothing():
    rules = ExitRules(trailing_stop_pct=Decimal("0.2"))
    assert causes(rules, look("-1.6"), look("-2.5", 10), look("-2.5", 20)) == [None] * 3


@pytest.mark.parametrize(
    ("near", "price", "fires"),
    [
        ("0", "104.99", False),
        ("0", "105", True),
        ("0", "95", True),
        ("0.01", "103.95", True),
        ("0.01", "96", False),
    ],
)
def test_underlying_when_it_comes_near_a_sold_strike_then_left(near, price, fires):
    rules = ExitRules(stop_on_underlying=Decimal(near))
    assert causes(rules, look("-1.5", underlying=Decimal(price))) == [ExitCause.UNDERLYING if fires else None]


@pytest.mark.parametrize(
    ("rules", "local", "cause"),
    [
        (ExitRules(), "2026-12-18T14:59:59", None),
        (ExitRules(), "2026-12-18T15:00:00", ExitCause.EXPIRY),
        (ExitRules(let_expire=True), "2026-12-18T15:30:00", None),
        (ExitRules(expiry_exit_time=time(12)), "2026-12-18T12:00:00", ExitCause.EXPIRY),
        (ExitRules(exit_days_before_expiry=21), "2026-11-27T14:59:00", None),
        (ExitRules(exit_days_before_expiry=21), "2026-11-27T15:00:00", ExitCause.DAYS_BEFORE_EXPIRY),
        (ExitRules(exit_days_before_expiry=21), "2026-12-01T10:00:00", ExitCause.DAYS_BEFORE_EXPIRY),
    ],
)
def test_time_when_it_comes_then_left_whatever_the_quotes(rules, local, cause):
    at = datetime.fromisoformat(local).replace(tzinfo=NEW_YORK).astimezone(UTC)
    assert causes(rules, look(None, at=at)) == [cause]


@pytest.mark.parametrize("state", [TradeState.OPENING, TradeState.CLOSING, TradeState.BROKEN])
def test_trade_when_it_is_not_open_then_no_rule_acts(state):
    rules = ExitRules(profit_target_pct=Decimal("0.1"))
    assert causes(rules, look("-0.1"), one=replace(held(), state=state)) == [None]
    assert causes(rules, look("-0.1"), one=trade()) == [None]


@pytest.mark.parametrize(("mid", "mark"), [("-1.2", "-1.2"), ("-5.4", "-5"), ("0.1", "0")])
def test_mark_when_quotes_are_wide_then_within_what_it_can_be_worth(mid, mark):
    assert mark_of(CONDOR, NetQuote(Decimal(mid), Decimal(mid))) == Decimal(mark)
