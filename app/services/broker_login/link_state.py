"""What must be done once, whichever process does it: links used, codes tried, messages sent."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TypeAlias

from app.clock import Clock
from app.errors import LoginLinkRefused
from app.repositories.link_state import LinkState, stored_link_state
from app.storage.base import Store

KEY_BYTES, NONCE_DIGITS, END_DIGITS = 32, 24, 10
USED = "This login link has been used already; GET /api/logins tells whether it worked."


_Step: TypeAlias = Callable[[LinkState], LinkState | None]


def digest(secret: str) -> str:
    """Return what a secret is remembered by."""
    return hashlib.sha256(secret.encode()).hexdigest()


class LoginMemory:
    """Sign and check login links, each good for one login, and claim what is done once.

    Every method raises StoreUnavailable when the store is away.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._record = stored_link_state(store)
        self._clock = clock
        self._signing_key: str | None = None

    def sign(self, ends_at: datetime) -> str:
        """Return a state for a link that is good until then."""
        unsigned = f"{int(ends_at.timestamp()):0{END_DIGITS}d}{secrets.token_hex(NONCE_DIGITS // 2)}"
        return unsigned + self._signature(unsigned)

    def check(self, state: str) -> datetime:
        """Return when a state ends; raise LoginLinkRefused unless it is ours, in time and not yet used."""
        ends_at = self._read_signed(state)
        record = self._record.read()
        if record is not None and digest(state) in record.used_links:
            raise LoginLinkRefused(USED)
        return ends_at

    def use(self, state: str) -> datetime:
        """Use a state up, once among all processes; return when it would have ended, as `check` does."""
        ends_at = self._read_signed(state)
        mark, now = digest(state), self._clock()

        def step(record: LinkState | None) -> LinkState | None:
            known = record or _new_state()
            if mark in known.used_links:
                return None
            # A link that has ended is refused by its time, and need not be remembered as used.
            lasting = {name: end for name, end in known.used_links.items() if end >= now}
            return replace(known, used_links=lasting | {mark: ends_at})

        if self._record.change(step) is None:
            raise LoginLinkRefused(USED)
        return ends_at

    def claim_code(self, code: str) -> bool:
        """Tell whether this code has not been tried yet, and remember that it has."""
        mark = digest(code)
        return self._claim(
            lambda known: None if known.tried_code == mark else replace(known, tried_code=mark)
        )

    def claim_death_notice(self, token: str, reminded_on: date | None) -> bool:
        """Tell whether nobody has told of this token's death; a date counts as that day's reminder too."""
        mark = digest(token)

        def step(known: LinkState) -> LinkState | None:
            if known.told_token == mark:
                return None
            return replace(known, told_token=mark, reminded_on=reminded_on or known.reminded_on)

        return self._claim(step)

    def claim_reminder(self, day: date) -> bool:
        """Tell whether nobody has reminded on this day."""
        return self._claim(
            lambda known: None if known.reminded_on == day else replace(known, reminded_on=day)
        )

    def _claim(self, step: _Step) -> bool:
        return self._record.change(lambda record: step(record or _new_state())) is not None

    def _read_signed(self, state: str) -> datetime:
        unsigned, signature = state[: END_DIGITS + NONCE_DIGITS], state[END_DIGITS + NONCE_DIGITS :]
        # In constant time, so that no signature can be found out letter by letter.
        is_ours = hmac.compare_digest(self._signature(unsigned).encode(), signature.encode())
        if not is_ours:
            raise LoginLinkRefused("This is not a login link of ours.")
        ends_at = datetime.fromtimestamp(int(unsigned[:END_DIGITS]), UTC)
        if ends_at <= self._clock():
            raise LoginLinkRefused("This login link is too old.")
        return ends_at

    def _signature(self, unsigned: str) -> str:
        key = bytes.fromhex(self._key())
        return hmac.new(key, f"fyers login {unsigned}".encode(), hashlib.sha256).hexdigest()

    def _key(self) -> str:
        """Return the secret that all processes on one store sign with, made by the first of them."""
        if self._signing_key is None:
            made = self._record.change(lambda record: _new_state() if record is None else None)
            record = made or self._record.read()
            assert record is not None  # noqa: S101  # made, or found by the one who would have made it
            self._signing_key = record.signing_key
        return self._signing_key


def _new_state() -> LinkState:
    return LinkState(signing_key=secrets.token_hex(KEY_BYTES))
