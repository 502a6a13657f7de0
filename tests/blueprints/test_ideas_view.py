"""The ledger as a table: one view in SQLite and in PostgreSQL, with the columns that ideas promise."""

import json
import sqlite3
from contextlib import closing

import psycopg
import pytest
from psycopg.rows import dict_row

from app.storage.postgres import PostgresStore
from tests.builders import trade_idea
from tests.storage.test_conformance import AWKWARD_VALUES

pytestmark = pytest.mark.integration

IDEAS = "/webhooks/optionomics/trade-ideas"
VIEW = "SELECT * FROM webhook_events ORDER BY created_at"
JSON_COLUMNS = ("payload_json", "decision_json", "order_json")


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request) -> str:
    return request.param


@pytest.fixture
def store(kind, request):
    if kind == "sqlite":
        yield request.getfixturevalue("file_store")
        return
    store = PostgresStore(request.getfixturevalue("database_url"))
    yield store
    store.close()


@pytest.fixture
def rows(kind, settings, request):
    """Read the view, newest last, its JSON as what it says."""

    def read() -> list[dict]:
        if kind == "postgres":
            with psycopg.connect(request.getfixturevalue("database_url"), row_factory=dict_row) as connection:
                return connection.execute(VIEW).fetchall()
        with closing(sqlite3.connect(settings.database_path)) as connection:
            connection.row_factory = sqlite3.Row
            found = [dict(row) for row in connection.execute(VIEW)]
        return [row | {name: row[name] and json.loads(row[name]) for name in JSON_COLUMNS} for row in found]

    return read


def shown(value, *names):
    return [value[name] for name in names]


def test_view_when_an_idea_is_queued_then_shown(client, rows):
    fingerprint = client.post(IDEAS, json=trade_idea()).json["fingerprint"]

    assert [(row["fingerprint"], row["status"]) for row in rows()] == [(fingerprint, "queued")]


def test_view_when_an_idea_waits_for_a_person_then_queued(client, rows, services, configure):
    configure(approval="always")
    client.post(IDEAS, json=trade_idea())
    services.intake.recovery.recover()

    assert [row["status"] for row in rows()] == ["queued"]


def test_view_when_ordered_then_decision_and_order_are_shown(client, rows, services):
    client.post(IDEAS, json=trade_idea())
    services.supervisor.tick(everything=True)
    services.supervisor.tick(everything=True)
    row = rows()[0]

    assert row["status"] == "ordered"
    assert shown(row["decision_json"], "notional_usd", "confidence") == [250, 0.75]
    assert shown(row["order_json"], "symbol", "status", "side", "dry_run") == ["NVDA", "filled", "buy", False]
    assert shown(row["order_json"], "action", "notional_usd") == ["buy", 250]


def test_view_when_a_gate_refused_then_skipped_and_the_notes_tell(client, rows, services):
    client.post(IDEAS, json=trade_idea(target_price=142.6, stop_price=142.4))
    services.intake.recovery.recover()
    row = rows()[0]

    assert (row["status"], row["order_json"], row["decision_json"]["action"]) == ("skipped", {}, "skip")
    refusal = "The analyst's confidence is below MIN_LLM_CONFIDENCE: confidence 0.66, at least 0.72."
    assert row["decision_json"]["risk_notes"][-1] == refusal


@pytest.mark.parametrize("value", AWKWARD_VALUES)
def test_view_when_an_alert_holds_what_is_awkward_then_it_is_shown_nevertheless(store, rows, value):
    store.create("tickets/2026-03-02/one", {"id": "one", "status": "denied", "orders": [], "alert": value})

    (row,) = rows()
    assert (row["fingerprint"], row["status"], row["order_json"]) == ("one", "skipped", {})
    assert set(row["payload_json"]) == set(value)
