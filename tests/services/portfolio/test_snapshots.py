"""Lists show what the clock saw last: no broker is asked, and none hides another."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from app.errors import BrokerUnavailable
from app.repositories.broker_snapshots import BrokerSnapshots
from tests.builders import OPERATOR_TOKEN, ScriptedBroker, client_of, services_of, strategy_alert

pytestmark = pytest.mark.unit

READS = ["/api/orders", "/api/positions", "/api/account", "/status"]


class CountingBroker(ScriptedBroker):
    """A broker that counts what it is asked, while something may happen meanwhile."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.asked = 0
        self.meanwhile: list[Callable[[], object]] = []

    def _answer(self) -> None:
        self.asked += 1
        if self.meanwhile:
            self.meanwhile.pop(0)()
        super()._answer()


@pytest.fixture
def two() -> dict[str, CountingBroker]:
    brokers = {name: CountingBroker(name) for name in ("paper", "alpaca")}
    for broker in brokers.values():
        broker.held["AAPL"] = Decimal(7)
    return brokers


@pytest.fixture
def app(make_app, two):
    return make_app(brokers=two, dry_run=False)


@pytest.fixture
def rows(operator):
    return lambda path="/api/positions", **query: operator.get(path, query_string=query).json["brokers"]


def held(operator, **query):
    found = operator.get("/api/positions", query_string=query).json["positions"]
    return [(item["broker"], item["quantity"]) for item in found]


@pytest.mark.parametrize("path", READS)
def test_read_when_the_clock_has_looked_then_no_broker_is_asked_and_nothing_is_written(
    services, operator, store, two, path
):
    services.portfolio.snapshots.run()
    before = [broker.asked for broker in two.values()], list(store.list(""))
    operator.get(path)

    assert ([broker.asked for broker in two.values()], list(store.list(""))) == before


def test_read_when_the_clock_has_not_looked_yet_then_it_says_so(operator, rows, two):
    never = {"at": None, "reachable": None, "message": None}

    assert held(operator) == []
    assert rows() == [{"broker": name} | never for name in two]
    assert [broker.asked for broker in two.values()] == [0, 0]


def test_read_when_it_is_fresh_then_the_brokers_are_asked(operator, rows, clock):
    assert held(operator, fresh="true") == [("paper", "7"), ("alpaca", "7")]
    assert {row["reachable"] for row in rows()} == {True}


@pytest.mark.parametrize("path", READS)
def test_read_when_one_broker_does_not_answer_then_it_hides_no_other(services, operator, rows, two, path):
    services.portfolio.snapshots.run()
    two["paper"].is_reachable = False
    two["alpaca"].held["AAPL"] = Decimal(3)
    response = operator.get(path, query_string={"fresh": "true"})

    assert response.status_code == 200
    assert [row["reachable"] for row in response.json["brokers"]] == [False, True]
    assert response.json["brokers"][0]["message"] == "The broker does not answer."
    assert held(operator) == [("paper", "7"), ("alpaca", "3")]


def test_read_when_a_broker_is_away_then_its_age_is_that_of_what_is_shown(services, rows, two, clock):
    services.portfolio.snapshots.run()
    seen_at = rows()[0]["at"]
    clock.move(seconds=40)
    two["paper"].is_reachable = False
    services.portfolio.snapshots.run()

    assert [row["at"] == seen_at for row in rows()] == [True, False]


def test_run_when_a_broker_was_just_seen_then_it_is_left_alone(services, two, clock):
    services.portfolio.snapshots.run()
    asked = two["alpaca"].asked
    clock.move(seconds=5)

    services.portfolio.snapshots.run()
    assert two["alpaca"].asked == asked
    clock.move(seconds=5)
    services.portfolio.snapshots.run()
    assert two["alpaca"].asked == 2 * asked


def test_run_when_a_broker_does_not_answer_then_it_is_asked_less_often(services, two, clock):
    two["alpaca"].is_reachable = False
    looks = []
    for _ in range(4):
        services.portfolio.snapshots.run()
        looks.append(two["alpaca"].asked)
        clock.move(seconds=10)

    assert looks == [1, 1, 1, 2]


def test_run_when_a_broker_goes_and_comes_again_then_that_is_what_it_did(services, two, clock):
    did = []
    for is_reachable in (True, False, False, True):
        two["alpaca"].is_reachable = is_reachable
        clock.move(minutes=1)
        did.append(services.portfolio.snapshots.run())

    assert did == [0, 1, 0, 1]


def test_run_when_the_exits_were_just_watched_then_only_the_account_is_asked_for(services, two, clock):
    services.portfolio.snapshots.run()
    clock.move(seconds=20)
    before = two["alpaca"].asked
    services.portfolio.snapshots.saw("alpaca", [], [], clock())
    services.portfolio.snapshots.run()

    assert two["alpaca"].asked == before + 1


class TestTwoProcesses:
    @pytest.fixture
    def other(self, make_app, services):
        """A process that does not lead; its own brokers would know nothing."""
        services.portfolio.snapshots.run()
        app = make_app(brokers={name: CountingBroker(name) for name in ("paper", "alpaca")}, dry_run=False)
        return client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")

    def test_read_when_another_process_leads_then_its_looks_are_shown(self, other, operator):
        assert held(other) == held(operator) == [("paper", "7"), ("alpaca", "7")]

    def test_read_when_our_own_look_is_newer_then_that_counts(self, other, clock):
        clock.move(seconds=1)

        assert held(other, fresh="true") == held(other) == []

    def test_write_when_nothing_has_changed_then_it_waits(self, services, store, clock):
        versions = []
        for _ in range(4):
            services.portfolio.snapshots.run()
            versions.append(store.get("snapshots/paper").version)
            clock.move(seconds=10)

        assert len(set(versions)) == 2

    def test_write_when_it_is_read_again_then_it_is_the_same(self, services, store, client):
        client.post("/webhook", json=strategy_alert())
        services.portfolio.snapshots.run()
        kept = BrokerSnapshots(store)
        own = services.portfolio.snapshots.read()

        assert [kept.read(item.broker) for item in own] == own

    def test_read_when_another_version_wrote_something_else_then_it_counts_as_nothing(self, store, operator):
        store.create("snapshots/paper", {"orders": 5})

        assert held(operator) == []


def test_account_when_seen_then_it_has_the_fixed_shape(services, operator, clock):
    services.portfolio.snapshots.run()
    account = operator.get("/api/account").json["accounts"][0]

    assert account == {
        "broker": "paper",
        "currency": "USD",
        "cash": "100000",
        "equity": "100000",
        "buying_power": "100000",
        "at": account["at"],
    }


def test_close_when_the_operator_has_done_it_then_the_next_read_knows(services, operator):
    services.portfolio.snapshots.run()
    operator.delete("/api/positions/paper/AAPL")

    assert held(operator) == [("alpaca", "7")]


def test_saw_when_the_operator_closed_meanwhile_then_the_newer_look_stays(services, operator, two, clock):
    began, orders, positions = clock(), two["paper"].open_orders(), two["paper"].positions()
    clock.move(seconds=1)
    operator.delete("/api/positions/paper/AAPL")
    clock.move(seconds=3)
    services.portfolio.snapshots.saw("paper", orders, positions, began)

    assert held(operator) == []


def test_look_when_the_broker_takes_its_time_then_its_age_counts_from_the_beginning(services, two, clock):
    began = clock()
    two["alpaca"].meanwhile = [lambda: clock.move(seconds=2)]
    services.portfolio.snapshots.look("alpaca")

    assert services.portfolio.snapshots.read()[1].at == began


def test_look_when_a_newer_one_was_answered_then_its_failure_is_old_news(services, rows, two, clock):
    def look_again():
        clock.move(seconds=1)
        services.portfolio.snapshots.look("alpaca")
        raise BrokerUnavailable("No answer in time.")

    two["alpaca"].meanwhile = [look_again]
    services.portfolio.snapshots.look("alpaca")

    assert rows()[1]["reachable"] is True


def test_look_when_only_the_account_is_not_answered_then_the_broker_is_not_reachable(
    services, rows, two, clock
):
    def fail():
        raise BrokerUnavailable("No account.")

    two["alpaca"].meanwhile = [lambda: clock.move(seconds=1), lambda: None, fail]
    services.portfolio.snapshots.look("alpaca")

    assert (rows()[1]["reachable"], rows()[1]["message"]) == (False, "No account.")


def test_command_when_no_clock_has_looked_for_a_while_then_it_asks(services, two, clock):
    services.portfolio.snapshots.run()
    asked = two["paper"].asked
    services.portfolio.snapshots.read_without_clock()
    assert two["paper"].asked == asked

    clock.move(minutes=2)
    (seen, _) = services.portfolio.snapshots.read_without_clock()
    assert (two["paper"].asked > asked, seen.at) == (True, clock() - timedelta())


def test_tick_when_it_is_asked_for_then_brokers_are_looked_at(app, operator):
    operator.post("/tasks/tick")

    assert services_of(app).portfolio.snapshots.read()[0].reachable
