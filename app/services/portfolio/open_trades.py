"""Every open trade of every bot, structures, shares and coins alike, the way bot commands answer them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.json_codec import timestamp
from app.domain.money import ZERO
from app.domain.structures.payoff import largest_loss
from app.domain.structures.trades import StructureTrade
from app.domain.trades import Trade
from app.repositories.bots import BotDirectory
from app.repositories.structure_trades import StructureTrades
from app.repositories.trades import Trades
from app.services.portfolio.snapshots import Snapshots
from app.services.portfolio.structure_marks import StructureMarks

HUNDRED = Decimal(100)

# What a unit was worth by broker and symbol, when the clock last looked.
SeenPrices = Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTrades:
    """Marks are those of `/api/trades`: a broker is asked only where this process has not looked lately."""

    structures: StructureTrades
    trades: Trades
    bots: BotDirectory
    marks: StructureMarks
    snapshots: Snapshots

    def rows(self) -> list[dict[str, Any]]:
        """Return them, the last opened first; prices and gains are per unit, entry prices have no sign."""
        bots = {bot.id: bot for bot, _ in self.bots.all()}
        rows = [*self._of_structures(bots), *self._of_shares(bots, self._seen())]
        return sorted(rows, key=lambda row: (row["entered_at_iso"], row["id"]), reverse=True)

    def bot_of(self, number: int) -> str | None:
        """Return whose a trade is that is open."""
        stored = self.structures.numbered(number)
        if stored is not None:
            return stored.trade.bot
        trade = self.trades.numbered(number)
        return None if trade is None else trade.bot

    def _of_structures(self, bots: Mapping[str, Bot]) -> Iterator[dict[str, Any]]:
        trades = [stored.trade for stored in self.structures.readable()]
        seen = self.marks.of(trades)
        for trade in trades:
            look = seen.get(trade.id)
            net, mark = trade.entry_net, None if look is None else look.value
            gain = None if net is None or mark is None else mark - net
            loss = None if net is None else largest_loss(trade.structure, net)
            yield _row(trade, bots, trade.entered_at or trade.created_at) | {
                "strategy": trade.kind.words,
                "entry_price": None if net is None else abs(net),
                "profit_loss": gain,
                "percentage_profit_loss": _percentage(gain, net),
                "units": Decimal(trade.units),
                "state": trade.state.value,
                "largest_loss": None if loss is None else loss / trade.structure.multiplier,
                "legs": [
                    {
                        "symbol": leg.instrument.symbol,
                        "ratio": leg.ratio,
                        "mark": None if look is None else look.legs.get(leg.instrument.symbol),
                    }
                    for leg in trade.structure.legs
                ],
            }

    def _of_shares(self, bots: Mapping[str, Bot], seen: SeenPrices) -> Iterator[dict[str, Any]]:
        for trade in self.trades.every().values():
            units, mark = abs(trade.quantity), seen.get((trade.broker, trade.symbol))
            price, sign = trade.average_price, Decimal(1 if trade.quantity > ZERO else -1)
            gain = None if mark is None else sign * (mark - price)
            yield _row(trade, bots, trade.opened_at) | {
                "strategy": _strategy(bots.get(trade.bot)) or ("LONG" if trade.quantity > ZERO else "SHORT"),
                "entry_price": price,
                "profit_loss": gain,
                "percentage_profit_loss": _percentage(gain, price),
                "units": units,
                "state": "open",
                "largest_loss": None,
                "legs": [{"symbol": trade.symbol, "ratio": int(sign), "mark": mark}],
            }

    def _seen(self) -> SeenPrices:
        return {
            (seen.broker, position.symbol): position.market_price
            for seen in self.snapshots.read()
            for position in seen.positions
            if position.market_price is not None
        }


def _row(trade: StructureTrade | Trade, bots: Mapping[str, Bot], entered_at: datetime) -> dict[str, Any]:
    bot = bots.get(trade.bot)
    return {
        "id": trade.number,
        "symbol": trade.symbol,
        "strategy": "",
        "entered_at": f"{entered_at:%Y-%m-%d %H:%M:%S}",
        "entered_at_iso": timestamp(entered_at),
        "bot": None if bot is None else bot.number,
        "broker": trade.broker,
    }


def _percentage(gain: Decimal | None, entry: Decimal | None) -> Decimal | None:
    """Return a gain in percent of the credit or debit, to two places; None where one is not known."""
    return None if gain is None or not entry else round(HUNDRED * gain / abs(entry), 2)


def _strategy(bot: Bot | None) -> str | None:
    return None if bot is None else bot.configuration.strategy
