from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from app.errors import RecordUnreadable
from app.repositories.equity import EquityHistory
from app.services.broker_access.registry import BrokerRegistry
from app.services.portfolio.equity import PERIOD_SECONDS, EquityRecorder
from tests.builders import ScriptedBroker

pytestmark = pytest.mark.unit


@pytest.fixture
def history(store):
    return EquityHistory(store)


@pytest.fixture
def recorder(history, clock):
    brokers = {"one": ScriptedBroker("one"), "two": ScriptedBroker("two")}
    factories = {name: lambda broker=broker: broker for name, broker in brokers.items()}
    registry = BrokerRegistry(factories, {})
    return EquityRecorder(registry, history, clock)


def test_equity_when_the_clock_comes_round_then_every_broker_has_a_point(recorder, history, clock):
    assert recorder.run() == 2
    day = history.of_day("two", clock().date())

    assert [(point.at, point.equity) for point in day.points] == [(clock(), day.points[0].equity)]
    assert day.points[0].equity > Decimal(0)


def test_equity_when_looked_at_again_at_once_then_no_second_point(recorder, history, clock):
    recorder.run()
    clock.move(seconds=PERIOD_SECONDS / 2)

    assert recorder.run() == 0


def test_equity_when_days_pass_then_points_follow_each_other(recorder, history, clock):
    first = clock().date()
    for _ in range(3):
        recorder.run()
        clock.move(hours=20)
    points = list(history.since("one", first))

    assert [later.at - earlier.at for earlier, later in pairwise(points)] == [timedelta(hours=20)] * 2


def test_equity_when_one_broker_is_out_of_reach_then_the_other_is_written_down(recorder, history, clock):
    recorder.registry.get("one").is_reachable = False

    assert recorder.run() == 1
    assert history.of_day("one", clock().date()) is None


@pytest.mark.parametrize(
    "kept",
    [
        {"currency": "USD", "points": [{"at": "noon"}]},
        {"currency": "USD", "points": [{"at": "2030-01-31T14:00:00Z", "equity": "much", "cash": "1"}]},
    ],
)
def test_equity_when_a_day_is_unreadable_then_it_stays_and_the_other_broker_has_its_point(
    recorder, history, clock, store, kept
):
    key = f"equity/one/{clock().date()}"
    store.create(key, kept)

    assert recorder.run() == 1
    assert store.get(key).value == kept
    with pytest.raises(RecordUnreadable, match=key):
        history.of_day("one", clock().date())


def test_equity_when_the_clock_ticks_then_the_paper_account_is_written_down(services, store, clock):
    services.supervisor.tick(everything=True)

    assert EquityHistory(store).of_day("paper", clock().date()).currency == "USD"


def test_equity_when_a_day_cannot_be_read_then_the_others_are_told(recorder, history, clock, store, caplog):
    first = clock().date()
    for _ in range(2):
        recorder.run()
        clock.move(days=1)
    store.create(f"equity/one/{first - timedelta(days=1)}", {"currency": "USD", "points": [{"at": "noon"}]})
    store.create(f"equity/one/{first - timedelta(days=2)}", {"points": 7})

    assert len(list(history.since("one", first - timedelta(days=9)))) == 2
    assert len([record for record in caplog.records if "cannot be read" in record.message]) == 2
