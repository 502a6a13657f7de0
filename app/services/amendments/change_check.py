"""Whether a working order may become what an alert asks for."""

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.accounts import MarketSnapshot
from app.domain.gates import CHANGE_GATES
from app.domain.instruments import Instrument
from app.domain.money import ZERO
from app.domain.order_check import ProposedOrder
from app.domain.orders import OrderChange, OrderRole, Receipt, Side
from app.domain.reasons import Reason
from app.domain.refusals import units
from app.domain.sizing import risk_of
from app.domain.tickets import TicketStatus
from app.services.orders.working import Working
from app.services.trading.assessment import Assessor
from app.services.trading.context import OrderContext
from app.services.trading.order_building import plan_exits


class _Changed(NamedTuple):
    """An order after its change; `counted` is what it is worth already, `freed` what its change sets free."""

    quantity: Decimal | None
    price: Decimal | None
    counted: Decimal
    freed: Decimal


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
            # An exit passes the limits that guard entries: a cap must never hold somebody in a position.
            return self._keeps_to_position(context, broker, instrument, item, change)
        view = self.assessor.planner.look(context, broker, instrument)
        changed = _changed(instrument, item.receipt, change, view)
        exits = plan_exits(context, instrument, item.receipt.side, changed.price)
        grows = (changed.quantity or ZERO) > (item.receipt.quantity or ZERO)
        order = ProposedOrder(
            OrderRole.ENTRY,
            item.receipt.side,
            changed.quantity,
            changed.price,
            asked=context.asked,
            own_exits=context.levels,
            stop=exits.levels.stop,
            # What was sized by its risk stays within it; a change of the price alone adds no unit.
            risk=risk_of(context.bot.configuration, view.account) if grows else None,
        )
        # It is judged as if it were placed now: left in the account, it would count against itself.
        market = _without(view, item.receipt, changed)
        return self.assessor.gate_check.allows(context, order, market, CHANGE_GATES, counted=changed.counted)

    def growth(
        self, context: OrderContext, instrument: Instrument, item: Working, change: OrderChange
    ) -> Decimal:
        """Return by how much a change makes an entry worth more; nothing for an exit."""
        if item.role is OrderRole.EXIT or context.view is None:
            return ZERO
        changed = _changed(instrument, item.receipt, change, context.view)
        worth = (changed.quantity or ZERO) * (changed.price or ZERO) * instrument.multiplier
        return max(ZERO, worth - changed.counted)

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
        # An exit that does not grow cannot open a position, so no broker needs to be asked.
        if change.quantity is None or change.quantity <= before:
            return True
        share = self.assessor.planner.share(context, self.assessor.planner.look(context, broker, instrument))
        held = max(ZERO, share if item.receipt.side is Side.SELL else -share)
        # What other working exits will sell is not there to be sold again.
        left = held - self._closed_by_others(context, broker, item)
        # A quantity counts from the order's beginning; what it has filled is not held any more.
        wanted = change.quantity - item.receipt.filled_quantity
        if wanted <= left:
            return True
        closable = units(max(ZERO, left), instrument)
        message = f"{units(wanted, instrument)} would be closed, {closable} can be"
        context.ticket.end(TicketStatus.DENIED, Reason.QUANTITY_EXCEEDS_LIMIT, message)
        return False

    def _closed_by_others(self, context: OrderContext, broker: Broker, item: Working) -> Decimal:
        if context.is_preview:
            return ZERO
        return (
            self.assessor.planner.working_orders.closing(broker, context.bot.id, context.symbol)
            - item.remaining
        )


def _changed(instrument: Instrument, receipt: Receipt, change: OrderChange, view: MarketSnapshot) -> _Changed:
    market = view.quote.price if view.quote is not None else None
    before = receipt.limit_price or receipt.stop_price or market
    price = change.limit_price or receipt.limit_price or change.stop_price or before
    filled, old, new = receipt.filled_quantity, before or ZERO, price or ZERO
    counted = (receipt.quantity or ZERO) * old * instrument.multiplier
    # What the order reserves is free for its change; what it has filled is paid already.
    freed = counted + filled * (new - old) * instrument.multiplier
    return _Changed(change.quantity or receipt.quantity, price, counted, freed)


def _without(view: MarketSnapshot, receipt: Receipt, changed: _Changed) -> MarketSnapshot:
    """Return account and position as if the order that is changed did not exist."""
    account = None if view.account is None else view.account.with_more(changed.freed)
    position = view.position - receipt.side.sign * receipt.filled_quantity
    return replace(view, account=account, position=position)
