"""Every few minutes, what each account is worth is written down: no history can be made up later."""

import logging
from datetime import timedelta

from app.brokers.base import Broker
from app.clock import Clock
from app.dataclass import dataclass
from app.domain.accounts import Account
from app.domain.money import ZERO
from app.errors import BrokerUnavailable, Conflict, RecordUnreadable
from app.repositories.equity import EquityHistory
from app.services.broker_access.registry import BrokerRegistry
from app.services.runtime.turns import Apart

PERIOD_SECONDS = 300.0
# A leader that has just taken over writes no second point for the same minutes.
SHORTEST_GAP = timedelta(seconds=PERIOD_SECONDS * 0.9)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EquityRecorder:
    """Takes a point of every configured broker; safe to run twice."""

    registry: BrokerRegistry
    history: EquityHistory
    clock: Clock

    def run(self) -> int:
        """Ask each broker once, whatever the others answer; return how many points were taken."""
        taken = 0
        with Apart() as brokers:
            for broker in self.registry.all():
                with brokers.one():
                    taken += self._record(broker)
        return taken

    def _record(self, broker: Broker) -> bool:
        now = self.clock()
        try:
            last = self.history.last_at(broker.name, now.date())
            # A point from the future is left by a clock that was set back: it must not stop the history.
            if last is not None and timedelta() <= now - last < SHORTEST_GAP:
                return False
            self.history.add(broker.name, broker.account(), now)
        except (BrokerUnavailable, Conflict, RecordUnreadable) as error:
            _logger.warning("The equity at %s is not written down now: %s", broker.name, error)
            return False
        return True


def known_account(broker: Broker) -> Account:
    """Return what an account is worth, for whoever would sell all of it; raise BrokerUnavailable."""
    account = broker.account()
    # Nothing at all is what a broker shows while it counts, at night: a loss passes other figures first.
    if account.equity == ZERO:
        raise BrokerUnavailable(f"{broker.name} shows an account that is worth nothing.")
    return account
