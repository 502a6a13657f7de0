from datetime import date, timedelta

import pytest

from app.repositories.tickets import Ledger
from app.services.opinion_scores.report import Range, Reporter
from tests.past_opinions import NOON, RisingPrices, idea_alert, past_ticket, refused, said, write

pytestmark = pytest.mark.unit

TODAY = date(2026, 6, 21)


@pytest.fixture
def report(store, clock):
    clock.now = NOON + timedelta(days=20)

    def make(**changes):
        wanted = {"since": None, "until": None, "bot": None, "limit": 100} | changes
        reporter = Reporter(Ledger(store, clock), RisingPrices(), clock)
        return reporter.report(Range.of(TODAY, **wanted))

    return make


def names(report) -> list[str]:
    return [item.opinion.ticket for item in report.found]


def test_report_when_tickets_have_no_opinion_then_they_are_left_out(report, store):
    asked, _ = write(store, past_ticket(), past_ticket(opinion=None))

    assert names(report()) == [asked]


def test_report_when_an_idea_is_neutral_then_it_is_left_out(report, store):
    write(store, past_ticket(alert=idea_alert(direction="neutral")))

    assert (names(report()), report().unreadable) == ([], 0)


def test_report_when_days_are_given_then_only_their_tickets(report, store):
    tickets = write(store, *(past_ticket(f"2026-06-0{day}") for day in (1, 2, 3, 4)))

    assert names(report(since=date(2026, 6, 2), until=date(2026, 6, 3))) == tickets[2:0:-1]


def test_report_when_no_days_are_given_then_the_last_thirty(report, store):
    write(store, past_ticket("2026-05-21"))
    recent = write(store, past_ticket("2026-05-22"))

    assert names(report()) == recent


def test_report_when_the_last_day_lies_ahead_then_it_is_today(report):
    assert report(until=date(9999, 12, 31)).range.until == TODAY


def test_report_when_the_last_day_is_long_ago_then_there_is_nothing(report, store):
    write(store, past_ticket())

    assert names(report(until=date.min)) == names(report(since=date.min, until=date.min)) == []


def test_report_when_a_bot_is_given_then_only_its_tickets(report, store):
    write(store, past_ticket())
    swing = write(store, past_ticket(bot="swing"))

    assert names(report(bot="swing")) == swing


def test_report_when_there_are_more_than_the_limit_then_the_newest_and_that_is_said(report, store):
    tickets = write(store, past_ticket(), past_ticket("2026-06-02"))

    assert (names(report(limit=1)), report(limit=1).more, report(limit=2).more) == (tickets[1:], True, False)


def test_report_when_a_ticket_cannot_be_read_then_it_is_counted(report, store):
    write(store, past_ticket(), past_ticket(opinion={"analyst": "openai"}))

    assert (len(report().found), report().unreadable) == (1, 1)


def test_json_when_made_then_groups_tell_what_was_missed(report, store):
    skipped = refused("skipped", "OPINION_SKIP", opinion=said("skip", "0.2"))
    write(store, past_ticket(), skipped, past_ticket("2026-06-21"))
    hour = report().to_json()["horizons"][0]
    outcomes = {group["name"]: group["average_gain"] for group in hour["by_outcome"]}

    assert (hour["all"]["opinions"], hour["all"]["priced"], hour["missing"]) == (3, 2, {"not_over": 1})
    assert outcomes == {"ordered": "0.010000", "skipped OPINION_SKIP": "0.010000"}


def test_json_when_made_then_every_opinion_has_its_courses(report, store):
    write(store, past_ticket())
    (row,) = report().to_json()["opinions"]

    assert (row["action"], row["outcome"], row["entry"]) == ("buy", "ordered", "100")
    assert [course["first"] for course in row["courses"]] == ["neither", "target", "target"]
