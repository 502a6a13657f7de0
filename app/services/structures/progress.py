"""What becomes of a structure's ladder, written into its tickets, the activity log and messages."""

import logging
from collections.abc import Callable
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from app.dataclass import dataclass
from app.domain.json_codec import timestamp
from app.domain.money import ZERO
from app.domain.orders import OrderRole
from app.domain.reasons import Reason
from app.domain.refusals import explained, money
from app.domain.structures.beginnings import is_left_for
from app.domain.structures.orders import StructureReceipt
from app.domain.structures.trades import LadderWork, StructureTrade, TradeState
from app.domain.tickets import Stage, TicketStatus
from app.errors import StoreError
from app.repositories.structure_trades import StoredStructureTrade, StructureTrades
from app.repositories.tickets import Ledger
from app.services.base import Runtime
from app.services.observability.events import EventKind

# An exit that has not got through after so many ladders is told.
STUCK_AFTER = 3

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureProgress:
    """Tell how a ladder goes; nothing here decides anything, so what fails is not the order's trouble."""

    runtime: Runtime
    ledger: Ledger
    trades: StructureTrades
    _unwritten: dict[tuple[str, ...], Callable[[], None]] = field(default_factory=dict, init=False)

    def catch_up(self) -> None:
        """Write what could not be written at its time: nothing else would ever end its ticket."""
        for what, write in [*self._unwritten.items()]:
            self._attempt(what, write)

    def _attempt(self, what: tuple[str, ...], write: Callable[[], None]) -> None:
        try:
            write()
        except StoreError as error:
            _logger.info("A ticket is written later: %s", error)
            self._unwritten[what] = write
        else:
            self._unwritten.pop(what, None)

    def rejected(self, trade: StructureTrade, receipt: StructureReceipt) -> None:
        """Tell that the broker refused an order of a ladder."""
        what = f"{_name(trade)}: {receipt.message or 'no reason given'}"
        if receipt.reason not in {None, Reason.BROKER_REJECTED}:
            what += f" ({receipt.reason})"
        self.runtime.notifier.notify(EventKind.REJECTED, what, key=str(trade.number))

    def pursued(self, trade: StructureTrade, work: LadderWork) -> None:
        """Tell that an exit starts anew, aloud once it has failed several times."""
        said = f"{_name(trade)}: exit not done after {work.attempts} ladders, it goes on"
        self._activity(said)
        if work.attempts == STUCK_AFTER:
            self.runtime.notifier.notify(EventKind.EXIT_STUCK, said, key=str(trade.number))

    def write_down(self, before: StructureTrade, after: StructureTrade) -> None:
        """Write into the ticket that wanted a ladder how it ended; again it changes nothing.

        Before the trade is written: after a crash between the two the ladder ends once more.
        """
        work = before.work
        if work is None:
            return
        self._attempt(("ended", work.client_order_id), partial(self._write_down, before, work, after))
        if before.wanted_exit is not None and not after.legs:
            self.unneeded(before.wanted_exit.ticket, before)

    def _write_down(self, before: StructureTrade, work: LadderWork, after: StructureTrade) -> None:
        left = self._left(work.ticket, before)
        ended = _Ended(TicketStatus.PARTIALLY_FILLED) if left else _Ended(*_outcome(after, work))
        at = self.runtime.clock()
        self._write(work.ticket, ended, left, order_row(before, work, at), at)

    def unneeded(self, ticket: UUID, trade: StructureTrade) -> None:
        """Write into the ticket of a trade's ladder that nothing was left for it, if it still waits."""
        self._attempt(("unneeded", str(ticket), trade.id), partial(self._end_unneeded, ticket, trade))

    def _end_unneeded(self, ticket: UUID, trade: StructureTrade) -> None:
        document, left = self.ledger.document(ticket), self._left(ticket, trade)
        if document is None or left:
            return
        status, reason = document.value["status"], Reason.POSITION_NONE
        told = {"reason": reason.value, "message": explained(reason, None)}
        if status == TicketStatus.ORDERED.value:
            changed = document.value | {"status": TicketStatus.CANCELED.value} | told
        elif status == TicketStatus.PARTIALLY_FILLED.value and _names_several(document.value):
            # The others were left by it before this one went by itself.
            changed = document.value | {"status": TicketStatus.FILLED.value, "message": None}
        else:
            return
        self.runtime.store.apply([self.ledger.rewriting(document, changed)])

    def missed(self, ticket: UUID, trade: StructureTrade) -> None:
        """Write into a ticket how its ladder ended, where that was before the ticket was written."""
        self._attempt(("missed", str(ticket), trade.id), partial(self._end_missed, ticket, trade))

    def _end_missed(self, ticket: UUID, trade: StructureTrade) -> None:
        known = self.trades.find(trade.bot, trade.id)
        if known is not None and is_left_for(known.trade, ticket):
            return
        if not self._was_left(ticket, trade, known):
            self._end_unneeded(ticket, trade)
            return
        document, left = self.ledger.document(ticket), self._left(ticket, trade)
        if document is not None and document.value["status"] == TicketStatus.ORDERED.value:
            status = TicketStatus.PARTIALLY_FILLED if left else TicketStatus.FILLED
            told = {"status": status.value, "message": _to_go(document.value, left) if left else None}
            self.runtime.store.apply([self.ledger.rewriting(document, document.value | told)])

    def _was_left(self, ticket: UUID, trade: StructureTrade, known: StoredStructureTrade | None) -> bool:
        """Tell whether a ladder of the ticket's has left units of a trade."""
        if known is not None:
            return ticket in known.trade.tickets
        ended = self.trades.ended(trade.id, trade.created_at, self.runtime.clock())
        return ended is not None and str(ticket) in ended.tickets

    def _left(self, ticket: UUID, trade: StructureTrade) -> int:
        """Return how many other trades the same ticket still leaves."""
        others = (stored.trade for stored in self.trades.readable())
        return sum(is_left_for(one, ticket) for one in others if one.id != trade.id)

    def ended(self, before: StructureTrade, after: StructureTrade) -> None:
        """Tell people how a ladder ended."""
        work = before.work
        if work is None:
            return
        self._activity(_sentence(after, work))
        if after.state is TradeState.BROKEN:
            legs = ", ".join(f"{quantity:+f} {symbol}" for symbol, quantity in sorted(after.legs.items()))
            told = f"{_name(after)} is left with {legs}; these are closed alone"
            self.runtime.notifier.notify(EventKind.STRUCTURE_BROKEN, told, key=str(after.number))

    def _write(self, ticket: UUID, ended: "_Ended", left: int, row: dict[str, Any], at: datetime) -> None:
        document = self.ledger.document(ticket)
        if document is None:
            return
        value = document.value
        others = [order for order in value["orders"] if order["client_order_id"] != row["client_order_id"]]
        stage = {
            "at": timestamp(at),
            "stage": Stage.ORDER_CHANGED.value,
            "milliseconds": None,
            "detail": f"{row['filled_quantity']} of {row['quantity']} units at {row['average_fill_price']}",
        }
        changed = value | {
            "status": ended.status.value,
            "reason": None if ended.reason is None else ended.reason.value,
            "message": _to_go(value, left) if left else ended.message,
            "orders": [*others, row],
            "timeline": [*value["timeline"], stage],
        }
        self.runtime.store.apply([self.ledger.rewriting(document, changed)])

    def _activity(self, line: str) -> None:
        self.runtime.journal.activity(f"structures: {line}")


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a ticket stands after a ladder."""

    status: TicketStatus
    reason: Reason | None = None

    @property
    def message(self) -> str | None:
        return None if self.reason is None else explained(self.reason, None)


def _names_several(ticket: dict[str, Any]) -> bool:
    return len((ticket["signal"] or {}).get("closes", ())) > 1


def _to_go(ticket: dict[str, Any], left: int) -> str:
    """Say how many of the trades that an exit is to leave are left."""
    meant = len((ticket["signal"] or {}).get("closes", ())) or left + 1
    return f"{max(meant - left, 1)} of {meant} trades are out, {left} to go."


def order_row(trade: StructureTrade, work: LadderWork, at: datetime) -> dict[str, Any]:
    """Show a ladder that is over the way orders are shown; the net prices keep their signs."""
    counted = work.counted
    average = None if not counted.units else format(counted.value / counted.units, "f")
    price = format(work.rung.price, "f") if work.rungs else None
    return {
        "client_order_id": work.client_order_id,
        "broker_order_id": counted.broker_order_id,
        "broker": trade.broker,
        "bot": trade.bot,
        "ticket": str(work.ticket),
        "role": work.role.value,
        "symbol": trade.symbol,
        "side": "buy" if work.role is OrderRole.ENTRY else "sell",
        "quantity": str(work.units + counted.units),
        "notional": None,
        "type": "limit",
        "limit_price": price,
        "stop_price": None,
        "status": "filled" if work.units == 0 else "canceled",
        "filled_quantity": str(counted.units),
        "average_fill_price": average,
        "fees": format(counted.fees, "f"),
        "created_at": timestamp(work.began_at),
        "filled_at": None if work.units else timestamp(at),
        "legs": [{"symbol": leg.instrument.symbol, "ratio": leg.ratio} for leg in work.structure.legs],
    }


def _outcome(after: StructureTrade, work: LadderWork) -> tuple[TicketStatus, Reason | None]:
    if work.units == 0:
        return TicketStatus.FILLED, None
    if work.role is OrderRole.ENTRY and after.entered_units:
        return TicketStatus.PARTIALLY_FILLED, after.reason
    return status_without_units(after.reason), after.reason


def status_without_units(reason: Reason | None) -> TicketStatus:
    """Return how a ticket stands whose ladder traded nothing: a refusal's reason is what it means."""
    given_up = reason in {None, Reason.LADDER_EXHAUSTED, Reason.TRADING_HALTED, Reason.TRADING_REDUCING}
    return TicketStatus.CANCELED if given_up else TicketStatus.REJECTED


def _sentence(trade: StructureTrade, work: LadderWork) -> str:
    if work.role is OrderRole.ENTRY:
        net = trade.entry_net
        if net is None:
            return f"{_name(trade)}: nothing entered"
        paid = "for a credit of" if net < ZERO else "for"
        return f"{_name(trade)}: entered {trade.units} {paid} {_money(trade, abs(net))} each"
    why = f" ({work.cause.value.replace('_', ' ')})" if work.cause is not None else ""
    gain = _money(trade, trade.realized)
    return f"{_name(trade)}: left{why}, {trade.units} units held, realized {gain}"


def _name(trade: StructureTrade) -> str:
    return f"{trade.bot}: trade {trade.number}, {trade.symbol} {trade.kind.words.lower()}"


def _money(trade: StructureTrade, amount: Decimal) -> str:
    return money(amount, trade.structure.currency)
