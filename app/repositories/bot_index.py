"""The way from a secret or a number to a bot's id: remembered, so that an alert reads no bot but its own."""

import threading
import time
from collections.abc import Callable, Iterable

from app.domain.bots import Bot

REFRESH_SECONDS = 1.0
# Another process may have made a bot a moment ago, whose first alert must not be turned away. So many looks
# may follow each other at once, and one more each second: who guesses does not cost one for each guess.
LOOKS_AT_ONCE = 20


class BotIndex:
    """Learns secrets and numbers anew where one is not known, but not for every wrong guess."""

    def __init__(self, read_all: Callable[[], Iterable[Bot]]) -> None:
        self._read_all = read_all
        self._by_digest: dict[str, str] = {}
        self._by_number: dict[int, str] = {}
        self._ids: list[str] = []
        self._learnt_at = float("-inf")
        self._looks = float(LOOKS_AT_ONCE)
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Learn everything anew at the next look: a bot or a secret has changed."""
        self._learnt_at = float("-inf")

    def ids(self) -> list[str]:
        """Return every bot's id, as known a second ago at the latest."""
        self._learn()
        return self._ids

    def of_secret(self, digest: str, *, anew: bool) -> str | None:
        """Return the id of a secret's bot as it is remembered, or as it is learnt `anew`."""
        if anew:
            self._learn(at_once=True)
        return self._by_digest.get(digest)

    def numbered(self, number: int, *, anew: bool) -> str | None:
        """Return the id of a number's bot as it is remembered, or as it is learnt `anew`."""
        if anew:
            self._learn(at_once=True)
        return self._by_number.get(number)

    def _learn(self, *, at_once: bool = False) -> None:
        with self._lock:
            age = time.monotonic() - self._learnt_at
            looks = min(self._looks + age / REFRESH_SECONDS, LOOKS_AT_ONCE)
            if age < REFRESH_SECONDS and (not at_once or looks < 1):
                return
            self._looks = max(looks - 1, 0.0)
            bots = list(self._read_all())
            digests = {bot.secrets.digest: bot.id for bot in bots}
            for bot in bots:
                if bot.secrets.previous_digest is not None:
                    digests.setdefault(bot.secrets.previous_digest, bot.id)
            self._by_digest, self._ids = digests, [bot.id for bot in bots]
            self._by_number = {bot.number: bot.id for bot in bots}
            self._learnt_at = time.monotonic()
