"""From a signal to the orders that may be sent: everything before the broker is told."""

from dataclasses import dataclass, replace
from decimal import Decimal

from app.brokers.base import Broker
from app.clock import Clock
from app.domain.accounts import Account
from app.domain.bots import Bot
from app.domain.contracts import ContractRefused
from app.domain.instruments import Instrument
from app.domain.limits import effective_limits
from app.domain.money import ZERO, round_down
from app.domain.orders import OrderRole, Receipt, Side
from app.domain.planning import Plan, plan, without_closing
from app.domain.pricing import entry_price, order_type
from app.domain.reasons import Reason
from app.domain.signals import Intent, Signal
from app.domain.sizing import Size, shrunk, size_entry
from app.domain.tickets import Ticket, TicketStatus
from app.errors import BrokerUnavailable
from app.repositories.bots import BotDirectory
from app.repositories.trades import TradeBook
from app.repositories.trading_state import GlobalSwitch
from app.services.broker_access.registry import BrokerDesk, BrokerNotConfigured
from app.services.instruments.resolver import Instruments
from app.services.orders.working import WorkingOrders
from app.services.trading.conflicting_orders import Clearing
from app.services.trading.context import Case, TradingRules
from app.services.trading.entry_usage import Entry, UsageBook
from app.services.trading.gate_check import Figures, Judge
from app.services.trading.market_snapshot import MarketView, look
from app.services.trading.order_building import draft_entry, draft_exit


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessor:
    """Resolve, look, plan, size and judge; the ticket tells every step."""

    desk: BrokerDesk
    bots: BotDirectory
    switch: GlobalSwitch
    instruments: Instruments
    trades: TradeBook
    usage: UsageBook
    working_orders: WorkingOrders
    clearing: Clearing
    judge: Judge
    rules: TradingRules
    clock: Clock

    def open(self, ticket: Ticket, signal: Signal, bot: Bot) -> Case:
        """Resolve the instrument and the broker."""
        name = bot.configuration.broker or self.rules.default_broker
        case = Case(ticket, signal, bot, effective_limits(self.rules.ceiling, bot.configuration), name)
        try:
            case.broker = self.desk.get(name)
        except BrokerNotConfigured:
            case.broker = None
        try:
            case.instrument = self.instruments.wanted(signal, case.broker)
        except ContractRefused as refused:
            case.symbol_refusal = (refused.reason, refused.message)
        case.min_confidence = self.rules.min_confidence
        if signal.idea is not None:
            caps = (self.rules.idea_notional, case.limits.max_order_notional, bot.configuration.notional)
            case.idea_cap = min(cap for cap in caps if cap is not None)
        return case

    def decide(self, case: Case) -> None:
        """Fill in the orders that may be sent; without any, the ticket says why."""
        case.global_state = self.switch.read().at(self.clock())
        broker, instrument = case.broker, case.instrument
        if broker is None:
            self.judge.allows(case, OrderRole.ENTRY, case.signal.side)
            return
        if instrument is None or instrument.asset_class not in broker.capabilities.asset_classes:
            self.judge.allows(case, OrderRole.ENTRY, case.signal.side)
            return
        try:
            self.clearing.clear(case, broker)
            view = self.look(case, broker, instrument)
            decided = self._plan(case, broker, view)
            if self._needs_room(case, broker, view, decided) and self._has_changed(case, broker, view):
                view = self.look(case, broker, instrument)
                decided = self._plan(case, broker, view)
        except BrokerUnavailable as error:
            case.ticket.end(TicketStatus.DENIED, Reason[error.reason], error.message)
            return
        self._carry_out(case, instrument, view, decided)

    def make_room(self, case: Case, broker: Broker) -> None:
        """Take back every bot's exits where an entry must not stand on the other side of them.

        Before an exit it is other bots' entries. Raise BrokerUnavailable.
        """
        if case.orders[0].role is OrderRole.EXIT:
            self.clearing.make_way(case, broker, case.orders[0])
            return
        adds = case.view is not None and case.view.position != ZERO
        if adds and not broker.capabilities.opposing_orders:
            self.clearing.drop_everybodys_exits(case, broker)

    def count_adopted(self, case: Case, entry: Receipt) -> None:
        """Count an entry that was placed before a crash."""
        price = entry.average_fill_price or entry.limit_price or case.signal.reference_price
        if case.instrument is not None:
            value = (entry.quantity or entry.filled_quantity) * (price or ZERO)
            self._reserve(case, value * case.instrument.multiplier)

    def release(self, case: Case) -> None:
        """Take back the count of an entry that was proved not to be placed."""
        self.usage.release(case.ticket.id)

    def look(self, case: Case, broker: Broker, instrument: Instrument) -> MarketView:
        """Ask the broker what is decided on; raise BrokerUnavailable."""
        case.view = look(broker, instrument, with_hours=case.limits.market_hours_only)
        return case.view

    def _plan(self, case: Case, broker: Broker, view: MarketView) -> Plan:
        by_contracts = case.bot.configuration.use_strategy_contracts
        held = self.share(case, view)
        cover_only = case.bot.configuration.cover_only
        if held and case.signal.intent in {Intent.ORDER, Intent.COVER}:
            closing = self.working_orders.closing(broker, case.bot.id, case.symbol)
            held = without_closing(held, closing)
        elif held:
            self._refuse_in_doubt(case, broker)
        decided = plan(case.signal, held, by_contracts=by_contracts, cover_only=cover_only)
        case.ticket.note("planned", self.clock(), f"{case.symbol}, {_describe(decided, held)}")
        return decided

    def _refuse_in_doubt(self, case: Case, broker: Broker) -> None:
        """Where a broker would take it twice, nothing closes what an order on its way may close already."""
        if not broker.capabilities.unique_client_order_ids and self.working_orders.in_doubt(
            broker, case.bot.id, case.symbol
        ):
            raise BrokerUnavailable("What became of an earlier exit is not known yet; nothing was sent.")

    def _needs_room(self, case: Case, broker: Broker, view: MarketView, decided: Plan) -> bool:
        """Tell whether exits hold what is to be closed: what a trim closes too, where units are held once."""
        if decided.close == ZERO:
            return False
        if case.signal.intent is Intent.COVER:
            return True
        return not broker.capabilities.opposing_orders or decided.close == abs(self.share(case, view))

    def _has_changed(self, case: Case, broker: Broker, view: MarketView) -> bool:
        """Take the exits back; tell whether any was, or one has filled since the view was had."""
        held = self.share(case, view)
        return self.clearing.drop_exits(case, broker) or self.share(case, view) != held

    def share(self, case: Case, view: MarketView) -> Decimal:
        """Return how much of the account's position is the bot's."""
        if view.position == ZERO:
            return ZERO
        others = self.bots.others(case.bot.id)
        return self.trades.share(case.bot.id, others, case.broker_name, case.symbol, view.position)

    def _carry_out(self, case: Case, instrument: Instrument, view: MarketView, decided: Plan) -> None:
        closing = round_down(decided.close, view.increment)
        if decided.refusal is not None:
            case.ticket.end(TicketStatus.DENIED, decided.refusal)
        elif closing == ZERO and decided.entry_side is None:
            self._skip(case, decided.skip or Reason.QUANTITY_ZERO)
        elif closing > ZERO and not self._add_exit(case, instrument, view, closing):
            return
        elif decided.entry_side is not None:
            self._add_entry(case, instrument, view, decided, decided.entry_side)
            if case.signal.idea is not None and case.orders[-1:] and case.orders[-1].role is OrderRole.EXIT:
                # A thesis that is not followed closes nothing either: no gate has judged that alone.
                case.orders.clear()

    def _skip(self, case: Case, reason: Reason) -> None:
        if self.judge.allows(case, OrderRole.EXIT, case.signal.side):
            case.ticket.end(TicketStatus.SKIPPED, reason)

    def _add_exit(self, case: Case, instrument: Instrument, view: MarketView, closing: Decimal) -> bool:
        side = Side.SELL if view.position > ZERO else Side.BUY
        passed = self.judge.allows(case, OrderRole.EXIT, side, Figures(closing))
        if passed:
            case.orders.append(draft_exit(case, instrument, side, closing))
        return passed

    def _add_entry(
        self, case: Case, instrument: Instrument, view: MarketView, decided: Plan, side: Side
    ) -> None:
        kind = order_type(case.signal, case.bot.configuration)
        price = entry_price(
            case.signal, case.bot.configuration, instrument, side, view.price(case.reference_price)
        )
        size = self._size(case, instrument, view, decided, price)
        held, account = _after_closing(view, decided.close, price, instrument)
        figures = Figures(size.quantity if size is not None else None, price, held, account)
        passed = self.judge.allows(case, OrderRole.ENTRY, side, figures)
        if passed and size is not None and price is not None:
            case.entry_value = size.quantity * price * instrument.multiplier
            self._reserve(case, case.entry_value)
            case.orders.append(draft_entry(case, instrument, side, kind, size, price))

    def _reserve(self, case: Case, notional: Decimal) -> None:
        if case.is_preview:
            return
        entry = Entry(case.bot.id, case.symbol, notional, case.ticket.created_at)
        self.usage.reserve(case.ticket.id, entry, case.limits)
        case.ticket.entry = {"symbol": case.symbol, "notional": format(notional, "f")}

    def _size(
        self,
        case: Case,
        instrument: Instrument,
        view: MarketView,
        decided: Plan,
        price: Decimal | None,
    ) -> Size | None:
        if price is None or price <= ZERO:
            return None
        configuration, largest = case.bot.configuration, case.largest_value
        if case.signal.idea is not None:
            configuration = replace(configuration, notional=largest)
        whole = decided.entry_side is Side.SELL and case.traits.whole_shorts
        size = size_entry(
            configuration,
            instrument,
            contracts=decided.entry_quantity,
            price=price,
            equity=view.account.equity,
            increment=view.increment,
            whole=whole,
        )
        unit_value = price * instrument.multiplier
        for most in (largest, case.advice.most(unit_value)):
            if most is not None:
                size = shrunk(size, most, unit_value, view.increment, whole=whole)
        case.ticket.note("sized", self.clock(), f"{size.quantity:f} by {size.source} at {price:f}")
        return size


def _after_closing(
    view: MarketView, closing: Decimal, price: Decimal | None, instrument: Instrument
) -> tuple[Decimal, Account]:
    """Return position and account once what a reversal closes is closed and its money is free."""
    if closing == ZERO or price is None:
        return view.position, view.account
    position = view.position - (closing if view.position > ZERO else -closing)
    freed = closing * price * instrument.multiplier
    return position, replace(view.account, buying_power=view.account.buying_power + freed)


def _describe(decided: Plan, held: Decimal) -> str:
    reason = decided.refusal or decided.skip
    if reason is not None:
        return f"held {held:f}: {reason.value}"
    entry = f", enter {decided.entry_side.value}" if decided.entry_side is not None else ""
    return f"held {held:f}: close {decided.close:f}{entry}"
