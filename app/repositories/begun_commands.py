"""What a command set out to do, written down before the broker is told: a crash in between loses nothing."""

from dataclasses import field
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.dataclass import dataclass
from app.domain.orders import OrderChange, OrderRole
from app.errors import AlreadyExists
from app.storage.base import Change, Delete, Document, Store

PREFIX = "commands/"
FIGURES = ("quantity", "limit_price", "stop_price")


@dataclass(frozen=True, slots=True)
class Concerned:
    """An order that a command concerns, and the ticket that placed it."""

    name: str
    role: OrderRole
    ticket: UUID


@dataclass(frozen=True, slots=True)
class AmendmentIntent:
    """Orders that may be canceled or changed by now; `entry` is what a change adds to the day's entries."""

    symbol: str
    orders: tuple[Concerned, ...]
    change: OrderChange = field(default_factory=OrderChange)
    entry: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the intent as it is stored."""
        figures = {name: getattr(self.change, name) for name in FIGURES}
        return {
            "symbol": self.symbol,
            "orders": [[order.name, order.role.value, str(order.ticket)] for order in self.orders],
            "change": {name: format(value, "f") for name, value in figures.items() if value is not None},
            "entry": self.entry,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "AmendmentIntent":
        """Take up an intent that was stored."""
        orders = (Concerned(name, OrderRole(role), UUID(ticket)) for name, role, ticket in data["orders"])
        change = OrderChange(**{name: Decimal(value) for name, value in data["change"].items()})
        return cls(data["symbol"], tuple(orders), change, data["entry"])


class BegunCommands:
    """Undertakings under `commands/{ticket id}`; each is removed with the write that ends its ticket."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, ticket: UUID) -> AmendmentIntent | None:
        """Return what a ticket's command had set out to do, if it had."""
        document = self._document(ticket)
        return None if document is None else AmendmentIntent.from_json(document.value)

    def begin(self, ticket: UUID, intent: AmendmentIntent) -> AmendmentIntent:
        """Write it down and return it, together with what an earlier attempt had begun."""
        try:
            self._store.create(_key(ticket), intent.to_json())
        except AlreadyExists:
            return self._begin_again(ticket, intent)
        return intent

    def ending(self, ticket: UUID) -> list[Change]:
        """Return the change that forgets it."""
        document = self._document(ticket)
        return [Delete(document)] if document is not None else []

    def _begin_again(self, ticket: UUID, intent: AmendmentIntent) -> AmendmentIntent:
        document = self._document(ticket)
        if document is None:
            return intent
        names = {order.name for order in intent.orders}
        before = AmendmentIntent.from_json(document.value)
        earlier = (order for order in before.orders if order.name not in names)
        whole = AmendmentIntent(
            intent.symbol,
            (*earlier, *intent.orders),
            intent.change,
            intent.entry or before.entry,
        )
        self._store.replace(document, whole.to_json())
        return whole

    def _document(self, ticket: UUID) -> Document | None:
        return self._store.get(_key(ticket))


def _key(ticket: UUID) -> str:
    return f"{PREFIX}{ticket}"
