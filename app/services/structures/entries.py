"""Entries into structures: contracts, net price, size, gates; then a ladder, written before it is sent."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from app.dataclass import dataclass
from app.domain.accounts import MarketSnapshot
from app.domain.bots import Bot
from app.domain.gates import STRUCTURE_ENTRY_GATES, STRUCTURE_REVIEW_GATES
from app.domain.gates.gate import first_refusal
from app.domain.hours import exchange_zone
from app.domain.money import ZERO
from app.domain.order_check import ProposedOrder
from app.domain.orders import OrderRole, Side
from app.domain.reasons import Reason
from app.domain.review import ASSUMED, NO_ADVICE, Advice
from app.domain.signals import Intent, Signal
from app.domain.structures.beginnings import beginning, followed_by
from app.domain.structures.commands import EnterCommand
from app.domain.structures.directions import side_of
from app.domain.structures.gates import StructureCheck, ask_structure_gates
from app.domain.structures.kinds import recognise
from app.domain.structures.ladder import LadderTerms
from app.domain.structures.legs import MOST_LEGS, StructureRefused
from app.domain.structures.net_quotes import NetQuote, net_quote
from app.domain.structures.parts import in_parts
from app.domain.structures.proposals import ProposedStructure, entry_value, unit_value
from app.domain.structures.trades import StructureTrade, TradeState
from app.domain.tickets import Stage, Ticket, TicketStatus
from app.errors import BrokerUnavailable
from app.repositories.structure_trades import StructureTrades
from app.services.broker_access.structure_gateway import StructureGateway
from app.services.structures.choices import ContractChoice, EntryPlan, choose
from app.services.structures.entry_units import units_agreed, units_of
from app.services.structures.ladder_times import broker_time
from app.services.structures.ladders import Ladders
from app.services.structures.progress import status_without_units
from app.services.trading.assessment import Assessor
from app.services.trading.context import OrderContext
from app.services.trading.entry_usage import Entry
from app.services.trading.execution import Finish, symbol_lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Decide on an entry and begin its ladder."""

    assessor: Assessor
    trades: StructureTrades
    gateway: StructureGateway
    ladders: Ladders

    def carry_out(
        self,
        ticket: Ticket,
        signal: Signal,
        bot: Bot,
        finish: Finish,
        advice: Advice = NO_ADVICE,
        is_moot: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take an entry to its ladder's first order; the clock climbs on.

        All is decided here and now, however long somebody was asked before: contracts, price, units.
        """
        context = self._open(ticket, signal, bot)
        context.advice = advice
        with symbol_lock(self.gateway.gateway, context, context.symbol):
            if is_moot():
                ticket.end(TicketStatus.SKIPPED, Reason.ALERT_OVERTAKEN)
                finish([])
                return
            plan = self._decide(context)
            if plan is None:
                finish([])
                return
            trade = self._trade(context, plan)
            ticket.end(TicketStatus.ORDERED)
            # Written before anything is sent: whatever happens now, the clock finds it and looks it up.
            finish(self.trades.opening(trade))
            if context.held is not None:
                with suppress(BrokerUnavailable):
                    self.ladders.step_held(context.held, bot.id, trade.id)

    def weigh(self, ticket: Ticket, signal: Signal, bot: Bot, advice: Advice = ASSUMED) -> OrderContext:
        """Decide and send nothing; the ticket tells what was chosen, at which price, and every verdict."""
        context = self._open(ticket, signal, bot)
        context.advice, context.is_preview = advice, True
        self._decide(context)
        return context

    def adopt(self, ticket: Ticket, bot: Bot, finish: Finish) -> bool:
        """Close an interrupted entry whose trade is written: its ladder goes on by the clock."""
        known = self.trades.find(bot.id, _trade_id(ticket))
        if known is not None:
            trade = known.trade
            # It takes its place under the caps, as it would have without the crash.
            ticket.entry = Entry(bot.id, trade.symbol, entry_value(trade), trade.created_at).record()
            if trade.work is not None and trade.work.role is OrderRole.ENTRY:
                ticket.end(TicketStatus.ORDERED)
            else:
                _end_as_found(ticket, trade.entered_units, trade.reason)
            finish([])
            return True
        # Its ladder may have come to its end before anybody took the alert up: it is not entered again.
        ended = self.trades.ended(_trade_id(ticket), ticket.created_at, self.assessor.clock())
        if ended is None:
            return False
        ticket.entry = Entry(bot.id, ended.symbol, ZERO, ended.opened_at).record()
        reason = None if ended.structure is None else ended.structure.reason
        _end_as_found(ticket, int(ended.quantity), reason)
        finish([])
        return True

    def _open(self, ticket: Ticket, signal: Signal, bot: Bot) -> OrderContext:
        symbol = underlying_of(signal, bot)
        context = self.assessor.open(ticket, replace(signal, symbol=symbol), bot)
        # Of two entries on different underlyings, too, only one may take the last place.
        context.counts_entries = context.counts_entries or bot.configuration.max_open_trades is not None
        desk = None if context.broker is None else context.broker.structures
        # An index cannot be bought, but what is written on it can.
        if desk is not None and (listed := desk.underlying(symbol)) is not None:
            context.instrument, context.symbol_refusal = listed, None
        return context

    def _decide(self, context: OrderContext) -> EntryPlan | None:
        self.assessor.see_switches(context)
        try:
            _check_bot(context.bot)
            _check_desk(context)
            view = self._look(context)
            order = ProposedOrder(OrderRole.ENTRY, Side.BUY)
            if not self.assessor.gate_check.allows(context, order, gates=STRUCTURE_ENTRY_GATES):
                return None
            return self._plan(context, view)
        except StructureRefused as refused:
            context.ticket.end(TicketStatus.DENIED, refused.reason, refused.message)
        except BrokerUnavailable as error:
            context.ticket.end(TicketStatus.DENIED, Reason[error.reason], error.message)
        return None

    def _look(self, context: OrderContext) -> MarketSnapshot | None:
        if context.broker is None or context.instrument is None:
            return None
        return self.assessor.planner.look(context, context.broker, context.instrument)

    def _plan(self, context: OrderContext, view: MarketSnapshot | None) -> EntryPlan | None:
        desk = None if context.broker is None else context.broker.structures
        if desk is None or context.instrument is None:
            raise StructureRefused(Reason.STRUCTURE_UNSUPPORTED, "Nothing is known to choose from.")
        keys, command = context.bot.configuration, _command(context.signal)
        local = desk.now().astimezone(exchange_zone(context.instrument))
        choice = choose(desk, keys, command, context.symbol, local)
        ticket, shown = context.ticket, choice.record()
        ticket.signal = {**(ticket.signal or {}), "structure": shown}
        quotes, most_legs = choice.quotes(desk), desk.capabilities.most_legs
        quote = net_quote(choice.structure, quotes)
        terms = LadderTerms(keys.ladder, keys.ladder_give_pct)
        parts = in_parts(choice.structure, quotes, terms, most_legs=most_legs)
        worst = sum((part.rungs[-1].price for part in parts), ZERO)
        proposed = _proposed(context, choice, command, quote, worst, view)
        units, figures = proposed.units, proposed.record()
        shown.update(figures)
        ticket.note(Stage.SIZE_SET, self.assessor.clock(), proposed.told())
        check = StructureCheck(
            structure=choice.structure,
            contracts=choice.contracts,
            quote=quote,
            worst=worst,
            units=units,
            keys=keys,
            level=desk.level(),
            most_legs=most_legs if len(parts) == 1 else MOST_LEGS,
            share_legs=desk.capabilities.share_legs,
            several_expiries=desk.capabilities.several_expiries,
            needs_cover=desk.capabilities.needs_cover,
            buying_power=None if view is None or view.account is None else view.account.power_for_options,
            open_trades=len(list(self.trades.of_bot(context.bot.id))),
            opposed=self._opposed(context, choice),
            local=local,
        )
        return self._asked(context, check, EntryPlan(choice, units, parts, check.loss), proposed)

    def _asked(
        self, context: OrderContext, check: StructureCheck, plan: EntryPlan, proposed: ProposedStructure
    ) -> EntryPlan | None:
        verdicts = ask_structure_gates(check)
        context.ticket.record_gates(verdicts, OrderRole.ENTRY.value)
        refusal = first_refusal(verdicts)
        if refusal is not None:
            context.ticket.end(TicketStatus.DENIED, refusal.code, refusal.detail)
            return None
        # What analyst and person have said is compared with what is sent, not with what they saw.
        side = Side.BUY if check.keys.structure is None else side_of(check.keys.structure)
        order = ProposedOrder(OrderRole.ENTRY, side, Decimal(proposed.units), proposed.unit_value)
        if not self.assessor.gate_check.allows(context, order, gates=STRUCTURE_REVIEW_GATES):
            return None
        context.structure, context.entry_value = proposed, proposed.value
        self.assessor.reserve(context, check.loss or ZERO)
        return plan

    def _opposed(self, context: OrderContext, choice: ContractChoice) -> str | None:
        """Return a contract that another trade at this broker holds the other way round."""
        signs = {leg.instrument.symbol: leg.ratio for leg in choice.structure.legs if leg.option is not None}
        for trade in self.trades.certainly_at(context.broker_name):
            working = () if trade.work is None else trade.structure.legs
            held = trade.legs or {leg.instrument.symbol: Decimal(leg.ratio) for leg in working}
            for symbol, quantity in held.items():
                if signs.get(symbol, 0) * quantity < ZERO:
                    return f"{symbol} is held by trade {trade.number}"
        return None

    def _trade(self, context: OrderContext, plan: EntryPlan) -> StructureTrade:
        now, structure = self.assessor.clock(), plan.choice.structure
        created_at = now if context.broker is None else broker_time(context.broker, now)
        trade = StructureTrade(
            id=_trade_id(context.ticket),
            number=self.trades.number(),
            bot=context.bot.id,
            broker=context.broker_name,
            kind=recognise(structure),
            structure=structure,
            state=TradeState.OPENING,
            created_at=created_at,
            tickets=(context.ticket.id,),
            underlying_at_entry=plan.choice.chain.price,
        )
        first, *rest = plan.parts
        work = beginning(
            OrderRole.ENTRY,
            first.structure,
            first.rungs,
            trade=trade,
            ticket=context.ticket.id,
            units=plan.units,
            now=now,
        )
        return replace(trade, work=followed_by(work, tuple(rest)))


def underlying_of(signal: Signal, bot: Bot) -> str:
    """Return what the structure is written on: the command's own symbol, else the bot's."""
    command = signal.structure
    if isinstance(command, EnterCommand) and command.legs:
        return command.legs[0].symbol
    return bot.configuration.underlying or signal.symbol


def wish_of(signal: Signal, bot: Bot) -> tuple[Side, str]:
    """Return which side an entry hopes for and on what; a command has the side of its bot's structure."""
    kind = bot.configuration.structure
    if signal.intent is not Intent.ENTER_STRUCTURE or kind is None:
        return signal.side, signal.symbol
    return side_of(kind), underlying_of(signal, bot)


def _check_desk(context: OrderContext) -> None:
    """Refuse a broker without a desk before the symbol is looked at: an index is no fault of the command."""
    if context.broker is not None and context.broker.structures is None:
        told = f"{context.broker_name} trades no structures of options, or they are not turned on."
        raise StructureRefused(Reason.STRUCTURE_UNSUPPORTED, told)


def _check_bot(bot: Bot) -> None:
    """Refuse a bot of shares before its symbol is looked at: it needs none, and that is not what is wrong."""
    if bot.configuration.structure is None:
        raise StructureRefused(Reason.BOT_KIND_MISMATCH, "Set its `structure`; `custom` takes legs alone.")


def _command(signal: Signal) -> EnterCommand:
    return signal.structure if isinstance(signal.structure, EnterCommand) else EnterCommand()


def _proposed(
    context: OrderContext,
    choice: ContractChoice,
    command: EnterCommand,
    quote: NetQuote,
    worst: Decimal,
    view: MarketSnapshot | None,
) -> ProposedStructure:
    structure = choice.structure
    each = unit_value(structure, worst, choice.chain.price)
    units = units_of(context, choice, command, worst, view)
    units = units_agreed(context, units, each, structure.currency)
    return ProposedStructure(recognise(structure), structure, units, quote.mid, worst, each)


def _end_as_found(ticket: Ticket, entered: int, reason: Reason | None) -> None:
    """End a ticket the way its ladder has ended meanwhile."""
    status = TicketStatus.FILLED if entered else status_without_units(reason)
    ticket.end(status, None if entered else reason)


def _trade_id(ticket: Ticket) -> str:
    """Derive a trade's id from its ticket: who takes up an interrupted entry arrives at the same."""
    return str(uuid5(NAMESPACE_OID, f"structure/{ticket.id}"))
