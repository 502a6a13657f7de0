"""Orders that wait for a person: asked once, decided once, whoever decides and wherever."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from app.clock import Clock
from app.domain.approvals import ApprovalDecision, PendingApproval
from app.domain.audit import Deed
from app.domain.money import round_price
from app.domain.tickets import Ticket
from app.errors import ApprovalLinkRefused, ApprovalOver, Conflict, StoreUnavailable
from app.repositories.approvals import PendingApprovals, SigningKey, stored_signing_key
from app.repositories.audit import AuditLog
from app.services.observability.events import EventKind
from app.services.observability.journal import Journal
from app.services.observability.notifier import Notifier
from app.services.review.questions import summary_of
from app.services.trading.context import CENT, OrderContext
from app.storage.base import Delete, Store

DEEDS = {
    ApprovalDecision.APPROVED: Deed.APPROVE,
    ApprovalDecision.REJECTED: Deed.REJECT,
    ApprovalDecision.EXPIRED: Deed.EXPIRE,
}
KEY_BYTES, ID_DIGITS, END_DIGITS = 32, 32, 10


class Approvals:
    """Ask a person once, and take one decision, whoever clicks first."""

    def __init__(
        self,
        *,
        store: Store,
        audit: AuditLog,
        notifier: Notifier,
        journal: Journal,
        clock: Clock,
        timeout_seconds: int,
        public_url: str | None,
        ask_in_chat: Callable[[UUID, str], None] = lambda *_: None,
    ) -> None:
        self._pending = PendingApprovals(store)
        self._audit = audit
        self._notifier = notifier
        self._journal = journal
        self._clock = clock
        self._timeout = timedelta(seconds=timeout_seconds)
        self._public_url = public_url
        self._ask_in_chat = ask_in_chat
        self._signing = stored_signing_key(store)
        # Questions that may be in the store and that nobody has heard.
        self._unasked: dict[UUID, PendingApproval] = {}

    def find(self, ticket: UUID) -> PendingApproval | None:
        """Return what is known of a ticket that waits, or has waited and is not finished."""
        return self._pending.find(ticket)

    def ask(self, ticket: Ticket, context: OrderContext) -> None:
        """Let a ticket wait as it stands, and ask the owner once."""
        now, proposed = self._clock(), context.structure
        waiting = replace(
            PendingApproval(ticket.to_json(now), now, now + self._timeout, summary_of(context)),
            # It is approved for this account alone: a bot may be moved while the order waits.
            broker=context.broker_name,
            # To the cent, as a person reads it.
            # Rounded up, so that the very order that was shown does not exceed what was approved.
            value=None if context.entry_value is None else round_price(context.entry_value, CENT, up=True),
            quantity=context.orders[-1].quantity if proposed is None else Decimal(proposed.units),
            structure=None if proposed is None else context.bot.configuration.structure,
        )
        is_in_doubt = self._unasked.pop(ticket.id, None) is not None
        try:
            is_new = self._pending.ask(ticket.id, waiting)
        except StoreUnavailable:
            self._unasked[ticket.id] = waiting
            raise
        # Asked already, perhaps by a process that died just after: a person gets one message for one order.
        if is_new or is_in_doubt:
            self._tell(ticket.id, waiting)

    def ask_unasked(self) -> None:
        """Ask what was stored although the store did not say so: its ticket waits, and nobody knows of it."""
        for ticket in [*self._unasked]:
            known = self.find(ticket)
            if self._unasked.pop(ticket, None) is not None and known is not None and known.verdict is None:
                self._tell(ticket, known)

    def _tell(self, ticket: UUID, waiting: PendingApproval) -> None:
        self._journal.activity(f"{waiting.summary}; waits for an approval; ticket {ticket}")
        link = self.link(ticket, waiting.expires_at)
        where = link or f"flask tickets approve (or reject) {ticket}; without PUBLIC_URL there is no link"
        until = f"until {waiting.expires_at:%H:%M} UTC"
        message = f"{waiting.summary}; {until}: {where}"
        self._notifier.notify(EventKind.APPROVAL_WANTED, message, key=str(ticket))
        self._ask_in_chat(ticket, f"{waiting.summary}; {until}")

    def decide(self, ticket: UUID, verdict: ApprovalDecision, by: str) -> ApprovalDecision:
        """Write a verdict; a late one becomes `expired`. Raise ApprovalOver when somebody was faster."""
        now = self._clock()
        try:
            # Written over the version that was read: of two clicks at once, one counts.
            decided = self._pending.decide(
                ticket, lambda waiting: _decided(waiting, verdict, by, now), partial(self._recording, ticket)
            )
        except Conflict as error:
            raise ApprovalOver("Somebody else has just decided on this order.") from error
        return decided.verdict or verdict

    def _recording(self, ticket: UUID, decided: PendingApproval) -> AbstractContextManager[None]:
        before, after = {"verdict": None}, {"verdict": decided.verdict, "summary": decided.summary}
        deed = DEEDS[decided.verdict or ApprovalDecision.EXPIRED]
        return self._audit.change(str(decided.by), deed, str(ticket), before=before, after=after)

    def undecided(self) -> dict[UUID, PendingApproval]:
        """Return what nobody has decided on, by ticket."""
        return self._pending.undecided()

    def overdue(self) -> list[UUID]:
        """Return the tickets that have waited for too long."""
        now = self._clock()
        return [ticket for ticket, item in self.undecided().items() if now >= item.expires_at]

    def forgetting(self, ticket: UUID) -> list[Delete]:
        """Return the changes that forget the question."""
        return self._pending.forgetting(ticket)

    def link(self, ticket: UUID, ends_at: datetime) -> str | None:
        """Return the address at which a person decides, good once; None without PUBLIC_URL."""
        if self._public_url is None:
            return None
        unsigned = f"{ticket.hex}{int(ends_at.timestamp()):0{END_DIGITS}d}"
        return f"{self._public_url}/approvals/{unsigned}{self._signature(unsigned)}"

    def read_link(self, token: str) -> UUID:
        """Return whose link it is; raise ApprovalLinkRefused unless it is ours and in time."""
        unsigned, signature = token[: ID_DIGITS + END_DIGITS], token[ID_DIGITS + END_DIGITS :]
        if not hmac.compare_digest(self._signature(unsigned).encode(), signature.encode()):
            raise ApprovalLinkRefused("This is not an approval link of ours.")
        if datetime.fromtimestamp(int(unsigned[ID_DIGITS:]), UTC) < self._clock() - self._timeout:
            raise ApprovalLinkRefused("This approval link is too old.")
        return UUID(unsigned[:ID_DIGITS])

    def _signature(self, unsigned: str) -> str:
        key = bytes.fromhex(self._key())
        # Its purpose is signed too: no other link of ours can pass for an approval.
        return hmac.new(key, f"approval {unsigned}".encode(), hashlib.sha256).hexdigest()

    def _key(self) -> str:
        """Return the secret that all processes on one store sign with, made by the first of them."""
        fresh = SigningKey(secrets.token_hex(KEY_BYTES))
        made = self._signing.change(lambda known: fresh if known is None else None)
        known = made or self._signing.read()
        assert known is not None  # noqa: S101  # made, or found by the one who would have made it
        return known.key


def _decided(
    waiting: PendingApproval | None, verdict: ApprovalDecision, by: str, now: datetime
) -> PendingApproval:
    if waiting is None:
        raise ApprovalOver("This ticket does not wait for an approval.")
    if waiting.verdict is not None:
        raise ApprovalOver(f"This order has been {waiting.verdict.value} already.")
    # Nobody means to approve a price of an hour ago.
    given = ApprovalDecision.EXPIRED if now >= waiting.expires_at else verdict
    return replace(waiting, verdict=given, by=by, decided_at=now)
