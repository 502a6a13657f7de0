"""What prices did a day after opinions, which the clock asks for."""

from datetime import timedelta

import pytest

from app.brokers.base import Broker
from app.errors import BrokerUnavailable
from app.services.analytics import courses
from tests.builders import ScriptedBroker
from tests.past_opinions import NOON, RisingPrices, past_ticket, refused, said, write

pytestmark = pytest.mark.unit


class BarBroker(ScriptedBroker):
    """A broker that keeps bars, unless it is away."""

    asked, is_away = 0, False

    def bars(self, instrument, start, end, minutes):
        if self.is_away:
            raise BrokerUnavailable("The broker does not answer.")
        self.asked += 1
        return list(RisingPrices().series(instrument, start, end, minutes).bars)


@pytest.fixture
def keeper():
    return BarBroker("alpaca")


@pytest.fixture
def app(make_app, clock, keeper):
    clock.now = NOON + timedelta(days=2)
    brokers: dict[str, Broker] = {"paper": ScriptedBroker(), "alpaca": keeper}
    return make_app(brokers=brokers, background_worker=False)


@pytest.fixture
def ask(operator):
    return lambda: operator.get("/api/analytics/opinions?from=2026-05-30&to=2026-06-03").json


@pytest.fixture
def look(services):
    return next(task.run for task in services.supervisor.tasks if task.name == "opinion courses")


def test_courses_when_a_broker_keeps_bars_then_skipped_and_denied_opinions_have_an_outcome(store, ask, look):
    write(store, past_ticket(), refused("denied", "MARKET_CLOSED", opinion=said("buy", "0.95")))
    write(store, refused("skipped", "OPINION_SKIP", opinion=said("skip", "0.4")))
    before = ask()
    look()
    answer = ask()

    assert (before["opinions"], before["known"], answer["known"]) == (3, 0, 3)
    # The price of a hundred rises by one an hour.
    assert {answer[fate]["average_gain"] for fate in ("followed", "skipped", "denied")} == {"0.24"}
    assert answer["brier_score"] == "0.02125"


def test_courses_when_they_are_known_then_nobody_is_asked_again(store, ask, look, keeper):
    write(store, past_ticket())
    look()
    asked = keeper.asked
    look()
    ask()

    assert (asked, keeper.asked) == (1, 1)


def test_courses_when_they_are_more_than_one_round_reads_then_the_next_one_goes_on(
    store, ask, look, keeper, monkeypatch
):
    monkeypatch.setattr(courses, "MOST_READ", 2)
    for _ in range(5):
        write(store, past_ticket())
    keeper.is_away = True
    look()
    keeper.is_away = False
    known = [look() and ask()["known"] for _ in range(4)]

    # Those that the broker did not tell of come again once the others have had their turn.
    assert known == [2, 3, 5, 5]


def test_courses_when_the_broker_is_away_then_it_is_asked_later(store, ask, look, keeper):
    write(store, past_ticket())
    keeper.is_away = True
    look()
    keeper.is_away = False
    look()

    assert ask()["known"] == 1


def test_courses_when_the_day_is_not_over_then_nobody_is_asked(store, ask, look, keeper, clock):
    clock.now = NOON + timedelta(hours=20)
    write(store, past_ticket())
    look()

    assert (ask()["known"], keeper.asked) == (0, 0)


def test_courses_when_the_clock_comes_round_then_they_are_asked_for(store, ask, services):
    write(store, past_ticket())
    services.supervisor.tick(everything=True)

    assert ask()["known"] == 1
