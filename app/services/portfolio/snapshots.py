"""What brokers held when the clock looked last: lists are read from it, and ask no broker."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from app.brokers.base import Broker
from app.clock import Clock
from app.domain.accounts import Position
from app.domain.orders import Receipt
from app.domain.snapshots import BrokerSnapshot
from app.errors import BrokerError
from app.repositories.broker_snapshots import BrokerSnapshots
from app.services.broker_access.registry import BrokerRegistry
from app.services.runtime.turns import Apart

# How often the clock comes here.
PERIOD_SECONDS = 5
# Three requests a look: brokers allow some two hundred a minute, most of which are left for orders.
FRESH = timedelta(seconds=9)
# One that does not answer costs the clock its whole timeout.
PAUSE_AFTER_FAILURE = timedelta(seconds=30)
# A bucket lets no object be written twice in one second; and what stands still is seldom worth a write.
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(seconds=20)
# Where nobody has asked for longer than this, no clock is running.
NO_CLOCK = timedelta(seconds=90)

# Reads a part of what a broker shows; the time is when it began.
Look: TypeAlias = Callable[[Broker, datetime], None]


class Snapshots:
    """Looks of our own process, in memory, joined with what the process that leads has written down.

    `follow` counts what working orders did, before brokers are asked because somebody wants to know now.
    """

    def __init__(
        self, kept: BrokerSnapshots, registry: BrokerRegistry, clock: Clock, follow: Callable[[], int]
    ) -> None:
        self._kept = kept
        self._registry = registry
        self._clock = clock
        self._follow = follow
        self._seen: dict[str, BrokerSnapshot] = {}
        self._written: dict[str, tuple[datetime, BrokerSnapshot]] = {}
        self._lock = threading.Lock()

    def run(self) -> int:
        """See again what was not seen for a while, write down what is new; return how many came or went."""
        changed = 0
        with Apart() as brokers:
            for name in self._registry.names:
                with brokers.one():
                    changed += self._attend(name)
        return changed

    def saw(
        self, broker: str, orders: Sequence[Receipt], positions: Sequence[Position], at: datetime
    ) -> None:
        """Remember what somebody began to read at a moment for a purpose of his own, the orders first."""
        self._change(broker, lambda seen: seen.holding(tuple(orders), tuple(positions), at))

    def look(self, name: str) -> None:
        """Ask one broker now; one that does not answer is remembered as such."""
        self._ask(name, self._see_holdings, self._see_account)

    def read(self, *, fresh: bool = False) -> list[BrokerSnapshot]:
        """Return every configured broker's; `fresh` asks them now."""
        if fresh:
            self._follow()
            for name in self._registry.names:
                self.look(name)
        return [self.newest(name) for name in self._registry.names]

    def read_without_clock(self) -> list[BrokerSnapshot]:
        """Return what was seen, or look now where no clock has for a while: for the command line."""
        seen, oldest = self.read(), self._clock() - NO_CLOCK
        if any(item.asked_at is None or item.asked_at < oldest for item in seen):
            return self.read(fresh=True)
        return seen

    def _attend(self, name: str) -> bool:
        before = self._seen.get(name) or BrokerSnapshot(name)
        self._ask(name, *self._due(before))
        self._keep(name)
        after = self._seen.get(name)
        return (
            after is not None
            and None not in {before.reachable, after.reachable}
            and (after.reachable is not before.reachable)
        )

    def _due(self, seen: BrokerSnapshot) -> list[Look]:
        """Return what to ask for: where the exits are watched, orders and positions were just read."""
        now = self._clock()
        # A simulated broker counts no requests, so it is seen at every turn.
        oldest = now if self._registry.capabilities(seen.broker).simulated else now - FRESH
        if (
            seen.reachable is False
            and seen.asked_at is not None
            and now - seen.asked_at < PAUSE_AFTER_FAILURE
        ):
            return []
        parts = ((seen.at, self._see_holdings), (seen.account_at, self._see_account))
        return [see for at, see in parts if at is None or at <= oldest]

    def _ask(self, name: str, *parts: Look) -> None:
        for see in parts:
            # Before the first read: what ends while we read is older than its end, whoever notes it last.
            began = self._clock()
            try:
                see(self._registry.get(name), began)
            except BrokerError as error:
                self._change(name, partial(BrokerSnapshot.failed, message=error.message, at=began))
                return

    def _see_holdings(self, broker: Broker, began: datetime) -> None:
        # Orders first, as for exits: what fills in between shows beside its position, and not as nothing.
        self.saw(broker.name, broker.open_orders(), broker.positions(), began)

    def _see_account(self, broker: Broker, began: datetime) -> None:
        account = broker.account()
        self._change(broker.name, lambda seen: seen.worth(account, began))

    def _change(self, name: str, step: Callable[[BrokerSnapshot], BrokerSnapshot]) -> None:
        # Two threads may add to one broker's look; neither must take away what the other has read.
        with self._lock:
            self._seen[name] = step(self._seen.get(name) or BrokerSnapshot(name))

    def newest(self, name: str) -> BrokerSnapshot:
        """Return one broker's."""
        own = self._seen.get(name) or BrokerSnapshot(name)
        # Only the process that leads looks at brokers; the others show what it has written down.
        if own.is_older(self._clock() - 2 * FRESH):
            return own.joined(self._kept.read(name))
        return own

    def _keep(self, name: str) -> None:
        seen, now = self._seen.get(name), self._clock()
        if seen is None:
            return
        at, written = self._written.get(name, (None, None))
        if at is not None and written is not None:
            pause = LONGEST_PAUSE if seen.shows_same(written) else SHORTEST_PAUSE
            if now - at < pause:
                return
        self._written[name] = (now, seen)
        self._kept.write(seen)
