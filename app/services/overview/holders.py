"""Which bots hold what stands in an account."""

from typing import Any

from app.dataclass import dataclass
from app.domain.money import text
from app.repositories.structure_trades import StructureTrades
from app.repositories.trades import Trades

Holder = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Holders:
    """Bots by broker and symbol, from their trades; a position that nobody holds was opened elsewhere."""

    trades: Trades
    structures: StructureTrades

    def by_place(self) -> dict[tuple[str, str], list[Holder]]:
        """Return who holds how much, shares and legs of structures alike."""
        found: dict[tuple[str, str], list[Holder]] = {}
        for trade in self.trades.every().values():
            holder = {"bot": trade.bot, "trade": trade.number or None, "quantity": text(trade.quantity)}
            found.setdefault((trade.broker, trade.symbol), []).append(holder)
        for stored in self.structures.readable():
            held = stored.trade
            for symbol, quantity in held.legs.items():
                holder = {"bot": held.bot, "trade": held.number or None, "quantity": text(quantity)}
                found.setdefault((held.broker, symbol), []).append(holder)
        return found
