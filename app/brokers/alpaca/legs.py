"""Which order is whose leg: Alpaca gives legs ids of its own, we call them by their parent's and a suffix.

Alpaca lists neither a held leg nor, once the parent has filled, which parent a leg had. What a family looks
like is therefore remembered when it is placed or seen, and a held leg is told by those of its family that are
listed: a stop-loss is held while the parent or the take-profit works, a take-profit while the parent does.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from threading import Lock
from uuid import UUID

from app.brokers.alpaca.receipts import Row, is_over, receipt_of
from app.domain.money import ZERO
from app.domain.orders import STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX, OrderStatus, Receipt

COMPLEX = frozenset({"bracket", "oco", "oto"})
REMEMBERED = 5_000
_REPLACED = re.compile(r"-r[0-9a-f]{8}$")


def own_id(row: Row) -> str:
    """Return the id that we gave an order, also where it was replaced since."""
    return _REPLACED.sub("", row["client_order_id"])


def replacement_id(client_order_id: str, broker_order_id: str) -> str:
    """Derive the id of an order's replacement: Alpaca wants a new one, and it must tell whose it is."""
    return f"{client_order_id}-r{UUID(broker_order_id).hex[:8]}"


def family_name(parent: Row) -> str:
    """Return the id that a family goes by; an OCO order that was replaced goes by its take-profit's."""
    name = own_id(parent)
    return name.removesuffix(TAKE_PROFIT_SUFFIX) if parent.get("order_class") == "oco" else name


def members(parent: Row) -> dict[str, Row]:
    """Name a parent and its legs by our ids; the take-profit of an OCO order is the order itself."""
    name = family_name(parent)
    is_oco = parent.get("order_class") == "oco"
    named = {name + TAKE_PROFIT_SUFFIX if is_oco else name: parent}
    for leg in parent.get("legs") or ():
        suffix = TAKE_PROFIT_SUFFIX if leg["type"] == "limit" else STOP_LOSS_SUFFIX
        known = named.get(name + suffix)
        # A replaced leg may stand beside its replacement.
        if known is None or is_over(known):
            named[name + suffix] = leg
    return named


def parent_receipt(parent: Row) -> Receipt:
    """Return the receipt of an order under its own id; an OCO order sums up its two legs."""
    name = family_name(parent)
    receipt = receipt_of(parent, name)
    stop = members(parent).get(name + STOP_LOSS_SUFFIX)
    if parent.get("order_class") != "oco" or stop is None:
        return receipt
    return _summed(receipt, receipt_of(stop, name))


def _summed(target: Receipt, stop: Receipt) -> Receipt:
    filled = target.filled_quantity + stop.filled_quantity
    worth = sum((leg.filled_quantity * (leg.average_fill_price or ZERO) for leg in (target, stop)), ZERO)
    # A target that ended without a fill decides nothing: its stop may still work, or have filled.
    decisive = stop if target.status.is_final and target.status is not OrderStatus.FILLED else target
    status = decisive.status if decisive.status is not OrderStatus.HELD else OrderStatus.ACCEPTED
    average = worth / filled if filled else None
    return replace(target, status=status, filled_quantity=filled, average_fill_price=average)


class Families:
    """Remember the families of the last orders that have legs, each under its parent's own id."""

    def __init__(self) -> None:
        self._families: OrderedDict[str, dict[str, Row]] = OrderedDict()
        self._family_of: dict[str, str] = {}
        self._lock = Lock()

    def learn(self, parent: Row) -> None:
        """Remember a parent with its legs; an order without legs is passed over."""
        if not parent.get("legs"):
            return
        name, family = family_name(parent), members(parent)
        with self._lock:
            self._forget(name)
            self._families[name] = family
            for row in family.values():
                self._family_of[row["id"]] = name
            while len(self._families) > REMEMBERED:
                self._forget(next(iter(self._families)))

    def exchange(self, old_id: str, row: Row) -> None:
        """Put a member's replacement in its place."""
        with self._lock:
            parent = self._family_of.pop(old_id, None)
            if parent is None:
                return
            self._family_of[row["id"]] = parent
            family = self._families[parent]
            family.update({name: row for name, member in family.items() if member["id"] == old_id})

    def knows(self, row: Row) -> bool:
        """True when the order's family is remembered."""
        return row["id"] in self._family_of

    def name(self, row: Row) -> str:
        """Return our id of an order that Alpaca listed."""
        with self._lock:
            family = self._families.get(self._family_of.get(row["id"], ""), {})
            return next((name for name, member in family.items() if member["id"] == row["id"]), own_id(row))

    def leg(self, name: str) -> Row | None:
        """Return a leg as it was seen last."""
        with self._lock:
            return self._families.get(name.removesuffix(suffix_of(name)), {}).get(name)

    def held(self, listed: Iterable[Row]) -> list[tuple[str, Row]]:
        """Return the legs that are held but not listed, with their names."""
        ids = {row["id"] for row in listed}
        with self._lock:
            concerned = sorted({self._family_of[name] for name in ids if name in self._family_of})
            return [leg for parent in concerned for leg in _held(parent, self._families[parent], ids)]

    def _forget(self, name: str) -> None:
        for row in self._families.pop(name, {}).values():
            self._family_of.pop(row["id"], None)


def suffix_of(name: str) -> str:
    """Return the suffix that makes an id a leg's; empty where it is none."""
    return next((suffix for suffix in (TAKE_PROFIT_SUFFIX, STOP_LOSS_SUFFIX) if name.endswith(suffix)), "")


def _held(parent: str, family: dict[str, Row], listed: set[str]) -> Iterator[tuple[str, Row]]:
    target, stop = parent + TAKE_PROFIT_SUFFIX, parent + STOP_LOSS_SUFFIX
    working = {name for name, row in family.items() if row["id"] in listed}
    waiting = ((target, {parent}), (stop, {parent, target}))
    for name, releases in waiting:
        row = family.get(name)
        if row is not None and name not in working and working & releases and not is_over(row):
            yield name, row | {"status": "held"}
