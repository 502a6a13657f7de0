"""One look at the orders of today: entries under our ids, and legs through their entries."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from app.brokers.fyers.legs import lacks_legs, status_of_unplaced, unplaced_legs
from app.brokers.fyers.receipts import Row, is_over, receipt_of, suffix_of
from app.brokers.fyers.symbols import Tickers
from app.brokers.fyers.tags import Names, digest, digest_in, tagged
from app.domain.orders import (
    STOP_LOSS_SUFFIX,
    TAKE_PROFIT_SUFFIX,
    OrderStatus,
    Receipt,
)

# What is not ours goes by its tag, or by Fyers' own number.
_STRANGER = "fyers-"


class OrderSnapshot:
    """Orders by our names; a row that is no order raises KeyError or ValueError.

    `is_coming` tells of an entry that has filled, by its number, whether missing legs may still appear.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        names: Names,
        tickers: Tickers,
        is_coming: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._names, self._tickers = names, tickers
        self._is_coming = is_coming
        self._rows = rows = list(rows)
        self._entries = {str(row["id"]): row for row in rows if not row["parentId"]}
        self._legs: dict[str, list[Row]] = {}
        for row in rows:
            if row["parentId"]:
                self._legs.setdefault(str(row["parentId"]), []).append(row)

    def find(self, name: str) -> Receipt | None:
        """Return the order or leg of this name."""
        entry = self._entry(name)
        if entry is not None:
            return receipt_of(entry, name, self._tickers)
        suffix = name[-len(STOP_LOSS_SUFFIX) :]
        if suffix not in {STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX}:
            return None
        parent = self._entry(name.removesuffix(suffix))
        if parent is None:
            return None
        legs = [row for row in self._legs.get(str(parent["id"]), ()) if suffix_of(row) == suffix]
        if legs:
            return self._leg(max(legs, key=_relevance), name, parent)
        waiting = (leg for leg in self._unplaced(parent, name.removesuffix(suffix)))
        return next((leg for leg in waiting if leg.client_order_id == name), None)

    def rows(self, name: str) -> list[Row]:
        """Return every row under one name: those of an order's legs, in the order of their numbers."""
        wanted = digest(name)
        return sorted((row for row in self._rows if _is_named(row, name, wanted)), key=_number)

    def open(self) -> list[Receipt]:
        """Return what can still fill; the legs of an entry that has not filled are held."""
        concerned = [
            row
            for number, row in self._entries.items()
            if self._awaits_legs(row) or not all(map(is_over, (row, *self._legs.get(number, ()))))
        ]
        self._names.learn(tagged(row["orderTag"]) for row in concerned)
        return [*self._open_entries(), *self._open_legs()]

    def _open_entries(self) -> Iterator[Receipt]:
        for row in self._entries.values():
            if not is_over(row):
                yield receipt_of(row, self._name(row), self._tickers)
            if not is_over(row) or self._awaits_legs(row):
                yield from self._unplaced(row, self._name(row))

    def _open_legs(self) -> Iterator[Receipt]:
        for number, legs in self._legs.items():
            parent = self._entries.get(number)
            for row in legs:
                if not is_over(row):
                    root = self._name(row) if parent is None else self._name(parent)
                    yield self._leg(row, root + suffix_of(row), parent)

    def _entry(self, name: str) -> Row | None:
        wanted = digest(name)
        rows = [row for row in self._entries.values() if _is_named(row, name, wanted)]
        # Tags are not unique at Fyers: the same order sent twice shows as two rows of one name.
        return max(rows, key=_relevance, default=None)

    def _name(self, row: Row) -> str:
        tag = tagged(row["orderTag"])
        return self._names.of(tag) or tag or f"{_STRANGER}{row['parentId'] or row['id']}"

    def _leg(self, row: Row, name: str, parent: Row | None) -> Receipt:
        receipt = receipt_of(row, name, self._tickers)
        waits = parent is not None and not parent["filledQty"] and not receipt.status.is_final
        return replace(receipt, status=OrderStatus.HELD) if waits else receipt

    def _placed(self, entry: Row) -> set[str]:
        return {suffix_of(row) for row in self._legs.get(str(entry["id"]), ())}

    def _awaits_legs(self, entry: Row) -> bool:
        return lacks_legs(entry, self._placed(entry)) and self._is_coming(str(entry["id"]))

    def _unplaced(self, entry: Row, name: str) -> Iterator[Receipt]:
        # Legs of an entry that has filled are on their way, or never came: both protect nothing for long.
        status = OrderStatus.PENDING if self._awaits_legs(entry) else status_of_unplaced(entry)
        receipt = receipt_of(entry, name, self._tickers)
        return unplaced_legs(entry, receipt, self._placed(entry), status)


def _is_named(row: Row, name: str, wanted: str) -> bool:
    tag = tagged(row["orderTag"])
    return digest_in(tag) == wanted or name in {tag, f"{_STRANGER}{row['id']}"}


def _number(row: Row) -> str:
    return str(row["id"])


def _relevance(row: Row) -> tuple[bool, bool, str]:
    """Of rows with one name, the one that works counts, else the one that filled, else the newest."""
    return not is_over(row), bool(row["filledQty"]), str(row["id"])
