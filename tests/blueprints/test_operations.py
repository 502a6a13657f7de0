"""/status, /metrics and the clock's own address."""

from datetime import timedelta

import pytest

from app.domain.json_codec import timestamp
from app.services.runtime.leases import Leases
from app.services.runtime.locks import MachineLocks
from tests.builders import bridge_alert, strategy_alert

pytestmark = pytest.mark.unit

SERIES = (
    'tv_webhooks_total{fund_id="default",outcome="accepted"} 3.0',
    'tv_webhooks_total{fund_id="default",outcome="duplicate"} 1.0',
    'tv_webhooks_total{fund_id="default",outcome="rejected"} 1.0',
    "tv_webhook_latency_seconds_count 5.0",
    "tv_orders_submitted_total 2.0",
    'tv_orders_rejected_total{reason="SYMBOL_INDEX"} 1.0',
)


def test_metrics_when_alerts_came_then_the_four_series_count_them(client, operator):
    repeated = strategy_alert()
    for alert in (repeated, repeated, strategy_alert(symbol="TVC:SPX"), strategy_alert(symbol=None)):
        client.post("/webhook", json=alert)
    client.post("/tradingview/webhook", json=bridge_alert())
    lines = operator.get("/metrics").text.splitlines()

    assert [line for line in SERIES if line not in lines] == []


def test_metrics_when_they_are_scraped_then_the_type_is_prometheus_text(operator):
    assert operator.get("/metrics").content_type.startswith("text/plain; version=0.0.4")


def test_status_when_there_are_positions_and_orders_then_it_shows_them(client, operator, configure):
    client.post("/webhook", json=strategy_alert())
    configure(use_limit_orders=True)
    operator.put("/api/paper/prices", json={"MSFT": "110"})
    client.post("/webhook", json=strategy_alert(symbol="MSFT"))
    status = operator.get("/status?fresh=true").json

    assert [item["symbol"] for item in status["positions"]] == ["AAPL"]
    assert [item["symbol"] for item in status["orders"]] == ["MSFT"]
    assert status["orphans"] == []


def test_status_when_a_halt_has_ended_by_itself_then_trading_is_active(operator, clock):
    until = timestamp(clock() + timedelta(hours=1))
    operator.put("/api/trading-state", json={"state": "HALTED", "until": until})
    before = operator.get("/status?fresh=true").json["trading_state"]["state"]
    clock.move(hours=1)

    assert (before, operator.get("/status?fresh=true").json["trading_state"]["state"]) == ("HALTED", "ACTIVE")


@pytest.mark.parametrize("path", ["/tasks/tick"])
def test_tick_when_it_is_called_then_every_task_has_run(operator, path):
    response = operator.post(path)

    assert (response.json["status"], response.json["leader"]) == ("ok", True)
    assert {"inbox", "orders"} <= set(response.json["done"])
    assert min(response.json["done"].values()) == 0


def test_tick_when_another_process_leads_then_only_what_every_process_does_is_done(
    operator, store, clock, settings
):
    another = MachineLocks(settings.database_path.parent / "locks")
    Leases(store, clock, another.owner).hold("supervisor")
    answer = operator.post("/tasks/tick").json
    another.close()

    assert (answer["leader"], set(answer["done"])) == (False, {"inbox", "purge", "refusals"})
    assert operator.get("/readyz").json["leader"] is False


def test_cleanup_when_it_is_called_then_it_answers_what_it_did_and_status_repeats_it(operator, clock):
    before = operator.get("/status?fresh=true").json["last_cleanup"]
    answer = operator.post("/cleanup").json
    nothing_done = {"at": timestamp(clock()), "checked": 0, "canceled": [], "failed": []}
    nothing_done |= {"waiting": [], "would_cancel": [], "by": "operator"}

    assert (before, answer) == (None, {"status": "ok"} | nothing_done)
    assert operator.get("/status?fresh=true").json["last_cleanup"] == nothing_done


def test_cleanup_when_a_bracket_waits_for_its_entry_then_its_legs_stay(client, operator, configure):
    configure(use_limit_orders=True, attach_sl_tp=True)
    operator.put("/api/paper/prices", json={"AAPL": "110"})
    client.post("/webhook", json=strategy_alert())
    answer = operator.post("/cleanup").json

    assert (answer["checked"], answer["canceled"]) == (2, [])
