"""A long history, made quickly: tickets with orders and opinions, closed trades, equity, audit, an old inbox.

`python -m benchmarks.history --tickets 100000 --days 365 PATH` writes one into an SQLite file, or where
`postgresql://…` leads to. Of ten
tickets four are entries, four their exits, one was denied and one is an idea with an opinion; half as many
trades end. Steps take as long, and fills cost as much, as chance says: no two days look alike.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from app.domain.audit import Deed
from app.domain.closed_trades import ClosedTrade
from app.domain.json_codec import timestamp, to_json
from app.domain.orders import Side, placed_order_id
from app.repositories.audit import PREFIX as AUDIT
from app.repositories.audit import AuditLine
from app.repositories.closed_trades import NUMBERS, key_of_day
from app.repositories.equity import PREFIX as EQUITY
from app.repositories.inbox import PREFIX as INBOX
from app.repositories.tickets import ticket_key
from app.repositories.trade_numbers import KEY as NEXT_NUMBER
from app.storage.base import Create, Store
from app.storage.postgres import PostgresStore
from app.storage.sqlite import SqliteStore
from app.ticket_ids import ticket_ids
from benchmarks.samples import Samples, Ticket, take_samples

BOTS, AT_ONCE = 5, 500
SYMBOLS = tuple(f"SY{one}{other}" for one in "ABCDE" for other in "KLMNPQRS")
AUDITED_EVERY = 100
# So many alerts have their answer, and their time in the inbox is over.
OLD_ENTRIES = 1000
EVERY = timedelta(minutes=5)


@dataclass
class History:
    """What is written: so many tickets, evenly over the days before a moment."""

    tickets: int
    days: int
    until: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(minutes=10))
    samples: Samples = field(default_factory=take_samples)

    def __post_init__(self) -> None:
        self._random = Random(13)  # noqa: S311  # the same history each time
        self._new_id = ticket_ids(self._random.randbytes)
        self._open: dict[tuple[str, str], tuple[Ticket, datetime]] = {}
        self._trades = 0

    def write(self, store: Store) -> float:
        """Write all of it into an empty store, and return the seconds that took."""
        started, changes = time.perf_counter(), self.changes()
        while batch := list(islice(changes, AT_ONCE)):
            store.apply(batch)
        return time.perf_counter() - started

    def changes(self) -> Iterator[Create]:
        """Yield what is written, in the order of the days; the number of the next trade comes last."""
        step = timedelta(days=self.days) / self.tickets
        for number in range(self.tickets):
            yield from self._alert(number, self.until - step * (self.tickets - number))
        yield from chain(self._equity(), self._audit())
        yield Create(NEXT_NUMBER, {"next": self._trades + 1})

    def _alert(self, number: int, at: datetime) -> Iterator[Create]:
        """Yield the ticket that came at a moment, and what it led to."""
        place, pair = number % 10, number // 2
        bot, symbol = f"bot-{pair % BOTS}", SYMBOLS[pair % len(SYMBOLS)]
        if place == 8:  # noqa: PLR2004  # of ten, the first eight are entries and exits in turn
            ticket = self._copy(self.samples.denied, at, bot, symbol)
        elif place == 9:  # noqa: PLR2004
            ticket = self._opined(self._copy(self.samples.idea, at, bot, symbol))
            yield from self._closed(ticket, ticket, at + EVERY)
        elif place % 2 == 0:
            ticket = self._copy(self.samples.entry, at, bot, symbol)
            self._open[bot, symbol] = ticket, at
        else:
            ticket = self._copy(self.samples.exit, at, bot, symbol)
            opening, _ = self._open.pop((bot, symbol))
            yield from self._closed(opening, ticket, at)
        yield Create(ticket_key(UUID(ticket["id"])), ticket)
        if number >= self.tickets - OLD_ENTRIES:
            yield from self._old_entry(ticket, number, at)

    def _copy(self, sample: Ticket, at: datetime, bot: str, symbol: str) -> Ticket:
        ticket, written = self._new_id(at), timestamp(at)
        own = {"id": str(ticket), "bot": bot, "created_at": written, "updated_at": written}
        names = {"bot": bot, "ticket": own["id"], "symbol": symbol}
        orders = [
            self._order(order | names, ticket, place, at) for place, order in enumerate(sample["orders"], 1)
        ]
        entry = sample["entry"] and sample["entry"] | {"symbol": symbol}
        signal = sample["signal"] | {"symbol": symbol}
        timeline = [self._step(step, at) for step in sample["timeline"]]
        alert = sample["alert"] | {"symbol": symbol}
        return (
            sample
            | own
            | {
                "alert": alert,
                "signal": signal,
                "entry": entry,
                "orders": orders,
                "timeline": timeline,
            }
        )

    def _order(self, order: dict[str, Any], ticket: UUID, place: int, at: datetime) -> dict[str, Any]:
        taken = timestamp(at + timedelta(milliseconds=self._random.lognormvariate(4, 1)))
        order |= {
            "client_order_id": placed_order_id(order["bot"], ticket, place),
            "created_at": timestamp(at),
        }
        if order["status"] != "filled":
            return order | {"status": "canceled"}
        price = Decimal(order["average_fill_price"]) + Decimal(round(self._random.gauss(0, 5))) / 100
        return order | {"average_fill_price": str(price), "filled_at": taken}

    def _step(self, step: dict[str, Any], at: datetime) -> dict[str, Any]:
        took = round(self._random.lognormvariate(1, 1), 3)
        return step | {"at": timestamp(at + timedelta(milliseconds=took)), "milliseconds": took}

    def _opined(self, ticket: Ticket) -> Ticket:
        opinion = ticket["opinion"]
        decision = opinion["decision"] | {
            "confidence": str(Decimal(self._random.randrange(50, 100)) / 100),
            "symbol": ticket["signal"]["symbol"],
        }
        taken = {"decision": decision, "milliseconds": round(self._random.lognormvariate(7, 1), 1)}
        return ticket | {"opinion": opinion | taken}

    def _closed(self, opening: Ticket, closing: Ticket, at: datetime) -> Iterator[Create]:
        first, last = opening["orders"][0], closing["orders"][0]
        self._trades += 1
        tickets = tuple(dict.fromkeys((opening["id"], closing["id"])))
        trade = ClosedTrade(
            id=str(UUID(int=self._random.getrandbits(128), version=4)),
            number=self._trades,
            bot=opening["bot"],
            broker="paper",
            symbol=first["symbol"],
            side=Side.BUY,
            quantity=Decimal(first["filled_quantity"]),
            multiplier=Decimal(1),
            entry_price=Decimal(first["average_fill_price"]),
            exit_price=Decimal(last["average_fill_price"]),
            realized_pnl=Decimal(self._random.randrange(-900, 1100)) / 100,
            fees=Decimal(self._random.randrange(100)) / 100,
            is_priced=True,
            opened_at=datetime.fromisoformat(opening["created_at"]),
            closed_at=at,
            tickets=tickets,
            counted={order["client_order_id"]: Decimal(order["filled_quantity"]) for order in (first, last)},
        )
        key = f"{key_of_day(at.date())}{trade.id}"
        yield Create(f"{NUMBERS}{trade.number}", {"key": key})
        yield Create(key, to_json(trade))

    def _old_entry(self, ticket: Ticket, number: int, at: datetime) -> Iterator[Create]:
        key, over = f"{INBOX}{ticket['bot']}/{number:064x}", timestamp(at + timedelta(seconds=5))
        entry = {
            "ticket": ticket["id"],
            "bot": ticket["bot"],
            "dialect": ticket["dialect"],
            "owner": "1-0000000000000000",
            "attempts": 1,
            "received_at": timestamp(at),
            "claimed_at": timestamp(at),
            "expires_at": over,
            "alert": ticket["alert"],
        }
        yield Create(key, entry)
        body = {"status": ticket["status"], "ticket": ticket["id"]}
        yield Create(f"{key}/{ticket['id']}", {"status": 200, "body": body, "expires_at": over})

    def _equity(self) -> Iterator[Create]:
        worth = Decimal(100_000)
        first = (self.until - timedelta(days=self.days)).date()
        for day in (first + timedelta(days=ahead) for ahead in range(self.days)):
            points = list[dict[str, str]]()
            start = datetime.combine(day, datetime.min.time(), UTC)
            for number in range(timedelta(days=1) // EVERY):
                worth += Decimal(self._random.randrange(-500, 510)) / 100
                points.append({"at": timestamp(start + EVERY * number), "equity": str(worth), "cash": "1"})
            yield Create(f"{EQUITY}paper/{day}", {"currency": "USD", "points": points})

    def _audit(self) -> Iterator[Create]:
        step = timedelta(days=self.days) / self.tickets * AUDITED_EVERY
        for number in range(self.tickets // AUDITED_EVERY):
            at = self.until - step * (number + 1)
            line = self._new_id(at)
            told = AuditLine(line, at, "operator", Deed.CHANGE_BOT, f"bot-{number % BOTS}", {}, {})
            yield Create(f"{AUDIT}{at.date()}/{line}", to_json(told))


def main(arguments: Sequence[str] | None = None) -> None:
    """Write and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", help="an SQLite file's path, or PostgreSQL's URL")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365, help="over how many they are spread")
    options = parser.parse_args(arguments)
    is_server = "://" in options.database
    store = PostgresStore(options.database) if is_server else SqliteStore(Path(options.database))
    seconds = History(options.tickets, options.days).write(store)
    store.close()
    print(f"{options.tickets:,} tickets of {options.days} days in {seconds:.1f} s")


if __name__ == "__main__":
    main()
