"""Google's public certificates: fetched within a time limit, kept as long as the answer's headers allow."""

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import field
from itertools import islice
from math import inf

from app.dataclass import dataclass
from app.errors import CertificatesUnavailable

FETCH_SECONDS = 3.0
# Whoever asks while they cannot be had is answered at once for so long.
PAUSE_AFTER_FAILURE_SECONDS = 5.0
# A key that is not among them may be a new one; strangers may make up keys, so they are not fetched for each.
PAUSE_BEFORE_NEW_KEY_SECONDS = 60.0
LONGEST_KEPT_SECONDS = 86_400.0
CHUNK, MOST_CHUNKS = 8192, 8

_NEVER = ("no-store", "no-cache")
_AGE = re.compile(r"(?:^|[\s,])max-age=\"?(\d{1,9})\"?(?=$|[\s,])", re.IGNORECASE)
_OK = 200
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    """What was fetched, when, and until when it may be believed."""

    by_key: Mapping[str, str] = field(default_factory=dict)
    fetched_at: float = -inf
    fresh_until: float = -inf

    def is_due(self, key: str, now: float) -> bool:
        may_be_new = key not in self.by_key and now - self.fetched_at >= PAUSE_BEFORE_NEW_KEY_SECONDS
        return now >= self.fresh_until or may_be_new


class Certificates:
    """Certificates in PEM by the id of their key; safe to use by many threads, of which one fetches."""

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._monotonic = monotonic
        self._held = _Held()
        self._retry_at = -inf
        self._lock = threading.Lock()

    def for_key(self, key: str) -> Mapping[str, str]:
        """Return what is known, fetched anew where that is due; raise CertificatesUnavailable."""
        # Whose key is known waits for nobody who looks for another.
        if self._held.is_due(key, self._monotonic()):
            with self._lock:
                now = self._monotonic()
                if self._held.is_due(key, now):
                    self._held = self._fetch(now)
        return self._held.by_key

    def _fetch(self, now: float) -> _Held:
        if now < self._retry_at:
            raise _unavailable()
        try:
            by_key, seconds = _fetched(self._url)
        except (OSError, ValueError) as error:
            # A failure is told once in a while: whoever asks in between causes no line.
            _logger.warning("Google's certificates could not be fetched: %s", type(error).__name__)
            self._retry_at = self._monotonic() + PAUSE_AFTER_FAILURE_SECONDS
            raise _unavailable() from error
        return _Held(by_key, now, now + seconds)


def _unavailable() -> CertificatesUnavailable:
    return CertificatesUnavailable(
        "Google's certificates cannot be had just now, so its tokens cannot be checked; it will try again."
    )


def _fetched(url: str) -> tuple[dict[str, str], float]:
    """Return the certificates and for how many seconds they may be kept; raise OSError or ValueError."""
    from app.services.analyst.deadline import Deadline, watched_session

    # requests' own errors are OSErrors.
    with Deadline(FETCH_SECONDS) as deadline, watched_session(deadline.watch) as session:
        answer = session.get(url, timeout=FETCH_SECONDS, allow_redirects=False, stream=True)
        content = b"".join(islice(answer.iter_content(CHUNK), MOST_CHUNKS))
    if answer.status_code != _OK:
        raise ValueError(f"answered {answer.status_code}")
    return _read(content), _seconds_kept(answer.headers)


def _read(content: bytes) -> dict[str, str]:
    known: dict[str, str] = json.loads(content)
    is_sound = isinstance(known, dict) and all(_is_certificate(value) for value in known.values())
    if not is_sound or not known:
        raise ValueError("these are no certificates")
    return known


def _is_certificate(value: object) -> bool:
    return isinstance(value, str) and value.startswith("-----BEGIN CERTIFICATE-----")


def _seconds_kept(headers: Mapping[str, str]) -> float:
    """Return how long an answer stays fresh; nothing said is nothing kept."""
    said = headers.get("Cache-Control", "")
    longest = _AGE.search(said)
    if longest is None or any(word in said.lower() for word in _NEVER):
        return 0.0
    age = headers.get("Age", "0").strip()
    kept = int(longest[1]) - (int(age) if age.isascii() and age.isdigit() else 0)
    return min(max(0.0, kept), LONGEST_KEPT_SECONDS)
