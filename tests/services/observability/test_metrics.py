import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.services.observability.metrics import MAX_CHILDREN, Metrics

HERE = Path(__file__).parents[3]


@pytest.fixture
def metrics():
    return Metrics(version="1.2.3")


def rendered(metrics):
    return metrics.render()[0].decode().splitlines()


@pytest.mark.unit
def test_webhook_when_answered_then_counted_and_timed(metrics):
    metrics.webhook(fund_id="main", outcome="accepted", seconds=2.5)

    lines = rendered(metrics)
    assert 'tv_webhooks_total{fund_id="main",outcome="accepted"} 1.0' in lines
    assert 'tv_webhook_latency_seconds_bucket{le="3.0"} 1.0' in lines
    assert 'tv_webhook_latency_seconds_bucket{le="2.0"} 0.0' in lines


@pytest.mark.unit
def test_webhook_when_the_bot_is_not_known_then_unknown(metrics):
    metrics.webhook(fund_id=None, outcome="rejected", seconds=0.01)

    assert 'tv_webhooks_total{fund_id="unknown",outcome="rejected"} 1.0' in rendered(metrics)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("count", "line"),
    [
        (lambda m: m.submitted(), "tv_orders_submitted_total 1.0"),
        (lambda m: m.rejected("BROKER_REJECTED"), 'tv_orders_rejected_total{reason="BROKER_REJECTED"} 1.0'),
        (
            lambda m: m.denied(code="PRICE_UNKNOWN", bot="main"),
            'gatehouse_denials_total{bot="main",code="PRICE_UNKNOWN"} 1.0',
        ),
        (lambda m: m.ticket("ordered"), 'gatehouse_tickets_total{status="ordered"} 1.0'),
        (lambda m: m.recovered("expired"), 'gatehouse_recovered_entries_total{outcome="expired"} 1.0'),
        (
            lambda m: m.broker_call(broker="paper", call="submit", seconds=0.2),
            'gatehouse_broker_call_seconds_count{broker="paper",call="submit"} 1.0',
        ),
        (
            lambda m: m.broker_call(broker="paper", call="submit", seconds=0.2, failed=True),
            'gatehouse_broker_failures_total{broker="paper",call="submit"} 1.0',
        ),
    ],
)
def test_series_when_something_happened_then_shows_it(metrics, count, line):
    count(metrics)

    assert line in rendered(metrics)


@pytest.mark.unit
def test_build_info_when_started_then_names_the_version(metrics):
    assert 'gatehouse_build_info{version="1.2.3"} 1.0' in rendered(metrics)


@pytest.mark.unit
def test_submitted_when_nothing_happened_then_is_zero(metrics):
    assert "tv_orders_submitted_total 0.0" in rendered(metrics)


@pytest.mark.unit
def test_two_applications_when_one_counts_then_the_other_does_not(metrics):
    other = Metrics()
    other.submitted()

    assert "tv_orders_submitted_total 0.0" in rendered(metrics)


@pytest.mark.unit
def test_series_when_labels_grow_without_end_then_the_rest_is_other(metrics):
    for number in range(MAX_CHILDREN + 50):
        metrics.rejected(f"CODE_{number}")

    lines = [line for line in rendered(metrics) if line.startswith("tv_orders_rejected_total")]
    assert 'tv_orders_rejected_total{reason="other"} 50.0' in lines
    assert len(lines) == MAX_CHILDREN + 1


@pytest.mark.unit
def test_render_when_asked_then_prometheus_text(metrics):
    body, content_type = metrics.render()

    assert content_type.startswith("text/plain; version=0.0.4")
    assert b"_created" not in body


@pytest.mark.unit
def test_label_when_it_has_line_breaks_then_escaped(metrics):
    metrics.rejected('A\n"B')

    assert 'tv_orders_rejected_total{reason="A\\n\\"B"} 1.0' in rendered(metrics)


WORKERS = """
import os
from app.services.observability.metrics import Metrics, process_ended, start_afresh
start_afresh()
metrics = Metrics(version="1")
for worker in range(2):
    child = os.fork()
    if not child:
        metrics.webhook(fund_id="main", outcome="accepted", seconds=0.1)
        os._exit(0)
    os.waitpid(child, 0)
    process_ended(child)
print(metrics.render()[0].decode())
"""


@pytest.mark.integration
def test_render_when_there_are_workers_then_their_sum(tmp_path):
    (tmp_path / "counter_1.db").write_bytes(b"left over from an earlier start")
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    command = [sys.executable, "-c", WORKERS]
    done = subprocess.run(
        command, check=True, cwd=HERE, env=environment, capture_output=True, text=True, timeout=60
    )

    assert 'tv_webhooks_total{fund_id="main",outcome="accepted"} 2.0' in done.stdout
    assert 'gatehouse_build_info{version="1"} 1.0' in done.stdout
