"""From a signal to the orders that may be sent: everything before the broker is told."""

from datetime import datetime
from decimal import Decimal
from functools import partial

from app.brokers.base import Broker
from app.clock import Clock
from app.dataclass import dataclass
from app.domain.accounts import MarketSnapshot
from app.domain.bots import Bot
from app.domain.contracts import ContractRefused
from app.domain.instruments import Instrument
from app.domain.money import ZERO, round_down
from app.domain.order_check import ProposedOrder
from app.domain.orders import OrderRole, Receipt, Side
from app.domain.planning import Plan
from app.domain.reasons import Reason
from app.domain.signals import Intent, Signal
from app.domain.tickets import Stage, Ticket, TicketStatus
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import BrokerUnavailable
from app.repositories.process_store import ProcessStore
from app.repositories.trading_state import GlobalSwitch
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry
from app.services.instruments.resolver import Instruments
from app.services.orders.working import Working
from app.services.trading.conflicting_orders import ConflictingOrders
from app.services.trading.context import OrderContext, TradingRules, signal_record
from app.services.trading.entry_terms import entry_terms, shown_size
from app.services.trading.entry_usage import Entry, EntryUsage
from app.services.trading.gate_check import GateCheck
from app.services.trading.order_building import draft_entry, draft_exit
from app.services.trading.position_plan import Planned, PositionPlanner, why_refused
from app.services.trading.turns import Turns

# Of a bot that was deleted meanwhile.
OF_NOBODY = StateSwitch(TradingState.HALTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessor:
    """Resolve, look, plan, size and judge; the ticket tells every step."""

    registry: BrokerRegistry
    switch: GlobalSwitch
    instruments: Instruments
    planner: PositionPlanner
    usage: EntryUsage
    conflicts: ConflictingOrders
    gate_check: GateCheck
    rules: TradingRules
    clock: Clock
    reads: ProcessStore
    turns: Turns

    def open(self, ticket: Ticket, signal: Signal, bot: Bot) -> OrderContext:
        """Turn a signal into what is decided on: its instrument, its broker, the limits that hold."""
        ticket.signal = signal_record(signal)
        name = bot.configuration.broker or self.rules.default_broker
        limits = self.rules.limits_of(bot)
        try:
            broker: Broker | None = self.registry.get(name)
        except BrokerNotConfigured:
            broker = None
        capabilities = self.registry.capabilities(name) if broker is None else broker.capabilities
        context = OrderContext(ticket, signal, bot, limits, name, capabilities, broker)
        if broker is None:
            context.broker_needs = self.registry.needs(name)
        context.counts_entries = limits.counts_entries
        try:
            # Where a BUY may also open, it means the contract that its words pick now.
            shorts = partial(self._shorts, bot, name) if bot.configuration.cover_only else list
            context.instrument = self.instruments.wanted(signal, broker, shorts)
            if context.instrument.venue is not None:
                ticket.signal["venue"] = context.instrument.venue
        except ContractRefused as refused:
            context.symbol_refusal = (refused.reason, refused.message)
        context.min_confidence = self.rules.min_confidence
        if signal.idea is not None:
            caps = (self.rules.idea_notional, context.limits.max_order_notional, bot.configuration.notional)
            context.idea_cap = min(cap for cap in caps if cap is not None)
        return context

    def _shorts(self, bot: Bot, broker: str) -> list[str]:
        """Return the symbols that a bot has sold short."""
        return [item.symbol for item in self.planner.trades.at(broker, bot=bot.id) if item.quantity < ZERO]

    def decide(self, context: OrderContext) -> None:
        """Fill in the orders that may be sent; without any, the ticket says why. Raise EntryMustWait."""
        with self.reads.decision_at(context.broker_name, self.turns.looked_for(context)):
            self._decide(context)

    def see_switches(self, context: OrderContext) -> None:
        """See whether all bots may trade at this moment, and whether this one may."""
        now = self.clock()
        # From the store, with the symbol held: a kill switch acts on the very next alert, in every process.
        context.global_state = self.switch.read().at(now)
        context.bot_state = self._switch_of(context, now).at(now)

    def _switch_of(self, context: OrderContext, now: datetime) -> StateSwitch:
        """Return the bot's own switch: read anew where somebody may have thrown it since the bot was read."""
        if context.is_preview or not context.has_waited(now):
            return context.bot.switch
        current = self.planner.bots.find(context.bot.id)
        return OF_NOBODY if current is None else current.switch

    def _decide(self, context: OrderContext) -> None:
        self.see_switches(context)
        broker, instrument = context.broker, context.instrument
        tradable = instrument is not None and instrument.asset_class in context.capabilities.asset_classes
        if broker is None or instrument is None or not tradable:
            self.gate_check.allows(context, ProposedOrder(OrderRole.ENTRY, context.signal.side))
            return
        try:
            self.turns.await_booked(context)
            # Fills first: whose part of the account's position is whose follows from them.
            own = self.conflicts.count(context, broker)
            if context.spares_orders:
                self._decide_first(context, broker, instrument, own)
            else:
                if own:
                    self.conflicts.clear(context, broker, own)
                self._decide_with_room(context, broker, instrument)
        except BrokerUnavailable as error:
            self.start_over(context)
            self._end_unasked(context, error)

    def _end_unasked(self, context: OrderContext, error: BrokerUnavailable) -> None:
        """Refuse an entry that the broker says nothing to; a wish to be out goes on until it is fulfilled."""
        # A thesis that cannot be followed at once is not followed at all: it closes nothing either.
        if context.signal.idea is not None or not self.planner.wants_out(context):
            context.ticket.end(TicketStatus.DENIED, Reason[error.reason], error.message)
        elif self.gate_check.allows(context, ProposedOrder(OrderRole.EXIT, context.signal.side)):
            context.ticket.end(TicketStatus.PURSUING, Reason[error.reason], error.message)

    def _decide_first(
        self, context: OrderContext, broker: Broker, instrument: Instrument, own: list[Working]
    ) -> None:
        """Decide on what waits as it is; only for what is then sent may anything be cancelled.

        What was cancelled for it changes what it was decided on: then, and only then, it is decided anew.
        """
        planned = self.planner.look_and_plan(context, broker, instrument)
        self._carry_out(context, instrument, planned)
        if not context.orders:
            # Refused: whatever waits at the broker was not in the way of anything.
            return
        is_moved = self.conflicts.clear(context, broker, own)
        if self._needs_room(context, broker, planned):
            is_moved = self._has_changed(context, broker, planned) or is_moved
        if is_moved:
            self.start_over(context)
            self._decide_with_room(context, broker, instrument)

    def _decide_with_room(self, context: OrderContext, broker: Broker, instrument: Instrument) -> None:
        planned = self.planner.look_and_plan(context, broker, instrument)
        if self._needs_room(context, broker, planned) and self._has_changed(context, broker, planned):
            planned = self.planner.look_and_plan(context, broker, instrument)
        self._carry_out(context, instrument, planned)

    def start_over(self, context: OrderContext) -> None:
        """Forget what was decided; nothing of it was sent."""
        self.release(context)
        context.orders.clear()
        context.ticket.gates.clear()
        context.entry_value = context.exit_plan = context.ticket.entry = context.ticket.exits = None
        context.ticket.end(TicketStatus.RECEIVED)

    def make_room(self, context: OrderContext, broker: Broker) -> None:
        """Cancel every bot's exits where an entry must not stand on the other side of them.

        Before an exit it is other bots' entries. Raise BrokerUnavailable.
        """
        if context.orders[0].role is OrderRole.EXIT:
            self.conflicts.make_way(context, broker, context.orders[0])
            return
        adds = context.view is not None and context.view.position != ZERO
        if adds and not broker.capabilities.opposing_orders:
            self.conflicts.drop_everybodys_exits(context, broker)

    def count_adopted(self, context: OrderContext, entry: Receipt) -> None:
        """Count an entry that was placed before a crash."""
        price = entry.average_fill_price or entry.limit_price or context.signal.reference_price
        if context.instrument is not None:
            value = (entry.quantity or entry.filled_quantity) * (price or ZERO)
            self.reserve(context, value * context.instrument.multiplier, at=entry.created_at)

    def release(self, context: OrderContext) -> None:
        """Undo the count of an entry that was proved not to be placed."""
        self.usage.release(context.ticket.id)

    def _needs_room(self, context: OrderContext, broker: Broker, planned: Planned) -> bool:
        """Tell whether exits hold what is to be closed: what a trim closes too, where units are held once."""
        close = planned.plan.close
        if close == ZERO:
            return False
        if context.signal.intent is Intent.COVER:
            return True
        return not broker.capabilities.opposing_orders or close == abs(planned.share)

    def _has_changed(self, context: OrderContext, broker: Broker, planned: Planned) -> bool:
        """Take the exits back; tell whether any was, or one has filled since the view was had."""
        is_dropped = self.conflicts.drop_exits(context, broker)
        return is_dropped or self.planner.share(context, planned.view) != planned.share

    def _carry_out(self, context: OrderContext, instrument: Instrument, planned: Planned) -> None:
        view, decided, closing = planned.view, planned.plan, ZERO
        if decided.close:
            decided = self.planner.beside_others(context, instrument, planned)
            # Down: what would be closed beyond the position opens the other side.
            closing = round_down(decided.close, context.capabilities.increment(instrument))
        if decided.refusal is not None:
            told = why_refused(decided.refusal, context.signal, planned.share, instrument)
            context.ticket.end(TicketStatus.DENIED, decided.refusal, told)
        elif closing == ZERO and decided.entry_side is None:
            self._skip(context, decided.skip or Reason.QUANTITY_ZERO)
        elif closing > ZERO and not self._add_exit(context, instrument, view, closing):
            return
        elif decided.entry_side is not None:
            self._add_entry(context, instrument, view, decided, decided.entry_side)
            last = context.orders[-1] if context.orders else None
            if context.signal.idea is not None and last is not None and last.role is OrderRole.EXIT:
                # A thesis that is not followed closes nothing either: no gate has judged that alone.
                context.orders.clear()

    def _skip(self, context: OrderContext, reason: Reason) -> None:
        if self.gate_check.allows(context, ProposedOrder(OrderRole.EXIT, context.signal.side)):
            context.ticket.end(TicketStatus.SKIPPED, reason)

    def _add_exit(
        self, context: OrderContext, instrument: Instrument, view: MarketSnapshot, closing: Decimal
    ) -> bool:
        side = Side.SELL if view.position > ZERO else Side.BUY
        order = ProposedOrder(OrderRole.EXIT, side, closing, asked=context.asked)
        passed = self.gate_check.allows(context, order)
        if passed:
            context.orders.append(draft_exit(context, instrument, side, closing))
        return passed

    def _add_entry(
        self, context: OrderContext, instrument: Instrument, view: MarketSnapshot, decided: Plan, side: Side
    ) -> None:
        terms = entry_terms(context, instrument, view, decided, side)
        size, price = terms.size, terms.order.price
        if size is not None and price is not None:
            context.ticket.note(Stage.SIZE_SET, self.clock(), shown_size(size, price, instrument))
        # What is not closed first is judged by what was seen.
        left = view.after_closing(decided.close, price, instrument) if decided.close else view
        passed = self.gate_check.allows(context, terms.order, left)
        if passed and size is not None and terms.value is not None:
            context.entry_value = terms.value
            # Counted before it is sent: the next alert of the bot must see it, whatever the broker says.
            self.reserve(context, terms.value)
            context.orders.append(draft_entry(context, instrument, terms, size))

    def reserve(self, context: OrderContext, notional: Decimal, *, at: datetime | None = None) -> None:
        """Count an entry that is about to be sent, or was sent `at` a time before a crash."""
        if context.is_preview:
            # A look must not take the last place under a cap.
            return
        # Not when its alert came: a person may have let it go only on another day.
        entry = Entry(context.bot.id, context.symbol, notional, at or self.clock())
        self.usage.reserve(context.ticket.id, entry, context.limits)
        context.ticket.entry = entry.record()
