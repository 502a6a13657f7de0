"""The record of one alert, from its arrival to its final state."""

from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from app.dataclass import dataclass
from app.domain.json_codec import timestamp
from app.domain.money import plain
from app.domain.order_check import Verdict
from app.domain.orders import OrderStatus, Receipt
from app.domain.reasons import Reason
from app.domain.refusals import explained

# Returns so many random bytes.
Randomness: TypeAlias = Callable[[int], bytes]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOISE_BYTES = 8
MILLISECOND = timedelta(milliseconds=1)
# A whole millisecond earlier than the last one: a float of these seconds may round up.
LAST_MILLISECOND = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MILLISECOND - 1


# Tickets that no alert has brought: of the operator, and of the circuit breaker.
BY_NO_ALERT = ("operator", "circuit_breaker")


class TicketStatus(StrEnum):
    """Where a ticket stands."""

    RECEIVED = "received"
    RESEARCHING = "researching"
    AWAITING_APPROVAL = "awaiting_approval"
    PURSUING = "pursuing"
    ORDERED = "ordered"
    DRY_RUN = "dry_run"
    SKIPPED = "skipped"
    DENIED = "denied"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    FAILED = "failed"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"


class Stage(StrEnum):
    """The steps of a ticket's timeline, as a trader would call them."""

    RECEIVED = "received"
    STORED = "stored"
    KEY_SHARED = "key used before"
    RECOVERED = "resumed after a crash"
    POSITION_CHECKED = "position checked"
    SIZE_SET = "size set"
    GATES_CHECKED = "gates checked"
    OPINION_RECEIVED = "opinion received"
    APPROVAL_WANTED = "waiting for approval"
    APPROVED = "approved"
    REJECTED = "rejected"
    APPROVAL_EXPIRED = "approval expired"
    CONFLICTS_CANCELLED = "waiting orders cancelled"
    SENT = "sent to broker"
    LADDER = "price moved"
    PURSUED = "exit tried again"
    PURSUIT_ENDED = "exit no longer pursued"
    ORDERS_FOUND = "orders found"
    ORDER_CANCELLED = "order cancelled"
    ORDER_CHANGED = "order changed"
    BREAKER_TRIPPED = "circuit breaker tripped"
    STOP_FILLED = "stop-loss filled"
    TARGET_FILLED = "take-profit filled"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A stage that was reached, with the milliseconds since the one before it."""

    at: datetime
    # Its words, not a `Stage`: what an older version called its stages stays readable.
    stage: str
    milliseconds: float
    detail: str | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "TimelineEntry":
        """Take up an entry that was stored."""
        return cls(datetime.fromisoformat(data["at"]), data["stage"], data["milliseconds"], data["detail"])

    def to_json(self) -> dict[str, Any]:
        """Return the entry as it is stored and answered."""
        return {
            "at": timestamp(self.at),
            "stage": self.stage,
            "milliseconds": self.milliseconds,
            "detail": self.detail,
        }


FOLLOWED = {
    OrderStatus.PARTIALLY_FILLED: TicketStatus.PARTIALLY_FILLED,
    OrderStatus.FILLED: TicketStatus.FILLED,
    OrderStatus.CANCELED: TicketStatus.CANCELED,
    OrderStatus.EXPIRED: TicketStatus.CANCELED,
    OrderStatus.REJECTED: TicketStatus.REJECTED,
}


WHY_NOT_FILLED = {
    OrderStatus.CANCELED: Reason.ORDER_CANCELED,
    OrderStatus.EXPIRED: Reason.ORDER_EXPIRED,
    OrderStatus.REJECTED: Reason.BROKER_REJECTED,
}


def new_ticket_id(at: datetime, randomness: Randomness) -> UUID:
    """Make a UUIDv7 of eight random bytes: unique, and sorted by the microsecond of its alert's arrival."""
    # Whole numbers throughout: a float cannot hold a microsecond of this century exactly.
    microseconds = (at - EPOCH) // timedelta(microseconds=1)
    milliseconds, rest = divmod(microseconds, 1000)
    chance = int.from_bytes(randomness(NOISE_BYTES))
    low = chance & ((1 << 62) - 1)
    high = (rest << 2) | (chance >> 62)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)


def ticket_day(ticket: UUID) -> str:
    """Return the UTC day on which a ticket was made; of an id that is none of ours it may be the last."""
    return made_at(ticket).date().isoformat()


def made_at(made: UUID) -> datetime:
    """Return when an id was made, to the millisecond; one that is none of ours may tell the last moment."""
    # Any UUID may be asked for, and the moments of some lie beyond the year 9999.
    return datetime.fromtimestamp(min(made.int >> 80, LAST_MILLISECOND) / 1000, UTC)


@dataclass(slots=True)
class Ticket:
    """A ticket while it is worked on. `alert` is redacted; `orders` are as the API shows them."""

    id: UUID
    bot: str
    dialect: str
    created_at: datetime
    alert: dict[str, Any]
    status: TicketStatus = TicketStatus.RECEIVED
    reason: Reason | None = None
    message: str | None = None
    signal: dict[str, Any] | None = None
    opinion: dict[str, Any] | None = None
    gates: list[list[Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    timeline: list[TimelineEntry] = field(default_factory=list)
    entry: dict[str, Any] | None = None
    exits: dict[str, Any] | None = None
    fingerprint: str | None = None
    _noted_at: datetime | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Ticket":
        """Take up a ticket that was stored."""
        timeline = [TimelineEntry.from_json(entry) for entry in data["timeline"]]
        return cls(
            id=UUID(data["id"]),
            bot=data["bot"],
            dialect=data["dialect"],
            created_at=datetime.fromisoformat(data["created_at"]),
            alert=data["alert"],
            status=TicketStatus(data["status"]),
            reason=Reason[data["reason"]] if data["reason"] is not None else None,
            message=data["message"],
            exits=data.get("exits"),
            fingerprint=data.get("fingerprint"),
            timeline=timeline,
            _noted_at=timeline[-1].at if timeline else None,
            **{name: data[name] for name in ("signal", "opinion", "gates", "orders", "entry")},
        )

    def blank(self) -> "Ticket":
        """Return a ticket for the same alert on which nothing is written yet."""
        return Ticket(
            self.id,
            self.bot,
            self.dialect,
            self.created_at,
            self.alert,
            fingerprint=self.fingerprint,
            _noted_at=self._noted_at,
        )

    def take_over(self, other: "Ticket") -> None:
        """Write down here what was written on a ticket for the same alert."""
        self.status, self.reason, self.message = other.status, other.reason, other.message
        self.signal, self.gates, self.exits = other.signal, other.gates, other.exits
        self.opinion = other.opinion or self.opinion
        self.timeline += [entry for entry in other.timeline if entry not in self.timeline]

    def note(
        self, stage: Stage, at: datetime, detail: str | None = None, *, since: datetime | None = None
    ) -> None:
        """Add a stage to the timeline with the milliseconds since the one before it, or since a moment."""
        # A clock that was set back must not make a stage shorter than nothing.
        elapsed = max((at - (since or self._noted_at or self.created_at)) / MILLISECOND, 0.0)
        self._noted_at = at
        # Formatted when the ticket is written, which is after the submit.
        self.timeline.append(TimelineEntry(at, stage.value, elapsed, detail))

    def end(self, status: TicketStatus, reason: Reason | None = None, message: str | None = None) -> None:
        """Set the state, and why it is so where that is not plain: the reason's sentence comes first."""
        said = message if reason is None else explained(reason, message)
        self.status, self.reason, self.message = status, reason, said

    def show_order(self, record: dict[str, Any], *, only_new: bool = False) -> None:
        """Show an order in the place of what was shown of it before, or behind the others."""
        names = [order["client_order_id"] for order in self.orders]
        if record["client_order_id"] not in names:
            self.orders.append(record)
        elif not only_new:
            self.orders[names.index(record["client_order_id"])] = record

    def record_gates(self, verdicts: list[Verdict], order: str) -> None:
        """Keep every verdict on one of the ticket's orders (`entry` or `exit`)."""
        self.gates += [[*verdict, order] for verdict in verdicts]

    def to_json(self, now: datetime) -> dict[str, Any]:
        """Return the ticket as it is stored; `shown` makes of it what is answered."""
        return {
            "id": str(self.id),
            "bot": self.bot,
            "dialect": self.dialect,
            "status": self.status.value,
            "reason": self.reason and self.reason.value,
            "message": self.message,
            "created_at": timestamp(self.created_at),
            "updated_at": timestamp(now),
            "alert": self.alert,
            "signal": self.signal,
            "opinion": self.opinion,
            "gates": self.gates,
            "orders": self.orders,
            "timeline": [entry.to_json() for entry in self.timeline],
            "entry": self.entry,
            "exits": self.exits,
            "fingerprint": self.fingerprint,
        }


def with_stage(
    timeline: list[dict[str, Any]], stage: Stage, at: datetime, detail: str
) -> list[dict[str, Any]]:
    """Add a stage to the timeline of a written ticket."""
    before = datetime.fromisoformat(timeline[-1]["at"]) if timeline else at
    elapsed = max((at - before) / MILLISECOND, 0.0)
    return [*timeline, TimelineEntry(at, stage.value, elapsed, detail).to_json()]


def order_record(receipt: Receipt, *, bot: str, ticket: UUID, role: str) -> dict[str, Any]:
    """Show a receipt the way tickets and the API do."""
    return {
        "client_order_id": receipt.client_order_id,
        "broker_order_id": receipt.broker_order_id,
        "broker": receipt.broker,
        "bot": bot,
        "ticket": str(ticket),
        "role": role,
        "symbol": receipt.symbol,
        "side": receipt.side.value,
        "quantity": _text(receipt.quantity),
        "notional": _text(receipt.notional),
        "type": receipt.type.value,
        "limit_price": _text(receipt.limit_price),
        "stop_price": _text(receipt.stop_price),
        "status": receipt.status.value,
        "filled_quantity": _text(receipt.filled_quantity),
        "average_fill_price": _text(receipt.average_fill_price),
        "fees": _text(plain(receipt.fees)),
        "created_at": timestamp(receipt.created_at),
        "filled_at": timestamp(receipt.filled_at) if receipt.filled_at is not None else None,
    }


def followed_reason(orders: list[dict[str, Any]]) -> Reason | None:
    """Return why the order that was wanted did not fill; None while it may, or when it has."""
    return WHY_NOT_FILLED.get(OrderStatus(orders[-1]["status"]))


def followed_status(orders: list[dict[str, Any]]) -> TicketStatus:
    """Return the ticket's state after its orders: the last one counts, being the one that was wanted."""
    return FOLLOWED.get(OrderStatus(orders[-1]["status"]), TicketStatus.ORDERED)


def _text(value: Any) -> str | None:
    return None if value is None else format(value, "f")
