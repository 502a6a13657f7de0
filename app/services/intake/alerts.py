"""From an authenticated alert to its answer: stored first, worked on once, answered the same for ever."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.clock import Budget, Clock, Patience
from app.domain.bots import Bot
from app.domain.review import is_reviewed
from app.domain.signals import COMMANDS, DuplicateAnswer, Signal
from app.domain.tickets import Stage, Ticket, TicketStatus, shown
from app.repositories.fingerprints import Fingerprints
from app.repositories.inbox import Answer, Arrival, Inbox, InboxEntry, idempotency_hash
from app.repositories.tickets import Ledger
from app.services.broker_access.records import request_record
from app.services.intake.answers import answer_for, going_on, refused_duplicate, repeated_idea
from app.services.intake.completion import Completion
from app.services.intake.handlers import Handler, Handlers
from app.services.intake.in_flight import InFlight
from app.services.observability.journal import Journal
from app.services.observability.metrics import Metrics
from app.services.observability.ticket_messages import TicketMessages, sentence
from app.services.review.reviewer import Stopped
from app.services.trading.execution import Finish
from app.storage.base import Store
from app.ticket_ids import NewTicketId

Then = Callable[[Ticket], object]

# TradingView gives up after three seconds.
DUPLICATE = Budget(2.5, 0.05)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alert:
    """What the HTTP layer hands over: authenticated, loaded, redacted."""

    bot: Bot
    signal: Signal
    body: bytes
    redacted: dict[str, Any]
    request_id: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Accept alerts: claim, carry out, close."""

    store: Store
    inbox: Inbox
    ledger: Ledger
    workers: Handlers
    in_flight: InFlight
    journal: Journal
    metrics: Metrics
    ticket_messages: TicketMessages
    clock: Clock
    new_ticket_id: NewTicketId

    def accept(self, alert: Alert) -> Answer:
        """Turn one alert into at most one order, and a repeated one into the first one's answer."""
        started = time.perf_counter()
        arrival = self._arrival(alert)
        ticket = Ticket(arrival.ticket, arrival.bot, arrival.dialect, arrival.at, arrival.alert)
        ticket.fingerprint = arrival.fingerprint
        ticket.note(Stage.RECEIVED, arrival.at, alert.source)
        answer = self._answer_as_first(ticket, arrival, alert)
        outcome = "accepted"
        if answer is None:
            answer, outcome = self._answer_again(alert, arrival), "duplicate"
        self._record(alert, arrival, answer, outcome, time.perf_counter() - started)
        return answer

    def work_on(self, entry: InboxEntry, ticket: Ticket, signal: Signal, bot: Bot, request_id: str) -> Answer:
        """Carry out a claimed alert and close its entry; one that waits for a person stays open."""
        closing = Completion(self.store, self.inbox, self.ledger, entry, ticket, request_id)
        finish = self._finishing(closing, entry, ticket)
        self._worker(entry, signal).carry_out(ticket, signal, bot, finish)
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
            except Exception:  # the alert is stored: whatever happened, the recovery finishes it
                _logger.exception("The alert will be finished later", extra={"ticket": str(ticket.id)})
                self.in_flight.leave_open(entry.key)
            finally:
                self.in_flight.end(entry.key, done)

        if self.workers.pool.put(work):
            return True
        self.in_flight.end(entry.key, done)
        return False

    def takes_time(self, signal: Signal, bot: Bot) -> bool:
        """Tell whether an alert is answered before it is carried out."""
        return signal.intent not in COMMANDS and is_reviewed(signal, bot.configuration)

    def adopt(self, entry: InboxEntry, ticket: Ticket, signal: Signal, bot: Bot, request_id: str) -> bool:
        """Close an entry with the orders that the broker already holds for it; False when there are none."""
        closing = Completion(self.store, self.inbox, self.ledger, entry, ticket, request_id)
        finish = self._finishing(closing, entry, ticket)
        adopted = self._worker(entry, signal).adopt(ticket, signal, bot, finish)
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

    def preview(self, signal: Signal, bot: Bot, redacted: dict[str, Any]) -> dict[str, Any]:
        """Return the ticket that an alert would become, as the API shows it; nothing is stored or sent."""
        now = self.clock()
        ticket = Ticket(self.new_ticket_id(now), bot.id, signal.dialect.name, now, redacted)
        worker = self._handler(signal, is_reviewed=self.takes_time(signal, bot))
        planned = [
            request_record(order) | {"status": "planned"} for order in worker.preview(ticket, signal, bot)
        ]
        status = "ordered" if planned else ticket.status.value
        return shown(ticket.to_json(now)) | {"status": status, "orders": planned or ticket.orders}

    def _arrival(self, alert: Alert) -> Arrival:
        now = self.clock()
        return Arrival(
            ticket=self.new_ticket_id(now),
            bot=alert.bot.id,
            dialect=alert.signal.dialect.name,
            key=idempotency_hash(alert.signal.idempotency_key, alert.body),
            alert=alert.redacted,
            at=now,
            fingerprint=alert.signal.idempotency_key if alert.signal.idea is not None else None,
            symbol=alert.signal.symbol if alert.signal.idea is not None else None,
            is_reviewed=self.takes_time(alert.signal, alert.bot),
        )

    def _answer_as_first(self, ticket: Ticket, arrival: Arrival, alert: Alert) -> Answer | None:
        # The inbox forgets after minutes; an idea is one event, whenever it is delivered again.
        if self._known_idea(arrival) is not None:
            return None
        entry = self.inbox.claim(arrival)
        if entry is None and self.inbox.find(arrival.bot, arrival.key) is None:
            # Its time was over between the two looks: this is a new alert after all.
            entry = self.inbox.claim(arrival)
        if entry is None:
            return None
        ticket.note(Stage.STORED, self.clock())
        return self._answer_first(entry, ticket, alert)

    def _worker(self, entry: InboxEntry, signal: Signal) -> Handler:
        # As it was when the alert came: what waits for a person must not pass because nobody is asked now.
        return self._handler(signal, is_reviewed=entry.is_reviewed)

    def _handler(self, signal: Signal, *, is_reviewed: bool) -> Handler:
        if signal.intent in COMMANDS:
            return self.workers.commands
        return self.workers.review if is_reviewed else self.workers.trading

    def _finishing(self, closing: Completion, entry: InboxEntry, ticket: Ticket) -> Finish:
        """Return the last write of a ticket; nothing is kept for one that asked nobody."""
        if not entry.is_reviewed:
            return closing.write
        forgetting = self.workers.review.forgetting
        return lambda changes: closing.write(changes, forgetting(ticket.id))

    def _known_idea(self, arrival: Arrival) -> str | None:
        """Return the ticket that a trade idea has become, however long ago."""
        if arrival.fingerprint is None:
            return None
        known = Fingerprints(self.store).find(arrival.bot, arrival.fingerprint)
        return None if known is None else str(known.ticket)

    def _answer_first(self, entry: InboxEntry, ticket: Ticket, alert: Alert) -> Answer:
        if entry.is_reviewed:
            if not self.put_off(entry, ticket, alert.signal, alert.bot, alert.request_id):
                self.in_flight.leave_open(entry.key, is_begun=False)
            return going_on(str(ticket.id), alert.request_id, entry)
        try:
            with self.in_flight.running(entry.key):
                return self.work_on(entry, ticket, alert.signal, alert.bot, alert.request_id)
        except Exception:  # the alert is stored: whatever happened, the recovery finishes it
            _logger.exception("The alert will be finished later", extra={"ticket": str(ticket.id)})
            self.in_flight.leave_open(entry.key)
            return going_on(str(ticket.id), alert.request_id, entry)

    def _answer_again(self, alert: Alert, arrival: Arrival) -> Answer:
        promised = alert.signal.dialect.duplicate_answer
        if promised is not DuplicateAnswer.FIRST_ANSWER:
            held = self.inbox.find(arrival.bot, arrival.key)
            first = str(held.ticket) if held is not None else self._known_idea(arrival)
            if promised is DuplicateAnswer.DUPLICATE:
                return repeated_idea(alert.signal, first, alert.request_id)
            return refused_duplicate(alert.signal.idempotency_key or arrival.key, first)
        entry, answer = self._wait_for_answer(arrival)
        if answer is None:
            ticket = entry.ticket if entry is not None else arrival.ticket
            return going_on(str(ticket), alert.request_id, entry)
        return Answer(answer.status, answer.body, {"Idempotent-Replay": "true"})

    def _wait_for_answer(self, arrival: Arrival) -> tuple[InboxEntry | None, Answer | None]:
        entry = self.inbox.find(arrival.bot, arrival.key)
        key = entry.key if entry is not None else ""
        patience = Patience(DUPLICATE, partial(self.in_flight.await_end, key))
        while entry is not None:
            answer = self.inbox.answer(entry)
            # Nobody is kept waiting for a model or a person: it hears that the first one goes on.
            if answer is not None or entry.is_reviewed or not patience.lasts():
                return entry, answer
            entry = self.inbox.find(arrival.bot, arrival.key)
        return None, None

    def _record(self, alert: Alert, arrival: Arrival, answer: Answer, outcome: str, seconds: float) -> None:
        self.metrics.webhook(fund_id=alert.bot.id, outcome=outcome, seconds=seconds)
        self.journal.alert(
            ticket=answer.body.get("ticket"),
            bot=alert.bot.id,
            dialect=arrival.dialect,
            outcome=outcome,
            alert=alert.redacted,
            source=alert.source,
        )

    def _account_for(self, ticket: Ticket) -> None:
        self.metrics.ticket(ticket.status.value)
        reason = ticket.reason.value if ticket.reason is not None else None
        if ticket.status is TicketStatus.DENIED and reason is not None:
            self.metrics.denied(code=reason, bot=ticket.bot)
        if ticket.status in {TicketStatus.DENIED, TicketStatus.REJECTED} and reason is not None:
            self.metrics.rejected(reason)
        self.journal.activity(sentence(ticket))
        self.ticket_messages.notify(ticket)
