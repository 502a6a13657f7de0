"""The paper broker behind a line that fails as one to a broker outside does, a share of all calls."""

import time
from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from tests.reliability.moved_server import Torment

T = TypeVar("T")
SLOW_SECONDS = 0.3
READS = frozenset({"positions", "account", "quote", "snapshot", "position", "open_orders"})
READS_OF_DESK = frozenset({"expiries", "chain", "quotes", "find"})
WRITES = frozenset({"submit", "cancel"})
# What may happen to a write: it never arrives, it arrives and nobody says so, it is slow, or it is refused.
FAULTS_OF_WRITES = ("lost before", "lost after", "lost after", "slow", "refused")
FAULTS_OF_READS = ("no answer", "no answer", "slow")


class Line:
    """Throws the dice for every call of some names; everything else goes straight on."""

    def __init__(self, inner: Any, torment: Torment, reads: frozenset[str], writes: frozenset[str]) -> None:
        self._inner, self._torment = inner, torment
        self._reads, self._writes = reads, writes
        self._random = Random()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name in self._reads:
            return lambda *given, **named: self._read(name, lambda: found(*given, **named))
        if name in self._writes:
            return lambda *given, **named: self._write(name, lambda: found(*given, **named))
        return found

    def _read(self, name: str, call: Callable[[], T]) -> T:
        kind = self._struck(name, FAULTS_OF_READS)
        if kind == "no answer":
            raise BrokerUnavailable("The line to the paper broker is cut.")
        if kind == "slow":
            time.sleep(SLOW_SECONDS)
        return call()

    def _write(self, name: str, call: Callable[[], T]) -> T:
        kind = self._struck(name, FAULTS_OF_WRITES)
        if kind == "lost before":
            raise OutcomeUnknown("It may have arrived.")
        if kind == "refused":
            raise BrokerRejected("The paper broker does not like it now.")
        if kind == "slow":
            time.sleep(SLOW_SECONDS)
        answer = call()
        if kind == "lost after":
            raise OutcomeUnknown("The answer was lost.")
        return answer

    def _struck(self, name: str, kinds: tuple[str, ...]) -> str | None:
        if self._random.random() >= self._torment.share:
            return None
        kind = self._random.choice(kinds)
        self._torment.strike(f"{name}: {kind}")
        return kind


class FaultyPaper(Line):
    """The broker; its desk fails as it does."""

    def __init__(self, broker: Any, torment: Torment) -> None:
        super().__init__(broker, torment, READS, frozenset())
        self.structures = Line(broker.structures, torment, READS_OF_DESK, WRITES)
