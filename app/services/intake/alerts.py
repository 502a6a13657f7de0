"""From an authenticated alert to its answer: stored first, worked on once, answered the same for ever."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.review import is_reviewed
from app.domain.signals import COMMANDS, STRUCTURES, Signal, own_words
from app.domain.ticket_views import shown
from app.domain.tickets import Stage, Ticket, TicketStatus
from app.errors.away import unless_away
from app.repositories.inbox import Answer, Arrival, Inbox, InboxEntry
from app.repositories.tickets import Ledger
from app.services.broker_access.gateway import request_record
from app.services.intake.answers import answer_for, going_on
from app.services.intake.arrivals import Alert, arrival_of, idempotency_hash
from app.services.intake.completion import Completion
from app.services.intake.handlers import Handler, Handlers
from app.services.intake.in_flight import InFlight
from app.services.intake.in_turn import InTurn
from app.services.intake.repeats import Repeats, known_by_key_alone, note_shared_key
from app.services.observability.journal import AlertLine, Journal
from app.services.observability.metrics import Metrics
from app.services.observability.ticket_messages import TicketMessages, sentence
from app.services.review.idea_routes import IdeaRoutes
from app.services.review.reviewer import Stopped
from app.services.trading.context import EntryMustWait
from app.services.trading.execution import Finish
from app.storage.base import Store
from app.ticket_ids import NewTicketId

Then = Callable[[Ticket], object]
AFTERWARDS = "The alert of ticket %s is done, but not what follows it: %s"
LATER = "The alert of ticket %s will be finished later: %s"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Accept alerts: claim, carry out, close."""

    store: Store
    inbox: Inbox
    ledger: Ledger
    workers: Handlers
    in_flight: InFlight
    repeats: Repeats
    in_turn: InTurn
    routes: IdeaRoutes
    journal: Journal
    metrics: Metrics
    ticket_messages: TicketMessages
    clock: Clock
    new_ticket_id: NewTicketId

    def accept(self, alert: Alert) -> Answer:
        """Turn one alert into at most one order, and a repeated one into the first one's answer."""
        started = time.perf_counter()
        alert = self._routed(alert)
        now = self.clock()
        arrival = arrival_of(alert, self.new_ticket_id(now), now)
        # Without a key of its own an alert shares none with others.
        has_key = alert.signal.idempotency_key is not None
        others = self.inbox.of_key(arrival.bot, arrival.key) if has_key else []
        arrival = known_by_key_alone(arrival, others) if others else arrival
        ticket = Ticket(arrival.ticket, arrival.bot, arrival.dialect, arrival.at, arrival.alert)
        ticket.fingerprint = arrival.fingerprint
        ticket.note(Stage.RECEIVED, arrival.at, alert.source, since=alert.opened_at)
        answer = self._answer_as_first(ticket, arrival, alert, others)
        outcome = "accepted"
        if answer is None:
            answer, outcome = self.repeats.answer(alert.signal, arrival, alert.request_id), "duplicate"
        self._record(alert, arrival, answer, outcome, time.perf_counter() - started)
        return answer

    def work_on(self, entry: InboxEntry, ticket: Ticket, signal: Signal, bot: Bot, request_id: str) -> Answer:
        """Carry out a claimed alert and close its entry; one that waits for a person stays open."""
        closing = Completion(self.store, self.inbox, self.ledger, entry, ticket, request_id)
        finish = self._finishing(closing, entry, ticket)
        try:
            self._worker(entry, signal, bot).carry_out(ticket, signal, bot, finish)
        except Exception as error:
            if closing.written is None:
                raise
            # Nobody takes up again what is written; what comes after it the clock does as well.
            _logger.exception(AFTERWARDS, ticket.id, error, exc_info=unless_away(error))  # noqa: TRY401  # its words
        if closing.written is not None:
            self._account_for(ticket)
        return closing.answer

    def put_off(
        self,
        entry: InboxEntry,
        ticket: Ticket,
        signal: Signal,
        bot: Bot,
        request_id: str,
        then: Then = lambda _: None,
    ) -> bool:
        """Let the pool carry a claimed alert out, and then `then`; False when nobody takes it."""
        # Shown as running before the pool has it, or this process's own recovery would take it for left.
        done = self.in_flight.begin(entry.key)

        def work() -> None:
            try:
                self.work_on(entry, ticket, signal, bot, request_id)
                self.in_flight.finished(entry.key)
                then(ticket)
            except Stopped:
                _logger.info("The alert is left to the next start", extra={"ticket": str(ticket.id)})
            except EntryMustWait as waits:
                _logger.info("%s", waits, extra={"ticket": str(ticket.id)})
                self.in_flight.leave_open(entry.key)
            except Exception as error:  # the alert is stored: whatever happened, the recovery finishes it
                _logger.exception(LATER, ticket.id, error, exc_info=unless_away(error))  # noqa: TRY401  # its words
                self.in_flight.leave_open(entry.key)
            finally:
                self.in_flight.end(entry.key, done)

        if self.workers.pool.put(work):
            return True
        self.in_flight.end(entry.key, done)
        return False

    def writes_first(self, signal: Signal, bot: Bot) -> bool:
        """Tell whether what an alert sends is written down before: a ladder is."""
        return self._handler(signal, bot, is_reviewed=False) is self.workers.structures

    def adopt(self, entry: InboxEntry, ticket: Ticket, signal: Signal, bot: Bot, request_id: str) -> bool:
        """Close an entry with the orders that the broker already holds for it; False when there are none."""
        closing = Completion(self.store, self.inbox, self.ledger, entry, ticket, request_id)
        finish = self._finishing(closing, entry, ticket)
        # A ladder may have been begun before the bot lost its structure: it is asked for in any case.
        handlers = (self._worker(entry, signal, bot), self.workers.structures)
        adopted = any(handler.adopt(ticket, signal, bot, finish) for handler in handlers)
        if adopted:
            self._account_for(ticket)
        return adopted

    def close(self, entry: InboxEntry, ticket: Ticket, request_id: str) -> Answer:
        """Close an entry whose ticket has come to its end without the broker."""
        closing = Completion(self.store, self.inbox, self.ledger, entry, ticket, request_id)
        closing.write([], self.workers.forgetting(ticket.id))
        self._account_for(ticket)
        return closing.answer

    def close_as(self, entry: InboxEntry, ticket: Ticket, request_id: str) -> None:
        """Close an entry with the answer of a ticket that is written already."""
        # Closed last: a crash before it leaves an entry that is only closed again.
        closing = self.inbox.closing(entry, answer_for(ticket, request_id))
        self.store.apply([*self.workers.forgetting(ticket.id), closing])
        # People are told once it is closed, so nobody has been.
        self._account_for(ticket)

    def preview(self, signal: Signal, bot: Bot, redacted: dict[str, Any]) -> dict[str, Any]:
        """Return the ticket that an alert would become, as the API shows it; nothing is stored or sent."""
        now, bot = self.clock(), self.routes.bot_for(signal, bot)
        ticket = Ticket(self.new_ticket_id(now), bot.id, signal.dialect.name, now, redacted)
        self._note_shared_key(ticket, signal)
        worker = self._handler(signal, bot, is_reviewed=is_reviewed(signal, bot.configuration))
        planned = [
            request_record(order) | {"status": "planned"} for order in worker.preview(ticket, signal, bot)
        ]
        status = "ordered" if planned else ticket.status.value
        return shown(ticket.to_json(now)) | {"status": status, "orders": planned or ticket.orders}

    def _note_shared_key(self, ticket: Ticket, signal: Signal) -> None:
        """Say in a preview what the ticket would; one of the same words would be a repeat."""
        if signal.idempotency_key is not None and signal.idea is None:
            said = own_words(ticket.alert)
            key = idempotency_hash(signal.idempotency_key, b"", {})
            others = [item for item in self.inbox.of_key(ticket.bot, key) if own_words(item.alert) != said]
            note_shared_key(ticket, others, self.clock())

    def _routed(self, alert: Alert) -> Alert:
        """Return an alert with the bot that carries it out: of ideas it may be another than was named."""
        if alert.signal.idea is None:
            return alert
        bot = self.routes.bot_for(alert.signal, alert.bot)
        if bot is alert.bot or self.repeats.knows_idea(alert.bot.id, alert.signal.idempotency_key):
            # Had before its label was mapped: it stays the same event, and is not traded a second time.
            return alert
        return replace(alert, bot=bot, came_to=alert.bot.id)

    def _answer_as_first(
        self, ticket: Ticket, arrival: Arrival, alert: Alert, others: list[InboxEntry]
    ) -> Answer | None:
        # The inbox forgets after minutes; an idea is one event, whenever it is delivered again.
        if arrival.fingerprint is not None and self.repeats.known_idea(arrival) is not None:
            return None
        entry = self.inbox.claim(arrival)
        if entry is None and self.inbox.find(arrival.bot, arrival.key) is None:
            # Its time was over between the two looks: this is a new alert after all.
            entry = self.inbox.claim(arrival)
        if entry is None:
            return None
        ticket.note(Stage.STORED, self.clock())
        if alert.came_to is not None:
            self.repeats.remember_at(alert.came_to, arrival)
        if others:
            note_shared_key(ticket, others, self.clock())
        return self._answer_first(entry, ticket, alert)

    def _worker(self, entry: InboxEntry, signal: Signal, bot: Bot) -> Handler:
        # As it was when the alert came: what waits for a person must not pass because nobody is asked now.
        return self._handler(signal, bot, is_reviewed=entry.is_reviewed)

    def _handler(self, signal: Signal, bot: Bot, *, is_reviewed: bool) -> Handler:
        has_structure = bot.configuration.structure is not None
        if signal.intent in COMMANDS and not has_structure:
            return self.workers.commands
        if is_reviewed:
            return self.workers.review
        is_structures = signal.intent in STRUCTURES
        if is_structures and self.workers.numbered.is_meant(signal):
            return self.workers.numbered
        if has_structure or is_structures:
            return self.workers.structures
        return self.workers.trading

    def _finishing(self, closing: Completion, entry: InboxEntry, ticket: Ticket) -> Finish:
        """Return the last write of a ticket; nothing is kept for one that asked nobody."""
        if not entry.is_reviewed:
            return closing.write
        forgetting = self.workers.review.forgetting
        return lambda changes: closing.write(changes, forgetting(ticket.id))

    def _answer_first(self, entry: InboxEntry, ticket: Ticket, alert: Alert) -> Answer:
        if entry.is_put_off:
            if not self.put_off(entry, ticket, alert.signal, alert.bot, alert.request_id):
                self.in_flight.leave_open(entry.key, is_begun=False)
            return going_on(str(ticket.id), alert.request_id, entry)
        try:
            with self.in_flight.running(entry.key):
                return self._work_in_turn(entry, ticket, alert)
        except EntryMustWait as waits:
            _logger.info("%s", waits, extra={"ticket": str(ticket.id)})
            self.in_flight.leave_open(entry.key, is_begun=False)
            return going_on(str(ticket.id), alert.request_id, entry)
        except Exception as error:  # the alert is stored: whatever happened, the recovery finishes it
            _logger.exception(LATER, ticket.id, error, exc_info=unless_away(error))  # noqa: TRY401  # its words
            self.in_flight.leave_open(entry.key)
            return going_on(str(ticket.id), alert.request_id, entry)

    def _work_in_turn(self, entry: InboxEntry, ticket: Ticket, alert: Alert) -> Answer:
        """Work on an alert, anew where others come first; its ticket says each time what it said at first."""
        begun, said = time.monotonic(), ticket.timeline[:]

        def anew() -> Answer:
            nonlocal ticket
            ticket = ticket.blank()
            ticket.timeline += said
            return self.work_on(entry, ticket, alert.signal, alert.bot, alert.request_id)

        try:
            return self.work_on(entry, ticket, alert.signal, alert.bot, alert.request_id)
        except EntryMustWait as others:
            met = others
        return self.in_turn.after_others(met, anew, begun)

    def _record(self, alert: Alert, arrival: Arrival, answer: Answer, outcome: str, seconds: float) -> None:
        self.metrics.webhook(fund_id=alert.bot.id, outcome=outcome, seconds=seconds)
        line = AlertLine(
            bot=alert.bot.id,
            dialect=arrival.dialect,
            outcome=outcome,
            status=answer.status,
            reason=answer.body.get("reason"),
            ticket=answer.body.get("ticket") or answer.headers.get("X-Ticket"),
            milliseconds=seconds * 1000,
        )
        self.journal.alert(line, alert=alert.redacted, source=alert.source)
        if outcome == "duplicate":
            again = f"{arrival.dialect} alert came again from {alert.source}; it is not carried out again"
            self.journal.activity(f"{alert.bot.id}: {again}; ticket {line.ticket}")

    def _account_for(self, ticket: Ticket) -> None:
        self.metrics.ticket(ticket.status.value)
        reason = ticket.reason.value if ticket.reason is not None else None
        if ticket.status is TicketStatus.DENIED and reason is not None:
            self.metrics.denied(code=reason, bot=ticket.bot)
        if ticket.status in {TicketStatus.DENIED, TicketStatus.REJECTED} and reason is not None:
            self.metrics.rejected(reason)
        self.journal.activity(sentence(ticket))
        self.ticket_messages.notify(ticket)
