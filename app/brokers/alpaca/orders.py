"""Orders as Alpaca holds them: found by our ids, listed with their legs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app.brokers.alpaca.families import COMPLEX, Families, members, parent_receipt, suffix_of
from app.brokers.alpaca.receipts import Row, is_over, moment, receipt_of
from app.brokers.alpaca.records import understood
from app.brokers.alpaca.transport import Transport
from app.domain.orders import Receipt
from app.errors import BrokerUnavailable

PAGE = 500
_PAGES = 20
_REPLACEMENTS = 50
_NOT_THERE = frozenset({404})
_FAMILIES_AGE = timedelta(minutes=5)
_MARGIN = timedelta(seconds=5)


class OrderBook:
    """Read orders; every method raises BrokerUnavailable."""

    def __init__(self, transport: Transport, clock: Callable[[], datetime]) -> None:
        self._transport = transport
        self._clock = clock
        self.families = Families()
        self._strangers: frozenset[str] = frozenset()
        self._learned_at: datetime | None = None

    def find(self, client_order_id: str) -> Receipt | None:
        """Return an order, or a leg through its parent; a replaced order is told by its replacement."""
        with understood(BrokerUnavailable):
            row = self._by_client_id(client_order_id)
            if row is not None:
                return self._whole(self._latest(row))
            return self._find_leg(client_order_id)

    def open(self) -> list[Receipt]:
        """Return every order that can still fill; one call, as long as the families are known."""
        with understood(BrokerUnavailable):
            # A spread has neither a symbol nor a side of its own, and is none of ours.
            rows = [row for row in self._list({"status": "open"}) if row.get("order_class") != "mleg"]
            self._learn_families(rows)
            named = [(self.families.name(row), row) for row in rows]
            return [receipt_of(row, name) for name, row in (*named, *self.families.held(rows))]

    def _whole(self, row: Row) -> Receipt:
        if row.get("order_class") == "oco" and not row.get("legs"):
            row = self._with_legs(row)
        return parent_receipt(row)

    def _find_leg(self, name: str) -> Receipt | None:
        suffix = suffix_of(name)
        if not suffix:
            return None
        known = self.families.leg(name)
        if known is not None:
            row = self._transport.read(f"/orders/{known['id']}", absent=_NOT_THERE)
            return None if row is None else receipt_of(self._latest(row), name)
        parent = self._by_client_id(name.removesuffix(suffix))
        if parent is None or parent.get("order_class") not in COMPLEX:
            return None
        leg = members(self._with_legs(self._latest(parent))).get(name)
        return None if leg is None else receipt_of(self._latest(leg), name)

    def _with_legs(self, parent: Row) -> Row:
        row: Row = self._transport.read(f"/orders/{parent['id']}", {"nested": "true"})
        self.families.learn(row)
        return row

    def _by_client_id(self, name: str) -> Row | None:
        query = {"client_order_id": name}
        row: Row | None = self._transport.read("/orders:by_client_order_id", query, absent=_NOT_THERE)
        if row is not None and row["client_order_id"] != name:
            raise ValueError("This is another order.")
        return row

    def _latest(self, row: Row) -> Row:
        """Follow an order to what replaced it; a stop that takes a target's place is another order."""
        for _ in range(_REPLACEMENTS):
            if row["status"] != "replaced" or not row.get("replaced_by"):
                return row
            successor: Row = self._transport.read(f"/orders/{row['replaced_by']}")
            if successor["type"] != row["type"]:
                return row
            row = successor
        raise ValueError("An order was replaced by itself.")

    def _learn_families(self, rows: list[Row]) -> None:
        relatives = [row for row in rows if row.get("order_class") in COMPLEX]
        now = self._clock()
        fresh = self._learned_at is not None and now - self._learned_at < _FAMILIES_AGE
        missing = [
            row for row in relatives if not self.families.knows(row) and row["id"] not in self._strangers
        ]
        if not relatives or (fresh and not missing):
            return
        # Legs were submitted at the moment of their parent.
        since = min(moment(row["created_at"]) for row in (missing if fresh else relatives)) - _MARGIN
        symbols = ",".join(sorted({row["symbol"] for row in relatives}))
        query = {"status": "all", "nested": "true", "symbols": symbols, "after": since.isoformat()}
        for parent in self._list(query):
            if not all(is_over(row) for row in (parent, *(parent.get("legs") or ()))):
                self.families.learn(parent)
        self._strangers = frozenset(row["id"] for row in relatives if not self.families.knows(row))
        self._learned_at = now if not fresh else self._learned_at

    def _list(self, query: dict[str, str]) -> list[Row]:
        rows: list[Row] = []
        terms: dict[str, Any] = query | {"limit": str(PAGE), "direction": "asc"}
        for _ in range(_PAGES):
            page: list[Row] = self._transport.read("/orders", terms)
            rows += page
            if len(page) < PAGE:
                return rows
            # Alpaca does not take a time and an order as the beginning together.
            terms = {name: value for name, value in terms.items() if name != "after"}
            terms["after_order_id"] = page[-1]["id"]
        raise BrokerUnavailable("Alpaca lists more orders than can be read.")
