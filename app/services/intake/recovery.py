"""What a crash left in the inbox: finished, looked up at the broker first, or expired, and told."""

import logging
import time
from collections.abc import Callable
from dataclasses import field
from datetime import datetime, timedelta
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.reasons import Reason
from app.domain.signals import Signal
from app.domain.tickets import Ticket, TicketStatus
from app.errors import BrokerUnavailable, Conflict, MalformedAlert, RecordUnreadable, StoreError
from app.repositories.bots import BotDirectory
from app.repositories.inbox import Inbox, InboxEntry
from app.repositories.tickets import Ledger
from app.services.broker_access.registry import BrokerRegistry
from app.services.intake.alerts import Intake
from app.services.intake.in_flight import InFlight
from app.services.intake.left_alerts import LeftAlerts, RecoveryRules, SignalReader, wants_out_of
from app.services.intake.recovery_order import RecoveryOrder
from app.services.intake.restored import logged, request_of, restored
from app.services.observability.metrics import Metrics
from app.services.observability.ticket_messages import TicketMessages
from app.services.review.progress import ReviewProgress
from app.services.runtime.locks import Locks
from app.services.trading.context import EntryMustWait

# An alert that kills its process every time must come to an end as well.
MAXIMUM_ATTEMPTS = 4
# A thread of this process that holds an entry has registered long before this.
OWN_ENTRY_AGE = timedelta(seconds=5)
LONGEST_TURN_SECONDS = 2.0
LONGEST_WITHOUT_LOOK = timedelta(seconds=15)
GIVEN_UP = "Every attempt to finish it failed."
LOOK = "Look at the broker whether it has an order of it."

_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Recovery:
    """Finish what nobody works on any more.

    The owner of an entry is known to be dead when the lock on its file is free; where that cannot be told
    (state in a bucket), an entry counts as left after `claim_seconds`.
    """

    inbox: Inbox
    intake: Intake
    in_flight: InFlight
    ledger: Ledger
    bots: BotDirectory
    registry: BrokerRegistry
    locks: Locks
    metrics: Metrics
    ticket_messages: TicketMessages
    clock: Clock
    read_signal: SignalReader
    rules: RecoveryRules
    agree: Callable[[str, str], bool]
    progress: ReviewProgress
    left_alerts: LeftAlerts
    order: RecoveryOrder
    _looked_at: datetime | None = field(default=None, init=False)
    _life: object = field(default=None, init=False)
    _renewed_at: datetime | None = field(default=None, init=False)
    _look_again: bool = field(default=True, init=False)
    _waiting: set[str] = field(default_factory=set, init=False)
    _adopted: set[tuple[str, str]] = field(default_factory=set, init=False)

    def recover(self) -> int:
        """Finish or expire every entry that was left; return how many were closed."""
        self.progress.ask_unasked()
        if not self._must_look():
            return 0
        unfinished = self.in_flight.unfinished()
        entries = self.inbox.open_entries()
        keys = {entry.key for entry in entries}
        self._waiting &= keys
        for key in unfinished - keys:
            # Its last write was made after all, or another process has finished it.
            self.in_flight.finished(key)
        self.left_alerts.keep(keys)
        left = [entry for entry in entries if self._is_left(entry) and not self.progress.waits(entry)]
        closed = self._try_each(left)
        self._look_again = closed < len(left)
        self.in_flight.note_left(are_left=self._look_again)
        self._looked_at = self.clock()
        if not self._look_again:
            self._agree()
        return closed

    def finish(self, entry: InboxEntry) -> bool:
        """Take an entry up as it was read, and finish it at once; False when somebody else does, or later."""
        return self._try(entry, is_new=True, at_once=True)

    def finish_ticket(self, ticket: UUID) -> bool:
        """Finish what was put off or left of a ticket, at once; False when nothing was, or others do."""
        entry = self.inbox.open_entry(ticket)
        if entry is None or not self._is_left(entry) or self.progress.waits(entry):
            return False
        return self._try(entry, at_once=True)

    def _try_each(self, left: list[InboxEntry]) -> int:
        """Finish one after another, as long as the clock's other tasks can wait; the rest comes next time."""
        closed, spent = 0, 0.0
        for entries in self.order.by_bot(left, self._waiting):
            for entry in self.order.in_turn(entries, self._wait):
                # To ask whose turn it is does not count: with much left nothing else would ever be done.
                started = time.monotonic()
                closed += self._try(entry)
                spent += time.monotonic() - started
                if spent >= LONGEST_TURN_SECONDS:
                    return closed
                if entry.key in self._waiting:
                    break
        return closed

    def _agree(self) -> None:
        """Bring the books of what was taken up in line with the brokers.

        An alert that came before an earlier order was taken up may have sold what the books did not have.
        """
        for broker, symbol in sorted(self._adopted):
            try:
                if self.agree(broker, symbol):
                    self._adopted.discard((broker, symbol))
            except (BrokerUnavailable, Conflict) as error:
                _logger.warning("The books of %s at %s are left to reconciliation: %s", symbol, broker, error)
                self._adopted.discard((broker, symbol))

    def _must_look(self) -> bool:
        """Reading the whole inbox is expensive: look when something was left, and now and then."""
        if self.locks.has_lost_owners():
            self._look_again = True
            self.in_flight.note_left(are_left=True)
        since = self.clock() - self._looked_at if self._looked_at is not None else LONGEST_WITHOUT_LOOK
        is_due = self._lives_anew() or bool(self._adopted) or since >= LONGEST_WITHOUT_LOOK
        return is_due or self._look_again or self.in_flight.has_unfinished()

    def _lives_anew(self) -> bool:
        """Tell whether the store was away a moment ago, so long that what this process had finished is found.

        Answers do not wait for the disk: a database that broke down has lost the last of them.
        """
        life, now = self.locks.life(), self.clock()
        if self._life is not None and life != self._life:
            self._renewed_at = now
        self._life = life
        return self._renewed_at is not None and now - self._renewed_at <= 2 * OWN_ENTRY_AGE

    def _is_left(self, entry: InboxEntry) -> bool:
        owner = entry.owner
        age = self.clock() - entry.claimed_at
        if owner == self.locks.owner:
            put_off = self.in_flight.is_left_open(entry.key)
            is_known = put_off or entry.key in self._waiting or age > OWN_ENTRY_AGE
            return is_known and not self.in_flight.is_running(entry.key)
        alive = self.locks.is_alive(owner)
        return age > timedelta(seconds=self.rules.claim_seconds) if alive is None else not alive

    def _try(self, entry: InboxEntry, *, is_new: bool = False, at_once: bool = False) -> bool:
        if self.in_flight.is_running(entry.key):
            return False
        with self.in_flight.running(entry.key):
            # Of one that others had meanwhile nobody here knows what they have sent.
            is_own = entry.owner == self.locks.owner
            is_new = (self.in_flight.begins_with(entry.key) and is_own) or is_new
            return self._take_up(entry, is_new=is_new, at_once=at_once)

    def _take_up(self, entry: InboxEntry, *, is_new: bool, at_once: bool) -> bool:
        finished, taken = False, None
        try:
            # Compared and swapped: of all processes that found it one goes on.
            taken = self.inbox.take_over(entry, counted=not is_new and self._counts(entry))
            finished = taken is not None and self._finish(taken, is_new=is_new, at_once=at_once)
        except RecordUnreadable as error:
            # It does not pass as a store's absence does: nobody behind it waits, and it comes to an end.
            _logger.warning("The alert cannot be finished: %s", error, extra=logged(entry))
            finished = taken is not None and self._is_given_up(taken, error.message)
        except (StoreError, BrokerUnavailable, EntryMustWait) as error:
            self._wait(entry, error, is_begun=taken is not None or not is_new)
            return False
        except Exception:  # one alert that cannot be finished must not keep the others waiting
            _logger.exception("The alert could not be finished", extra=logged(entry))
            finished = taken is not None and self._is_given_up(taken, GIVEN_UP)
        self._waiting.discard(entry.key)
        if finished:
            self.in_flight.finished(entry.key)
        return finished

    def _is_given_up(self, entry: InboxEntry, why: str) -> bool:
        """End an alert that fails each time as nobody foresaw: those behind it would wait for ever."""
        age, limit = self.clock() - entry.received_at, timedelta(seconds=self.rules.stale_seconds)
        if entry.attempts <= MAXIMUM_ATTEMPTS or age <= limit:
            return False
        try:
            ticket = restored(entry, self.inbox, self.clock(), interrupted=True)
            ticket.end(TicketStatus.FAILED, Reason.INTERNAL_ERROR, f"{why} {LOOK}")
            self.intake.close(entry, ticket, request_of(entry))
        except StoreError as error:
            _logger.warning("The alert is given up later: %s", error, extra=logged(entry))
            return False
        return self._report(ticket)

    def _counts(self, entry: InboxEntry) -> bool:
        """Finding only the broker away is no attempt, nor is a place in a queue that a kill emptied."""
        was_queued = entry.is_reviewed and entry.owner != self.locks.owner
        return entry.key not in self._waiting and not was_queued

    def _wait(self, entry: InboxEntry, error: Exception, *, is_begun: bool = True) -> None:
        # What could not even be taken up has not begun: nobody need look for its order.
        is_put_off = not is_begun and entry.owner == self.locks.owner
        if isinstance(error, EntryMustWait) or is_put_off:
            self.in_flight.leave_open(entry.key, is_begun=False)
        elif entry.key not in self._waiting:
            _logger.warning("The alert stays in the inbox for now: %s", error, extra=logged(entry))
        self._waiting.add(entry.key)

    def _finish(self, entry: InboxEntry, *, is_new: bool, at_once: bool) -> bool:
        written = self.ledger.document(entry.ticket)
        if written is not None:
            # The ticket is written after everything that it speaks of; only the entry was left to close.
            self.intake.close_as(entry, Ticket.from_json(written.value), request_of(entry))
            return True
        ticket = restored(entry, self.inbox, self.clock(), interrupted=not is_new)
        tell = (lambda _: True) if is_new else self._report
        signal = self._signal(entry, ticket)
        bot = self.bots.find(entry.bot)
        if signal is None or bot is None:
            message = "The bot is gone." if bot is None else ticket.message
            ticket.end(TicketStatus.FAILED, Reason.INTERNAL_ERROR, message)
            # What can no longer be read, or has lost its bot, has nothing that it could be traded by.
            self.intake.close(entry, ticket, request_of(entry))
            return tell(ticket)
        is_untouched = is_new or self.progress.is_untouched(entry)
        if not is_untouched and self.intake.adopt(entry, ticket, signal, bot, request_of(entry)):
            self._adopted |= {(order["broker"], order["symbol"]) for order in ticket.orders}
            return tell(ticket)
        broker = bot.configuration.broker or self.rules.default_broker
        wants_out = wants_out_of(signal, bot)
        # A ladder is written before its first order is sent: without one no broker knows of the alert.
        is_untouched = is_untouched or self.intake.writes_first(signal, bot)
        if self._end_without_order(entry, ticket, None if is_untouched else broker, wants_out=wants_out):
            self.intake.close(entry, ticket, request_of(entry))
            return tell(ticket)
        takes_time = not at_once and entry.is_reviewed
        if takes_time and self.intake.put_off(entry, ticket, signal, bot, request_of(entry), tell):
            return True
        self.intake.work_on(entry, ticket, signal, bot, request_of(entry))
        return tell(ticket)

    def _end_without_order(
        self, entry: InboxEntry, ticket: Ticket, broker: str | None, *, wants_out: bool
    ) -> bool:
        """End a ticket that must not be tried again; the broker was asked and has no order of it.

        `broker` is None where it cannot know of the ticket. Who `wants_out` is heard for longer: a few
        minutes change nothing about that.
        """
        # A person's time does not count: an order that was approved after an hour is not stale.
        age = self.clock() - self.progress.since(entry)
        limit = self.rules.pursuit_seconds if wants_out else self.rules.stale_seconds
        if self.progress.is_refused(entry):
            return False
        # Asked of old alerts too: while the broker may still show an order, none may be told as expired.
        is_lost = broker is not None and not self.left_alerts.may_send(entry.key, broker)
        # An order at the market of minutes ago is another trade than the one that was asked for.
        if age > timedelta(seconds=limit):
            message = f"Found {age.total_seconds():.0f} s after its arrival; the limit is {limit} s."
            ticket.end(TicketStatus.EXPIRED, Reason.ALERT_EXPIRED, message)
        elif is_lost and not wants_out:
            ticket.end(TicketStatus.FAILED, Reason.ORDER_NOT_PLACED)
        elif entry.attempts > MAXIMUM_ATTEMPTS:
            ticket.end(TicketStatus.FAILED, Reason.INTERNAL_ERROR, "Every attempt to finish it failed.")
        else:
            return False
        return True

    def _signal(self, entry: InboxEntry, ticket: Ticket) -> Signal | None:
        try:
            return self.read_signal(entry.dialect, entry.alert)
        except MalformedAlert as error:
            ticket.message = error.message
            return None

    def _report(self, ticket: Ticket) -> bool:
        self.metrics.recovered(ticket.status.value)
        self.ticket_messages.notify_recovered(ticket)
        _logger.warning(
            "An alert that was interrupted is now %s", ticket.status.value, extra={"ticket": str(ticket.id)}
        )
        return True
