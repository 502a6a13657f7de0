"""Whether a ladder may go on into a trade: switches count at every step, not at its alert alone."""

from app.dataclass import dataclass
from app.domain.reasons import Reason
from app.domain.structures.trades import StructureTrade
from app.domain.trading_state import TradingState
from app.repositories.bots import BotDirectory
from app.repositories.trading_state import GlobalSwitch
from app.services.base import Runtime

REFUSALS = {
    TradingState.HALTED: Reason.TRADING_HALTED,
    TradingState.REDUCING: Reason.TRADING_REDUCING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySwitches:
    """Looks at both switches that stand over a bot."""

    runtime: Runtime
    bots: BotDirectory
    switch: GlobalSwitch

    def refusal(self, trade: StructureTrade) -> Reason | None:
        """Return why nothing more may be entered; None: it may."""
        bot, now = self.bots.find(trade.bot), self.runtime.clock()
        # Of a bot that was deleted nothing is known but that nobody wants it to trade.
        states = {TradingState.HALTED} if bot is None else {self.switch.read().at(now), bot.switch.at(now)}
        return next((reason for state, reason in REFUSALS.items() if state in states), None)
