"""Summaries of stretches of days: whatever is asked for, the figures are those of the days themselves."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.analytics.distributions import percentiles
from app.domain.analytics.ratios import percentile
from app.repositories.summaries import Summaries
from tests.past_opinions import said
from tests.services.analytics.alert_tickets import filled, stage, ticket, write

pytestmark = pytest.mark.unit

REPORTS = ("performance", "equity", "latency", "slippage", "refusals", "opinions")
DAYS = 150


@pytest.fixture
def years(store, clock, keep):
    """Write alerts and trades of many days, some of them empty."""
    random = Random(5)
    for back in range(DAYS):
        for _ in range(random.choice((0, 1, 2))):
            at = clock() - timedelta(days=back, minutes=random.randrange(5, 300))
            price, bot = f"100.{random.randrange(99)}", random.choice(("default", "swing"))
            timeline = [stage("stored", at, random.lognormvariate(3, 2))]
            told = {"bot": bot, "timeline": timeline, "opinion": said("buy", f"0.{random.randrange(50, 99)}")}
            one = filled(at, price, **told)
            write(store, one, ticket(at, bot=bot, reason=random.choice(("MARKET_CLOSED", "OPINION_SKIP"))))
            keep(str(random.randrange(-50, 60)), at, bot=bot, tickets=(one["id"],), symbol=f"S{back % 7}")


@pytest.fixture
def ask(operator):
    def answers(**query) -> dict:
        found = {name: operator.get(f"/api/analytics/{name}", query_string=query) for name in REPORTS}
        assert {response.status_code for response in found.values()} == {200}
        return {name: response.json for name, response in found.items()}

    return answers


@pytest.fixture
def sum_up(services, clock):
    def run() -> None:
        statistics = next(task for task in services.supervisor.tasks if task.name == "statistics")
        clock.move(minutes=3)
        while statistics.run() > 1:
            pass

    return run


def periods(clock, count: int) -> list[dict[str, str]]:
    random, today = Random(7), clock().date()
    bounds = [sorted(random.sample(range(DAYS + 20), 2), reverse=True) for _ in range(count)]
    return [
        {"from": str(today - timedelta(days=first)), "to": str(today - timedelta(days=last))}
        for first, last in bounds
    ]


def test_reports_when_days_are_summed_up_then_every_period_has_the_same_figures(
    years, ask, sum_up, clock, services
):
    # From it comes in which currency the account counts.
    next(task for task in services.supervisor.tasks if task.name == "snapshots").run()
    asked = [*periods(clock, 12), {"from": str(clock().date() - timedelta(days=DAYS)), "bot": "default"}]
    before = [ask(**period) for period in asked]
    sum_up()

    assert [ask(**period) for period in asked] == before
    assert before[-1]["refusals"]["alerts"] > 0


def test_reports_when_days_are_summed_up_then_days_are_not_looked_at_again(years, ask, sum_up, clock, store):
    whole = {"from": str(clock().date() - timedelta(days=DAYS))}
    sum_up()
    before = ask(**whole)
    for kind in ("alerts", "trades", "returns", "courses"):
        for document in list(store.list(f"statistics/{kind}/")):
            if not document.key.endswith(str(clock().date())):
                store.delete(document)

    assert ask(**whole) == before


def test_reports_when_a_trade_of_an_old_opinion_ends_then_it_counts_at_once_and_after_it_is_summed_up(
    ask, sum_up, store, clock, keep
):
    old = filled(clock() - timedelta(days=100), opinion=said("buy", "0.8"))
    write(store, old)
    sum_up()
    whole = {"from": str(clock().date() - timedelta(days=DAYS))}
    before = ask(**whole)["opinions"]
    clock.move(minutes=10)
    keep("10", tickets=(old["id"],))
    at_once = ask(**whole)["opinions"]
    sum_up()

    assert (before["known"], at_once["known"]) == (0, 1)
    assert ask(**whole)["opinions"] == at_once


def test_summaries_when_a_day_changes_between_then_it_stays_stale(store):
    summaries, day = Summaries(store, "latency"), date(2026, 6, 3)
    summaries.note_progress(day, day + timedelta(days=1))
    summaries.note_change(day)
    marks = summaries.progress().stale
    summaries.note_change(day)
    summaries.note_renewed(marks)

    assert summaries.progress().stale_days == {day}


def test_summaries_when_a_day_is_not_summed_up_then_its_change_needs_no_note(store):
    summaries = Summaries(store, "latency")
    summaries.note_change(date(2026, 6, 3))

    assert summaries.progress() is None


@given(st.lists(st.integers(-50, 50)), st.integers(1, 99))
def test_percentiles_when_values_are_counted_then_they_are_those_of_the_list(values, percent):
    counts = {value: values.count(value) for value in values}

    assert percentiles(counts, (percent,)) == [percentile(sorted(values), percent)]
