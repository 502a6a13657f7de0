"""Guessing is slowed: who presents wrong secrets hears for the rest of a minute to come back later."""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import TypeVar

from app.errors import AppError, TooManyWrongSecrets

Refused = TypeVar("Refused", bound=AppError)

ALLOWED = 10
WINDOW_SECONDS = 60.0
# Whoever has more addresses than this gains nothing by it: a secret of 192 bits is not guessed.
REMEMBERED = 2048
# A household or a rented server has a whole network of this size in IPv6.
NETWORK_BITS = 64


class WrongSecrets:
    """Counts wrong secrets by address, in memory, and only after the secret was compared.

    A right one is let in from wherever it comes. Addresses that strangers share (TradingView's) are `exempt`:
    there one's mistakes would change the answer of the others.
    """

    def __init__(
        self,
        exempt: Collection[str] = (),
        *,
        allowed: int = ALLOWED,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._exempt = frozenset(exempt)
        self._allowed = allowed
        self._monotonic = monotonic
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def is_shared(self, address: str) -> bool:
        """Tell whether strangers send from this address too."""
        return address in self._exempt

    def judge(self, address: str, refusal: Refused) -> Refused | TooManyWrongSecrets:
        """Count a wrong secret; return the refusal, or the one that slows where there are too many."""
        if self.is_shared(address):
            return refusal
        now = self._monotonic()
        with self._lock:
            began, count = self._seen.pop(_network(address), (now, 0))
            if now - began >= WINDOW_SECONDS:
                began, count = now, 0
            self._seen[_network(address)] = (began, count + 1)
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        if count < self._allowed:
            return refusal
        wait = max(math.ceil(began + WINDOW_SECONDS - now), 1)
        return TooManyWrongSecrets(
            f"More than {self._allowed} wrong secrets came from this address within a minute. "
            f"A right one is taken at once; try others again in {wait} s.",
            retry_after=wait,
        )


def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:  # noqa: PLR2004  # IPv4
        return address
    return str(ipaddress.ip_network((known, NETWORK_BITS), strict=False))
