"""Books what went by itself: shares that came or went, tickets that wait for nothing, what is told."""

from datetime import datetime
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from app.dataclass import dataclass
from app.domain.money import ONE, ZERO
from app.domain.orders import OrderRole, OrderStatus, OrderType, Receipt, Side
from app.domain.structures.trades import StructureTrade
from app.domain.trades import FillUpdate
from app.repositories.structure_trades import StoredStructureTrade, StructureTrades
from app.repositories.trades import Trades
from app.services.base import Runtime
from app.services.observability.events import EventKind
from app.services.structures.progress import StructureProgress
from app.storage.base import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookings:
    """Write a trade as it stands after something that no order of ours has done."""

    runtime: Runtime
    trades: StructureTrades
    shares: Trades
    progress: StructureProgress

    def write(
        self,
        known: StoredStructureTrade,
        after: StructureTrade,
        shares: Decimal,
        price: Decimal | None,
        at: datetime,
    ) -> None:
        """Write a trade over the one that was read, with the shares that came or went at a price."""
        changes = self._moved(known.trade, shares, price, at)
        if after.state.is_over:
            self._end_ladders(known.trade)
            changes += self.trades.ending(known, after, self.runtime.clock())
        else:
            changes += self.trades.rewriting(known, after)
        self.runtime.store.apply(changes)

    def tell(self, kind: EventKind, told: str, trade: StructureTrade) -> None:
        """Tell the owner, and write it into the activity log."""
        self.runtime.journal.activity(f"structures: {told}")
        self.runtime.notifier.notify(kind, told, key=f"{trade.number}:{told}")

    def _end_ladders(self, trade: StructureTrade) -> None:
        """Let no ticket wait for a ladder that has nothing to leave any more."""
        waiting = [work.ticket for work in (trade.work, trade.wanted_exit) if work is not None]
        for ticket in waiting:
            self.progress.unneeded(ticket, trade)

    def _moved(
        self, trade: StructureTrade, shares: Decimal, price: Decimal | None, at: datetime
    ) -> list[Change]:
        """Return the changes that give the bot the shares that came, or take those that went."""
        if shares == ZERO or price is None:
            return []
        side = Side.BUY if shares > ZERO else Side.SELL
        # A trade may lose legs more than once a day; what it held before tells one time from another.
        before = uuid5(NAMESPACE_OID, f"{trade.id}/{sorted(trade.legs.items())}")
        receipt = Receipt(
            client_order_id=f"{trade.bot}-settlement-{trade.id}-{before}",
            broker_order_id="",
            broker=trade.broker,
            symbol=trade.symbol,
            side=side,
            type=OrderType.MARKET,
            status=OrderStatus.FILLED,
            created_at=at,
            quantity=abs(shares),
            filled_quantity=abs(shares),
            average_fill_price=price,
            filled_at=at,
        )
        fill = FillUpdate(receipt, OrderRole.ENTRY, ticket=trade.tickets[0], at=at)
        return self.shares.counting(trade.bot, trade.broker, trade.symbol, ONE, [fill])


def name_of(trade: StructureTrade) -> str:
    """Return how a trade is named when something is told of it."""
    return f"{trade.bot}: trade {trade.number}, {trade.symbol} {trade.kind.words.lower()}"
