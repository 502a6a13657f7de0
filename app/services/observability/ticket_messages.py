"""Which tickets the owner gets a message about, and in what words."""

from typing import Any

from app.domain.orders import OrderRole, OrderType
from app.domain.reasons import Reason
from app.domain.signals import Intent
from app.domain.structures.commands import Which
from app.domain.tickets import Ticket, TicketStatus
from app.services.observability.events import EventKind
from app.services.observability.journal import Journal
from app.services.observability.notifier import Notifier

# Told once, when they are reached; every alert that they refuse would be one message more.
STOPS = frozenset({Reason.DAILY_LOSS_LIMIT, Reason.ACCOUNT_LOSS_LIMIT})
# By their names, so that a cap which is added is among them.
CAPS = (
    frozenset(
        reason for reason in Reason if reason.startswith("DAILY_") or reason.endswith(("_CAP", "_LIMIT"))
    )
    - STOPS
)


# Which trades a command means that names none.
RULES: dict[str, str] = {
    Which.ALL: "all trades",
    Which.NEWEST: "the newest trade",
    Which.OLDEST: "the oldest trade",
}
GIVEN_UP = frozenset({Reason.EXIT_GIVEN_UP, Reason.EXIT_ENDED})
NOT_DONE = frozenset({TicketStatus.DENIED, TicketStatus.EXPIRED, TicketStatus.FAILED, TicketStatus.CANCELED})
ONLY_EXITS = frozenset({Intent.EXIT_LONG, Intent.EXIT_SHORT, Intent.CLOSE, Intent.COVER})
# There was nothing to leave, or nothing that could be told what it is.
NOTHING_HELD = frozenset({Reason.COVER_WITHOUT_SHORT, Reason.POSITION_NONE})


class TicketMessages:
    """Leaves messages about tickets that are worth one; returns at once."""

    def __init__(self, notifier: Notifier, journal: Journal) -> None:
        self._notifier = notifier
        self._journal = journal

    def notify(self, ticket: Ticket) -> None:
        """Leave a message where an alert has come to trouble."""
        kind = _trouble(ticket)
        if kind is not None:
            self._leave(ticket, kind)

    def notify_change(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Write down what an order did after its alert was answered; a message when it came to nothing.

        Both tickets are as stored.
        """
        known = {order["client_order_id"]: order for order in before["orders"]}
        for order in after["orders"]:
            if _has_moved(known.get(order["client_order_id"]), order):
                self._journal.activity(_movement(order))
        # What ended well is told by the ticket; a message is for what the owner may have to act on.
        ended = after["status"] in {TicketStatus.REJECTED, TicketStatus.FAILED} or _has_come_to_nothing(after)
        if ended and after["status"] != before["status"]:
            self.notify(Ticket.from_json(after))

    def notify_recovered(self, ticket: Ticket) -> None:
        """Leave a message that an alert was finished, or given up, after a crash."""
        self._leave(ticket, EventKind.RECOVERED, about=ticket.status.value)

    def _leave(self, ticket: Ticket, kind: EventKind, about: str = "") -> None:
        # A bot that is refused a hundred times for one reason is one message, which counts the rest.
        key = f"{ticket.bot}:{ticket.reason.value if ticket.reason is not None else ''}"
        self._notifier.notify(kind, sentence(ticket), key=key, about=about)


def notify_lost_leader(journal: Journal, notifier: Notifier) -> None:
    """Leave a message that this process led the clock and no longer does, without having been stopped."""
    message = "This process has lost its lease: another one leads now, or the store does not answer"
    journal.activity(f"clock: {message}")
    notifier.notify(EventKind.LOST_LEADER, message)


def _has_moved(before: dict[str, Any] | None, after: dict[str, Any]) -> bool:
    seen = ("status", "filled_quantity")
    return before is None or any(before[name] != after[name] for name in seen)


def _movement(order: dict[str, Any]) -> str:
    amount = (
        order["filled_quantity"] if order["average_fill_price"] else order["quantity"] or order["notional"]
    )
    price = f" at {order['average_fill_price']}" if order["average_fill_price"] else ""
    what = f"{order['side']} {amount} {order['symbol']}{price} is {order['status']}"
    return f"{order['bot']}: {what}; order {order['client_order_id']}; ticket {order['ticket']}"


def sentence(ticket: Ticket) -> str:
    """Say in one line what became of an alert."""
    subject = _subject(ticket.signal or {}) or _named_in(ticket.alert or {})
    about = f" for {subject}" if subject else ""
    parts = [f"{ticket.bot}: {ticket.dialect} alert{about} {ticket.status.value}"]
    for order in ticket.orders:
        amount = order["filled_quantity"] if order["average_fill_price"] else order["quantity"]
        price = f" at {order['average_fill_price']}" if order["average_fill_price"] else ""
        parts.append(f"{order['side']} {amount or order['notional']} {order['symbol']}{price}")
    if ticket.reason is not None:
        parts.append(f"{ticket.reason.value}: {ticket.message or ticket.reason.meaning}")
    return "; ".join([*parts, f"ticket {ticket.id}"])


def _subject(signal: dict[str, Any]) -> str | None:
    """Return what an alert is about: a symbol, an order, or trades by their numbers."""
    trades = ", ".join(str(row["trade"]) for row in signal.get("closes") or ())
    return signal.get("symbol") or signal.get("order") or (f"trade {trades}" if trades else None)


def _named_in(alert: dict[str, Any]) -> str | None:
    """Return what is to be left, where no signal says it: what the operator closes comes with none."""
    number, wanted = alert.get("trade"), alert.get("close")
    if number is not None or isinstance(wanted, int):
        return f"trade {wanted if number is None else number}"
    return RULES.get(wanted, wanted) if isinstance(wanted, str) else None


def _has_come_to_nothing(ticket: dict[str, Any]) -> bool:
    """Tell of an order that its day ended before it filled, as may happen to an exit in the queue.

    An exit at the market is hardly ever canceled by us: whoever did it, the position is still there.
    """
    if ticket["status"] != TicketStatus.CANCELED:
        return False
    is_at_market = ticket["orders"][-1:] and ticket["orders"][-1]["type"] == OrderType.MARKET
    return ticket["reason"] == Reason.ORDER_EXPIRED or bool(_only_left(ticket["orders"]) and is_at_market)


def _only_left(orders: list[dict[str, Any]]) -> bool:
    return bool(orders) and all(order["role"] == OrderRole.EXIT for order in orders)


def _wanted_out(ticket: Ticket) -> bool:
    """Tell of what could only leave a position, and of an exit that a gate was against."""
    signal = ticket.signal or {}
    if signal.get("intent") in ONLY_EXITS or (signal.get("target") or {}).get("now") == 0:
        return True
    if _only_left(ticket.orders):
        return True
    return any(order == OrderRole.EXIT and not passed for _, passed, _, _, order in ticket.gates)


def _was_to_close(ticket: Ticket) -> bool:
    signal = ticket.signal or {}
    if signal.get("intent") in ONLY_EXITS:
        return True
    target = (signal.get("target") or {}).get("now")
    leaving = {1: "sell", -1: "buy"}
    return target is not None and (target == 0 or signal.get("side") == leaving[target])


def _is_missed_exit(ticket: Ticket) -> bool:
    """Tell whether somebody wanted out of a position and is not, for whatever reason."""
    # An exit that is taken for late leaves a position: whether that was right, the owner may want to see.
    if ticket.reason in GIVEN_UP or (ticket.reason is Reason.ALERT_OVERTAKEN and _was_to_close(ticket)):
        return True
    return ticket.status in NOT_DONE and ticket.reason not in NOTHING_HELD and _wanted_out(ticket)


def _trouble(ticket: Ticket) -> EventKind | None:
    if ticket.status is TicketStatus.REJECTED:
        return EventKind.REJECTED
    if ticket.status is TicketStatus.UNKNOWN:
        return EventKind.UNKNOWN
    if ticket.reason is Reason.ORDER_NOT_PLACED:
        return EventKind.ORDER_NOT_PLACED
    if _is_missed_exit(ticket):
        return EventKind.EXIT_NOT_DONE
    if ticket.reason in CAPS:
        return EventKind.DENIED_BY_CAP
    return None
