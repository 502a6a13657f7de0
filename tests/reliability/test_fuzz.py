"""No body whatever makes a 5xx or a traceback, and one that is refused for its shape leaves nothing behind.

`FUZZ_EXAMPLES=10000` looks longer than the few hundred of every run.
"""

import logging
import os
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from app import create_app
from app.config import Settings
from app.wiring.container import EXTENSION
from tests.reliability.bodies import alerts, encode, path_of, requests
from tests.reliability.server import OPERATOR_TOKEN, WEBHOOK_SECRET

pytestmark = pytest.mark.integration

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))

many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Tracebacks(logging.Handler):
    """Collects every log record that carries an exception."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        if record.exc_info:
            self.records.append(self.format(record))


@pytest.fixture
def tracebacks():
    handler = Tracebacks()
    logging.getLogger().addHandler(handler)
    yield handler.records
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def database(tmp_path):
    return tmp_path / "gatehouse.sqlite3"


@pytest.fixture
def app(database):
    app = create_app(
        Settings(
            database_path=database,
            webhook_secret=WEBHOOK_SECRET,
            operator_token=OPERATOR_TOKEN,
            rate_limit_per_second=0,
            allow_short_selling=True,
        )
    )
    bots = app.extensions[EXTENSION].operations.bots
    bot, version = bots.get("default")
    bots.change("default", replace(bot.configuration, notional=5), version=version)
    return app


@pytest.fixture
def writes(app, database):
    """Tell a figure that every commit of the application changes."""
    with closing(sqlite3.connect(database)) as connection:
        yield lambda: connection.execute("PRAGMA data_version").fetchone()


def test_body_when_it_is_arbitrary_then_it_is_answered_and_leaves_nothing_unless_stored(
    app, writes, tracebacks
):
    client = app.test_client()

    @many
    @given(requests)
    def holds(request):
        path, body = request
        before = writes()
        answer = client.post(path, data=body, content_type="text/plain")
        assert answer.status_code < 500
        assert not tracebacks
        if "ticket" not in answer.json:
            assert writes() == before

    holds()


def test_alert_when_it_is_valid_then_it_gets_a_ticket(app):
    client = app.test_client()

    @many
    @given(alerts)
    def holds(alert):
        answer = client.post(path_of(alert), data=encode(alert))
        assert "ticket" in answer.json or answer.status_code == 409

    holds()
