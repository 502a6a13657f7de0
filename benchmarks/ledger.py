"""What a long ledger costs: pages of lists, memory, and an alert, on an empty ledger and a filled one.

`python -m benchmarks.ledger --tickets 100000` copies the ticket of a real alert until there are as many, of
five bots, over as many days as told, a tenth of them denied, and prints markdown tables.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from app.domain.json_codec import timestamp
from app.domain.orders import placed_order_id
from app.repositories.tickets import ticket_key
from app.storage.base import Create
from app.storage.sqlite import SqliteStore
from app.ticket_ids import ticket_ids
from benchmarks.measure import OK, WARM_UP_ALERTS, ours, prepare, run_load
from benchmarks.processes import cpu_seconds, memory_megabytes
from tests.reliability.server import OPERATOR_TOKEN, Server, ask

BOTS, SYMBOLS, AT_ONCE = 5, 20, 500
LOOKS = 5
DENIED_EVERY = 10
ASKED = (
    "/api/tickets?limit=50",
    "/api/tickets?limit=50&bot=bot-3",
    "/api/tickets?limit=50&status=denied",
    "/api/tickets?limit=50&status=researching",
    "/api/tickets?limit=50&status=denied&bot=bot-3",
    "/api/tickets?limit=50&status=denied&bot=bot-0",
    "/api/tickets?limit=50&date={day}",
    "/api/tickets?limit=50&date={day}&status=filled&bot=bot-1",
    "/api/tickets?limit=50&after={ticket}",
    "/api/tickets?limit=50&view=rows",
    "/api/tickets?limit=50&view=rows&symbol=SYM7",
    "/api/tickets?limit=50&view=rows&reason=NOTIONAL_EXCEEDS_LIMIT&dialect=strategy",
    "/api/tickets?limit=50&view=rows&symbol=SYM7&status=denied&bot=bot-2",
    "/api/tickets?limit=50&view=rows&reason=DAILY_ORDER_CAP&dialect=strategy",
    "/api/tickets?limit=50&view=rows&from={day}&to={day}",
    "/api/tickets?limit=50&view=rows&q=SYM7",
    "/api/tickets?limit=50&view=rows&q=SYM7%20denied",
    "/api/tickets?limit=50&view=rows&q=limit",
    "/api/tickets?limit=50&view=rows&q={ticket}",
    "/api/tickets?limit=50&view=rows&q=in%20no%20index",
    "/api/orders?limit=50",
    "/api/orders?limit=50&status=open",
    "/api/orders?limit=50&status=closed",
    "/api/orders?limit=50&status=closed&after={order}",
)


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=100, help="over how many they are spread")
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as full:
        servers = {0: ours(Path(empty)), options.tickets: ours(Path(full))}
        sample = first_ticket(servers[options.tickets])
        seconds = fill(servers[options.tickets], sample, options.tickets, options.days)
        print(f"{options.tickets:,} tickets written in {seconds:.1f} s\n")
        show_pages(servers[options.tickets], options.tickets, options.days)
        show_alerts(servers, options.rounds, options.alerts)


def first_ticket(server: Server) -> dict[str, Any]:
    """Let a real alert make the ticket that is copied."""
    server.start()
    try:
        prepare(server)
        run_load(server, concurrency=1, alerts=1, name="sample")
        ticket: dict[str, Any] = _get(server, "/api/tickets?limit=1")["tickets"][0]
    finally:
        server.kill()
    return ticket | {"gates": [list(gate.values()) for gate in ticket["gates"]]}


def fill(server: Server, sample: dict[str, Any], count: int, days: int) -> float:
    """Write the copies and return how long that took."""
    store = SqliteStore(server.database)
    copies, started = _copies(sample, count, days), time.perf_counter()
    while batch := list(islice(copies, AT_ONCE)):
        store.apply(batch)
    seconds = time.perf_counter() - started
    store.close()
    return seconds


def show_pages(server: Server, count: int, days: int) -> None:
    """Print how long each list takes, and what the process grows by."""
    server.start()
    try:
        middle = _get(server, f"/api/tickets?limit=1&date={_day(days // 2)}")["tickets"][0]
        names = {
            "day": _day(min(3, days - 1)),
            "ticket": middle["id"],
            "order": middle["orders"][0]["client_order_id"],
        }
        _get(server, "/api/tickets?limit=1")
        print(f"| a page out of {count:,} tickets | first ms | median ms | rows | grown MB |")
        print("|---|---:|---:|---:|---:|")
        for address in ASKED:
            before = _resident(server)
            looks = [_timed(server, address.format(**names)) for _ in range(LOOKS)]
            grown = _resident(server) - before
            times = [milliseconds for milliseconds, _ in looks]
            print(f"| {address} | {times[0]:.1f} | {median(times):.1f} | {looks[0][1]} | {grown:.1f} |")
    finally:
        server.kill()


def show_alerts(servers: dict[int, Server], rounds: int, alerts: int) -> None:
    """Print what alerts cost on each ledger, in turn."""
    taken: dict[int, list[tuple[float, float]]] = {count: [] for count in servers}
    for turn in range(rounds):
        for count, server in servers.items():
            taken[count].append(_measure_alerts(server, alerts, f"round-{turn}"))
    print("\n| tickets in the ledger | p50 ms | CPU s per 1,000 alerts |\n|---:|---:|---:|")
    for count, figures in taken.items():
        latency, used = (median(column) for column in zip(*figures, strict=True))
        print(f"| {count:,} | {latency:.2f} | {used:.3f} |", flush=True)


def _measure_alerts(server: Server, alerts: int, name: str) -> tuple[float, float]:
    server.start()
    try:
        prepare(server)
        run_load(server, concurrency=4, alerts=WARM_UP_ALERTS, name=f"{name}-warm-up")
        before = cpu_seconds(server.pid)
        result = run_load(server, concurrency=4, alerts=alerts, name=name)
        used = cpu_seconds(server.pid) - before
    finally:
        server.kill()
    return median(result["milliseconds"]), used * 1000 / alerts


def _copies(sample: dict[str, Any], count: int, days: int) -> Iterator[Create]:
    start, new_id = datetime.now(UTC) - timedelta(days=days), ticket_ids(os.urandom)
    for number in range(count):
        at = start + timedelta(days=days) * number / count
        ticket = new_id(at)
        value = sample | {
            "id": str(ticket),
            "bot": f"bot-{number % BOTS}",
            "created_at": timestamp(at),
            "signal": sample["signal"] | {"symbol": _symbol(number)},
            "entry": None,
        }
        if number % DENIED_EVERY == 0:
            value |= {"status": "denied", "reason": "NOTIONAL_EXCEEDS_LIMIT", "orders": []}
        orders = [_order(order, ticket, _symbol(number)) for order in value["orders"]]
        yield Create(ticket_key(ticket), value | {"orders": orders})


def _symbol(number: int) -> str:
    return f"SYM{number % SYMBOLS}"


def _order(order: dict[str, Any], ticket: UUID, symbol: str) -> dict[str, Any]:
    name = placed_order_id(order["bot"], ticket, 1)
    return order | {"ticket": str(ticket), "client_order_id": name, "symbol": symbol}


def _day(ago: int) -> str:
    return (datetime.now(UTC) - timedelta(days=ago)).date().isoformat()


def _timed(server: Server, address: str) -> tuple[float, int]:
    started = time.perf_counter()
    body = _get(server, address)
    rows = body["tickets"] if "tickets" in body else body["orders"]
    return (time.perf_counter() - started) * 1000, len(rows)


def _get(server: Server, address: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
    answer = ask(server.port, "GET", address, headers=headers, timeout_seconds=60)
    if not isinstance(answer.body, dict) or answer.status != OK:
        raise SystemExit(f"{address} was answered with {answer.status} {json.dumps(answer.body)}")
    return answer.body


def _resident(server: Server) -> float:
    return sum(process["Rss"] for process in memory_megabytes(server.pid))


if __name__ == "__main__":
    main()
