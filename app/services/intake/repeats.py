"""Alerts that came before: which they are, what they are answered, and others that only share their key."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from app.clock import Budget, Patience
from app.dataclass import dataclass
from app.domain.signals import DuplicateAnswer, Signal, own_words
from app.domain.tickets import Stage, Ticket
from app.errors import StoreError
from app.repositories.fingerprints import Fingerprints, KnownIdea
from app.repositories.inbox import AND_WORDS, Answer, Arrival, Inbox, InboxEntry
from app.repositories.tickets import Ledger
from app.services.intake.answers import GOING_ON, answer_for, going_on, refused_duplicate, repeated_idea
from app.services.intake.arrivals import idempotency_hash
from app.services.intake.in_flight import InFlight
from app.storage.base import Store

# TradingView gives up after three seconds.
DUPLICATE = Budget(2.5, 0.05)
REPLAYED = {"Idempotent-Replay": "true"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Answer for alerts that came before."""

    store: Store
    inbox: Inbox
    ledger: Ledger
    in_flight: InFlight

    def known_idea(self, arrival: Arrival) -> str | None:
        """Return the ticket that a trade idea has become, however long ago."""
        if arrival.fingerprint is None:
            return None
        known = Fingerprints(self.store).find(arrival.bot, arrival.fingerprint)
        return None if known is None else str(known.ticket)

    def knows_idea(self, bot: str, fingerprint: str | None) -> bool:
        """Tell whether a bot has had a trade idea, however long ago, or has it now."""
        if fingerprint is None:
            return False
        is_known = Fingerprints(self.store).find(bot, fingerprint) is not None
        return is_known or self.inbox.find(bot, idempotency_hash(fingerprint, b"")) is not None

    def remember_at(self, bot: str, arrival: Arrival) -> None:
        """Let the bot to which an idea came know it, although another one carries it out.

        When its label is mapped anew, the idea stays the same event.
        """
        if arrival.fingerprint is not None:
            with suppress(StoreError):
                Fingerprints(self.store).remember(
                    bot, arrival.fingerprint, KnownIdea(arrival.ticket, arrival.at)
                )

    def answer(self, signal: Signal, arrival: Arrival, request_id: str) -> Answer:
        """Say what became of the first one, or what its dialect promises to say."""
        promised = signal.dialect.duplicate_answer
        if promised is DuplicateAnswer.FIRST_ANSWER:
            return self._first_answer(arrival, request_id)
        held = self.inbox.find(arrival.bot, arrival.key)
        first = str(held.ticket) if held is not None else self.known_idea(arrival)
        if promised is DuplicateAnswer.DUPLICATE:
            return repeated_idea(signal, first, request_id)
        return refused_duplicate(signal.idempotency_key or arrival.key, first)

    def _first_answer(self, arrival: Arrival, request_id: str) -> Answer:
        entry, answer = self._wait_for_answer(arrival)
        if entry is None:
            return going_on(str(arrival.ticket), request_id)
        if answer is None or answer.status == GOING_ON or self._was_put_off(entry):
            # The first one was told that it goes on: the same status again, and how it stands by now.
            asked_by = request_id if answer is None else str(answer.body["request_id"])
            return self._as_it_stands(entry, asked_by)
        return Answer(answer.status, answer.body, REPLAYED)

    def _was_put_off(self, entry: InboxEntry) -> bool:
        """Tell whether the first one was told that it goes on: for the analyst, or for a person."""
        if entry.is_put_off or not entry.is_reviewed:
            return entry.is_put_off
        written = self.ledger.document(entry.ticket)
        stages = written.value["timeline"] if written is not None else []
        return any(stage["stage"] == Stage.APPROVAL_WANTED.value for stage in stages)

    def _as_it_stands(self, entry: InboxEntry, request_id: str) -> Answer:
        written = self.ledger.document(entry.ticket)
        if written is not None:
            body = answer_for(Ticket.from_json(written.value), request_id).body
        else:
            open_ticket = self.ledger.find(entry.ticket)
            body = going_on(str(entry.ticket), request_id, entry).body
            if open_ticket is not None:
                body |= {"status": open_ticket["status"]}
        return Answer(GOING_ON, body, REPLAYED)

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


def known_by_key_alone(arrival: Arrival, others: Iterable[InboxEntry]) -> Arrival:
    """Let an alert be known by its key alone where the version before this one stored it so.

    TradingView sends again what a restart interrupted, also one that put a new version in place.
    """
    said = own_words(arrival.alert)
    if any(AND_WORDS not in entry.known_by and own_words(entry.alert) == said for entry in others):
        return replace(arrival, key=arrival.key.partition(AND_WORDS)[0])
    return arrival


def note_shared_key(ticket: Ticket, others: Iterable[InboxEntry], at: datetime) -> None:
    """Warn that another alert had the same key before, and other words."""
    earlier = [
        entry for entry in others if entry.ticket != ticket.id and entry.received_at <= ticket.created_at
    ]
    if earlier:
        first = min(earlier, key=lambda entry: entry.received_at).ticket
        warning = f"an alert with other words had it (ticket {first}); this one is carried out as its own"
        ticket.note(Stage.KEY_SHARED, at, warning)
