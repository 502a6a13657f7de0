"""Orders of ours that can still change, under `orders/{client order id}` until they are over."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.dataclass import dataclass
from app.domain.exit_plan import ExitPlan
from app.domain.json_codec import timestamp
from app.domain.money import ZERO, plain, text
from app.domain.orders import (
    STOP_LOSS_SUFFIX,
    TAKE_PROFIT_SUFFIX,
    OrderRole,
    OrderStatus,
    OrderType,
    Receipt,
)
from app.domain.trades import NOTHING_COUNTED, FilledSoFar, Place
from app.repositories.readable import certain, readable
from app.storage.base import JSON, Change, Create, Delete, Document, Replace, Store

PREFIX = "orders/"
# The name under which the operator's own orders are written down; no bot has it.
OPERATOR = "operator"
LEGS = (STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX)
NEVER_SHOWN = frozenset({"none", OrderStatus.UNKNOWN.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """An order, or a leg of one, as it is remembered.

    `seen` is the status, the filled units and the prices that the broker showed last; None before any.
    `counted` is what of it is in its bot's trade. `version` tells which writing of it was read.
    """

    client_order_id: str
    ticket: UUID
    bot: str
    broker: str
    symbol: str
    role: OrderRole
    multiplier: Decimal
    submitted_at: datetime
    type: OrderType | None = None
    quantity: Decimal | None = None
    counted: FilledSoFar = NOTHING_COUNTED
    seen: tuple[str, ...] | None = None
    repriced_at: datetime | None = None
    version: int = 0

    @property
    def place(self) -> Place:
        """The position that it opens or closes."""
        return Place(self.bot, self.broker, self.symbol)

    @property
    def is_leg(self) -> bool:
        """True for a stop-loss or take-profit."""
        return self.client_order_id.endswith(LEGS)

    @property
    def is_in_doubt(self) -> bool:
        """True for one that was sent and that the broker has never shown."""
        return self.seen is not None and self.seen[0] == OrderStatus.UNKNOWN.value

    @property
    def was_known(self) -> bool:
        """True for one that the broker has shown before."""
        return self.seen is not None and self.seen[0] not in NEVER_SHOWN

    def is_shown_as(self, receipt: Receipt) -> bool:
        """Tell whether the broker shows what it showed last."""
        return self.seen == _seen(receipt)

    def opening(self) -> Create:
        """Return the change that keeps it in sight."""
        return Create(_key(self.client_order_id), self.to_json())

    def counting(self, receipt: Receipt) -> Change:
        """Return the change that remembers what was seen and counted, and forgets what is over."""
        if receipt.status.is_final:
            return self.ending()
        price, fees = receipt.average_fill_price or ZERO, receipt.fees
        filled = FilledSoFar(receipt.filled_quantity, price, fees=fees)
        return Replace(self._document(), replace(self, seen=_seen(receipt), counted=filled).to_json())

    def sent_again(self, at: datetime, quantity: Decimal | None) -> Change:
        """Return the change that remembers another send of one in doubt, which may arrive as late."""
        return Replace(self._document(), replace(self, submitted_at=at, quantity=quantity).to_json())

    def ending(self) -> Delete:
        """Return the change that forgets it."""
        return Delete(self._document())

    def to_json(self) -> JSON:
        """Return it as it is stored; written out, since every alert writes one."""
        stored = {
            "client_order_id": self.client_order_id,
            "ticket": str(self.ticket),
            "bot": self.bot,
            "broker": self.broker,
            "symbol": self.symbol,
            "role": self.role.value,
            "type": None if self.type is None else self.type.value,
            "quantity": text(self.quantity),
            "multiplier": format(self.multiplier, "f"),
            "counted": self.counted.texts(),
            "seen": None if self.seen is None else list(self.seen),
            "submitted_at": timestamp(self.submitted_at),
        }
        if self.repriced_at is not None:
            stored["repriced_at"] = timestamp(self.repriced_at)
        return stored

    @classmethod
    def from_document(cls, document: Document) -> "OpenOrder":
        """Take up what was stored, with its version."""
        data = document.value
        kind, quantity, repriced_at = data.get("type"), data.get("quantity"), data.get("repriced_at")
        seen = data.get("seen")
        return cls(
            client_order_id=data["client_order_id"],
            ticket=UUID(data["ticket"]),
            bot=data["bot"],
            broker=data["broker"],
            symbol=data["symbol"],
            role=OrderRole(data["role"]),
            multiplier=Decimal(data["multiplier"]),
            submitted_at=datetime.fromisoformat(data["submitted_at"]),
            type=None if kind is None else OrderType(kind),
            quantity=None if quantity is None else Decimal(quantity),
            counted=FilledSoFar.of(*data["counted"]),
            seen=None if seen is None else tuple(seen),
            repriced_at=None if repriced_at is None else datetime.fromisoformat(repriced_at),
            version=document.version,
        )

    def _document(self) -> Document:
        return Document(_key(self.client_order_id), self.to_json(), self.version)


def open_order(name: str, record: dict[str, Any], *, multiplier: Decimal, at: datetime) -> OpenOrder:
    """Return what is remembered of an order, or of the leg of it that the name tells.

    `record` is the order as its ticket shows it; what it has filled by now is in its trade already.
    """
    is_leg = name != record["client_order_id"]
    quantity, filled, price = record["quantity"], record["filled_quantity"], record["average_fill_price"]
    fees = record.get("fees") or "0"
    return OpenOrder(
        client_order_id=name,
        ticket=UUID(record["ticket"]),
        bot=record["bot"],
        broker=record["broker"],
        symbol=record["symbol"],
        role=OrderRole.EXIT if is_leg else OrderRole(record["role"]),
        multiplier=multiplier,
        submitted_at=at,
        type=_leg_type(name) if is_leg else OrderType(record["type"]),
        quantity=None if quantity is None else Decimal(quantity),
        # A leg fills later than its order; nobody has seen it yet.
        counted=NOTHING_COUNTED if is_leg else FilledSoFar.of(filled, price or "0", fees),
        seen=None if is_leg else _as_seen(record),
    )


def open_exit(
    exit_plan: ExitPlan, name: str, *, multiplier: Decimal, at: datetime, at_market: bool = False
) -> OpenOrder:
    """Return what is remembered of an exit order that is placed after its entry's alert."""
    return OpenOrder(
        client_order_id=name,
        ticket=exit_plan.ticket,
        bot=exit_plan.bot,
        broker=exit_plan.broker,
        symbol=exit_plan.symbol,
        role=OrderRole.EXIT,
        multiplier=multiplier,
        submitted_at=at,
        type=OrderType.MARKET if at_market else _leg_type(name),
    )


class OpenOrders:
    """Reads of open orders; their changes are written with what else a broker's answer changes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, name: str) -> OpenOrder | None:
        """Return an order by its client order id; None: it is over, or nobody remembers it."""
        document = self._store.get(_key(name))
        return None if document is None else certain(document, OpenOrder.from_document)

    def every(self) -> Iterator[OpenOrder]:
        """Yield all of them."""
        return readable(self._store.list(PREFIX), OpenOrder.from_document)

    def at(self, broker: str) -> list[OpenOrder]:
        """Return those at one broker."""
        return [item for item in self.every() if item.broker == broker]

    def of(self, bot: str, broker: str) -> list[OpenOrder]:
        """Return a bot's at one broker."""
        found = (item for item in self._documents(bot) if item.value.get("broker") == broker)
        return list(readable(found, OpenOrder.from_document))

    def in_symbol(self, broker: str, symbol: str, bot: str | None = None) -> list[OpenOrder]:
        """Return a bot's (everybody's, for None) in one symbol."""
        return list(readable(self._in_symbol(broker, symbol, bot), OpenOrder.from_document))

    def exits_of(self, bot: str, broker: str, symbol: str) -> list[OpenOrder]:
        """Return a bot's exits in one symbol; raise RecordUnreadable: beside one unseen none is sent."""
        found = self._in_symbol(broker, symbol, bot)
        exits = (item for item in found if item.value.get("role") != OrderRole.ENTRY)
        return [certain(item, OpenOrder.from_document) for item in exits]

    def entered_symbols(self, bot: str) -> set[str]:
        """Return the symbols in which a bot's entry may still fill."""
        found = readable(self._documents(bot), lambda item: (item.value["role"], item.value["symbol"]))
        return {symbol for role, symbol in found if role == OrderRole.ENTRY.value}

    def awaits_entry(self, bot: str, broker: str, symbol: str) -> bool:
        """Tell whether a bot's entry in a symbol may still fill, be it one that cannot be read."""
        roles = (item.value.get("role", OrderRole.ENTRY) for item in self._in_symbol(broker, symbol, bot))
        return OrderRole.ENTRY in roles

    def places(self) -> set[Place]:
        """Return the positions that an order may still open or close."""
        # Whose an order is may be known even where the order itself cannot be read.
        return set(readable(self._store.list(PREFIX), _place))

    def names(self) -> list[str]:
        """Return the client order ids of all of them."""
        return [item.key.removeprefix(PREFIX) for item in self._store.list(PREFIX)]

    def has_moved(self, order: OpenOrder) -> bool:
        """Tell whether somebody has written it, or forgotten it, since it was read."""
        current = self._store.get(_key(order.client_order_id))
        return current is None or current.version != order.version

    def remember_repricing(self, order: OpenOrder, at: datetime) -> bool:
        """Write down that somebody turns to an order now; False when others have. Raise Conflict."""
        # Read anew: what was counted meanwhile stays.
        document = self._store.get(_key(order.client_order_id))
        known = None if document is None else certain(document, OpenOrder.from_document)
        if document is None or known is None or known.repriced_at != order.repriced_at:
            return False
        self._store.replace(document, replace(known, repriced_at=at).to_json())
        return True

    def forget(self, names: Iterable[str]) -> None:
        """Forget orders that were proved never to be placed."""
        found = (self.find(name) for name in names)
        self._store.apply([item.ending() for item in found if item is not None])

    def _in_symbol(self, broker: str, symbol: str, bot: str | None) -> Iterator[Document]:
        # An alert asks this while its symbol waits: what is none of its business is not even read.
        wanted = (symbol, broker)
        found = self._documents(bot)
        return (item for item in found if (item.value.get("symbol"), item.value.get("broker")) == wanted)

    def _documents(self, bot: str | None) -> Iterator[Document]:
        """Yield what a bot may have; the names of bots may begin alike."""
        if bot is None:
            return self._store.list(PREFIX)
        documents = self._store.list(f"{PREFIX}{bot}-")
        return (item for item in documents if item.value.get("bot") == bot)


def _key(name: str) -> str:
    return f"{PREFIX}{name}"


def _place(document: Document) -> Place:
    return Place(document.value["bot"], document.value["broker"], document.value["symbol"])


def _seen(receipt: Receipt) -> tuple[str, ...]:
    prices = _prices(text(receipt.limit_price), text(receipt.stop_price))
    return receipt.status.value, format(receipt.filled_quantity, "f"), *prices


def _as_seen(record: dict[str, Any]) -> tuple[str, ...]:
    prices = _prices(record["limit_price"], record["stop_price"])
    return record["status"], record["filled_quantity"], *prices


def _prices(*given: str | None) -> Iterator[str]:
    """Yield prices as they are compared: one that was moved is worth a look, a trailing zero is not."""
    return (format(plain(Decimal(price)), "f") for price in given if price is not None)


def _leg_type(name: str) -> OrderType:
    return OrderType.STOP if name.endswith(STOP_LOSS_SUFFIX) else OrderType.LIMIT
