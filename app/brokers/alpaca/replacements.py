"""What an order had filled when another one took its place: Alpaca's replacement is for the rest alone."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from app.brokers.alpaca.legs import own_id, suffix_of
from app.brokers.alpaca.receipts import Row, decimal, is_over
from app.domain.money import ZERO

_MOST_STEPS = 50


def with_fills_of(before: Row, row: Row) -> Row:
    """Return what replaced an order with the fills of both; its own where it is not for the rest alone."""
    filled, whole = decimal(before["filled_qty"]), decimal(before.get("qty"))
    rest = decimal(row.get("qty"))
    if not filled or whole is None or rest is None or rest > whole - filled:
        return row
    both = filled + (decimal(row["filled_qty"]) or ZERO)
    average = (_worth(before) + _worth(row)) / both
    sums = {"qty": filled + rest, "filled_qty": both, "filled_avg_price": average}
    return row | {name: format(value, "f") for name, value in sums.items()}


class FillsBefore:
    """Looks back from listed orders to those that they replaced: once each, since those are over.

    Legs are left out: a stop that trails is replaced at every step, and what is held tells its fills.
    """

    def __init__(self, read: Callable[[str], Row]) -> None:
        self._read = read
        self._before: dict[str, Row] = {}

    def added_to(self, rows: Iterable[Row], listed: Iterable[Row]) -> list[Row]:
        """Return orders with what they had filled under earlier ids; raise BrokerUnavailable.

        For a moment an order is `listed` beside its replacement, and need not be asked for.
        """
        beside, known = {row["id"]: row for row in listed}, self._before
        found = [(row, known.get(row["id"]) or self._look_back(row, beside)) for row in rows]
        # Put into its place as a whole: threads look at the same time.
        self._before = {row["id"]: before for row, before in found if before is not None and is_over(before)}
        return [row if before is None else with_fills_of(before, row) for row, before in found]

    def _look_back(self, row: Row, beside: dict[str, Row]) -> Row | None:
        if not row.get("replaces") or suffix_of(own_id(row)):
            return None
        rows = [beside.get(row["replaces"]) or self._read(row["replaces"])]
        while rows[-1].get("replaces") and len(rows) < _MOST_STEPS:
            rows.append(self._read(rows[-1]["replaces"]))
        whole = rows.pop()
        while rows:
            whole = with_fills_of(whole, rows.pop())
        return whole


def _worth(row: Row) -> Decimal:
    return (decimal(row["filled_qty"]) or ZERO) * (decimal(row.get("filled_avg_price")) or ZERO)
