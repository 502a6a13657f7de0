"""Exits that go on: tried again with growing pauses until they are done, overtaken, ended or given up."""

import logging
from collections.abc import Sequence
from dataclasses import field
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.dataclass import dataclass
from app.domain.audit import Actor, Deed
from app.domain.json_codec import to_json
from app.domain.orders import OrderRole
from app.domain.pursuits import ExitWish, Pursuit
from app.domain.reasons import Reason
from app.domain.tickets import Stage, Ticket, TicketStatus
from app.errors import BrokerUnavailable, Conflict, NotFound, PursuitOver
from app.repositories.open_orders import OPERATOR
from app.repositories.pursuits import Pursuits, StoredPursuit
from app.repositories.tickets import Ledger
from app.services.base import Runtime
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.registry import BrokerNotConfigured
from app.services.observability.events import EventKind
from app.services.observability.metrics import Metrics
from app.services.observability.ticket_messages import TicketMessages, sentence
from app.services.pursuits.alert_exits import AlertExits
from app.services.pursuits.gone import GonePositions
from app.services.pursuits.operator_exits import OperatorExits
from app.services.pursuits.orders import PursuitOrders
from app.services.pursuits.outcomes import has_filled, what_came
from app.services.pursuits.overtaking import Overtaking
from app.services.runtime.turns import Apart, Rounds
from app.services.trading.context import EntryMustWait
from app.services.trading.execution import EnsureExits
from app.storage.base import Change

# The ticket of an exit is written within a moment of the exit, or never.
BEGUN_BY = timedelta(minutes=1)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PursuitService:
    """Carry on with every exit whose turn it is; safe to run twice, and to be killed at any step."""

    runtime: Runtime
    pursuits: Pursuits
    ledger: Ledger
    gateway: Gateway
    orders: PursuitOrders
    alert_exits: AlertExits
    operator_exits: OperatorExits
    overtaking: Overtaking
    ensure_exits: EnsureExits
    ticket_messages: TicketMessages
    metrics: Metrics
    gone: GonePositions
    _rounds: Rounds = field(default_factory=Rounds, init=False)

    def run(self) -> int:
        """Try those that are due, as long as the clock's other tasks can wait; return how many were.

        What has waited longest comes first: the rest has its turn before any is tried again.
        """
        now = self.runtime.clock()
        known = self.pursuits.every()
        due = [item for item in known if item.pursuit.is_due(now) or item.pursuit.is_over(now)]
        tried = 0
        # One exit's trouble must not keep the others from their turn.
        with Apart() as exits:
            for stored in self._rounds.in_time(due, lambda one: (one.pursuit.next_at, one.pursuit.ticket)):
                with exits.one():
                    self._advance(stored)
                tried += 1
            self.metrics.pursuing(len(self.pursuits.every()) if tried else len(known))
        return tried

    def rows(self) -> list[dict[str, Any]]:
        """Show what is being pursued, the oldest first."""
        shown = ("ticket", "bot", "broker", "symbol", "since", "attempts", "last")
        pursuits = [to_json(item.pursuit) for item in self.pursuits.every()]
        return [{name: pursuit[name] for name in shown} for pursuit in pursuits]

    def end(self, ticket: UUID, by: str) -> dict[str, str]:
        """Give an exit up because somebody says so; raise NotFound or PursuitOver."""
        stored = self.pursuits.find(ticket)
        if stored is None:
            if self.ledger.find(ticket) is None:
                raise NotFound(f"There is no ticket {ticket}.")
            raise PursuitOver(f"The exit of ticket {ticket} is not being pursued.")
        pursuit = stored.pursuit
        with self.runtime.locks.hold_symbol(pursuit.broker, pursuit.symbol):
            current = self._current(ticket)
            if current is not None and self.orders.end_standing(current[1], current[0], []):
                # Done, by a process that died before it could say so.
                self._write(current[1])
                current = None
            if current is None:
                raise PursuitOver(f"The exit of ticket {ticket} is not being pursued any more.")
            ended, before = current[1], {"status": current[1].status.value}
            after = {"status": TicketStatus.FAILED.value}
            self.runtime.audit.record(by, Deed.END_EXIT, str(ticket), before=before, after=after)
            # The reason names the operator already.
            where = None if by == Actor.OPERATOR else f"from the {by}"
            ended.end(TicketStatus.FAILED, Reason.EXIT_ENDED, where)
            self._write(ended)
        return {"status": ended.status.value, "ticket": str(ticket), "reason": Reason.EXIT_ENDED.value}

    def _advance(self, stored: StoredPursuit) -> None:
        pursuit = stored.pursuit
        try:
            broker = self.runtime.registry.get(pursuit.broker)
        except BrokerNotConfigured:
            self._wait_for_broker(stored)
            return
        try:
            # In a dry run a person's own exits are sent, and nobody else's.
            is_persons = _is_operators(pursuit) and not pursuit.by_breaker
            hold = self.gateway.hold(broker, pursuit.symbol, by_operator=is_persons)
            # The bot before the symbol, as everywhere: an entry may follow, which is counted.
            with self.runtime.locks.hold_bot(pursuit.bot), hold as held, broker.urgently():
                self.carry_on(held, pursuit.ticket)
        except Conflict:
            _logger.info("Somebody else wrote first; the exit goes on", extra={"ticket": str(pursuit.ticket)})

    def _wait_for_broker(self, stored: StoredPursuit) -> None:
        with self.runtime.locks.hold_symbol(stored.pursuit.broker, stored.pursuit.symbol):
            current = self._current(stored.pursuit.ticket)
            if current is not None:
                current[1].end(TicketStatus.PURSUING, Reason.BROKER_NOT_CONFIGURED)
                self._write(self._given_up(*current))

    def begin(self, held: HeldSymbol, ticket: Ticket, wish: ExitWish | None = None) -> None:
        """Try an exit that nobody has tried; what it lacks in success goes on by the clock."""
        now = self.runtime.clock()
        pursuit = Pursuit(
            ticket=ticket.id,
            bot=ticket.bot,
            broker=held.broker.name,
            symbol=held.symbol,
            since=ticket.created_at,
            until=self.pursuits.until(ticket.created_at),
            next_at=now,
            attempts=0,
            wish=wish,
            by_operator=ticket.dialect == OPERATOR,
            by_breaker=ticket.bot == OPERATOR and ticket.dialect != OPERATOR,
        )
        ticket.end(TicketStatus.PURSUING)
        # Written before anything is asked for: killed from here on, the clock carries it out.
        opening = [self.pursuits.opening(pursuit), self.ledger.writing(ticket)]
        self.runtime.store.apply([*self._entries_dropped(pursuit), *opening])
        self.carry_on(held, ticket.id)

    def _entries_dropped(self, closing: Pursuit) -> list[Change]:
        """Let reversals that go on stay out once all of their symbol is closed: that is the later word.

        Where the broker can be asked, what they entered would have been closed as well.
        """
        if closing.bot != OPERATOR:
            return []
        beside = [item for item in self.pursuits.every() if item.pursuit.is_beside(closing)]
        turning = (item for item in beside if item.pursuit.has_entry_ahead)
        return [item.becoming(item.pursuit.without_entry()) for item in turning]

    def carry_on(self, held: HeldSymbol, number: UUID) -> None:
        """Try one, with its symbol held: what was read before may be over."""
        current = self._current(number)
        if current is None:
            return
        stored, ticket = current
        is_overtaken = self.overtaking.concerns(stored.pursuit, ticket)
        changes = list[Change]()
        if not is_overtaken and not stored.pursuit.is_over(self.runtime.clock()):
            changes = self._try(held, stored, ticket)
        elif not self._stands(held, stored, ticket) and is_overtaken:
            ticket.end(TicketStatus.SKIPPED, Reason.ALERT_OVERTAKEN)
        self._write(self._given_up(stored, ticket), changes)
        if ticket.status is not TicketStatus.PURSUING:
            # Stop and target of what is left were canceled for the exit, or may have been.
            self.ensure_exits(held)

    def _stands(self, held: HeldSymbol, stored: StoredPursuit, ticket: Ticket) -> bool:
        """Let an exit that is not tried any more stand as its order does; tell whether it does, or yet may.

        What became of one in doubt the broker may be about to say, and the ticket waits for that.
        """
        if stored.pursuit.entry is not None:
            # What is given up is the entry that was to follow.
            return False
        try:
            mine = self.orders.settled(held, stored)
        except BrokerUnavailable:
            return True
        return self.orders.end_standing(ticket, stored, mine) or self.orders.may_appear(mine)

    def _try(self, held: HeldSymbol, stored: StoredPursuit, ticket: Ticket) -> list[Change]:
        changes = list[Change]()
        try:
            if _is_operators(stored.pursuit):
                self.operator_exits.carry_on(held, stored, ticket)
                self.gone.judge(stored, ticket)
            else:
                changes = self.alert_exits.carry_on(held, stored, ticket)
        except BrokerUnavailable as error:
            ticket.end(TicketStatus.PURSUING, Reason[error.reason], error.message)
            self.gone.judge(stored, ticket)
        except EntryMustWait as waits:
            # The exit is done, and what follows it has its turn when all that counts is in the books.
            ticket.end(TicketStatus.PURSUING, Reason.EXIT_NOT_FILLED, str(waits))
        return changes

    def _current(self, number: UUID) -> tuple[StoredPursuit, Ticket] | None:
        """Return a pursuit with its ticket; None where it is over, or its alert is still in the inbox."""
        stored, document = self.pursuits.find(number), self.ledger.document(number)
        if stored is None:
            return None
        if document is None:
            self._drop_unbegun(stored)
            return None
        ticket = Ticket.from_json(document.value)
        if ticket.status is TicketStatus.PURSUING:
            return stored, ticket
        # Lost between the two writes that end one in a bucket: nobody was told yet.
        self.runtime.store.apply([stored.ending()])
        self._tell_end(stored.pursuit, ticket)
        return None

    def _drop_unbegun(self, stored: StoredPursuit) -> None:
        """Forget an exit whose beginning was lost half way: stops would stand back for it for ever.

        Who asked for it was told that nothing was stored. An alert's is left to the inbox.
        """
        # A clock that was set back must not hold stops off for longer.
        is_left = abs(self.runtime.clock() - stored.pursuit.since) >= BEGUN_BY
        if _is_operators(stored.pursuit) and is_left:
            self.runtime.store.apply([stored.ending()])

    def _given_up(self, stored: StoredPursuit, ticket: Ticket) -> Ticket:
        """Let an exit end whose time is over."""
        if ticket.status is TicketStatus.PURSUING and stored.pursuit.is_over(self.runtime.clock()):
            if ticket.reason is Reason.EXIT_NOT_FILLED:
                # The exit is at the broker; what is given up is the entry that waited for it.
                ticket.end(TicketStatus.ORDERED, Reason.EXIT_NOT_FILLED)
            else:
                ticket.end(TicketStatus.FAILED, Reason.EXIT_GIVEN_UP, stored.pursuit.last)
        return ticket

    def _write(self, ticket: Ticket, changes: Sequence[Change] = ()) -> None:
        """Write down how far it has come, the ticket first: one that is over is not pursued again."""
        stored, document = self.pursuits.find(ticket.id), self.ledger.document(ticket.id)
        if stored is None or document is None:
            return
        now, last = self.runtime.clock(), what_came(ticket)
        written = Ticket.from_json(document.value)
        for record in ticket.orders:
            written.show_order(record, only_new=True)
        written.take_over(ticket)
        written.entry = ticket.entry or written.entry
        is_done = ticket.status is TicketStatus.SKIPPED and ticket.reason is not Reason.ALERT_OVERTAKEN
        if is_done and has_filled(written.orders):
            # The position is what was wanted, by an order whose answer was lost.
            written.end(TicketStatus.FILLED)
        goes_on = ticket.status is TicketStatus.PURSUING
        stage = Stage.PURSUED if goes_on else Stage.PURSUIT_ENDED
        if not goes_on or last != stored.pursuit.last:
            # One that waits for an order in a queue would fill the ticket overnight.
            written.note(stage, now, f"try {stored.pursuit.attempts + 1}: {last}")
        # An exit that the broker has just taken fills in a moment, and the entry after it is due then.
        has_moved = ticket.reason is Reason.EXIT_NOT_FILLED and last != stored.pursuit.last
        later = stored.pursuit.postponed(now, last, has_moved=has_moved)
        change = stored.becoming(later) if goes_on else stored.ending()
        ticket_change = self.ledger.rewriting(document, written.to_json(now))
        self.runtime.store.apply([*changes, ticket_change, change])
        if not goes_on:
            self._tell_end(stored.pursuit, written)

    def _tell_end(self, pursuit: Pursuit, ticket: Ticket) -> None:
        self._tell_of_entry(pursuit, ticket)
        self.metrics.ticket(ticket.status.value)
        self.runtime.journal.activity(sentence(ticket))
        self.ticket_messages.notify(ticket)

    def _tell_of_entry(self, pursuit: Pursuit, ticket: Ticket) -> None:
        """Leave a message where the exit of a reversal happened and its entry was not sent."""
        if pursuit.entry is not None and not any(order["role"] == OrderRole.ENTRY for order in ticket.orders):
            self.runtime.notifier.notify(EventKind.ENTRY_DROPPED, sentence(ticket), key=str(ticket.id))


def _is_operators(pursuit: Pursuit) -> bool:
    # Before there was a flag the operator's exits had a name only.
    return pursuit.by_operator or pursuit.bot == OPERATOR
