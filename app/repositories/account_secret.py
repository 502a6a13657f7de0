"""The account's secret, which stands in the addresses of bot commands: its digests alone are stored."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias
from uuid import uuid4

from app.clock import Clock
from app.domain.audit import CHANGED, Actor, Deed
from app.domain.bots import SECRET_MAXIMUM_AGE, BotSecrets, secret_digest
from app.domain.json_codec import to_json
from app.repositories.audit import AuditLog
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

KEY = "state/account-secret"
SUBJECT = "account"

Step: TypeAlias = Callable[[BotSecrets | None], BotSecrets]


class AccountSecret:
    """Compares what is presented with what is stored now: a change counts in every process at once."""

    def __init__(self, store: Store, clock: Clock, audit: AuditLog) -> None:
        self._record = StoredRecord(store, KEY, BotSecrets, irreplaceable=True)
        self._clock = clock
        self._audit = audit

    def accepts(self, presented: str) -> bool:
        """Tell whether a secret is the account's, or the one before it while that still counts."""
        known = self._record.read()
        return known is not None and known.accept(secret_digest(presented.lower()), self._clock())

    def adopt(self, secret: str | None) -> None:
        """Take the settings' secret at a start, unless it was taken before: a rotation outlives it."""
        if secret is None:
            return
        digest = secret_digest(secret.lower())
        known = self._record.read()
        if known is None or known.environment != digest:
            self._write(lambda _: BotSecrets(digest, self._clock(), environment=digest), Actor.SETTINGS)

    def rotate(self, *, by: str = Actor.OPERATOR) -> tuple[str, datetime | None]:
        """Make a new secret; return it and until when the old one still works."""
        shown, now = str(uuid4()), self._clock()
        digest = secret_digest(shown)
        written = self._write(
            lambda known: BotSecrets(digest, now) if known is None else known.rotated(digest, now), by
        )
        return shown, written.previous_valid_until

    def is_old(self) -> bool:
        """Tell whether the secret is due for a change (90 days)."""
        known = self._record.read()
        return known is not None and known.created_at < self._clock() - SECRET_MAXIMUM_AGE

    def _write(self, step: Step, by: str) -> BotSecrets:
        known = self._record.read()
        wanted = step(known)
        told = {"secret": CHANGED, "previous_valid_until": to_json(wanted.previous_valid_until)}
        with self._audit.change(by, Deed.ROTATE_SECRET, SUBJECT, before={}, after=told):
            written = self._record.change(step)
        return wanted if written is None else written
