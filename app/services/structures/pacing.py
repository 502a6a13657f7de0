"""How many orders and cancels ladders send where a broker counts requests, and whose turn is first."""

from collections import deque
from collections.abc import Iterable
from dataclasses import field
from datetime import datetime, timedelta

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.orders import OrderRole
from app.domain.structures.trades import ExitCause, LadderWork
from app.repositories.structure_trades import StoredStructureTrade
from app.services.base import Runtime

MINUTE = timedelta(minutes=1)
# The rest is for looks, which go on at any pace, and for everybody else.
LADDERS_SHARE = 0.5
# What nobody is hurt by waiting for leaves the other half of that to exits.
PATIENT_SHARE = 0.25
# A step is a cancel and an order.
CALLS_A_STEP = 2


@dataclass(slots=True, kw_only=True)
class LadderPacing:
    """Count what ladders have sent in the last minute; whoever finds no room rests longer at his price."""

    runtime: Runtime
    _sent: dict[str, deque[datetime]] = field(default_factory=dict, init=False)
    _left: frozenset[str] = field(default=frozenset(), init=False)
    _doubted: set[str] = field(default_factory=set, init=False)

    def in_turn(self, waiting: Iterable[StoredStructureTrade]) -> list[StoredStructureTrade]:
        """Return ladders in the order in which they may send: what is bare, exits, the rest; by age.

        Of each of these what the last turn had no time for comes first.
        """

        def order(one: StoredStructureTrade) -> tuple[int, bool, datetime, str]:
            return _rank(one.trade.work), one.key not in self._left, one.trade.created_at, one.key

        return sorted(waiting, key=order)

    def leave(self, keys: Iterable[str], works: Iterable[LadderWork | None]) -> None:
        """Hear which ladders a turn had no time for, and all that are climbed."""
        self._left = frozenset(keys)
        self._doubted &= {work.client_order_id for work in works if work is not None}

    def doubt(self, work: LadderWork) -> None:
        """Hear that an order was refused which may have been sent before; it is only looked for then."""
        self._doubted.add(work.client_order_id)

    def is_doubted(self, work: LadderWork) -> bool:
        """Tell whether that was so; who does not know it any more sends once more."""
        return work.client_order_id in self._doubted

    def has_room(self, broker: Broker, work: LadderWork) -> bool:
        """Tell whether a ladder may take a step now."""
        limit = broker.capabilities.calls_a_minute
        if limit is None:
            return True
        share = LADDERS_SHARE if _rank(work) <= _URGENT else PATIENT_SHARE
        return self._lately(broker.name) + CALLS_A_STEP <= limit * share

    def sent(self, broker: Broker) -> None:
        """Hear that an order or a cancel goes out."""
        if broker.capabilities.calls_a_minute is not None:
            self._sent.setdefault(broker.name, deque()).append(self.runtime.clock())

    def _lately(self, broker: str) -> int:
        calls, now = self._sent.get(broker, deque()), self.runtime.clock()
        # What a clock that was set back seems to have sent later counts no more either.
        while calls and not timedelta() <= now - calls[0] < MINUTE:
            calls.popleft()
        return len(calls)


_URGENT = 1


def _rank(work: LadderWork | None) -> int:
    if work is None or work.role is not OrderRole.EXIT:
        return 3
    if work.cause is ExitCause.BROKEN:
        return 0
    return _URGENT if work.cause is None or work.cause.is_urgent else 2
