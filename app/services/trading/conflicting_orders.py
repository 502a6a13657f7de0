"""Before anything is planned: fills are counted, and orders that the alert makes pointless are canceled."""

from app.brokers.base import Broker
from app.clock import Clock
from app.domain.exit_plan import live_legs
from app.domain.orders import Order, OrderRole, bot_of_order
from app.domain.tickets import Stage
from app.domain.trading_state import TradingState
from app.services.broker_access.gateway import Gateway
from app.services.orders.working import Working, WorkingOrders, out_of_date
from app.services.trading.context import OrderContext


class ConflictingOrders:
    """Acts on the broker only for an alert that may trade; a preview or a halted one leaves all as it is.

    So does any alert in a dry run, save at a simulated broker.
    """

    def __init__(self, working_orders: WorkingOrders, gateway: Gateway, clock: Clock) -> None:
        self._working_orders = working_orders
        self._gateway = gateway
        self._clock = clock

    def count(self, context: OrderContext, broker: Broker) -> list[Working]:
        """Count every bot's fills, which tells whose part of the position is whose.

        Return what the bot has waiting; nothing where the alert may not act.
        """
        if not self._may_act(context, broker):
            return []
        everybody = self._working_orders.of(broker, None, context.symbol)
        own = [item for item in everybody if bot_of_order(item.receipt.client_order_id) == context.bot.id]
        context.rivals = [item for item in everybody if item not in own]
        return own

    def clear(self, context: OrderContext, broker: Broker, own: list[Working]) -> bool:
        """Cancel those of the bot's orders that the alert makes moot; tell whether any was."""
        return self._withdraw(context, broker, out_of_date(context.signal, own))

    def drop_exits(self, context: OrderContext, broker: Broker) -> bool:
        """Cancel stop-loss and take-profit of a position that is about to be closed; tell whether any was."""
        return self._may_act(context, broker) and self._drop(context, broker, context.bot.id)

    def drop_everybodys_exits(self, context: OrderContext, broker: Broker) -> bool:
        """Cancel every bot's stop-loss and take-profit in the symbol; tell whether any was."""
        return self._may_act(context, broker) and self._drop(context, broker, None)

    def make_way(self, context: OrderContext, broker: Broker, order: Order) -> None:
        """Cancel other bots' entries beside which the broker would not take an order that closes."""
        if order.instrument.asset_class not in broker.capabilities.one_sided or not self._may_act(
            context, broker
        ):
            return
        # An entry can be had another day; a stop-loss that the broker refuses cannot.
        entries = [item for item in context.rivals if item.role is OrderRole.ENTRY]
        self._withdraw(context, broker, [item for item in entries if item.receipt.side is not order.side])

    def _drop(self, context: OrderContext, broker: Broker, bot: str | None) -> bool:
        working = self._working_orders.of(broker, bot, context.symbol)
        live = live_legs(item.receipt for item in working if item.receipt.is_protective)
        # What is dropped is owed again, whatever becomes of the order it made room for.
        context.lost_exits = context.lost_exits or bool(live)
        return self._withdraw(context, broker, [item for item in working if item.receipt in live])

    def _withdraw(self, context: OrderContext, broker: Broker, orders: list[Working]) -> bool:
        # Without the symbol held another alert may be counting on these orders.
        if not orders or context.held is None:
            return False
        names = self._working_orders.withdraw(context.held, orders, ticket=context.ticket.id)
        # What they had filled, and that they are over, is counted before anything is planned on it.
        self._working_orders.of(broker, context.bot.id, context.symbol)
        context.ticket.note(Stage.CONFLICTS_CANCELLED, self._clock(), ", ".join(names))
        return True

    def _may_act(self, context: OrderContext, broker: Broker) -> bool:
        if not self._gateway.sends_to(broker):
            return False
        # A halted alert must not take away a stop for an order that it may not send.
        is_halted = TradingState.HALTED in {context.global_state, context.bot_state}
        return not context.is_preview and not is_halted
