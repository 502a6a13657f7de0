"""Whether an alert comes later than one that its strategy sent after it."""

from dataclasses import dataclass

from app.clock import Clock
from app.domain.signals import Intent
from app.domain.strategy_positions import move_of, take_move
from app.domain.trades import Place
from app.repositories.strategy_positions import StrategyPositions
from app.services.trading.context import OrderContext
from app.storage.base import Change


@dataclass(frozen=True, slots=True)
class AlertOrder:
    """Puts every alert with a target where it belongs among those of its bot and symbol."""

    positions: StrategyPositions
    clock: Clock

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
        # With the alert's last write, not now: nothing but the inbox entry stands before the order.
        context.strategy = (known, state)

    def remembering(self, context: OrderContext) -> list[Change]:
        """Return the change by which the next alert knows of this one."""
        if context.strategy is None:
            return []
        return [self.positions.writing(*context.strategy)]
