"""The long history that benchmarks are run on is one that Gatehouse itself could have written."""

from datetime import timedelta

import pytest

from app.storage.memory import MemoryStore
from benchmarks.history import History

pytestmark = pytest.mark.unit

TICKETS = 200


@pytest.fixture
def store(clock) -> MemoryStore:
    written = MemoryStore()
    History(TICKETS, 10, clock() - timedelta(minutes=10)).write(written)
    return written


def test_history_when_it_is_written_then_lists_show_it(operator):
    tickets = operator.get("/api/tickets?limit=500").json["tickets"]
    trades = operator.get("/api/trades?limit=500&state=closed").json["trades"]

    assert len(tickets) == TICKETS
    assert {ticket["status"] for ticket in tickets} == {"filled", "denied"}
    assert len(trades) == TICKETS // 2
    assert len(operator.get("/api/audit?limit=500").json["audit"]) >= TICKETS // 100
    assert operator.get("/api/orders?status=open").json["orders"] == []


def test_history_when_it_is_looked_back_at_then_every_report_has_its_part(operator):
    reports = ("performance", "equity", "latency", "slippage", "refusals", "opinions")
    found = {name: operator.get(f"/api/analytics/{name}").json for name in reports}

    assert (found["performance"]["trades"], found["refusals"]["alerts"]) == (TICKETS // 2, TICKETS)
    assert found["slippage"]["n"] == TICKETS * 9 // 10
    assert found["opinions"]["known"] == found["opinions"]["opinions"] == TICKETS // 10
    assert found["equity"]["count"] > 2000


def test_history_when_the_clock_comes_round_then_the_inbox_is_emptied(services, store):
    services.supervisor.tick(everything=True)

    assert list(store.list("inbox/")) == []
