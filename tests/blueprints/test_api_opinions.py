"""/api/opinions/report."""

from datetime import timedelta

import pytest

from app.brokers.base import Broker
from tests.builders import ScriptedBroker, client_of
from tests.past_opinions import NOON, RisingPrices, past_ticket, refused, said, write

pytestmark = pytest.mark.unit


class RisingBroker(ScriptedBroker):
    """A broker that keeps bars."""

    def bars(self, instrument, start, end, minutes):
        return list(RisingPrices().series(instrument, start, end, minutes).bars)


@pytest.fixture
def app(make_app, clock):
    clock.now = NOON + timedelta(days=10)
    brokers: dict[str, Broker] = {"paper": ScriptedBroker(), "alpaca": RisingBroker("alpaca")}
    return make_app(brokers=brokers)


@pytest.fixture
def report(operator):
    return lambda **query: operator.get("/api/opinions/report", query_string=query)


def test_report_when_a_broker_keeps_bars_then_gains_are_told(report, store):
    write(store, past_ticket(), refused("denied", "MARKET_CLOSED", opinion=said("buy", "0.95")))
    answer = report(horizon="1h,5d").json
    (hour, days) = answer["horizons"]

    assert (hour["all"]["average_gain"], days["all"]["hit_rate"]) == ("0.010000", "1.000000")
    assert [group["name"] for group in hour["by_confidence"]] == ["0.8-0.9", "0.9-1.0"]


def test_report_when_there_are_no_opinions_then_it_is_empty(report):
    answer = report().json

    assert (answer["opinions"], answer["from"], answer["to"]) == ([], "2026-05-12", "2026-06-11")


def test_report_when_no_broker_keeps_bars_then_nothing_is_made_up(make_app, store, clock):
    clock.now = NOON + timedelta(days=10)
    write(store, past_ticket())
    operator = client_of(make_app(), authorization="Bearer the-operators-own-token")
    hour = operator.get("/api/opinions/report").json["horizons"][0]

    assert (hour["missing"], hour["all"]["average_gain"]) == ({"no_source": 1}, None)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"from": "2026-06-02", "to": "2026-06-01"}, 409, "REQUEST_REFUSED"),
        ({"horizon": "1w"}, 400, "REQUEST_INVALID"),
    ],
)
def test_report_when_the_question_is_no_question_then_refused(report, query, status, code):
    response = report(**query)

    assert (response.status_code, response.json["error"]["code"]) == (status, code)


def test_report_when_nobody_has_logged_in_then_401(anonymous):
    assert anonymous.get("/api/opinions/report").status_code == 401
