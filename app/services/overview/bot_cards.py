"""One card a bot: where it trades, what it holds, and how much of its limits is used today."""

from collections import Counter
from typing import Any

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.capabilities import Capabilities
from app.domain.json_codec import to_json
from app.domain.limits import Limits, effective_limits
from app.domain.money import text
from app.domain.ticket_views import row_of
from app.repositories.bots import BotDirectory
from app.repositories.structure_trades import StructureTrades
from app.repositories.ticket_query import TicketQuery
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.services.broker_access.registry import BrokerRegistry
from app.services.portfolio.loss_limits import LossLimits
from app.services.portfolio.snapshots import Snapshots
from app.services.trading.entry_usage import EntryUsage

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BotCards:
    """Reads what is written down and what the clock saw last; no broker is asked.

    `ceiling` are the environment's limits.
    """

    bots: BotDirectory
    registry: BrokerRegistry
    snapshots: Snapshots
    trades: Trades
    structures: StructureTrades
    usage: EntryUsage
    losses: LossLimits
    ledger: Ledger
    ceiling: Limits
    default_broker: str
    clock: Clock

    def show(self) -> list[Row]:
        """Show every bot, by id; raise StoreUnavailable."""
        currencies = {
            seen.broker: seen.account.currency for seen in self.snapshots.read() if seen.account is not None
        }
        shares = [(trade.bot, trade.symbol) for trade in self.trades.every().values()]
        structures = Counter(stored.trade.bot for stored in self.structures.readable())
        return [
            self._card(bot, currencies)
            | {
                "positions": sorted({symbol for holder, symbol in shares if holder == bot.id}),
                "structures": structures[bot.id],
            }
            for bot, _ in self.bots.all()
        ]

    def _card(self, bot: Bot, currencies: dict[str, str]) -> Row:
        broker = bot.configuration.broker or self.default_broker
        switch, gain = bot.switch.seen_at(self.clock()), self.losses.gain_today(bot.id, broker)
        orders, notional = self.usage.today(bot.id)
        return {
            "id": bot.id,
            "name": bot.configuration.name or bot.id,
            "broker": broker,
            "configured": broker in self.registry.names,
            "account": kind_of_account(self.registry.capabilities(broker)),
            "currency": currencies.get(broker),
            "live": bot.configuration.live,
            "state": switch.state.value,
            "state_reason": switch.reason,
            "state_until": to_json(switch.until),
            "structure": to_json(bot.configuration.structure),
            "gain_today": None if gain.unknown else text(gain.known),
            "gain_unknown": list(gain.unknown),
            "orders_today": orders,
            "notional_today": text(notional),
            "limits": self._limits(bot),
            "last_ticket": self._last_ticket(bot.id),
        }

    def _limits(self, bot: Bot) -> Row:
        limits = effective_limits(self.ceiling, bot.configuration)
        return {
            "daily_order_cap": limits.daily_order_cap,
            "daily_notional_cap": to_json(limits.daily_notional_cap),
            "max_open_positions": limits.max_open_positions,
            "daily_loss_limit": to_json(limits.daily_loss_limit),
        }

    def _last_ticket(self, bot: str) -> Row | None:
        found = self.ledger.page(TicketQuery(bot=bot), limit=1).tickets
        return row_of(found[0]) if found else None


def kind_of_account(known: Capabilities) -> str:
    """Tell whether an account is simulated, the broker's paper account, or real money."""
    if known.simulated:
        return "SIMULATED"
    return "LIVE" if known.live else "PAPER"
