"""What is entered into a position that somebody is on the way out of comes after that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from app.brokers.base import Broker
from app.clock import Clock
from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.orders import OrderStatus
from app.domain.planning import Plan
from app.domain.pursuits import Pursuit
from app.domain.reasons import Reason
from app.domain.tickets import Stage
from app.domain.trades import Place
from app.domain.trading_state import TradingState
from app.repositories.open_orders import OPERATOR
from app.repositories.pursuits import Pursuits, StoredPursuit
from app.services.trading.context import EntryMustWait, OrderContext

# What is entered much later than it was wanted is another trade.
LONGEST_WAIT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class BehindExits:
    """Hold entries back while an exit of their bot goes on, or a close of all that is held of their symbol.

    Side by side at the broker, nobody could tell which units are meant to go.
    """

    pursuits: Pursuits
    clock: Clock

    def planned(self, context: OrderContext, held: Decimal, decided: Plan) -> Plan:
        """Return what is done of a plan now; raise EntryMustWait where all of it comes later.

        `held` is the bot's own share, signed. Once its time is over an entry is left out.
        """
        if decided.entry_side is None or context.resumes is not None or not _may_enter(context):
            return decided
        before = self._before(context, held, decided)
        if not before:
            return decided
        is_late = self.clock() - context.ticket.created_at >= LONGEST_WAIT
        if context.is_preview or (is_late and context.follows is None):
            return self._without_entry(context, decided)
        for item in before:
            if item.pursuit.entry is not None and item.pursuit.entry.side is not decided.entry_side:
                # The later alert has the last word on where the bot shall be once it is out.
                self.pursuits.change(item, item.pursuit.without_entry())
        raise EntryMustWait(f"An exit of {context.symbol} goes on; what is entered comes after it.")

    def _before(self, context: OrderContext, held: Decimal, decided: Plan) -> Sequence[StoredPursuit]:
        """Return the exits that are done first."""
        pursued = self.pursuits.every()
        if not pursued:
            return []
        place = Place(context.bot.id, context.broker_name, context.symbol)
        everybodys = place._replace(bot=OPERATOR)
        side = decided.entry_side
        adds = side is not None and not decided.close and held * side.sign > ZERO and context.follows is None

        def comes_first(pursuit: Pursuit) -> bool:
            # Orders for an amount are in no order: what one buys and another sells adds up.
            is_own = pursuit.place == place and not (context.is_sized and pursuit.is_sized)
            return pursuit.place == everybodys or (adds and is_own)

        found = [item for item in pursued if comes_first(item.pursuit)]
        return [item for item in found if not _is_done(item.pursuit, context.broker)]

    def _without_entry(self, context: OrderContext, decided: Plan) -> Plan:
        if not decided.close or context.signal.idea is not None:
            # A thesis that is not followed closes nothing either.
            return Plan(refusal=Reason.EXIT_PURSUED)
        context.ticket.note(
            Stage.POSITION_CHECKED, self.clock(), f"nothing is entered: {Reason.EXIT_PURSUED.meaning}"
        )
        return replace(decided, entry_side=None, entry_quantity=None)


def _may_enter(context: OrderContext) -> bool:
    """Tell whether the trading states let an entry be, so that it is worth waiting for."""
    return context.global_state is context.bot_state is TradingState.ACTIVE


def _is_done(pursuit: Pursuit, broker: Broker | None) -> bool:
    """Tell whether the order of an exit has filled, so that whoever goes on with it sends no other.

    Its process may have died before it could say so. Raise BrokerUnavailable.
    """
    name = pursuit.last_order_id
    if name is None or pursuit.entry is not None or broker is None:
        return False
    found = broker.find(name)
    return found is not None and found.status is OrderStatus.FILLED
