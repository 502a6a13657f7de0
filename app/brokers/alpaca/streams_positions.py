"""Positions in shares as Alpaca's `trade_updates` tell them, each only while nothing speaks against it.

A position is proven while every fill since a read of all positions fits the one before it (its `position_qty`
is the last one and its own `qty`), and no order in the symbol is on its way or works: then only an order that
the stream would tell of can change it.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import field
from decimal import Decimal
from threading import Lock

from app.brokers.alpaca.receipts import Row, is_over
from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.instruments import AssetClass
from app.domain.money import ZERO
from app.domain.orders import Side

SHARES = "us_equity"
FILLS = frozenset({"fill", "partial_fill"})
# A fill that is undone or changed later does not say by how much.
CORRECTIONS = frozenset({"trade_bust", "trade_correct"})
# Between two reads of all positions: splits, deliveries and transfers are told by no event.
READ_SECONDS = 60.0
SOON_SECONDS = 1.0
AGAIN_SECONDS = 5.0
OLDEST_SECONDS = 90.0
# By then an order that was answered stands in the list of open orders, or is over.
SETTLED_SECONDS = 5.0
_REMEMBERED = 5000
DIFFERENCE = "Alpaca's stream and its answer differ about the position in %s"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Known:
    """What one connection has told. `held` is None until all positions were read while it listened."""

    held: dict[str, Decimal] | None = None
    read_at: float = 0.0
    next_read: float = 0.0
    doubted: set[str] = field(default_factory=set)
    # Symbols that something happened in since the read began that is under way.
    touched: set[str] = field(default_factory=set)
    open: dict[str, str] = field(default_factory=dict)
    finished: dict[str, None] = field(default_factory=dict)
    executions: dict[str, None] = field(default_factory=dict)


class KnownPositions:
    """Signed positions by symbol; every method may be called by any thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = Lock()
        self._known = _Known()
        # Ours, whatever connection tells of them: on their way by symbol, answered and not over by id.
        self._sending: Counter[str] = Counter()
        self._awaited: dict[str, tuple[str, float]] = {}

    def forget(self) -> None:
        """Know nothing: there was a gap, or there will be one."""
        with self._lock:
            self._known = _Known()

    def of(self, symbol: str) -> Decimal | None:
        """Return the position; None: it is not proven and must be read."""
        with self._lock:
            known = self._known
            if known.held is None or self._now() - known.read_at > OLDEST_SECONDS:
                return None
            if symbol in known.doubted or not self._is_calm(symbol):
                return None
            return known.held.get(symbol, ZERO)

    @contextmanager
    def sending(self, symbol: str) -> Iterator[None]:
        """Doubt a symbol while an order of ours is on its way."""
        with self._lock:
            self._sending[symbol] += 1
        try:
            yield
        finally:
            with self._lock:
                self._sending[symbol] -= 1

    def expect(self, symbol: str, *names: str) -> None:
        """Doubt a symbol until the stream has told the end of these orders, by Alpaca's ids or ours."""
        with self._lock:
            at = self._now()
            for name in names:
                if name not in self._known.finished:
                    self._awaited[name] = (symbol, at)

    def doubt(self, symbol: str) -> None:
        """Believe no word about a symbol until it has been read again."""
        with self._lock:
            self._doubt(symbol)

    def take(self, update: Row) -> None:
        """Count an event; raise KeyError, ValueError or ArithmeticError where it is none."""
        order, event = update["order"], update["event"]
        if order.get("asset_class") != SHARES:
            return
        symbol: str = order["symbol"]
        with self._lock:
            self._known.touched.add(symbol)
            if event in CORRECTIONS:
                self._doubt(symbol)
            elif event in FILLS and _is_new(self._known.executions, _execution(update)):
                self._count(symbol, order["side"], Decimal(update["qty"]), Decimal(update["position_qty"]))
            self._follow(symbol, order)

    def is_due(self) -> bool:
        """Tell whether all positions should be read now."""
        with self._lock:
            return self._now() >= self._known.next_read

    def read(self, orders: Callable[[], Iterable[Row]], positions: Callable[[], Iterable[Position]]) -> None:
        """Read open orders, then positions: whatever is not open any more has its fills in them.

        Raise BrokerUnavailable.
        """
        with self._lock:
            known, began = self._known, self._now()
            known.next_read = began + AGAIN_SECONDS
            known.touched = set()
        rows = orders()
        held = _shares(positions())
        with self._lock:
            # A gap since then makes it the knowledge of another time.
            if known is self._known:
                self._replace(known, {row["id"]: row for row in rows}, held, began)

    def check(self, positions: Iterable[Position]) -> None:
        """Compare with what somebody else has read; a difference is doubted."""
        held = _shares(positions)
        with self._lock:
            for symbol in self._differing(held):
                log.warning(DIFFERENCE, symbol)
                self._doubt(symbol)

    def _replace(self, known: _Known, rows: dict[str, Row], held: dict[str, Decimal], began: float) -> None:
        for symbol in self._differing(held) - known.touched:
            log.warning(DIFFERENCE, symbol)
        names = rows.keys() | {row.get("client_order_id") for row in rows.values()}
        self._awaited = {
            name: (symbol, at)
            for name, (symbol, at) in self._awaited.items()
            if name in names or at > began - SETTLED_SECONDS or symbol in known.touched
        }
        known.open = {name: row["symbol"] for name, row in rows.items() if name not in known.finished}
        # What moved meanwhile may be in the answer or not.
        kept = {symbol: (known.held or {}).get(symbol, ZERO) for symbol in known.touched}
        known.held, known.read_at, known.doubted = held | kept, began, set(known.touched)
        known.next_read = began + self._pause(known)

    def _pause(self, known: _Known) -> float:
        if known.doubted:
            return SOON_SECONDS
        # The end of an order that was sent before anybody listened is told by no event.
        is_awaiting = any(name not in known.open for name in self._awaited)
        return SETTLED_SECONDS + SOON_SECONDS if is_awaiting else READ_SECONDS

    def _differing(self, held: dict[str, Decimal]) -> set[str]:
        known = self._known.held
        if known is None:
            return set()
        told = {symbol for symbol in known.keys() | held.keys() if self._is_told(symbol)}
        return {symbol for symbol in told if known.get(symbol, ZERO) != held.get(symbol, ZERO)}

    def _is_told(self, symbol: str) -> bool:
        return symbol not in self._known.doubted and self._is_calm(symbol)

    def _count(self, symbol: str, side: str, quantity: Decimal, position: Decimal) -> None:
        known = self._known
        if known.held is None:
            return
        if known.held.get(symbol, ZERO) + quantity * Side(side).sign != position:
            # One is missing, late or twice; only Alpaca's own list says what is held now.
            self._doubt(symbol)
        known.held[symbol] = position

    def _follow(self, symbol: str, order: Row) -> None:
        known, names = self._known, (order["id"], order.get("client_order_id", ""))
        if is_over(order):
            known.open.pop(order["id"], None)
            for name in names:
                self._awaited.pop(name, None)
                _is_new(known.finished, name)
        elif order["id"] not in known.finished:
            known.open[order["id"]] = symbol

    def _doubt(self, symbol: str) -> None:
        self._known.doubted.add(symbol)
        self._known.next_read = min(self._known.next_read, self._now() + SOON_SECONDS)

    def _is_calm(self, symbol: str) -> bool:
        return (
            not self._sending[symbol]
            and symbol not in self._known.open.values()
            and all(symbol != awaited for awaited, _ in self._awaited.values())
        )


def _shares(positions: Iterable[Position]) -> dict[str, Decimal]:
    """Leave out coins and options, which are always read: no event tells of their fees and deliveries."""
    return {
        each.symbol: each.quantity
        for each in positions
        if each.instrument is not None and each.instrument.asset_class is AssetClass.EQUITY
    }


def _execution(update: Row) -> str:
    name = update.get("execution_id")
    return str(name) if name else f"{update['order']['id']} {update['order']['filled_qty']}"


def _is_new(seen: dict[str, None], name: str) -> bool:
    """Remember a name; False when it was known already."""
    if name in seen:
        return False
    seen[name] = None
    if len(seen) > _REMEMBERED:
        del seen[next(iter(seen))]
    return True
