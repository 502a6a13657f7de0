"""The operator's way out of one trade, whole or in part, whatever it is made of."""

from typing import Any

from app.dataclass import dataclass
from app.domain.audit import Actor
from app.errors import TradeUnknown
from app.repositories.structure_trades import StructureTrades
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.services.portfolio.positions import PositionService, told


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeClosing:
    """Shares, coins and contracts go at the market; a structure by its ladder, which goes on by the clock."""

    ledger: Ledger
    trades: Trades
    structures: StructureTrades
    positions: PositionService

    def close(self, number: int, *, trim: int | None = None, by: str = Actor.OPERATOR) -> dict[str, Any]:
        """Close a trade, or `trim` per cent of its units; return the ticket.

        Raise NotFound where no trade of that number is open, RequestRefused where it is closed already.
        """
        stored = self.structures.numbered(number)
        if stored is not None:
            ticket, symbol = self.positions.leave_structure(stored.trade, by, trim), stored.trade.symbol
        else:
            held = self.trades.numbered(number)
            if held is None:
                raise TradeUnknown(f"There is no open trade {number}.")
            ticket, symbol = self.positions.close_units(held, trim=trim, by=by), held.symbol
        return told(self.ledger.find(ticket) or {}, symbol)
