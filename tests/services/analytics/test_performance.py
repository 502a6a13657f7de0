"""/api/analytics/performance and what the clock adds up for it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.analytics.courses import CourseDay
from app.domain.analytics.performance import TradeDay
from app.domain.json_codec import to_json
from app.repositories.closed_trades import ClosedTrades
from app.repositories.equity import EquityDay, EquityPoint
from app.repositories.statistics import DailySums
from app.services.analytics import trade_sums
from app.services.analytics.period import Period
from app.services.analytics.trade_sums import TradeStatistics
from tests.builders import EXIT_LONG, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def ask(operator):
    def performance(**query) -> dict:
        response = operator.get("/api/analytics/performance", query_string=query)
        assert response.status_code == 200, response.json
        return response.json

    return performance


@pytest.fixture
def statistics(store, clock) -> TradeStatistics:
    sums, returns = (
        DailySums(store, "trades", TradeDay.from_json),
        DailySums(store, "returns", CourseDay.from_json),
    )
    return TradeStatistics(ClosedTrades(store), sums, returns, clock)


def test_performance_when_nothing_was_traded_then_ratios_are_null(ask):
    answer = ask()

    assert (answer["trades"], answer["realized_gain"], answer["by_bot"]) == (0, "0", [])
    assert {answer[name] for name in ("win_rate", "profit_factor", "expectancy", "holding_seconds")} == {None}


def test_performance_when_trades_went_flat_then_gains_are_after_fees(keep, ask):
    keep("30", fees=Decimal(10))
    keep("-10")
    answer = ask()

    assert (answer["realized_gain"], answer["fees"], answer["trades"]) == ("10", "10", 2)
    assert (answer["average_win"], answer["average_loss"], answer["profit_factor"]) == ("20", "-10", "2")
    assert (answer["win_rate"], answer["expectancy"], answer["holding_seconds"]) == ("0.5", "5", 3600)


def test_performance_when_a_price_is_nobodys_knowledge_then_the_trade_is_in_no_ratio(keep, ask):
    keep("30")
    keep("500", is_priced=False)
    answer = ask()

    assert (answer["trades"], answer["unpriced"], answer["wins"]) == (2, 1, 1)
    assert (answer["realized_gain"], answer["win_rate"], answer["expectancy"]) == ("30", "1", "30")


def test_performance_when_a_structure_was_never_entered_then_it_is_no_trade(keep, ask):
    keep("0", quantity=Decimal(0))

    assert ask()["trades"] == 0


def test_performance_when_accounts_have_several_currencies_then_nothing_is_added_up(keep, ask, store, clock):
    for broker, currency in (("paper", "USD"), ("fyers", "INR")):
        day = EquityDay(currency, (EquityPoint(clock(), Decimal(1), Decimal(1)),))
        store.create(f"equity/{broker}/{clock().date()}", to_json(day))
        keep("10", broker=broker)
    answer = ask()

    assert (answer["trades"], answer["realized_gain"], answer["currency"]) == (2, None, None)
    assert [(row["currency"], row["realized_gain"]) for row in answer["by_bot"]] == [
        ("INR", "10"),
        ("USD", "10"),
    ]
    assert ask(broker="fyers")["currency"] == "INR"


@pytest.mark.parametrize("query", [{"bot": "swing"}, {"broker": "alpaca"}])
def test_performance_when_somebodys_alone_is_asked_for_then_others_are_left_out(keep, ask, query):
    keep("10")
    keep("5", bot="swing", broker="alpaca")

    assert ask(**query)["realized_gain"] == "5"


def test_performance_when_a_real_trade_closes_then_it_is_there_at_once(client, ask):
    client.post("/webhook", json=strategy_alert(strategy_order_price="100"))
    client.post("/webhook", json=strategy_alert(**EXIT_LONG, strategy_order_price="110"))
    (row,) = ask()["by_symbol"]

    assert (row["symbol"], row["trades"], Decimal(row["realized_gain"])) == (
        "AAPL",
        1,
        200 - Decimal(row["fees"]),
    )


def test_statistics_when_the_clock_has_added_up_then_the_figures_are_the_same(keep, ask, statistics, clock):
    for days in range(5):
        keep("10", clock() - timedelta(days=days), symbol=f"S{days}")
    before = ask()
    statistics.run()

    assert statistics.sums.progress().is_complete
    assert ask() == before
    assert before["trades"] == 5


def test_statistics_when_days_are_added_up_then_trades_are_not_read_again(
    keep, ask, statistics, clock, store
):
    keep("10", clock() - timedelta(days=3))
    clock.move(hours=1)
    statistics.run()
    for document in store.list("closed_trades/"):
        store.delete(document)

    assert ask()["trades"] == 1


def test_statistics_when_a_fill_is_learnt_of_late_then_its_day_is_added_up_again(keep, statistics, clock):
    day = clock() - timedelta(days=3)
    keep("10", day)
    statistics.run()
    clock.move(hours=1)
    keep("5", day)
    late = statistics.read(Period(first=day.date(), last=day.date()))
    statistics.run()
    clock.move(hours=1)
    added_up = statistics.read(Period(first=day.date(), last=day.date()))

    assert late == added_up
    assert [sums.trades for sums in added_up.days[day.date()].sums.values()] == [2]


def test_statistics_when_time_is_short_then_older_days_come_with_the_next_runs(
    keep, store, clock, statistics
):
    for days in range(4):
        keep("10", clock() - timedelta(days=days))
    ticking = iter(range(100))
    slow = replace(statistics, monotonic=lambda: next(ticking) * 0.4)
    slow.run()
    first = slow.sums.progress()
    slow.run()
    slow.run()

    assert (first.oldest, first.is_complete) == (clock().date() - timedelta(days=1), False)
    assert slow.sums.progress().is_complete


def test_statistics_when_too_much_is_not_added_up_then_the_oldest_days_are_said_to_be_missing(
    keep, ask, clock, monkeypatch
):
    monkeypatch.setattr(trade_sums, "MOST_READ", 2)
    for days in range(4):
        keep("10", clock() - timedelta(days=days))
    answer = ask()

    assert (answer["trades"], answer["pending_days"]) == (2, 2)


def test_statistics_when_a_day_is_unreadable_then_it_is_made_anew(keep, statistics, store, clock):
    keep("10")
    store.create(f"statistics/trades/{clock().date()}", {"sums": "many"})
    statistics.run()

    assert statistics.sums.of(clock().date()).returns == {}


def test_closings_when_they_are_not_added_up_yet_then_they_are_remembered(
    services, keep, store, clock, statistics
):
    keep("10")
    clock.move(hours=5)
    services.supervisor.tick(everything=True)
    day = (clock() - timedelta(hours=5)).date()

    assert list(store.list("recent_closings/")) == []
    assert statistics.sums.of(day).sums != {}
