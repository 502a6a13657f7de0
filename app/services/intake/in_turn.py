"""An alert that meets interrupted ones finishes those first, and then has its turn."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from app.clock import Budget, Patience, Wait
from app.dataclass import dataclass
from app.services.trading.context import EntryMustWait

Result = TypeVar("Result")
# TradingView gives up after three seconds, and the last try takes its time as well; what is not done by then
# the clock does. That an owner is dead takes half a second to prove.
MEANWHILE = Budget(1.5, 0.05)


@dataclass(frozen=True, slots=True)
class InTurn:
    """`finish` takes up an interrupted alert as a recovery does; False: others have it, or it must wait.

    Left to one thread of a process, what waits for such an alert would grow faster than it is worked off.
    """

    finish: Callable[[UUID], bool]
    wait: Wait

    def after_others(self, met: EntryMustWait, work: Callable[[], Result], begun: float) -> Result:
        """Finish what an alert has met, and do its work anew as long as its caller waits.

        Nothing is held while others are finished. The caller has waited since the work was `begun`, by
        `time.monotonic`. Raise EntryMustWait when there is no time left.
        """
        patience = Patience(MEANWHILE, self.wait, begun)
        while self._goes_on(met.behind, patience):
            try:
                return work()
            except EntryMustWait as again:
                met = again
        raise met

    def _goes_on(self, behind: Sequence[UUID], patience: Patience) -> bool:
        """Finish one after another, and tell whether there is time left to begin anew."""
        for other in behind:
            self.finish(other)
            if not patience.lasts():
                return False
        return bool(behind)
