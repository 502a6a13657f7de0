"""An analyst that keeps failing: a bot that must have its opinion stops entering, and the owner is told."""

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.audit import Actor
from app.domain.bots import AnalystUse, Bot
from app.domain.opinions import Failure, Opinion
from app.domain.trading_state import StateSwitch, TradingState
from app.repositories.analyst_failures import Streak, stored_streak
from app.repositories.bots import BotDirectory
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

    def count(self, bot: Bot, opinion: Opinion) -> int:
        """Take an opinion into account; return how many have now failed in a row.

        At the limit the owner is told, and a bot whose every entry needs an opinion goes REDUCING. The count
        begins anew, so that a bot set ACTIVE again has as many attempts as before.
        """
        record = stored_streak(self.store, bot.id)
        if opinion.failure is None:
            record.change(lambda streak: Streak() if streak is not None and streak.count else None)
            return 0
        written = record.change(lambda streak: Streak((streak or Streak()).count + 1))
        failed = written.count if written is not None else 0
        if failed >= self.limit:
            # The state comes first: killed in between, the next failure says it again.
            self._give_up(bot, _reason(failed, opinion.failure))
            record.change(lambda _: Streak())
        return failed

    def _give_up(self, bot: Bot, reason: str) -> None:
        if bot.configuration.analyst is AnalystUse.REQUIRED:
            self._stop_entering(bot.id, reason)
        else:
            # Only its ideas wait for opinions: what else it trades must not stop with the model.
            self._notify(bot.id, f"{bot.id}: {reason} Until it answers, no trade idea is followed.")

    def _stop_entering(self, bot: str, reason: str) -> None:
        # Not HALTED: a model that fails must not keep anybody in a position.
        switch = StateSwitch(TradingState.REDUCING, reason)
        thrown = self.bots.set_state(bot, switch, by=Actor.ANALYST_FAILURES, if_active_at=self.clock())
        if not thrown:
            return
        resume = f"flask bots resume {bot}"
        self._notify(bot, f"{bot} is now REDUCING: alerts may only exit. {reason} To go on: {resume}")

    def _notify(self, bot: str, message: str) -> None:
        self.journal.activity(message)
        self.notifier.notify(EventKind.ANALYST_FAILING, message, key=bot)


def _reason(failed: int, failure: Failure) -> str:
    return f"The analyst failed {failed} times in a row, last with {failure.code}: {failure.message}"
