"""What looking back costs on a long ledger: before and after the clock has added its days up.

`python -m benchmarks.analytics --tickets 100000` fills a ledger as `benchmarks.ledger` does, closes a trade
for every second ticket, writes a point of equity every five minutes, and prints markdown tables.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from app.domain.analytics.alerts import AlertDay
from app.domain.analytics.performance import TradeDay
from app.domain.closed_trades import ClosedTrade
from app.domain.json_codec import timestamp, to_json
from app.domain.orders import Side
from app.repositories.closed_trades import key_of_day
from app.repositories.statistics import PREFIX as STATISTICS
from app.repositories.statistics import DailySums
from app.storage.base import Create
from app.storage.sqlite import SqliteStore
from benchmarks.ledger import AT_ONCE, BOTS, fill, first_ticket
from benchmarks.measure import OK, ours
from tests.reliability.server import OPERATOR_TOKEN, Server, ask

LOOKS = 5
REPORTS = ("performance", "equity", "latency", "slippage", "refusals", "opinions")
SYMBOLS = tuple(f"S{number}" for number in range(40))
EVERY = timedelta(minutes=5)


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=100, help="over how many they are spread")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = ours(Path(folder))
        fill(server, first_ticket(server), options.tickets, options.days)
        fill_trades(server, options.tickets // 2, options.days)
        # Without a clock of its own: it would add days up while they are looked at.
        server.start(BACKGROUND_WORKER="false")
        try:
            before = {report: look(server, report, options.days) for report in REPORTS}
            seconds, slowest = add_up(server)
            after = {report: look(server, report, options.days) for report in REPORTS}
        finally:
            server.kill()
    print(f"{options.tickets:,} tickets, {options.tickets // 2:,} closed trades, {options.days} days\n")
    print(f"Added up in {seconds:.1f} s of the clock's time, {slowest:.2f} s at a time at most\n")
    print("| report of all days | ms before | ms after | days pending before |")
    print("|---|---:|---:|---:|")
    for report in REPORTS:
        (first, pending), (second, _) = before[report], after[report]
        print(f"| {report} | {first:.0f} | {second:.0f} | {pending} |")


def fill_trades(server: Server, count: int, days: int) -> None:
    """Write closed trades and points of equity."""
    store = SqliteStore(server.database)
    changes = _trades(count, days)
    while batch := list(islice(changes, AT_ONCE)):
        store.apply(batch)
    for day in range(days):
        store.apply([_equity(datetime.now(UTC).date() - timedelta(days=day))])
    # The first start found nothing and took note that all is added up.
    for document in list(store.list(STATISTICS)):
        store.delete(document)
    store.close()


def add_up(server: Server) -> tuple[float, float]:
    """Let the clock come round until everything is added up; return how long that took in all and at most."""
    store, taken = SqliteStore(server.database), list[float]()
    kinds = (DailySums(store, "trades", TradeDay.from_json), DailySums(store, "alerts", AlertDay.from_json))
    while not all((progress := kind.progress()) is not None and progress.is_complete for kind in kinds):
        started = time.perf_counter()
        answer = ask(server.port, "POST", "/tasks/tick", headers=_headers(), timeout_seconds=60)
        taken.append(time.perf_counter() - started)
        if answer.status != OK:
            raise SystemExit(f"/tasks/tick was answered with {answer.status} {answer.body}")
    store.close()
    return sum(taken), max(taken, default=0.0)


def look(server: Server, report: str, days: int) -> tuple[float, int]:
    """Return the median milliseconds of a report of all days, and how many days were left out."""
    first = (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
    taken, pending = list[float](), 0
    for _ in range(LOOKS):
        started = time.perf_counter()
        path = f"/api/analytics/{report}?from={first}"
        answer = ask(server.port, "GET", path, headers=_headers(), timeout_seconds=60)
        taken.append((time.perf_counter() - started) * 1000)
        if answer.status != OK:
            raise SystemExit(f"{report} was answered with {answer.status} {answer.body}")
        pending = answer.body.get("pending_days", 0)
    return median(taken), pending


def _headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {OPERATOR_TOKEN}"}


def _trades(count: int, days: int) -> Iterator[Create]:
    start = datetime.now(UTC) - timedelta(days=days)
    for number in range(count):
        at = start + timedelta(days=days) * number / count
        trade = ClosedTrade(
            id=f"trade-{number}",
            number=number + 1,
            bot=f"bot-{number % BOTS}",
            broker="paper",
            symbol=SYMBOLS[number % len(SYMBOLS)],
            side=Side.BUY,
            quantity=Decimal(10),
            multiplier=Decimal(1),
            entry_price=Decimal(100),
            exit_price=Decimal(101),
            realized_pnl=Decimal(number % 21 - 9),
            fees=Decimal("0.37"),
            is_priced=True,
            opened_at=at - timedelta(hours=3),
            closed_at=at,
            tickets=(f"ticket-{number}",),
        )
        yield Create(f"{key_of_day(at.date())}{trade.id}", to_json(trade))


def _equity(day: Any) -> Create:
    start = datetime.combine(day, datetime.min.time(), UTC)
    points = [
        {
            "at": timestamp(start + EVERY * number),
            "equity": f"{100_000 + (number * 7919) % 4000}.5",
            "cash": "1",
        }
        for number in range(timedelta(days=1) // EVERY)
    ]
    return Create(f"equity/paper/{day}", {"currency": "USD", "points": points})


if __name__ == "__main__":
    main()
