"""Whether a working order may become what an alert asks for."""

from dataclasses import dataclass, replace
from decimal import Decimal

from app.brokers.base import Broker
from app.domain.accounts import MarketSnapshot
from app.domain.gates import CHANGE_GATES
from app.domain.instruments import Instrument
from app.domain.money import ZERO
from app.domain.orders import OrderChange, OrderRole, Receipt, Side
from app.domain.reasons import Reason
from app.domain.tickets import TicketStatus
from app.services.orders.working import Working
from app.services.trading.assessment import Assessor
from app.services.trading.context import OrderContext
from app.services.trading.gate_check import Figures


@dataclass(frozen=True, slots=True)
class ChangeAssessor:
    """An entry is judged as if it were placed now, an exit must not close more than there is."""

    assessor: Assessor

    def allows(
        self,
        context: OrderContext,
        broker: Broker,
        instrument: Instrument,
        item: Working,
        change: OrderChange,
    ) -> bool:
        """Tell, and end the ticket where not; raise BrokerUnavailable."""
        if item.role is OrderRole.EXIT:
            return self._keeps_to_position(context, broker, instrument, item, change)
        view = self.assessor.look(context, broker, instrument)
        figures = _figures(view, instrument, item.receipt, change)
        return self.assessor.gate_check.allows(
            context, OrderRole.ENTRY, item.receipt.side, figures, CHANGE_GATES
        )

    def growth(
        self, context: OrderContext, instrument: Instrument, item: Working, change: OrderChange
    ) -> Decimal:
        """Return by how much a change makes an entry worth more; nothing for an exit."""
        if item.role is OrderRole.EXIT or context.view is None:
            return ZERO
        figures = _figures(context.view, instrument, item.receipt, change)
        worth = (figures.quantity or ZERO) * (figures.price or ZERO) * instrument.multiplier
        return max(ZERO, worth - figures.counted)

    def _keeps_to_position(
        self,
        context: OrderContext,
        broker: Broker,
        instrument: Instrument,
        item: Working,
        change: OrderChange,
    ) -> bool:
        """An exit never opens a position, however it came to its size."""
        before = item.receipt.quantity or ZERO
        if change.quantity is None or change.quantity <= before:
            return True
        share = self.assessor.share(context, self.assessor.look(context, broker, instrument))
        held = max(ZERO, share if item.receipt.side is Side.SELL else -share)
        left = held - self._closed_by_others(context, broker, item)
        wanted = change.quantity - item.receipt.filled_quantity
        if wanted <= left:
            return True
        message = f"{wanted:f} would be closed, but only {max(ZERO, left):f} can be."
        context.ticket.end(TicketStatus.DENIED, Reason.QUANTITY_EXCEEDS_LIMIT, message)
        return False

    def _closed_by_others(self, context: OrderContext, broker: Broker, item: Working) -> Decimal:
        if context.is_preview:
            return ZERO
        return self.assessor.working_orders.closing(broker, context.bot.id, context.symbol) - item.remaining


def _figures(view: MarketSnapshot, instrument: Instrument, receipt: Receipt, change: OrderChange) -> Figures:
    """Put together what the gates compare, as if the order that is changed did not exist."""
    market = view.quote.price if view.quote is not None else None
    before = receipt.limit_price or receipt.stop_price or market
    price = change.limit_price or receipt.limit_price or change.stop_price or before
    quantity = change.quantity or receipt.quantity
    filled, multiplier = receipt.filled_quantity, instrument.multiplier
    old, new = before or ZERO, price or ZERO
    counted = (receipt.quantity or ZERO) * old * multiplier
    # What the order reserves is free for its change; what it has filled is paid already.
    freed = counted - filled * old * multiplier + filled * new * multiplier
    account = replace(view.account, buying_power=view.account.buying_power + freed)
    return Figures(quantity, price, view.position - receipt.side.sign * filled, account, counted)
