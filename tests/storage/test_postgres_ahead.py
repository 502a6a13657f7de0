"""What is read together is asked for once, and is soon too old."""

import pytest

from app.repositories import process_store
from app.repositories.process_store import ProcessStore
from app.storage.base import MOST_TOGETHER
from app.storage.postgres_session import DatabaseSession
from tests.builders import WEBHOOK_SECRET, client_of, services_of, strategy_alert

pytestmark = pytest.mark.integration


@pytest.fixture
def kind() -> str:
    return "postgres"


@pytest.fixture
def asked(store, monkeypatch):
    """Note every statement that the store sends."""
    statements, ask = [], store.connections.ask

    def noted(query, values=()):
        statements.append(query)
        return ask(query, values)

    monkeypatch.setattr(store.connections, "ask", noted)
    return statements


def read_all(store: ProcessStore) -> list:
    return [store.get("a"), store.get("none"), list(store.list("t/")), list(store.list("x/"))]


def test_ahead_when_everything_is_read_then_it_is_one_question(store, used, asked):
    store.create("a", {})
    store.create("t/1", {})
    asked.clear()
    with used.ahead(["a", "none"], ["t/", "x/"]):
        read_all(used)

    assert len(asked) == 1


def test_ahead_when_it_is_too_old_then_it_is_read_again(store, used, asked, monkeypatch):
    monkeypatch.setattr(process_store, "GOOD_FOR_SECONDS", 0.0)
    with used.ahead(["a", "none"], ["t/", "x/"]):
        read_all(used)

    assert len(asked) == 5


def test_ahead_when_a_list_is_long_then_it_is_read_as_ever(store, used, asked, monkeypatch):
    created = [store.create(f"t/{number:03}", {}) for number in range(MOST_TOGETHER + 1)]
    with used.ahead([], ["t/"]):
        assert list(used.list("t/")) == created


# An alert at the paper broker: the bot, the claim, the lock, what a decision wants with what was interrupted
# in other processes, the account's journal read and written, the trade, and all that is written at the end.
MOST_QUESTIONS = 12


@pytest.mark.parametrize("processes", [1, 2])
def test_alert_when_it_is_carried_out_then_the_database_is_asked_few_questions(
    make_app, store, where, monkeypatch, processes
):
    """Each is a way to the server and back, before or behind which an order waits."""
    app = make_app(database_url=where, web_concurrency=processes)
    services_of(app).intake.recovery.recover()
    client = client_of(app, x_bot_secret=WEBHOOK_SECRET)
    questions, ask = [], DatabaseSession.ask
    client.post("/webhook", json=strategy_alert())

    def noted(session, query, *others):
        questions.append(query)
        return ask(session, query, *others)

    monkeypatch.setattr(DatabaseSession, "ask", noted)
    answer = client.post("/webhook", json=strategy_alert())

    services_of(app).intake.recovery.locks.close()
    services_of(app).store.close()
    assert (answer.status_code, 5 < len(questions) <= MOST_QUESTIONS) == (200, True), questions
