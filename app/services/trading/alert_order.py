"""Whether an alert comes later than one that its strategy sent after it."""

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.later_alerts import opposes
from app.domain.signals import Intent
from app.domain.strategy_positions import move_of, take_move
from app.domain.trades import Place
from app.repositories.strategy_positions import StrategyPositions
from app.repositories.tickets import Ledger
from app.services.trading.context import OrderContext
from app.storage.base import Change


@dataclass(frozen=True, slots=True)
class AlertOrder:
    """Puts every alert with a target where it belongs among those of its bot and symbol."""

    positions: StrategyPositions
    ledger: Ledger
    clock: Clock

    def has_missed_its_turn(self, context: OrderContext) -> bool:
        """Tell of an entry that had to wait whether a later alert has had its place; the symbol is held.

        Orders for an amount are in no order.
        """
        ticket, signal = context.ticket, context.signal
        if context.only_exits or context.is_sized:
            return False
        later = self.ledger.later_than(ticket.id)
        return any(opposes(item, ticket, signal.symbol, signal.side, signal.exchange) for item in later)

    def place(self, context: OrderContext) -> None:
        """Tell an alert apart that a later one has overtaken; the caller holds the symbol.

        It is read anew each time: between two tries of one alert others may have come.
        """
        target = context.signal.target
        if context.signal.intent is not Intent.TARGET or target is None or context.instrument is None:
            return
        place = Place(context.bot.id, context.broker_name, context.symbol)
        known = self.positions.find(place)
        move = move_of(target, context.signal.sent_at, self.clock())
        state, context.overtaken_by = take_move(known.state, move)
        if context.overtaken_by is not None:
            # What waits at the broker is the later alert's: it is not in the way of this one.
            context.spares_orders = True
            # What is late takes nothing over, however it moves the position.
            context.ticket.signal = (context.ticket.signal or {}) | {"late": True}
        # With the alert's last write, not now: nothing but the inbox entry stands before the order.
        context.strategy = (known, state)

    def remembering(self, context: OrderContext) -> list[Change]:
        """Return the change by which the next alert knows of this one."""
        if context.strategy is None:
            return []
        return [self.positions.writing(*context.strategy)]
