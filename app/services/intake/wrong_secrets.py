"""Guessing is slowed: who presents wrong secrets hears for the rest of a minute to come back later."""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Protocol, TypeVar

from app.errors import AppError, StoreUnavailable, TooManyWrongSecrets

Refused = TypeVar("Refused", bound=AppError)

ALLOWED = 10
WINDOW_SECONDS = 60.0
# Whoever has more addresses than this gains nothing by it: a secret of 192 bits is not guessed.
REMEMBERED = 2048
# A household or a rented server has a whole network of this size in IPv6.
NETWORK_BITS = 64


class Attempts(Protocol):
    """Counts what is tried within a minute, by name."""

    def count(self, name: str) -> tuple[int, float]:
        """Count one; return how many came before it, and in how many seconds their minute ends.

        Raise StoreUnavailable.
        """


class MemoryAttempts:
    """Counts of this process."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, name: str) -> tuple[int, float]:
        """Count one; return how many came before it, and in how many seconds their minute ends."""
        now = self._monotonic()
        with self._lock:
            began, count = self._seen.pop(name, (now, 0))
            if now - began >= WINDOW_SECONDS:
                began, count = now, 0
            self._seen[name] = (began, count + 1)
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        return count, began + WINDOW_SECONDS - now


class WrongSecrets:
    """Counts wrong secrets by address, and only after the secret was compared.

    A right one is let in from wherever it comes. Addresses that strangers share (TradingView's) are `exempt`:
    there one's mistakes would change the answer of the others. Whoever is slowed in this process is not asked
    about `elsewhere`, where all processes count: a flood of guesses is no flood of questions there.
    """

    def __init__(
        self,
        exempt: Collection[str] = (),
        *,
        kind: str = "secret",
        allowed: int = ALLOWED,
        here: Attempts | None = None,
        elsewhere: Attempts | None = None,
    ) -> None:
        self._exempt = frozenset(exempt)
        self._kind = kind
        self._allowed = allowed
        self._here = here if here is not None else MemoryAttempts()
        self._elsewhere = elsewhere

    def is_shared(self, address: str) -> bool:
        """Tell whether strangers send from this address too."""
        return address in self._exempt

    def judge(self, address: str, refusal: Refused) -> Refused | TooManyWrongSecrets:
        """Count a wrong secret; return the refusal, or the one that slows where there are too many."""
        if self.is_shared(address):
            return refusal
        count, left = self._count(f"{self._kind} from {_network(address)}")
        if count < self._allowed:
            return refusal
        wait = max(math.ceil(left), 1)
        return TooManyWrongSecrets(
            f"More than {self._allowed} wrong secrets came from this address within a minute. "
            f"A right one is taken at once; try others again in {wait} s.",
            retry_after=wait,
        )

    def _count(self, name: str) -> tuple[int, float]:
        here = self._here.count(name)
        if self._elsewhere is None or here[0] >= self._allowed:
            return here
        try:
            return max(here, self._elsewhere.count(name))
        except StoreUnavailable:
            return here


def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:  # noqa: PLR2004  # IPv4
        return address
    return str(ipaddress.ip_network((known, NETWORK_BITS), strict=False))
