"""Counts and times for Prometheus, from one process or from all of gunicorn's."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from app.clock import Clock, system_clock
from app.services.observability.call_times import CallTimes

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

MULTIPROCESS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# TradingView gives up after 3 s, so that edge has its own bucket.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10)
MAX_CHILDREN = 1000
OTHER = "other"
UNKNOWN = "unknown"

_M = TypeVar("_M", "Counter", "Histogram")


class Metrics:
    """Every series of one application, in a registry of its own.

    Callers pass the bots and codes that they know, never text from an alert; whatever passes a thousand
    combinations of a series is counted as `other`.
    """

    def __init__(self, *, version: str = UNKNOWN, clock: Clock = system_clock) -> None:
        # prometheus_client decides at its import whether processes count together, so it comes after main.py.
        from prometheus_client import CollectorRegistry, disable_created_metrics

        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self.call_times = CallTimes(clock)
        self._webhooks = self._counter("tv_webhooks", "Alerts by bot and outcome", "fund_id", "outcome")
        self._latency = self._histogram("tv_webhook_latency_seconds", "Time from an alert to its answer")
        self._submitted = self._counter("tv_orders_submitted", "Orders that a broker took")
        self._rejected = self._counter("tv_orders_rejected", "Orders that we or a broker refused", "reason")
        self._refusals = self._counter("gatehouse_refusals", "Requests refused at the door", "code")
        self._denials = self._counter("gatehouse_denials", "Alerts that a gate refused", "code", "bot")
        self._tickets = self._counter("gatehouse_tickets", "Tickets that came to a status", "status")
        self._calls = self._histogram(
            "gatehouse_broker_call_seconds", "Time of broker calls", "broker", "call"
        )
        self._failures = self._counter(
            "gatehouse_broker_failures", "Broker calls that failed", "broker", "call"
        )
        self._recovered = self._counter(
            "gatehouse_recovered_entries", "Inbox entries finished late", "outcome"
        )
        self._pursued = self._gauge("gatehouse_pursuits", "Exits that are being pursued")
        self._describe(version)

    def webhook(self, *, fund_id: str | None, outcome: str, seconds: float) -> None:
        """Count an answered alert: accepted, rejected or duplicate; `fund_id` is a known bot or None."""
        self._webhooks.child(fund_id or UNKNOWN, outcome).inc()
        self._latency.child().observe(seconds)

    def submitted(self) -> None:
        """Count an order that a broker took."""
        self._submitted.child().inc()

    def rejected(self, reason: str) -> None:
        """Count an order that was refused, by its reason code."""
        self._rejected.child(reason).inc()

    def refused(self, code: str) -> None:
        """Count a request that was turned away at the door."""
        self._refusals.child(code).inc()

    def denied(self, *, code: str, bot: str) -> None:
        """Count a gate's refusal."""
        self._denials.child(code, bot).inc()

    def ticket(self, status: str) -> None:
        """Count a ticket that came to this status."""
        self._tickets.child(status).inc()

    def broker_call(self, *, broker: str, call: str, seconds: float, failed: bool = False) -> None:
        """Count and time a call to a broker."""
        self._calls.child(broker, call).observe(seconds)
        self.call_times.note(broker, seconds, failed=failed)
        if failed:
            self._failures.child(broker, call).inc()

    def recovered(self, outcome: str) -> None:
        """Count an inbox entry that a crash had left behind."""
        self._recovered.child(outcome).inc()

    def pursuing(self, exits: int) -> None:
        """Show how many exits are being pursued."""
        self._pursued.set(exits)

    def render(self) -> tuple[bytes, str]:
        """Return the text for a scrape and its content type; with several processes, the sum of them."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
        from prometheus_client.multiprocess import MultiProcessCollector

        directory = os.environ.get(MULTIPROCESS_VARIABLE)
        registry = self._registry
        if directory:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=directory)  # type: ignore[no-untyped-call]
        return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4

    def _counter(self, name: str, text: str, *labels: str) -> "_Series[Counter]":
        from prometheus_client import Counter

        return _Series(Counter(name, text, labels, registry=self._registry), len(labels))

    def _histogram(self, name: str, text: str, *labels: str) -> "_Series[Histogram]":
        from prometheus_client import Histogram

        return _Series(Histogram(name, text, labels, buckets=SECONDS, registry=self._registry), len(labels))

    def _gauge(self, name: str, text: str) -> "Gauge":
        from prometheus_client import Gauge

        # Only the process that leads counts them; what it said last holds for all.
        return Gauge(name, text, registry=self._registry, multiprocess_mode="livemostrecent")

    def _describe(self, version: str) -> None:
        from prometheus_client import Gauge, ProcessCollector

        build = Gauge(
            "gatehouse_build_info",
            "The running version",
            ("version",),
            registry=self._registry,
            multiprocess_mode="max",
        )
        build.labels(version).set(1)
        if not os.environ.get(MULTIPROCESS_VARIABLE):
            ProcessCollector(registry=self._registry)


class _Series(Generic[_M]):
    """One metric and its children by label values, so that a count costs one look-up."""

    def __init__(self, metric: _M, labels: int) -> None:
        self._metric: _M = metric
        self._children: dict[tuple[str, ...], _M] = {} if labels else {(): metric}
        self._overflow = (OTHER,) * labels

    def child(self, *values: str) -> _M:
        known = self._children.get(values)
        return known if known is not None else self._add(values)

    def _add(self, values: tuple[str, ...]) -> _M:
        if len(self._children) >= MAX_CHILDREN:
            values = self._overflow
        return self._children.setdefault(values, self._metric.labels(*values))


def start_afresh() -> None:
    """Empty the folder that the processes share; call once, before any of them counts."""
    directory = os.environ.get(MULTIPROCESS_VARIABLE)
    if directory:
        Path(directory).mkdir(parents=True, exist_ok=True)
        # The figures of processes that have ended would be added to those of this run.
        for left_over in Path(directory).glob("*.db"):
            left_over.unlink(missing_ok=True)


def process_ended(pid: int) -> None:
    """Let go of the gauges of a worker that ended (gunicorn's `child_exit`)."""
    if os.environ.get(MULTIPROCESS_VARIABLE):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)  # type: ignore[no-untyped-call]
