"""What is held, and what an alert therefore has to close and to open."""

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from app.brokers.base import Broker
from app.clock import Clock
from app.dataclass import dataclass
from app.domain.accounts import MarketSnapshot
from app.domain.instruments import Instrument
from app.domain.money import ONE, ZERO
from app.domain.orders import OrderRole, Receipt, Side, client_order_id
from app.domain.planning import (
    NOTHING_TO_EXIT,
    Plan,
    leaving_room,
    left_unused,
    only_buys,
    plan,
    without_closing,
)
from app.domain.pursuits import ExitWish, WantedEntry
from app.domain.reasons import Reason
from app.domain.refusals import units
from app.domain.signals import Intent, Signal, Target
from app.domain.tickets import Stage
from app.domain.trades import beside_legs
from app.errors import BrokerUnavailable
from app.repositories.bots import BotDirectory
from app.repositories.open_orders import OpenOrders
from app.repositories.structure_trades import StructureTrades
from app.repositories.trades import Trades
from app.services.orders.working import ClosingOrders, WorkingOrders
from app.services.trading.behind_exits import BehindExits
from app.services.trading.context import OrderContext

EXITS = frozenset({Intent.EXIT_LONG, Intent.EXIT_SHORT, Intent.CLOSE})
DIRECTIONS = {1: "long", 0: "flat", -1: "short"}


class Planned(NamedTuple):
    """What was seen, how much of the position is the bot's own (signed), and what is planned on that."""

    view: MarketSnapshot
    share: Decimal
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionPlanner:
    """Look at the position, tell whose part of it is whose, and plan on the bot's own."""

    bots: BotDirectory
    trades: Trades
    structures: StructureTrades
    open_orders: OpenOrders
    working_orders: WorkingOrders
    behind_exits: BehindExits
    clock: Clock

    def look(
        self, context: OrderContext, broker: Broker, instrument: Instrument, *, for_entry: bool = False
    ) -> MarketSnapshot:
        """Ask the broker what is decided on; raise BrokerUnavailable."""
        view = self._seen(context, broker, instrument, for_entry=for_entry)
        if context.limits.asks_hours and view.account is not None:
            view = replace(view, hours=broker.market(instrument))
        context.view = view
        return view

    def _seen(
        self, context: OrderContext, broker: Broker, instrument: Instrument, *, for_entry: bool
    ) -> MarketSnapshot:
        # An exit needs the position and nothing else; what it does not need cannot keep it from happening.
        if context.only_exits or context.resumes is not None:
            return MarketSnapshot(None, broker.position(instrument), None)
        try:
            return broker.snapshot(instrument, for_entry=for_entry)
        except BrokerUnavailable:
            if context.signal.intent is Intent.ENTER_STRUCTURE:
                # What opens a structure closes nothing of the underlying.
                raise
            view = MarketSnapshot(None, broker.position(instrument), None)
            # What closes something is carried out all the same; the gates refuse the entry after it.
            if not self._planned(context, self.share(context, view)).close:
                raise
            return view

    def look_and_plan(self, context: OrderContext, broker: Broker, instrument: Instrument) -> Planned:
        """Look, and plan on what was seen; raise BrokerUnavailable."""
        # Orders before the position: what fills in between counts twice then, and too little is closed. The
        # other way round its units would seem free, and be sold again.
        exits = context.only_exits or context.resumes is not None
        context.closing = self._closing_orders(context, broker) if exits else None
        view = self.look(context, broker, instrument, for_entry=only_buys(context.signal))
        planned = self._plan(context, broker, instrument, view)
        if planned.plan.close and context.closing is None:
            context.closing = self._closing_orders(context, broker)
            planned = self._plan(context, broker, instrument, self.look(context, broker, instrument))
        # What nobody asked for may let us buy, but neither close anything nor do nothing.
        elif view.is_told and planned.plan.entry_side is None:
            planned = self._plan(context, broker, instrument, self.look(context, broker, instrument))
        return planned

    def beside_others(self, context: OrderContext, instrument: Instrument, planned: Planned) -> Plan:
        """Close no more than what no other order at the broker closes, one placed by hand included."""
        decided = planned.plan
        if context.closing is None:
            return decided
        room = context.closing.room(planned.view.position)
        left = leaving_room(decided, room)
        if left is not decided:
            told = _room_told(decided, room, instrument)
            context.ticket.note(Stage.POSITION_CHECKED, self.clock(), told)
        return left

    def _closing_orders(self, context: OrderContext, broker: Broker) -> ClosingOrders:
        # What the bot itself has waiting goes before an exit; it stays beside a plain order or a cover, and
        # where an exit is carried on.
        stays = context.is_sized or context.resumes is not None
        found = self.working_orders.closing_orders(broker, context.bot.id, context.symbol, with_own=stays)
        # The order in doubt that is sent again under its id is the one that is to come.
        return replace(found, in_doubt=max(found.in_doubt - self._doubted(context), ZERO))

    def _plan(
        self, context: OrderContext, broker: Broker, instrument: Instrument, view: MarketSnapshot
    ) -> Planned:
        held = share = self.share(context, view)
        if held and (context.is_sized or context.resumes is not None):
            closing = self.working_orders.closing(broker, context.bot.id, context.symbol)
            held = without_closing(held, closing - self._doubted(context))
        if held and not (context.is_sized and context.resumes is None):
            self._refuse_in_doubt(context, broker)
        decided = self._planned(context, held)
        self._refuse_stale(context, view, decided)
        decided = self.behind_exits.planned(context, held, decided)
        if context.resumes is None or context.resumes.wish is None:
            _remember(context, held, decided)
        told = _plan_told(decided, held, context, instrument)
        context.ticket.note(Stage.POSITION_CHECKED, self.clock(), told)
        return Planned(view, share, decided)

    def _planned(self, context: OrderContext, held: Decimal) -> Plan:
        if context.follows is not None:
            # The exit before it is done: what is on the other side now is none of this alert's.
            entry = Plan(entry_side=context.follows.side, entry_quantity=context.follows.quantity)
            return entry if held * context.follows.side.sign >= ZERO else NOTHING_TO_EXIT
        if context.resumes is not None and context.resumes.wish is not None:
            left = context.resumes.wish.closing(held, context.resumes.filled)
            return Plan(close=left) if left else NOTHING_TO_EXIT
        configuration = context.bot.configuration
        return plan(
            context.signal,
            held,
            by_contracts=configuration.use_strategy_contracts,
            cover_only=configuration.cover_only,
            overtaken_by=context.overtaken_by,
        )

    def _doubted(self, context: OrderContext) -> Decimal:
        return ZERO if context.resumes is None else context.resumes.in_doubt

    def _refuse_in_doubt(self, context: OrderContext, broker: Broker) -> None:
        """Nothing closes what an order on its way may close already; sent again under its id, it is the same.

        An alert that is tried for the first time may rely on a broker that takes no id twice.
        """
        if context.resumes is None and broker.capabilities.unique_client_order_ids:
            return
        if self.working_orders.in_doubt(broker, context.bot.id, context.symbol) > self._doubted(context):
            raise BrokerUnavailable("What became of an earlier exit is not known yet; nothing was sent.")

    def _refuse_stale(self, context: OrderContext, view: MarketSnapshot, decided: Plan) -> None:
        """Let no single empty answer end the wish to leave what the books hold, nor enter on top of it.

        Brokers' lists lag behind their fills. A position that is really gone is skipped after a second look.
        """
        if view.position or decided.close or context.capabilities.simulated or not _is_first_try(context):
            return
        trade = self.trades.find(context.bot.id, context.broker_name, context.symbol)
        if trade is not None and self._planned(context, trade.quantity).close:
            raise BrokerUnavailable(
                f"{context.broker_name} shows no position; a second look must say the same."
            )

    def closed_otherwise(self, context: OrderContext, broker: Broker) -> dict[OrderRole, Receipt]:
        """Return an exit that went out, before a crash, by a way in which its broker takes no id of ours."""
        trade = self.trades.find(context.bot.id, context.broker_name, context.symbol)
        if trade is None:
            return {}
        closing = Side.SELL if trade.quantity > ZERO else Side.BUY
        if context.signal.intent not in EXITS and context.signal.side is not closing:
            # Nothing is closed against an alert's own side: this one cannot have sent it.
            return {}
        name = client_order_id(context.bot.id, context.ticket.id, OrderRole.EXIT)
        found = self.working_orders.closed_by(broker, name, context.symbol, context.ticket.created_at)
        return {OrderRole.EXIT: found} if found is not None and found.side is closing else {}

    def share(self, context: OrderContext, view: MarketSnapshot) -> Decimal:
        """Return how much of the account's position is the bot's."""
        if not view.position:
            return view.position
        # Shares under a sold call, say: sold by an alert's exit they would leave the call bare.
        legs = self.structures.legs_at(context.broker_name).of(context.symbol)
        position = beside_legs(view.position, legs)
        others = self.bots.others(context.bot.id)
        if not others:
            return position
        return self.trades.share(context.bot.id, others, context.broker_name, context.symbol, position)

    def wants_out(self, context: OrderContext) -> bool:
        """Tell whether something shall be closed: by the signal alone, else by what the books say is held."""
        if context.wish is not None or context.resumes is not None:
            return True
        trade = self.trades.find(context.bot.id, context.broker_name, context.symbol)
        held = ZERO if trade is None else trade.quantity
        decided = self._planned(context, held)
        if not decided.close:
            held = self._perhaps_held(context)
            perhaps = self._planned(context, held)
            decided = perhaps if perhaps.close else decided
        _remember(context, held, decided)
        return bool(decided.close) or context.only_exits

    def _perhaps_held(self, context: OrderContext) -> Decimal:
        """Return what an entry may have opened that the books do not know yet: as much as the alert closes.

        An alert often follows its entry within the second. What is really there is seen before anything is
        sent, and no exit closes more than that.
        """
        if not self.open_orders.awaits_entry(context.bot.id, context.broker_name, context.symbol):
            return ZERO
        return -context.signal.side.sign * (context.signal.quantity or ONE)


def _is_first_try(context: OrderContext) -> bool:
    """Tell an alert from what is carried on with: a pursued exit, or the entry that follows it."""
    return context.resumes is None and context.follows is None


def _remember(context: OrderContext, held: Decimal, decided: Plan) -> None:
    """Keep what a plan wants for those who may have to go on with it."""
    if not decided.close:
        return
    context.wish = ExitWish.after(held, decided.close, is_sized=context.is_sized)
    # An idea that cannot be followed at once is not followed at all.
    if decided.entry_side is not None and context.signal.idea is None:
        context.entry = WantedEntry(decided.entry_side, decided.entry_quantity)


def why_refused(reason: Reason, signal: Signal, share: Decimal, instrument: Instrument) -> str:
    """Tell what a plan was refused for: what was asked, what is held."""
    has = f"the bot holds {units(share, instrument)}"
    if reason is Reason.POSITION_CLOSING:
        return f"{has}; cancel what rests at the broker, or let it close the position"
    return has if signal.quantity is None else f"asked {units(signal.quantity, instrument)}, {has}"


def _plan_told(decided: Plan, held: Decimal, context: OrderContext, instrument: Instrument) -> str:
    """Tell a plan in one line of the timeline, and what of the alert has no part in it."""
    has, apart = f"{instrument.symbol}, the bot holds {units(held, instrument)}", ""
    if context.overtaken_by is not None:
        has += f"; a later alert came first and says {_position(context.overtaken_by)}"
    if unused := left_unused(context.signal, decided):
        apart = f"; not used, since nothing is entered: {', '.join(unused)}"
    reason = decided.refusal or decided.skip
    if reason is not None:
        return f"{has}: {reason.value}{apart}"
    steps = [f"close {units(decided.close, instrument)}"] if decided.close else []
    steps += [f"enter {decided.entry_side.value}"] if decided.entry_side is not None else []
    return f"{has}: {', then '.join(steps)}{apart}"


def _position(target: Target) -> str:
    size = "" if target.now_size is None or target.now == 0 else f" {target.now_size:f}"
    return f"{DIRECTIONS[target.now]}{size}"


def _room_told(decided: Plan, room: Decimal, instrument: Instrument) -> str:
    """Tell why less is closed than was planned."""
    told = f"other orders at the broker close the rest of what is held: close {units(room, instrument)}"
    if room and decided.entry_side is not None:
        # It would stand beside them, or be taken for one more that closes.
        told += f", and do not enter {decided.entry_side.value}"
    return told
