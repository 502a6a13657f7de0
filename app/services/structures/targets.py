"""Whom a command means: bots and trades by their numbers, which are the same for ever."""

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.errors import BotUnknown, TradeUnknown
from app.repositories.bots import BotDirectory
from app.repositories.closed_trades import ClosedTrades
from app.services.portfolio.open_trades import OpenTrades


@dataclass(frozen=True, slots=True)
class CommandTargets:
    """Find the bot of a command; a trade that is over is known too: a repeat gets its first answer."""

    bots: BotDirectory
    open_trades: OpenTrades
    closed: ClosedTrades

    def bot_of(self, bot: int | None, trade: int | None) -> Bot:
        """Return the bot that is named, or whose the trade is; raise BotUnknown or TradeUnknown."""
        named = None if bot is None else self.bots.numbered(bot)
        if named is None and (bot is not None or trade is None):
            raise BotUnknown(f"There is no bot {bot}; GET \u2026/bots lists them by number.")
        if trade is None and named is not None:
            return named
        owner = self._owner(trade or 0)
        # Another bot's is unknown alike: whoever names a bot speaks of its trades alone.
        if owner is None or (named is not None and named.id != owner):
            raise TradeUnknown(f"There is no trade {trade}; GET \u2026/trades lists those that are open.")
        found = named or self.bots.find(owner)
        if found is None:
            raise TradeUnknown(f"There is no trade {trade}: its bot is gone.")
        return found

    def _owner(self, trade: int) -> str | None:
        owner = self.open_trades.bot_of(trade)
        if owner is not None:
            return owner
        closed = self.closed.numbered(trade)
        return None if closed is None else closed.bot
