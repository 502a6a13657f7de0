"""What an alert's orders change in the books: its bot's trade, what remembers them, its exits."""

from dataclasses import replace

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.exit_plan import ExitPlan
from app.domain.money import ZERO
from app.domain.orders import OrderRole, OrderStatus, Receipt, family_name
from app.domain.ticket_terms import is_working
from app.domain.tickets import TicketStatus
from app.domain.trades import NOTHING_COUNTED, FillUpdate, Place, Trade
from app.repositories.exit_plans import ExitPlans
from app.repositories.open_orders import open_order
from app.repositories.trades import Trades
from app.services.trading.context import OrderContext
from app.storage.base import Change

NEVER_THERE = frozenset({OrderStatus.REJECTED.value, TicketStatus.DRY_RUN.value})


@dataclass(frozen=True, slots=True)
class OrderBookings:
    """Tells what must be written of the orders that an alert has sent, or that were found again."""

    trades: Trades
    exits: ExitPlans
    clock: Clock

    def changes(self, context: OrderContext, receipts: list[Receipt], legs: list[str]) -> list[Change]:
        """Return the trade's change and what remembers every order that is not over."""
        if context.instrument is None or not context.ticket.orders:
            return []
        multiplier, at = context.instrument.multiplier, self.clock()
        kept_fee = context.capabilities.kept_fee(context.symbol)
        roles = {record["client_order_id"]: OrderRole(record["role"]) for record in context.ticket.orders}
        owed = self._owed(context, receipts, roles)
        fills = [
            FillUpdate(receipt, roles[receipt.client_order_id], ticket=context.ticket.id, kept_fee=kept_fee)
            for receipt in receipts
            if receipt.client_order_id not in owed
        ]
        changes = self.trades.counting(context.bot.id, context.broker_name, context.symbol, multiplier, fills)
        changes += self._exits_of(context, receipts)
        for record in context.ticket.orders:
            names = [record["client_order_id"]] if is_working(record) else []
            if record["status"] not in NEVER_THERE:
                # Legs are tracked even where their entry is over: what one fills must be counted too.
                names += [name for name in legs if family_name(name) == record["client_order_id"]]
            kept = [open_order(name, record, multiplier=multiplier, at=at) for name in names]
            if record["client_order_id"] in owed:
                uncounted = open_order(record["client_order_id"], record, multiplier=multiplier, at=at)
                kept = [replace(uncounted, counted=NOTHING_COUNTED, seen=None)]
            changes += [item.opening() for item in kept]
        return changes

    def _owed(self, context: OrderContext, receipts: list[Receipt], roles: dict[str, OrderRole]) -> set[str]:
        """Return the exit whose units an unfinished alert may have bought: it is counted after that one."""
        if len(receipts) != 1 or roles[receipts[0].client_order_id] is OrderRole.ENTRY:
            return set()
        place, (receipt,) = Place(context.bot.id, context.broker_name, context.symbol), receipts
        is_owed = self.trades.is_owed(place, context.ticket.id, receipt.filled_quantity)
        return {receipt.client_order_id} if receipt.filled_quantity and is_owed else set()

    def _exits_of(self, context: OrderContext, receipts: list[Receipt]) -> list[Change]:
        """Return what starts the exits of an entry, or ends those that an earlier position left behind."""
        if context.exit_plan is not None:
            return [self._starting(context, context.exit_plan, receipts)]
        if not self._opens(context) or len(context.ticket.orders) < len(context.orders):
            return []
        if context.ticket.orders[-1]["status"] in NEVER_THERE:
            return []
        return self.exits.leaving_behind(context.bot.id, context.broker_name, context.symbol)

    def _opens(self, context: OrderContext) -> bool:
        """Tell whether an entry was sent that adds to nothing, by the account and by the bot's books."""
        if context.view is None or not context.orders or context.orders[-1].role is not OrderRole.ENTRY:
            return False
        sign = context.orders[-1].side.sign
        if context.view.position * sign > ZERO:
            return False
        known = self.trades.find(context.bot.id, context.broker_name, context.symbol)
        # One empty answer must not end the exits of what is still held.
        return known is None or known.quantity * sign <= ZERO

    def _starting(self, context: OrderContext, exit_plan: ExitPlan, receipts: list[Receipt]) -> Change:
        """Start an entry's exits; those of what is held stay until something has been added to it."""
        held = self._held_before(context)
        if held is None:
            return self.exits.starting(exit_plan)
        if any(receipt.filled_quantity for receipt in receipts):
            return self.exits.starting(exit_plan, adds=True)
        # Nothing was added yet: exits stand around the price of what is held, not the alert's.
        return self.exits.keeping(replace(exit_plan, alert_price=held.average_price))

    def _held_before(self, context: OrderContext) -> Trade | None:
        """Return what an entry adds to, if its bot's books and the account agree that it does."""
        held = self.trades.find(context.bot.id, context.broker_name, context.symbol)
        if held is None or context.view is None or not context.orders:
            return None
        sign = context.orders[-1].side.sign
        return held if held.quantity * sign > ZERO and context.view.position * sign > ZERO else None
