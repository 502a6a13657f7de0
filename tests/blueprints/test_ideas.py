"""Trade ideas over HTTP: answered at once, known for ever, worked off by the tick or a few threads."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.builders import (
    WEBHOOK_SECRET,
    ScriptedAnalyst,
    client_of,
    services_of,
    strategy_alert,
    trade_idea,
)

pytestmark = pytest.mark.unit

IDEAS = "/webhooks/optionomics/trade-ideas"
CROWD = 100


def test_idea_when_posted_then_queued_then_ordered_by_the_tick(client, operator, ticket_of, holding):
    response = client.post(IDEAS, json=trade_idea())
    before = ticket_of(response)["status"]
    operator.post("/tasks/tick")
    ticket = ticket_of(response)

    assert (response.status_code, response.json["status"], before) == (200, "queued", "researching")
    assert set(response.json) == {"status", "fingerprint", "symbol", "ticket", "request_id"}
    assert (ticket["status"], ticket["opinion"]["analyst"]) == ("filled", "rules")
    assert ticket["fingerprint"] == response.json["fingerprint"]


def test_idea_when_its_secret_stands_in_the_address_then_taken(anonymous):
    assert anonymous.post(f"{IDEAS}?secret={WEBHOOK_SECRET}", json=trade_idea()).status_code == 200


def test_idea_when_it_comes_to_the_webhook_then_told_by_its_source(client):
    assert client.post("/webhook", json=trade_idea()).json["status"] == "queued"
    assert client.post("/webhook", json=trade_idea(direction="up")).status_code == 422
    assert client.post("/webhook", json=trade_idea(source=None)).status_code == 400


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": trade_idea(direction="up")}, 422),
        ({"json": trade_idea(source=None)}, 422),
        ({"json": strategy_alert()}, 422),
        ({"data": b"not JSON"}, 400),
        ({"json": trade_idea(alert_name="a" * 5000)}, 413),
        ({"json": trade_idea(bot="nobody")}, 404),
    ],
)
def test_idea_when_it_cannot_be_taken_then_nothing_is_stored(client, store, sent, status):
    assert client.post(IDEAS, **sent).status_code == status
    assert list(store.list("inbox/")) == []


@pytest.mark.parametrize("secret", [{}, {"x_bot_secret": "a-wrong-secret"}])
def test_idea_when_the_secret_is_wrong_then_401(app, secret):
    assert client_of(app, **secret).post(IDEAS, json=trade_idea()).status_code == 401


def test_idea_when_too_many_come_then_429(make_app):
    client = client_of(make_app(rate_limit_per_second=Decimal(1)), x_bot_secret=WEBHOOK_SECRET)
    answers = [client.post(IDEAS, json=trade_idea()).status_code for _ in range(2)]

    assert answers == [200, 429]


@pytest.mark.parametrize("when", ["at once", "when it is done", "a year later"])
def test_idea_when_delivered_again_then_a_duplicate(client, services, operator, clock, holding, when):
    idea = trade_idea()
    first = client.post(IDEAS, json=idea)
    if when != "at once":
        services.intake.recovery.recover()
    if when == "a year later":
        clock.move(days=365)
        services.supervisor.tick(everything=True)
    second = client.post(IDEAS, json=idea | {"matched_criteria": {"again": True}})
    clock.move(seconds=20)
    services.intake.recovery.recover()

    assert (second.status_code, second.json["status"]) == (200, "duplicate")
    assert second.json["ticket"] == first.json["ticket"]
    assert holding("NVDA") == "1.754385964"


def test_ticket_when_worked_off_by_hand_then_done_once(client, operator, holding):
    ticket = client.post(IDEAS, json=trade_idea()).json["ticket"]
    answers = [operator.post(f"/tasks/inbox/{ticket}") for _ in range(2)]

    assert [answer.json["status"] for answer in answers] == ["filled", "filled"]
    assert holding("NVDA") == "1.754385964"
    assert operator.post("/tasks/inbox/019aa1e8-0000-7000-8000-000000000000").status_code == 404


def test_idea_when_put_off_for_too_long_then_it_expires(client, services, ticket_of, clock):
    response = client.post(IDEAS, json=trade_idea())
    clock.move(seconds=121)
    services.intake.recovery.recover()

    assert ticket_of(response)["reason"] == "ALERT_EXPIRED"


@pytest.mark.parametrize(("seconds", "reason"), [(60, None), (61, "ALERT_STALE")])
def test_idea_when_the_analyst_takes_long_then_its_age_counts_from_arrival(
    make_app, clock, operator, seconds, reason
):
    analyst = ScriptedAnalyst()
    analyst.before_answer = lambda: clock.move(seconds=seconds)
    app = make_app(analyst=analyst, stale_alert_seconds=60)
    response = client_of(app, x_bot_secret=WEBHOOK_SECRET).post(IDEAS, json=trade_idea())
    services_of(app).intake.recovery.recover()

    assert operator.get(f"/api/tickets/{response.json['ticket']}").json["reason"] == reason


def test_preview_when_an_idea_is_tried_then_nobody_is_asked(make_app, settings):
    analyst = ScriptedAnalyst()
    operator = client_of(make_app(analyst=analyst), authorization=f"Bearer {settings.operator_token}")
    shown = operator.post("/api/preview", json=trade_idea()).json

    assert (shown["status"], shown["opinion"], analyst.asked) == ("ordered", None, [])
    assert operator.post("/api/preview", json=trade_idea(direction="neutral")).json["status"] == "skipped"


class TestTheThreads:
    @pytest.fixture
    def analyst(self):
        return ScriptedAnalyst()

    @pytest.fixture
    def app(self, make_app, analyst):
        app = make_app(analyst=analyst, analyst_workers=4)
        services_of(app).intake.pool.start()
        yield app
        services_of(app).intake.pool.stop(5)

    def test_idea_when_threads_run_then_done_without_a_tick(self, client, ticket_of):
        response = client.post(IDEAS, json=trade_idea())

        assert becomes(lambda: ticket_of(response)["status"] == "filled")

    def test_alert_when_it_needs_an_opinion_then_202_and_done(self, client, analyst, configure, ticket_of):
        configure(analyst="required")
        alert, go_on = strategy_alert(), threading.Event()
        analyst.before_answer = lambda: go_on.wait(60)
        first, second = (client.post("/webhook", json=alert) for _ in range(2))
        go_on.set()

        assert (first.status_code, second.status_code) == (202, 202)
        assert first.json | {"request_id": ""} == second.json | {"request_id": ""}
        assert becomes(lambda: ticket_of(first)["status"] == "filled")

    def test_ideas_when_a_hundred_come_at_once_then_a_few_at_a_time_and_none_is_lost(
        self, app, analyst, operator, store
    ):
        crowd = Crowd()
        analyst.before_answer = crowd.visit
        ideas = [trade_idea(entry_price=10 + n, target_price=20 + n, stop_price=9 + n) for n in range(CROWD)]
        answers = posted(app, ideas)
        # Each was answered while the first ones were still being thought about.
        assert becomes(lambda: crowd.inside == 4)
        crowd.may_leave.set()

        assert {answer.json["status"] for answer in answers} == {"queued"}
        assert becomes(lambda: len(list(store.list("tickets/"))) == CROWD)
        assert (crowd.most, len(analyst.asked)) == (4, CROWD)


class Crowd:
    """Count how many are inside at one time; nobody leaves before they may."""

    def __init__(self) -> None:
        self.inside = self.most = 0
        self.may_leave = threading.Event()
        self._lock = threading.Lock()

    def visit(self) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.may_leave.wait()
        with self._lock:
            self.inside -= 1


def posted(app, ideas: list[dict]) -> list:
    """Post every idea, sixteen at a time; return the answers."""

    def post(idea: dict):
        return client_of(app, x_bot_secret=WEBHOOK_SECRET).post(IDEAS, json=idea)

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(post, ideas))


def becomes(condition, seconds: float = 60) -> bool:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
