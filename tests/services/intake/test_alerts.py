"""Stored first, worked on once, answered the same for ever."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import pytest

from app.errors import BrokerRejected, OutcomeUnknown, StoreUnavailable
from app.storage.sqlite import SqliteStore
from tests.builders import (
    WEBHOOK_SECRET,
    BrokenStore,
    bridge_alert,
    client_of,
    post_at_once,
    services_of,
    strategy_alert,
)
from tests.soon import is_soon

pytestmark = pytest.mark.unit

FIRST_ANSWERS = {
    "filled": (200, strategy_alert()),
    "skipped": (200, strategy_alert(strategy_order_action="sell")),
    "denied": (400, strategy_alert(symbol="TVC:SPX")),
}


def stored(store: SqliteStore) -> list[str]:
    return [document.key for prefix in ("inbox/", "tickets/", "orders/") for document in store.list(prefix)]


@pytest.mark.parametrize(("status", "alert"), FIRST_ANSWERS.values(), ids=FIRST_ANSWERS)
def test_duplicate_when_the_first_is_answered_then_it_gets_the_same(client, status, alert):
    first, second = (client.post("/webhook", json=alert) for _ in range(2))

    assert (first.status_code, second.status_code) == (status, status)
    assert first.json == second.json
    assert second.headers["Idempotent-Replay"] == "true"


@pytest.mark.parametrize(("failure", "status"), [(BrokerRejected("no"), 422), (OutcomeUnknown("?"), 202)])
def test_duplicate_when_the_broker_failed_then_it_is_not_asked_again(make_app, scripted, failure, status):
    client = client_of(make_app(brokers={"paper": scripted}, dry_run=False), x_bot_secret=WEBHOOK_SECRET)
    scripted.failures, alert = [failure], strategy_alert()
    first, second = (client.post("/webhook", json=alert) for _ in range(2))

    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert (first.status_code, len(scripted.submitted)) == (status, 1)


def test_duplicate_when_it_speaks_the_bridge_dialect_then_it_gets_409(client, holding):
    alert = bridge_alert(idempotency_key="breakout-1716496837")
    first, second = (client.post("/tradingview/webhook", json=alert) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json == {"error": "duplicate_idempotency_key", "key": "breakout-1716496837"}
    assert second.headers["X-Ticket"] == first.json["ticket"]
    assert holding("BTC-USD") == "0.05"


def test_key_when_another_bot_uses_it_then_it_is_another_alert(client, operator, anonymous, holding):
    secret = operator.post("/api/bots", json={"id": "other"}).json["secret"]
    alert = strategy_alert(idempotency_key="one")
    first = client.post("/webhook", json=alert)
    second = anonymous.post("/webhook", json=alert | {"token": secret})

    assert first.json["ticket"] != second.json["ticket"]
    assert holding() == "40"


@pytest.mark.parametrize(("seconds", "orders"), [(299, 1), (300, 2)])
def test_duplicate_when_the_window_is_over_then_it_is_a_new_alert(client, clock, holding, seconds, orders):
    alert = strategy_alert()
    client.post("/webhook", json=alert)
    clock.move(seconds=seconds)
    client.post("/webhook", json=alert)

    assert holding() == str(20 * orders)


def test_alert_when_it_is_identical_many_times_at_once_then_one_order_and_one_answer(app, holding):
    responses = post_at_once(app, [strategy_alert()] * 20)

    assert {(response.status_code, response.get_data()) for response in responses} == {
        (200, responses[0].get_data())
    }
    assert holding() == "20"


class TestAtASlowBroker:
    @pytest.fixture
    def app(self, make_app, scripted):
        return make_app(brokers={"paper": scripted}, dry_run=False)

    @pytest.fixture
    def going_on(self, scripted):
        """Make the broker say when it is asked, and wait until it is let go."""
        asked, let_go = Event(), Event()

        def block() -> None:
            asked.set()
            assert let_go.wait(60)

        scripted.before_answer = block
        yield asked, let_go
        let_go.set()

    def test_duplicate_when_the_first_ends_in_time_then_it_gets_its_answer(self, client, scripted, going_on):
        alert, (asked, let_go) = strategy_alert(), going_on
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(client.post, "/webhook", json=alert)
            assert asked.wait(60)
            second = pool.submit(client.post, "/webhook", json=alert)
            let_go.set()

        assert first.result().json == second.result().json
        assert len(scripted.submitted) == 1

    def test_duplicate_when_the_first_goes_on_then_it_waits_and_gets_202(self, client, scripted, going_on):
        alert, (asked, let_go) = strategy_alert(), going_on
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(client.post, "/webhook", json=alert)
            assert asked.wait(60)
            second = client.post("/webhook", json=alert)
            let_go.set()

        assert (second.status_code, second.json["status"]) == (202, "received")
        assert second.json["ticket"] == first.result().json["ticket"]
        assert len(scripted.submitted) == 1

    def test_alert_when_another_for_its_symbol_is_at_the_broker_then_it_waits(
        self, client, scripted, going_on
    ):
        asked, let_go = going_on
        with ThreadPoolExecutor(2) as pool:
            pool.submit(client.post, "/webhook", json=strategy_alert())
            assert asked.wait(60)
            second = pool.submit(client.post, "/webhook", json=strategy_alert(strategy_order_action="sell"))
            with pytest.raises(TimeoutError):
                second.result(0.1)
            let_go.set()

        assert second.result().json["status"] == "filled"
        assert [order.side.value for order in scripted.submitted] == ["buy", "sell"]

    def test_alert_when_another_symbol_is_at_the_broker_then_it_does_not_wait(
        self, client, scripted, going_on
    ):
        asked, let_go = going_on
        with ThreadPoolExecutor(1) as pool:
            pool.submit(client.post, "/webhook", json=strategy_alert())
            assert asked.wait(60)
            scripted.before_answer = lambda: None
            second = client.post("/webhook", json=strategy_alert(symbol="MSFT"))
            let_go.set()

        assert second.json["status"] == "filled"

    def test_ticket_when_its_alert_is_worked_on_then_it_can_be_seen(self, client, operator, going_on):
        asked, let_go = going_on
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(client.post, "/webhook", json=strategy_alert())
            assert asked.wait(60)
            seen = operator.get("/api/tickets").json["tickets"]
            let_go.set()

        assert [(ticket["id"], ticket["status"]) for ticket in seen] == [
            (first.result().json["ticket"], "received")
        ]

    def test_alert_when_something_unforeseen_happens_then_it_is_kept_and_finished_later(
        self, client, services, scripted, clock, ticket_of
    ):
        scripted.failures = [RuntimeError("a slip")]
        response = client.post("/webhook", json=strategy_alert())
        clock.move(seconds=6)
        services.supervisor.tick(everything=True)

        assert (response.status_code, response.json["status"]) == (202, "received")
        assert ticket_of(response)["status"] == "filled"


class TestAtALockedStore:
    """Another program holds the database file for longer than an alert may wait."""

    @pytest.fixture
    def store(self, tmp_path):
        store = SqliteStore(tmp_path / "gatehouse.sqlite3", timeout_seconds=0.2)
        yield store
        store.close()

    @pytest.fixture
    def locked(self, app, tmp_path):
        with closing(sqlite3.connect(tmp_path / "gatehouse.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    @pytest.mark.usefixtures("locked")
    def test_alerts_when_many_wait_for_the_store_then_each_gets_503_in_time(self, app, holding):
        def post() -> None:
            responses = post_at_once(app, [strategy_alert() for _ in range(12)])
            assert {response.status_code for response in responses} == {503}

        # In turns, each would wait for all before it: 12 times 0.2 s.
        assert is_soon(post, 1.5)
        assert holding() == "0"


class TestWithoutAStore:
    @pytest.fixture
    def broken(self, store):
        return BrokenStore(store)

    @pytest.fixture
    def app(self, make_app, scripted, broken):
        return make_app(brokers={"paper": scripted}, dry_run=False, store=broken)

    @pytest.mark.parametrize("method", ["get", "create"])
    def test_alert_when_the_store_is_down_then_503_and_nothing_is_accepted(
        self, client, store, broken, scripted, method
    ):
        broken.broken = {method}
        response = client.post("/webhook", json=strategy_alert())

        assert (response.status_code, response.json["error"]["code"]) == (503, "STORE_UNAVAILABLE")
        assert scripted.submitted == stored(store) == []

    def test_alert_when_it_is_resent_after_an_outage_then_it_is_ordered_once(self, client, broken, scripted):
        alert, broken.broken = strategy_alert(), {"create"}
        client.post("/webhook", json=alert)
        broken.broken = set()
        answers = [client.post("/webhook", json=alert).status_code for _ in range(2)]

        assert answers == [200, 200]
        assert len(scripted.submitted) == 1

    def test_alert_when_the_store_is_away_for_a_moment_then_its_order_is_booked_at_once(self, client, broken):
        losses = [StoreUnavailable("away"), StoreUnavailable("away")]

        def apply(changes) -> None:
            if losses:
                raise losses.pop()
            return broken._store.apply(changes)

        broken.apply = apply
        response = client.post("/webhook", json=strategy_alert())

        assert (response.status_code, response.json["status"], losses) == (200, "filled", [])

    def test_alert_when_its_answer_cannot_be_written_then_it_is_adopted_later(
        self, client, broken, scripted, clock, app, ticket_of
    ):
        broken.broken = {"apply"}
        response = client.post("/webhook", json=strategy_alert())
        broken.broken = set()
        clock.move(seconds=6)
        services_of(app).intake.recovery.recover()

        assert response.status_code == 202
        assert ticket_of(response)["status"] == "filled"
        assert len(scripted.submitted) == 1
