"""The account's own limit: sixty requests a minute by its secret, and a block for whoever sends more."""

import math
import threading
from contextlib import suppress
from datetime import datetime

from app.clock import Clock
from app.domain.request_counts import ALLOWED, RequestCount
from app.errors import Conflict, TooManyRequests
from app.repositories.account_requests import AccountRequests


class AccountLimit:
    """Counts in the store, so that all processes count together and a block outlives a restart.

    Where a store lets nothing be written twice in a second (a bucket, served by one process) the requests are
    counted in memory and the block alone is stored: `counts_in_store` is false there.
    """

    def __init__(self, stored: AccountRequests, clock: Clock, *, counts_in_store: bool) -> None:
        self._stored = stored
        self._clock = clock
        self._counts_in_store = counts_in_store
        self._counted = {True: RequestCount(), False: RequestCount()}
        # A lock for each: whoever waits for the store with other requests keeps no exit waiting.
        self._locks = {True: threading.Lock(), False: threading.Lock()}

    def take(self, *, is_exit: bool) -> None:
        """Count a request; raise TooManyRequests from the one that is too many until the block ends."""
        # Read once: what begins the block must be blocked by it.
        now = self._clock()
        # One after the other here: only other processes are left to be faster.
        with self._locks[is_exit]:
            count = self._counted_with(now, is_exit=is_exit)
        until = count.blocked_until
        if until is None or not count.is_blocked(now):
            return
        what = "exits" if is_exit else "requests"
        raise TooManyRequests(
            f"More than {ALLOWED} {what} came within a minute, so none is taken until {until:%H:%M:%S} UTC. "
            "Nothing of this one was stored.",
            retry_after=max(math.ceil((until - now).total_seconds()), 1),
        )

    def _counted_with(self, now: datetime, *, is_exit: bool) -> RequestCount:
        counted = self._in_store if self._counts_in_store else self._here
        return counted(now, is_exit=is_exit)

    def _in_store(self, now: datetime, *, is_exit: bool) -> RequestCount:
        counted: list[RequestCount] = []

        def step(known: RequestCount) -> RequestCount | None:
            counted.append(known.with_one(now))
            return None if counted[-1] == known else counted[-1]

        # Nobody is faster so often: what the store shows by now is a block, or an exit must not wait for it.
        with suppress(Conflict):
            self._stored.change(step, of_exits=is_exit)
        return counted[-1]

    def _here(self, now: datetime, *, is_exit: bool) -> RequestCount:
        known = self._stored.read(of_exits=is_exit)
        if known.is_blocked(now):
            return known
        count = self._counted[is_exit] = self._counted[is_exit].with_one(now)
        if count.is_blocked(now):
            # Whoever was faster has written a block as well; this process knows its own in any case.
            with suppress(Conflict):
                self._stored.change(lambda _: count, of_exits=is_exit)
        return count
