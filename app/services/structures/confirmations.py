"""Compares how structures ended with the broker's own history, which tells of it the next day."""

import logging
from dataclasses import field
from datetime import timedelta

from app.brokers.structure_desk import StructureDesk
from app.dataclass import dataclass
from app.domain.closed_trades import ClosedTrade
from app.domain.structures.fates import contradiction, is_settled, told_of
from app.errors import BrokerUnavailable
from app.repositories.closed_trades import DAY, ClosedTrades
from app.services.base import Runtime
from app.services.observability.events import EventKind

# A weekend and a holiday: what no history has told of by then it will not tell.
LOOKED_BACK = timedelta(days=5)

_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Confirmations:
    """Ask the history of what expired or was assigned, and tell the owner what it contradicts.

    Nothing is booked anew: shares that came or did not come show in the positions, and whose they are a
    person must say.
    """

    runtime: Runtime
    closed: ClosedTrades
    _done: set[str] = field(default_factory=set, init=False)

    def run(self) -> int:
        """Compare what has ended lately; return how many trades a history told of."""
        waiting: dict[str, list[ClosedTrade]] = {}
        for trade in self._lately():
            waiting.setdefault(trade.broker, []).append(trade)
        return sum(self._compare(name, trades) for name, trades in waiting.items())

    def _lately(self) -> list[ClosedTrade]:
        now = self.runtime.clock()
        days = [now.date() - DAY * back for back in range(LOOKED_BACK.days + 1)]
        found = (trade for day in days for trade in self.closed.of_day(day, structures=True))
        return [trade for trade in found if is_settled(trade) and trade.id not in self._done]

    def _compare(self, name: str, trades: list[ClosedTrade]) -> int:
        try:
            desk = self.runtime.registry.get(name).structures
            return 0 if desk is None else self._ask(desk, trades)
        except (BrokerUnavailable, LookupError) as error:
            _logger.info("What structures at %s came to is confirmed later: %s", name, error)
            return 0

    def _ask(self, desk: StructureDesk, trades: list[ClosedTrade]) -> int:
        events = desk.history(min(trade.opened_at.date() for trade in trades))
        told = [trade for trade in trades if told_of(trade, events)]
        for trade in told:
            self._done.add(trade.id)
            differs = contradiction(trade, events)
            name = f"{trade.bot}: trade {trade.number}, {trade.symbol}"
            if differs is None:
                self.runtime.journal.activity(f"structures: {name}: confirmed by the broker's history")
                continue
            said = f"{name}: {differs}. Compare the account's positions."
            self.runtime.journal.activity(f"structures: {said}")
            self.runtime.notifier.notify(EventKind.POSITION_MISMATCH, said, key=f"history/{trade.number}")
        return len(told)
