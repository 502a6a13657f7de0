"""An alert as it is handed over, and what of it is put into the inbox."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.review import is_reviewed, takes_time
from app.domain.signals import Signal
from app.repositories.inbox import Arrival
from app.repositories.inbox_keys import idempotency_hash
from app.services.instruments.resolver import instrument_named


@dataclass(frozen=True, slots=True)
class Alert:
    """What the HTTP layer hands over: authenticated, loaded, redacted; `words` make it another alert.

    `opened_at` is when it came to the door, by the application's clock; None: it came by none.
    """

    bot: Bot
    signal: Signal
    body: bytes
    words: dict[str, Any]
    redacted: dict[str, Any]
    request_id: str
    source: str
    opened_at: datetime | None = None


def arrival_of(alert: Alert, ticket: UUID, at: datetime) -> Arrival:
    """Return what is put into the inbox."""
    signal, keys = alert.signal, alert.bot.configuration
    # An idea's key is our own fingerprint of it: nothing else makes it another idea.
    words = alert.words if signal.idea is None else None
    reviewed = is_reviewed(signal, keys)
    return Arrival(
        ticket=ticket,
        bot=alert.bot.id,
        dialect=signal.dialect.name,
        key=idempotency_hash(signal.idempotency_key, alert.body, words),
        alert=alert.redacted,
        at=at,
        fingerprint=signal.idempotency_key if signal.idea is not None else None,
        symbol=signal.symbol if signal.idea is not None else None,
        is_reviewed=reviewed,
        is_put_off=reviewed and takes_time(signal, keys),
        lifetime=_lifetime(signal),
        instrument=instrument_named(signal),
    )


def _lifetime(signal: Signal) -> timedelta | None:
    """Return for how long the same words are a resend, where the dialect says that."""
    seconds = signal.dialect.resend_seconds
    return None if seconds is None or signal.idempotency_key is not None else timedelta(seconds=seconds)
