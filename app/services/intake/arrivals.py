"""An alert as it is handed over, what it is known by, and what of it is put into the inbox."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.json_codec import to_json
from app.domain.review import is_reviewed, takes_time
from app.domain.signals import Dialect, Signal
from app.domain.symbols import SymbolRefused, parse_symbol
from app.repositories.inbox import AND_WORDS, Arrival
from app.storage.base import JSON


@dataclass(frozen=True, slots=True)
class Alert:
    """What the HTTP layer hands over: authenticated, loaded, redacted; `words` make it another alert.

    `opened_at` is when it came to the door, by the application's clock; None: it came by none. `came_to` is
    the bot that it named, where another one carries it out.
    """

    bot: Bot
    signal: Signal
    body: bytes
    words: dict[str, Any]
    redacted: dict[str, Any]
    request_id: str
    source: str
    opened_at: datetime | None = None
    came_to: str | None = None


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
        known_for=timedelta(seconds=signal.dialect.known_seconds),
        instrument=_instrument(signal),
    )


def _lifetime(signal: Signal) -> timedelta | None:
    """Return for how long the same words are a resend, where the dialect says that."""
    seconds = signal.dialect.resend_seconds
    return None if seconds is None or signal.idempotency_key is not None else timedelta(seconds=seconds)


def _instrument(signal: Signal) -> str | None:
    """Return the canonical name of what an alert is about; None where its words alone do not tell."""
    if signal.contract is not None or signal.dialect is Dialect.BOT_COMMAND:
        return None
    try:
        return parse_symbol(signal.symbol, exchange=signal.exchange).symbol
    except SymbolRefused:
        return None


def idempotency_hash(key: str | None, body: bytes, words: JSON | None = None) -> str:
    """Hash the alert's own key together with its words, else its body; none is mistaken for another.

    A key alone does not tell orders apart: two fills of one close, or a call and a put of one second, often
    share it. Where the key is ours and tells all (an idea's fingerprint), no `words` are given.
    """
    if key is None:
        return _hash(b"body:" + body)
    by_key = _hash(b"key:" + key.encode())
    if words is None:
        return by_key
    said = json.dumps(to_json(words), sort_keys=True, separators=(",", ":"))
    return f"{by_key}{AND_WORDS}{_hash(said.encode())[:32]}"


def _hash(material: bytes) -> str:
    return hashlib.sha256(material).hexdigest()
