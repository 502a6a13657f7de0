"""A bot whose analyst keeps failing stops entering."""

from dataclasses import dataclass

from app.clock import Clock
from app.domain.opinions import Failure, Opinion
from app.domain.trading_state import StateSwitch, TradingState
from app.repositories.analyst_failures import Streak, stored_streak
from app.repositories.bots import BotDirectory
from app.repositories.stored_record import StoredRecord
from app.services.observability.events import EventKind
from app.services.observability.journal import Journal
from app.services.observability.notifier import Notifier
from app.storage.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCount:
    """Count failed opinions in a row, for each bot and among all processes; `count` may raise StoreError."""

    store: Store
    bots: BotDirectory
    clock: Clock
    journal: Journal
    notifier: Notifier
    limit: int

    def count(self, bot: str, opinion: Opinion) -> int:
        """Take an opinion into account; return how many have now failed in a row.

        At the limit the bot goes REDUCING and the count begins anew, so that a bot set ACTIVE again has as
        many attempts as before.
        """
        if opinion.failure is None:
            self._record(bot).change(lambda streak: Streak() if streak is not None and streak.count else None)
            return 0
        written = self._record(bot).change(lambda streak: Streak((streak or Streak()).count + 1))
        failed = written.count if written is not None else 0
        if failed >= self.limit:
            # The state comes first: killed in between, the next failure says it again.
            self._stop_entering(bot, failed, opinion.failure)
            self._record(bot).change(lambda _: Streak())
        return failed

    def _stop_entering(self, bot: str, failed: int, failure: Failure) -> None:
        reason = f"The analyst failed {failed} times in a row, last with {failure.code}: {failure.message}"
        # Not HALTED: a model that fails must not keep anybody in a position.
        switch = StateSwitch(TradingState.REDUCING, reason)
        if not self.bots.set_state(bot, switch, if_active_at=self.clock()):
            return
        message = f"{bot} is now REDUCING: alerts may only exit. {reason} To go on: flask bots resume {bot}"
        self.journal.activity(message)
        self.notifier.notify(EventKind.ANALYST_FAILING, message, key=bot)

    def _record(self, bot: str) -> StoredRecord[Streak]:
        return stored_streak(self.store, bot)
