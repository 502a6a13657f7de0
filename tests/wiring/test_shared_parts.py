"""Applications over one database, as in several processes: what one of them uses up, the others lack."""

from decimal import Decimal

import psycopg
import pytest

from app.storage.postgres import PostgresStore
from tests.builders import (
    OPERATOR_TOKEN,
    WEBHOOK_SECRET,
    ScriptedBroker,
    client_of,
    services_of,
    strategy_alert,
)

pytestmark = pytest.mark.integration

END_SESSIONS = """
SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity
WHERE application_name = 'gatehouse' AND datname = current_database()
"""


@pytest.fixture
def make_process(make_app, settled_url):
    """Make an application as another process has it."""
    made = []

    def make(**changes):
        store = PostgresStore(settled_url)
        app = make_app(store=store, database_url=settled_url, **changes)
        made.append((services_of(app).intake.recovery.locks, services_of(app).store))
        return app

    yield make
    for locks, store in made:
        locks.close()
        store.close()


def sender(app):
    return client_of(app, x_bot_secret=WEBHOOK_SECRET)


def test_rate_when_one_process_has_used_it_up_then_the_others_refuse(make_process):
    first, second = (sender(make_process(rate_limit_per_second=Decimal("0.001"))) for _ in range(2))
    statuses = [
        process.post("/webhook", json=strategy_alert(strategy_order_comment=text)).status_code
        for process, text in ((first, "one"), (second, "two"), (first, "three"))
    ]

    assert statuses == [200, 429, 429]


def test_guesses_when_one_process_has_heard_too_many_then_the_others_slow_them_too(make_process):
    first, second = (client_of(make_process(), x_bot_secret="wrong") for _ in range(2))
    for _ in range(10):
        assert first.post("/webhook", json=strategy_alert()).status_code == 401

    assert second.post("/webhook", json=strategy_alert()).status_code == 429


class Interrupted(ScriptedBroker):
    """A broker at whose first look every session with the database is ended."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.looks = url, 0

    def snapshot(self, *given, **named):
        self.looks += 1
        if self.looks == 1:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(END_SESSIONS)
        return super().snapshot(*given, **named)


def test_alert_when_its_lock_is_lost_before_its_order_then_none_leaves_until_it_is_taken_up_again(
    make_process, settled_url
):
    broker = Interrupted(settled_url)
    app = make_process(brokers={"paper": broker}, dry_run=False)
    answer = sender(app).post("/webhook", json=strategy_alert())
    sent_first = len(broker.submitted)
    services_of(app).supervisor.tick(everything=True)
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    ticket = operator.get(f"/api/tickets/{answer.json['ticket']}").json

    assert (answer.status_code, sent_first) == (202, 0)
    assert (ticket["status"], len(broker.submitted), broker.looks) == ("filled", 1, 2)


def test_application_when_its_store_is_another_than_its_settings_say_then_it_does_not_start(
    make_app, database_url
):
    with pytest.raises(TypeError, match="DATABASE_URL"):
        make_app(database_url=database_url)
