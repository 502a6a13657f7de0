"""Flood a real server: distinct alerts, the same ones again, then one alert many times at once.

`python -m tests.reliability.flood` exits with 1 when an order is missing, doubled, or an answer differs.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import http.client
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, local

from tests.reliability.alerts import Alert, strategy_alert
from tests.reliability.evidence import Evidence
from tests.reliability.server import Answer, Server, ask, read_answer

CONCURRENCY = 32


@dataclass(frozen=True, slots=True)
class Flood:
    """What came of a flood of `distinct` alerts, sent twice, and of one alert sent `identical` times."""

    distinct: int
    identical: int
    orders: int
    tickets: int
    statuses: Counter[int]
    changed_answers: int
    identical_orders: int
    identical_answers: int
    tracebacks: int
    seconds: float

    @property
    def is_good(self) -> bool:
        """True when each alert had its one order and every repetition the first one's answer."""
        return (
            self.orders == self.tickets == self.distinct
            and self.statuses == {200: 2 * self.distinct}
            and not self.changed_answers
            and self.identical_orders == self.identical_answers == 1
            and not self.tracebacks
        )


class KeptConnections:
    """One connection a thread, kept open between alerts."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._local = local()
        self._opened: list[http.client.HTTPConnection] = []

    def post(self, alert: Alert) -> Answer:
        """Send an alert and wait for its answer."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
            self._local.connection = connection
            self._opened.append(connection)
        connection.request("POST", alert.path, alert.body, {"Content-Type": "text/plain"})
        return read_answer(connection)

    def close(self) -> None:
        """Close every connection."""
        for connection in self._opened:
            connection.close()


def flood(folder: Path, *, distinct: int, identical: int, processes: int) -> Flood:
    """Start a server with that many processes, flood it and count."""
    server = Server(folder, WEB_CONCURRENCY=str(processes))
    server.start()
    try:
        server.configure_bot("default", notional="5")
        return _flood(server, distinct, identical)
    finally:
        server.kill()


def _flood(server: Server, distinct: int, identical: int) -> Flood:
    alerts = [strategy_alert(f"flood-{number}") for number in range(distinct)]
    started = time.perf_counter()
    first, second = (_send(server, alerts) for _ in range(2))
    seconds = time.perf_counter() - started
    orders, tickets = _count(server)
    same = _send_at_once(server, strategy_alert("the-one"), identical)
    return Flood(
        distinct=distinct,
        identical=identical,
        orders=orders,
        tickets=tickets,
        statuses=Counter(answer.status for answer in first + second),
        changed_answers=sum(one != other for one, other in zip(first, second, strict=True)),
        identical_orders=_count(server)[0] - orders,
        identical_answers=len({(answer.status, str(answer.body)) for answer in same}),
        tracebacks=server.tracebacks(),
        seconds=seconds,
    )


def _send(server: Server, alerts: Sequence[Alert]) -> list[Answer]:
    connections = KeptConnections(server.port)
    try:
        return _in_threads(connections.post, alerts, CONCURRENCY)
    finally:
        connections.close()


def _send_at_once(server: Server, alert: Alert, times: int) -> list[Answer]:
    barrier = Barrier(times)

    def post(alert: Alert) -> Answer:
        barrier.wait()
        return ask(server.port, "POST", alert.path, alert.body, timeout_seconds=30)

    return _in_threads(post, [alert] * times, times)


def _in_threads(post: Callable[[Alert], Answer], alerts: Sequence[Alert], threads: int) -> list[Answer]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(post, alerts))


def _count(server: Server) -> tuple[int, int]:
    """Count the broker's orders and the tickets."""
    evidence = Evidence(server.database)
    evidence.close()
    return len(evidence.orders), len(evidence.tickets)


def show(processes: int, result: Flood) -> None:
    """Print what came of it."""
    print(
        f"{processes} process(es): {result.distinct} alerts sent twice in {result.seconds:.1f} s: "
        f"{result.orders} orders, {result.tickets} tickets, answers {dict(result.statuses)}, "
        f"{result.changed_answers} changed; {result.identical} identical at once: "
        f"{result.identical_orders} order(s), {result.identical_answers} different answer(s); "
        f"{result.tracebacks} tracebacks: {'good' if result.is_good else 'BAD'}"
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--identical", type=int, default=200)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    good = True
    for processes in options.processes:
        with tempfile.TemporaryDirectory() as folder:
            result = flood(
                Path(folder), distinct=options.alerts, identical=options.identical, processes=processes
            )
        show(processes, result)
        good = good and result.is_good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
