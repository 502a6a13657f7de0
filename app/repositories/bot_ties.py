"""What a bot has begun and not ended: as long as there is any of it, the bot is needed."""

from app.clock import Clock
from app.repositories.inbox import open_entries
from app.repositories.open_orders import OpenOrders
from app.repositories.structure_trades import StructureTrades
from app.repositories.trades import Trades
from app.storage.base import Store


def unfinished_business(store: Store, clock: Clock, bot: str) -> str | None:
    """Say what a bot still has, and what to do about it; None where it has nothing."""
    structures = StructureTrades(store).of_bot(bot)
    if Trades(store, clock).is_trading(bot) or next(structures, None) is not None:
        return "open trades; close its positions first"
    if OpenOrders(store).entered_symbols(bot):
        # What such an order bought would be nobody's, without exits.
        return "orders that may fill; cancel them first"
    if any(entry.bot == bot for entry in open_entries(store)):
        return "alerts that are not finished; decide on those that wait for you, the others take a moment"
    return None
