"""From an authenticated alert to its answer: stored first, worked on once, answered the same for ever."""

import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

from app.domain.bots import Bot
from app.domain.orders import Order
from app.domain.signals import Dialect, Signal
from app.domain.tickets import Ticket, TicketStatus, new_ticket_id
from app.services.clock import Clock
from app.services.intake.answers import Answer, answer_for
from app.services.intake.inbox import Arrival, Inbox, idempotency_hash
from app.services.intake.workers import Workers
from app.services.journal import Journal
from app.services.ledger import Ledger
from app.services.metrics import Metrics
from app.services.telling import Announcer, sentence
from app.storage.base import Change, Document, Store

DUPLICATE_WAIT_SECONDS = 2.5
POLL_SECONDS = 0.05

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


class Intake:
    """Accept alerts: claim, carry out, close."""

    def __init__(
        self,
        *,
        store: Store,
        inbox: Inbox,
        ledger: Ledger,
        workers: Workers,
        journal: Journal,
        metrics: Metrics,
        announcer: Announcer,
        clock: Clock,
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._ledger = ledger
        self._workers = workers
        self._journal = journal
        self._metrics = metrics
        self._announcer = announcer
        self._clock = clock
        self._running: dict[str, threading.Event] = {}
        self._unfinished: set[str] = set()

    def accept(self, alert: Alert) -> Answer:
        """Turn one alert into at most one order, and a repeated one into the first one's answer."""
        started = time.perf_counter()
        arrival = self._arrival(alert)
        ticket = Ticket(arrival.ticket, arrival.bot, arrival.dialect, arrival.at, arrival.alert)
        ticket.note("received", arrival.at, alert.source)
        answer = self._answer_as_first(ticket, arrival, alert)
        outcome = "accepted"
        if answer is None:
            answer, outcome = self._answer_again(alert, arrival), "duplicate"
        self._tell(alert, arrival, answer, outcome, time.perf_counter() - started)
        return answer

    def work_on(self, entry: Document, ticket: Ticket, signal: Signal, bot: Bot, request_id: str) -> Answer:
        """Carry out a claimed alert and close its entry."""
        closing = Closing(self._store, self._inbox, self._ledger, entry, ticket, request_id)
        self._workers.of(signal).carry_out(ticket, signal, bot, closing.write)
        self._account_for(ticket)
        return closing.answer

    def adopt(self, entry: Document, ticket: Ticket, signal: Signal, bot: Bot, request_id: str) -> bool:
        """Close an entry with the orders that the broker already holds for it; False when there are none."""
        closing = Closing(self._store, self._inbox, self._ledger, entry, ticket, request_id)
        adopted = self._workers.of(signal).adopt(ticket, signal, bot, closing.write)
        if adopted:
            self._account_for(ticket)
        return adopted

    def close(self, entry: Document, ticket: Ticket, request_id: str) -> Answer:
        """Close an entry whose ticket has come to its end without the broker."""
        closing = Closing(self._store, self._inbox, self._ledger, entry, ticket, request_id)
        closing.write(self._workers.commands.forgetting(ticket.id))
        self._account_for(ticket)
        return closing.answer

    def close_as(self, entry: Document, ticket: Ticket, request_id: str) -> None:
        """Close an entry with the answer of a ticket that is written already."""
        self._store.apply([self._inbox.closing(entry, answer_for(ticket, request_id))])

    def preview(self, ticket: Ticket, signal: Signal, bot: Bot) -> list[Order]:
        """Tell in the ticket what would become of an alert; return the orders that would be placed."""
        return self._workers.of(signal).preview(ticket, signal, bot)

    def has_unfinished(self) -> bool:
        """True when an alert was interrupted in this process and nobody has closed its entry since."""
        return bool(self._unfinished)

    def forget(self, key: str) -> None:
        """Take note that an interrupted alert is finished."""
        self._unfinished.discard(key)

    def is_running(self, key: str) -> bool:
        """True while a thread of this process works on an entry."""
        return key in self._running

    def _arrival(self, alert: Alert) -> Arrival:
        now = self._clock()
        return Arrival(
            ticket=new_ticket_id(now),
            bot=alert.bot.id,
            dialect=alert.signal.dialect.value,
            key=idempotency_hash(alert.signal.idempotency_key, alert.body),
            alert=alert.redacted,
            at=now,
        )

    def _answer_as_first(self, ticket: Ticket, arrival: Arrival, alert: Alert) -> Answer | None:
        entry = self._inbox.claim(arrival)
        if entry is None and self._inbox.find(arrival.bot, arrival.key) is None:
            # Its time was over between the two looks: this is a new alert after all.
            entry = self._inbox.claim(arrival)
        if entry is None:
            return None
        ticket.note("stored", self._clock())
        return self._answer_first(entry, ticket, alert)

    def _answer_first(self, entry: Document, ticket: Ticket, alert: Alert) -> Answer:
        done = self._running[entry.key] = threading.Event()
        try:
            return self.work_on(entry, ticket, alert.signal, alert.bot, alert.request_id)
        except Exception:  # the alert is stored: whatever happened, the recovery finishes it
            _logger.exception("The alert will be finished later", extra={"ticket": str(ticket.id)})
            self._unfinished.add(entry.key)
            return _going_on(str(ticket.id), alert.request_id)
        finally:
            del self._running[entry.key]
            done.set()

    def _answer_again(self, alert: Alert, arrival: Arrival) -> Answer:
        if alert.signal.dialect is Dialect.BRIDGE:
            key = alert.signal.idempotency_key or arrival.key
            held = self._inbox.find(arrival.bot, arrival.key)
            headers = {"X-Ticket": held.value["ticket"]} if held is not None else {}
            return Answer(409, {"error": "duplicate_idempotency_key", "key": key}, headers)
        entry, answer = self._wait_for_answer(arrival)
        if answer is None:
            ticket = entry.value["ticket"] if entry is not None else str(arrival.ticket)
            return _going_on(ticket, alert.request_id)
        return Answer(answer.status, answer.body, {"Idempotent-Replay": "true"})

    def _wait_for_answer(self, arrival: Arrival) -> tuple[Document | None, Answer | None]:
        deadline = time.monotonic() + DUPLICATE_WAIT_SECONDS
        while True:
            entry = self._inbox.find(arrival.bot, arrival.key)
            answer = self._inbox.answer(entry) if entry is not None else None
            left = deadline - time.monotonic()
            if entry is None or answer is not None or left <= 0:
                return entry, answer
            elsewhere = threading.Event()
            self._running.get(entry.key, elsewhere).wait(min(POLL_SECONDS, left))

    def _tell(self, alert: Alert, arrival: Arrival, answer: Answer, outcome: str, seconds: float) -> None:
        self._metrics.webhook(fund_id=alert.bot.id, outcome=outcome, seconds=seconds)
        self._journal.alert(
            ticket=answer.body.get("ticket"),
            bot=alert.bot.id,
            dialect=arrival.dialect,
            outcome=outcome,
            alert=alert.redacted,
            source=alert.source,
        )

    def _account_for(self, ticket: Ticket) -> None:
        self._metrics.ticket(ticket.status.value)
        reason = ticket.reason.value if ticket.reason is not None else None
        if ticket.status is TicketStatus.DENIED and reason is not None:
            self._metrics.denied(code=reason, bot=ticket.bot)
        if ticket.status in {TicketStatus.DENIED, TicketStatus.REJECTED} and reason is not None:
            self._metrics.rejected(reason)
        self._journal.activity(sentence(ticket))
        self._announcer.announce(ticket)


class Closing:
    """The last write of an alert: its orders, its ticket and its inbox entry, in that order."""

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        ledger: Ledger,
        entry: Document,
        ticket: Ticket,
        request_id: str,
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._ledger = ledger
        self._entry = entry
        self._ticket = ticket
        self._request_id = request_id
        self.answer = _going_on(str(ticket.id), request_id)

    def write(self, changes: list[Change]) -> None:
        """Write everything; the store takes a prefix at worst, which the recovery completes."""
        answer = answer_for(self._ticket, self._request_id)
        self._store.apply(
            [*changes, self._ledger.writing(self._ticket), self._inbox.closing(self._entry, answer)]
        )
        self.answer = answer


def _going_on(ticket: str, request_id: str) -> Answer:
    return Answer(202, {"status": "received", "ticket": ticket, "request_id": request_id})
