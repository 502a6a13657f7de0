"""Where structures are traded in a torture: the paper broker behind a failing line, and a faulty Alpaca."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from app.brokers.paper.broker import PaperBroker
from app.brokers.paper.settings import PaperSettings
from app.domain.hours import is_trading_day
from app.domain.orders import bot_of_order
from app.domain.structures.exchange_switches import Switches
from app.storage.base import Store
from app.storage.postgres import PostgresStore
from app.storage.sqlite import SqliteStore
from tests.reliability.alpaca_simulator import ODD, SPOILING
from tests.reliability.broker_stage import BROKER_SECONDS
from tests.reliability.documents import Database, read_documents
from tests.reliability.fleet.capped import CAPS
from tests.reliability.moved_server import Torment
from tests.reliability.simulator import STRUCK_SHARE, Simulator
from tests.reliability.structure_alerts import PRICES
from tests.reliability.structure_market import FRIDAY, MOMENTS, NEW_YORK, is_close, next_moment
from tests.simulators.alpaca.assets import CONTRACT

CASH = Decimal(50_000_000)
OPENING = MOMENTS[0]
WEEKS, STEPS = 2, 8
WORKING = frozenset({"new", "accepted", "pending_new", "partially_filled", "pending_cancel"})
FORCED_SHARE, ASSIGNED_SHARE = 0.6, 0.3


class PaperVenue:
    """The broker in the server; this is another process on its store."""

    broker = "paper"

    def __init__(self, torment: Torment) -> None:
        self._torment = torment
        self._last = ""
        self.assigned = 0
        self._store: Store | None = None
        self.settings = {
            "PAPER_CASH": str(CASH),
            "PAPER_PARTIAL_FILL_PROBABILITY": "0.5",
            "PAPER_FOLLOW_ALERT_PRICES": "false",
        }

    def serve(self, database: Database) -> None:
        """Hear which store it is."""
        self._database = database

    def torment(self, _seed: int) -> None:
        """Let a share of all calls fail from now on."""
        self._torment.write(share=STRUCK_SHARE)

    def heal(self) -> None:
        """Let the line be whole again."""
        self._torment.write(share=0)

    def struck(self) -> Counter[str]:
        """Count the faults that struck."""
        return Counter(self._torment.struck()) + Counter({"assigned early": self.assigned})

    def orders(self) -> Iterator[Any]:
        """Yield the orders that the desk wrote into its journal since it was asked last."""
        for key, entry in read_documents(self._database, "paper/journal/", after=self._last):
            self._last = key
            yield from entry.get("structures", ())

    def now(self) -> datetime:
        """Return the simulated time."""
        return self._desk().now()

    def move(self, symbol: str, price: Decimal) -> None:
        """Set a price."""
        self._desk().set_prices({symbol: price})

    def jump(self, to: datetime, random: Random) -> None:
        """Move the clock; short legs are closed by the broker, somebody exercises, or neither."""
        desk = self._desk()
        sold = [one.symbol for one in desk.positions() if one.quantity < 0 and CONTRACT.fullmatch(one.symbol)]
        # Nobody exercises early what is over in the same moment.
        chance = 0 if is_close(to) else ASSIGNED_SHARE
        assigned = (random.choice(sold),) if sold and random.random() < chance else ()
        self.assigned += len(assigned)
        closes_shorts = random.random() < FORCED_SHARE
        desk.set_switches(Switches(assigned, closes_shorts))
        desk.set_clock(to)
        # What is sold later is not assigned at once too.
        desk.set_switches(Switches((), closes_shorts))

    def held(self) -> dict[str, Decimal]:
        """Return what the account holds."""
        return {one.symbol: one.quantity for one in self._desk().positions()}

    def leave(self) -> None:
        """Close the store, in the thread that opened it."""
        if self._store is not None:
            self._store.close()

    def close(self) -> None:
        """Nothing stands beside the server."""

    def _desk(self) -> PaperBroker:
        if self._store is None:
            self._store = opened(self._database)
            settings = PaperSettings(starting_cash=CASH)
            self._broker = PaperBroker(self._store, lambda: datetime.now(UTC), settings)
        return self._broker


def opened(database: Database) -> Store:
    """Open a store beside the servers that it is of."""
    return PostgresStore(database) if isinstance(database, str) else SqliteStore(database)


class AlpacaVenue:
    """A simulated Alpaca beside the server; its clock and the server's are moved together."""

    broker = "alpaca"

    def __init__(self, torment: Torment, log: Path, *, is_narrow: bool = False) -> None:
        self._torment = torment
        self._half_spread = "0" if is_narrow else "0.02"
        self._simulator = Simulator(log, "alpaca", "--cash", str(CASH), kinds=(SPOILING, ODD))
        self._struck: Counter[str] = Counter()
        self._prices = {symbol: Decimal(price) for symbol, price in PRICES.items()}
        self.settings = {
            "DEFAULT_BROKER": "alpaca",
            "DRY_RUN": "false",
            "BROKER_TIMEOUT_SECONDS": str(BROKER_SECONDS),
            "ALPACA_API_KEY": "simulated-key",
            "ALPACA_SECRET_KEY": "simulated-secret",
            "ALPACA_TRADING_URL": self._simulator.url,
            "ALPACA_DATA_URL": self._simulator.url,
            "RECONCILE_SECONDS": "10",
            # The clock may be moved by a week between an alert and its resend.
            "IDEMPOTENCY_TTL_SECONDS": str(10**7),
        }
        self._set_time(next_moment(self.now()))
        while not self._is_at(OPENING):
            self._set_time(next_moment(self.now()))

    def serve(self, _database: Database) -> None:
        """Its own word is enough."""

    def torment(self, seed: int) -> None:
        """Let requests be struck and orders live oddly from now on."""
        self._simulator.spoil(seed)

    def heal(self) -> None:
        """Let Alpaca be well, and its market open."""
        for fault in self._simulator.heal():
            self._struck[fault["kind"]] += fault["struck"]
        self._simulator.ask("POST", "clock", {"session": "open"})

    def struck(self) -> Counter[str]:
        """Count the faults that struck, and what Alpaca did by itself."""
        closed = sum(bot_of_order(row["client_order_id"]) is None for row in self._parents())
        return self._struck + Counter({"closed by the broker": closed})

    def orders(self) -> Iterator[Any]:
        """Yield our orders, those of several legs and those of one, but for the shares of bots with caps."""
        rows = self._simulator.ask("GET", "orders")
        legs: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            legs[row["parent"] or row["id"]].append(row)
        for row in rows:
            if row["parent"] is None and bot_of_order(row["client_order_id"]) not in {None, *CAPS}:
                opens = any(str(leg["position_intent"]).endswith("open") for leg in legs[row["id"]])
                yield {
                    "id": row["client_order_id"],
                    "role": "entry" if opens else "exit",
                    "units": int(row["qty"]),
                    "filled_units": int(row["filled_qty"]),
                    "status": "open" if row["status"] in WORKING else row["status"],
                }

    def now(self) -> datetime:
        """Return the moved time."""
        return self._torment.now()

    def move(self, symbol: str, price: Decimal) -> None:
        """Set a price, and quote the contracts by it."""
        self._prices[symbol] = price
        self._quote(symbol)

    def jump(self, to: datetime, random: Random) -> None:
        """Move both clocks; short legs are closed by Alpaca, somebody exercises, or neither."""
        self._simulator.ask(
            "POST", "switches", {"close_short_legs_at_expiry": random.random() < FORCED_SHARE}
        )
        sold = [row for row in self._held() if CONTRACT.fullmatch(row["symbol"]) and int(row["qty"]) < 0]
        if sold and not is_close(to) and random.random() < ASSIGNED_SHARE:
            one = random.choice(sold)
            count = random.randint(1, -int(one["qty"]))
            self._simulator.ask("POST", "switches", {"assign": {one["symbol"]: count}})
            self._struck["assigned early"] += 1
        self._set_time(to)
        self._simulator.ask("POST", "clock", {"session": "closed" if is_close(to) else "open"})

    def held(self) -> dict[str, Decimal]:
        """Return what the account holds."""
        return {row["symbol"]: Decimal(row["qty"]) for row in self._held()}

    def leave(self) -> None:
        """Nothing was opened."""

    def close(self) -> None:
        """End the simulator."""
        self._simulator.close()

    def _parents(self) -> list[Any]:
        return [row for row in self._simulator.ask("GET", "orders") if row["parent"] is None]

    def _held(self) -> list[Any]:
        held: list[Any] = self._simulator.ask("GET", "positions")
        return held

    def _set_time(self, to: datetime) -> None:
        # The server first: no quote is from its future.
        self._torment.write(ahead=(to - datetime.now(UTC)).total_seconds())
        self._simulator.ask("POST", "time", {"now": to.isoformat()})
        for symbol in PRICES:
            self._quote(symbol)

    def _quote(self, symbol: str) -> None:
        today = self.now().astimezone(NEW_YORK).date()
        friday = today + timedelta(days=(FRIDAY - today.weekday()) % 7)
        fridays = (friday + timedelta(days=7 * week) for week in range(2 * WEEKS))
        days = [day.isoformat() for day in fridays if is_trading_day(day)][:WEEKS]
        body: dict[str, Any] = {"underlying": symbol, "price": str(self._prices[symbol])}
        body["half_spread"] = self._half_spread
        strikes = [str(strike) for strike in listed(PRICES[symbol])]
        self._simulator.ask("POST", "chain", body | {"expiries": days, "strikes": strikes})

    def _is_at(self, moment: tuple[int, int]) -> bool:
        local = self.now().astimezone(NEW_YORK)
        return (local.hour, local.minute) == moment


def listed(price: int) -> list[int]:
    """Return strikes around a price, near enough to each other for every bot's wings."""
    step = 5 if price >= 100 else 1
    middle = price - price % step
    return [middle + step * number for number in range(-STEPS, STEPS + 1)]
