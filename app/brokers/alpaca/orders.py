"""Orders as Alpaca holds them: found by our ids, listed with their legs."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from app.brokers.alpaca.legs import COMPLEX, Families, members, parent_receipt, suffix_of
from app.brokers.alpaca.mapping import understood
from app.brokers.alpaca.receipts import Row, is_over, is_tiny_close, receipt_of
from app.brokers.alpaca.replacements import FillsBefore, with_fills_of
from app.brokers.alpaca.transport import Transport
from app.brokers.base import IsTaken
from app.domain.orders import STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX, Receipt
from app.errors import BrokerUnavailable

# The most that Alpaca lists in one answer; unasked it lists fifty.
PAGE = 500
_PAGES = 8
# A stop that trails is replaced at every step, and each replacement is an order of its own.
_REPLACEMENTS = 50
_NOT_THERE = frozenset({404})
_FAMILIES_AGE = timedelta(minutes=5)
_CLOCKS_DIFFER = timedelta(seconds=2)


class OrderLookup:
    """Read orders; every method raises BrokerUnavailable."""

    def __init__(self, transport: Transport, clock: Callable[[], datetime]) -> None:
        self._transport = transport
        self._clock = clock
        self.families = Families()
        self._before = FillsBefore(lambda order_id: transport.read(f"/orders/{order_id}"))
        self._named: dict[str, str] = {}
        self._strangers: frozenset[str] = frozenset()
        self._learned_at: datetime | None = None

    def name(self, row: Row, client_order_id: str) -> None:
        """Remember an order that Alpaca gave an id of its own under ours, as long as this process runs."""
        self._named[client_order_id] = row["id"]

    def find(self, client_order_id: str) -> Receipt | None:
        """Return an order, or a leg through its parent; a replaced order is told by its replacement."""
        with understood(BrokerUnavailable):
            if client_order_id in self._named:
                named = self._transport.read(f"/orders/{self._named[client_order_id]}")
                return receipt_of(named, client_order_id)
            # Alpaca knows a leg by an id of its own only, which was learnt when it was placed or seen.
            known = self.families.leg(client_order_id)
            if known is not None:
                seen = self._transport.read(f"/orders/{known['id']}")
                # What a leg has filled in another one's place is told by the position.
                adds_fills = not suffix_of(client_order_id)
                return receipt_of(self._latest(seen, adds_fills=adds_fills), client_order_id)
            row = self._by_client_id(client_order_id)
            if row is None:
                return self._find_leg(client_order_id)
            if suffix_of(client_order_id):
                return receipt_of(self._latest(row), client_order_id)
            return self._whole(self._latest(row, adds_fills=True))

    def find_closing(
        self, client_order_id: str, symbol: str, since: datetime, quantity: Decimal | None, is_taken: IsTaken
    ) -> Receipt | None:
        """Return the close of a position that Alpaca itself named, under our id.

        What other orders of ours have, this process knows of those that it sent; of the rest `is_taken` does.
        """
        after = (since - _CLOCKS_DIFFER).isoformat().replace("+00:00", "Z")
        query = {"status": "all", "symbols": symbol, "after": after, "direction": "asc", "limit": str(PAGE)}
        with understood(BrokerUnavailable):
            rows: list[Row] = self._transport.read("/orders", query)
            taken = {row_id for name, row_id in self._named.items() if name != client_order_id}
            own = (row for row in rows if row["id"] not in taken and is_tiny_close(row, quantity))
            row = next((row for row in own if not is_taken(row["id"])), None)
            if row is None:
                return None
            self.name(row, client_order_id)
            return receipt_of(row, client_order_id)

    def relearn(self) -> None:
        """Look anew at which order is whose leg: a held one that may have moved is listed nowhere."""
        self._learned_at = None

    def open(self) -> list[Receipt]:
        """Return every order that can still fill; one call, as long as the families are known."""
        with understood(BrokerUnavailable):
            # A spread has neither a symbol nor a side of its own, and is none of ours.
            listed = rows = [row for row in self.list_open() if row.get("order_class") != "mleg"]
            # For a moment an order is listed beside its replacement.
            replaced = {row.get("replaces") for row in rows}
            rows = [row for row in rows if row["id"] not in replaced and not is_over(row)]
            self._learn_families(rows)
            own = {row_id: name for name, row_id in self._named.items()}
            rows = self._before.added_to(rows, listed)
            named = [(own.get(row["id"]) or self.families.name(row), row) for row in rows]
            return [receipt_of(row, name) for name, row in (*named, *self.families.held(rows))]

    def list_open(self) -> list[Row]:
        """Return what Alpaca lists as open, as it shows it; raise BrokerUnavailable where that is not all."""
        pages = list(self._pages({"status": "open", "direction": "asc"}, "after_order_id"))
        # Half a list would pass for an account with fewer orders, and exits would be placed twice.
        if len(pages) == _PAGES and len(pages[-1]) == PAGE:
            raise BrokerUnavailable("Alpaca lists more open orders than can be read.")
        return list({row["id"]: row for page in pages for row in page}.values())

    def _whole(self, row: Row) -> Receipt:
        if row.get("order_class") == "oco" and not row.get("legs"):
            row = self._with_legs(row)
        return parent_receipt(row)

    def _find_leg(self, name: str) -> Receipt | None:
        suffix = suffix_of(name)
        if not suffix:
            return None
        root = name.removesuffix(suffix)
        parent = self._by_client_id(root)
        if parent is None and suffix == STOP_LOSS_SUFFIX:
            # A pair of exits goes by its take-profit.
            parent = self._by_client_id(root + TAKE_PROFIT_SUFFIX)
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
        # Somebody else's order must never be taken for proof that ours was placed.
        if row is not None and row["client_order_id"] != name:
            raise ValueError("This is another order.")
        return row

    def _latest(self, row: Row, *, adds_fills: bool = False) -> Row:
        """Follow an order to what replaced it; a stop that takes a target's place is another order."""
        for _ in range(_REPLACEMENTS):
            if row["status"] != "replaced" or not row.get("replaced_by"):
                return row
            successor: Row = self._transport.read(f"/orders/{row['replaced_by']}")
            if successor["type"] != row["type"]:
                return row
            row = with_fills_of(row, successor) if adds_fills else successor
        raise ValueError("An order was replaced by itself.")

    def _learn_families(self, rows: list[Row]) -> None:
        relatives = [row for row in rows if row.get("order_class") in COMPLEX]
        now = self._clock()
        fresh = self._learned_at is not None and now - self._learned_at < _FAMILIES_AGE
        known = all(self.families.knows(row) or row["id"] in self._strangers for row in relatives)
        if not relatives or (fresh and known):
            return
        self._search({row["id"] for row in relatives}, {row["symbol"] for row in relatives})
        # What a whole search did not find is somebody else's, and is not searched for at every look.
        self._strangers = frozenset(row["id"] for row in relatives if not self.families.knows(row))
        self._learned_at = now

    def _search(self, wanted: set[str], symbols: set[str]) -> None:
        """Go back through these symbols' orders until the families of all the wanted ones were seen."""
        query = {"status": "all", "nested": "true", "symbols": ",".join(sorted(symbols)), "direction": "desc"}
        for page in self._pages(query, "before_order_id"):
            for parent in page:
                family = (parent, *(parent.get("legs") or ()))
                if not all(is_over(row) for row in family):
                    self.families.learn(parent)
                wanted = wanted - {row["id"] for row in family}
            if not wanted:
                return

    def _pages(self, query: dict[str, str], cursor: str) -> Iterator[list[Row]]:
        terms = query | {"limit": str(PAGE)}
        for _ in range(_PAGES):
            page: list[Row] = self._transport.read("/orders", terms)
            yield page
            if len(page) < PAGE:
                return
            terms[cursor] = _cursor(page)


def _cursor(page: list[Row]) -> str:
    """Return where the next page begins: what was submitted at the very moment of the last is read again."""
    last = page[-1]
    earlier = (row for row in reversed(page) if row["created_at"] != last["created_at"])
    name: str = next(earlier, last)["id"]
    return name
