"""Carries an alert out that an analyst or a person has a word in."""

from collections.abc import Callable
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.approvals import ApprovalDecision, PendingApproval, is_asked_for
from app.domain.bots import AnalystUse, Approval, Bot
from app.domain.later_alerts import opposes
from app.domain.opinions import Direction, Opinion
from app.domain.orders import Order, OrderRole, Side
from app.domain.reasons import Reason
from app.domain.review import ASSUMED, NO_ADVICE, Advice
from app.domain.signals import Signal
from app.domain.structures.directions import may_enter_structure
from app.domain.tickets import Stage, Ticket, TicketStatus
from app.domain.trading_state import TradingState
from app.repositories.bots import BotDirectory
from app.repositories.tickets import Ledger
from app.repositories.trading_state import GlobalSwitch
from app.services.review.approvals import Approvals
from app.services.review.idea_routes import IdeaRoutes
from app.services.review.opinions import Opinions
from app.services.review.questions import question_of
from app.services.structures.entries import wish_of
from app.services.structures.handler import StructureHandler
from app.services.trading.context import OrderContext
from app.services.trading.execution import Finish, Trading
from app.storage.base import Change

ENDS = {
    ApprovalDecision.REJECTED: (TicketStatus.DENIED, Reason.APPROVAL_REJECTED),
    ApprovalDecision.EXPIRED: (TicketStatus.EXPIRED, Reason.APPROVAL_EXPIRED),
}

STAGES = {ApprovalDecision.REJECTED: Stage.REJECTED, ApprovalDecision.EXPIRED: Stage.APPROVAL_EXPIRED}

MOVED = "It was approved for another broker than the bot trades at now."
OTHER_STRUCTURE = "It was approved for another structure than the bot trades now."


class Stopped(Exception):
    """The process is about to end: what is left is done by the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Ask the analyst, then the person, then trade; every answer is kept as soon as it is there."""

    trading: Trading
    structures: StructureHandler
    routes: IdeaRoutes
    opinions: Opinions
    approvals: Approvals
    bots: BotDirectory
    ledger: Ledger
    switch: GlobalSwitch
    clock: Clock
    is_stopping: Callable[[], bool]

    def forgetting(self, ticket: UUID) -> list[Change]:
        """Return the changes that forget what was said of a ticket."""
        return [*self.opinions.forgetting(ticket), *self.approvals.forgetting(ticket)]

    def preview(self, ticket: Ticket, signal: Signal, bot: Bot) -> list[Order]:
        """Decide as if analyst and person said yes; nobody is asked."""
        if bot.configuration.structure is not None:
            return self.structures.preview(ticket, signal, bot)
        if _is_neutral(signal):
            self.trading.assessor.open(ticket, signal, bot)
            ticket.end(TicketStatus.SKIPPED, Reason.IDEA_NEUTRAL)
            return []
        return self.trading.preview(ticket, signal, bot)

    def adopt(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> bool:
        """Take up what the broker holds already of this ticket."""
        _show_opinion(ticket, self.opinions.given(ticket.id))
        if bot.configuration.structure is not None:
            return self.structures.adopt(ticket, signal, bot, finish)
        return self.trading.adopt(ticket, signal, bot, finish)

    def carry_out(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> None:
        """Take an alert to its end, or to where a person is asked: `finish` is not called then."""
        bot = self._as_now(bot)
        context = self.trading.assessor.open(ticket, signal, bot)
        broken = self.routes.broken(signal, bot)
        if broken is not None:
            # Its owner wants a structure for it: shares would be another trade.
            ticket.end(TicketStatus.DENIED, Reason.BOT_KIND_MISMATCH, broken)
            finish([])
            return
        waiting = self.approvals.find(ticket.id)
        if waiting is not None and waiting.verdict is not ApprovalDecision.APPROVED:
            self._end_waiting(ticket, waiting, finish)
        elif not _asks(signal, bot):
            # What leaves a structure waits for nobody, and neither does what is refused anyway.
            self.structures.carry_out(ticket, signal, bot, finish)
        elif bot.configuration.structure is None and _is_neutral(signal):
            self._end(ticket, finish, Reason.IDEA_NEUTRAL)
        else:
            self._advise(context, finish, waiting)

    def _advise(self, context: OrderContext, finish: Finish, waiting: PendingApproval | None) -> None:
        ticket, signal = context.ticket, context.signal
        opinion = self._opinion(context)
        if ticket.status is not TicketStatus.RECEIVED:
            finish([])
            return
        if signal.idea is not None and opinion is not None and opinion.reason is not None:
            message = opinion.failure.message if opinion.failure is not None else None
            self._end(ticket, finish, opinion.reason, message)
            return
        # A model may take a minute, in which somebody throws a switch.
        bot = self._as_now(context.bot)
        if waiting is not None:
            ticket.timeline = Ticket.from_json(waiting.ticket).timeline
            ticket.note(Stage.APPROVED, waiting.decided_at or self.clock(), waiting.by)
            moved = self._moved(bot, waiting)
            if moved is not None:
                ticket.end(TicketStatus.DENIED, Reason.APPROVAL_UNAVAILABLE, moved)
                finish([])
                return
        advice = _advice(opinion, waiting)
        if self.is_stopping():
            # The opinion is stored, so the next process goes on from here; an order begun now may be cut off.
            raise Stopped
        if waiting is None and self._asks_person(ticket, signal, bot, advice):
            return
        self._trade(ticket, signal, bot, finish, advice)

    def _opinion(self, context: OrderContext) -> Opinion | None:
        """Return the opinion that is kept, or ask for one where an entry could follow it."""
        ticket, signal, bot = context.ticket, context.signal, context.bot
        opinion = self.opinions.given(ticket.id)
        if opinion is None and self._wants_opinion(signal, bot):
            wanted = self._wanted(context)
            is_pursued = wanted.ticket.status is TicketStatus.PURSUING
            # An exit that the broker cannot take now waits for nobody's opinion.
            has_nothing = not wanted.orders and wanted.structure is None and not is_pursued
            if has_nothing and (signal.idea is None or bot.configuration.structure is not None):
                # Whatever the analyst would say, nothing comes of it; the ticket tells why.
                ticket.take_over(wanted.ticket)
            elif _may_enter(wanted):
                if self.is_stopping():
                    raise Stopped
                question = question_of(wanted)
                opinion = self.opinions.about(ticket.id, bot, question, is_required=wanted.needs_opinion)
        _show_opinion(ticket, opinion)
        if opinion is not None:
            ticket.note(Stage.OPINION_RECEIVED, self.clock(), f"{opinion.analyst}, {opinion.model}")
        return opinion

    def _as_now(self, bot: Bot) -> Bot:
        """Return the bot as it is stored; raise NotFound."""
        current, _ = self.bots.get(bot.id)
        return current

    def _broker(self, bot: Bot) -> str:
        return bot.configuration.broker or self.trading.previews.rules.default_broker

    def _moved(self, bot: Bot, waiting: PendingApproval) -> str | None:
        """Say what a bot does differently by now than was approved."""
        if waiting.broker not in {None, self._broker(bot)}:
            return MOVED
        return None if waiting.structure is bot.configuration.structure else OTHER_STRUCTURE

    def _wants_opinion(self, signal: Signal, bot: Bot) -> bool:
        if signal.idea is None and bot.configuration.analyst is AnalystUse.OFF:
            return False
        now = self.clock()
        # Nothing is paid for an opinion on what the switch refuses anyway.
        return self.switch.read().at(now) is bot.switch.at(now) is TradingState.ACTIVE

    def _wanted(self, context: OrderContext) -> OrderContext:
        """Return what an opinion is wanted on: an idea as it is, else the entry that would follow a yes."""
        if context.bot.configuration.structure is not None:
            return self._weigh(context.ticket.blank(), context.signal, context.bot, ASSUMED)
        if context.signal.idea is not None:
            return context
        return self._weigh(context.ticket.blank(), context.signal, context.bot, ASSUMED)

    def _weigh(self, ticket: Ticket, signal: Signal, bot: Bot, advice: Advice) -> OrderContext:
        if bot.configuration.structure is not None:
            return self.structures.weigh(ticket, signal, bot, advice)
        return self.trading.weigh(ticket, signal, bot, advice)

    def _asks_person(self, ticket: Ticket, signal: Signal, bot: Bot, advice: Advice) -> bool:
        """Let the ticket wait where a person must approve its entry; tell whether it does."""
        if bot.configuration.approval is Approval.OFF:
            return False
        scratch = ticket.blank()
        context = self._weigh(scratch, signal, bot, Advice(advice.opinion, approved=True))
        closes = any(order.role is OrderRole.EXIT for order in context.orders)
        if not context.enters or not is_asked_for(bot.configuration, context.entry_value):
            return False
        if closes and signal.idea is None:
            # The exit of a reversal waits for nobody; its entry is refused, as it cannot follow by itself.
            return False
        scratch.opinion = ticket.opinion
        scratch.timeline = [*ticket.timeline, *scratch.timeline]
        scratch.note(Stage.APPROVAL_WANTED, self.clock())
        scratch.end(TicketStatus.AWAITING_APPROVAL)
        self.approvals.ask(scratch, context)
        # The answer says what was chosen, as it does of what is sent at once.
        ticket.signal = scratch.signal
        ticket.end(TicketStatus.AWAITING_APPROVAL)
        return True

    def _trade(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish, advice: Advice) -> None:
        """Trade; where nothing would be sent, nothing at the broker is touched for it either."""
        if bot.configuration.structure is not None:
            side, symbol = wish_of(signal, bot)
            self.structures.carry_out(
                ticket, signal, bot, finish, advice, lambda: self._is_overtaken(ticket, symbol, side)
            )
            return
        spares = signal.idea is not None or advice == NO_ADVICE or _is_against(signal, bot, advice)
        self.trading.carry_out(
            ticket,
            signal,
            bot,
            finish,
            advice,
            lambda: self._is_overtaken(ticket, signal.symbol, signal.side, signal.exchange),
            spares_orders=spares,
        )

    def _is_overtaken(self, ticket: Ticket, symbol: str, side: Side, exchange: str | None = None) -> bool:
        """Tell whether a later alert wanted the other side: an entry now would be left over."""
        written = self.ledger.later_than(ticket.id)
        return any(opposes(later, ticket, symbol, side, exchange) for later in written)

    def _end_waiting(self, ticket: Ticket, waiting: PendingApproval, finish: Finish) -> None:
        if waiting.verdict is None:
            ticket.end(TicketStatus.AWAITING_APPROVAL)
            return
        asked = Ticket.from_json(waiting.ticket)
        ticket.take_over(asked)
        ticket.timeline = asked.timeline
        ticket.note(STAGES[waiting.verdict], waiting.decided_at or self.clock(), waiting.by)
        ticket.end(*ENDS[waiting.verdict])
        finish([])

    def _end(self, ticket: Ticket, finish: Finish, reason: Reason, message: str | None = None) -> None:
        ticket.end(TicketStatus.SKIPPED, reason, message)
        finish([])


def _advice(opinion: Opinion | None, waiting: PendingApproval | None) -> Advice:
    """Take a person's word for an order of the size that was asked about."""
    if waiting is None:
        return Advice(opinion)
    return Advice(opinion, approved=True, approved_value=waiting.value, approved_quantity=waiting.quantity)


def _is_neutral(signal: Signal) -> bool:
    return signal.idea is not None and signal.idea.direction is Direction.NEUTRAL


def _is_against(signal: Signal, bot: Bot, advice: Advice) -> bool:
    is_needed = signal.idea is not None or bot.configuration.analyst is AnalystUse.REQUIRED
    return is_needed and advice.opinion is not None and advice.opinion.reason is not None


def _may_enter(context: OrderContext) -> bool:
    if context.signal.idea is None or context.bot.configuration.structure is not None:
        return context.enters
    return context.instrument is not None


def _asks(signal: Signal, bot: Bot) -> bool:
    """Tell whether anybody is asked about an alert: where it leaves a structure, nobody is."""
    keys = bot.configuration
    return keys.structure is None or may_enter_structure(signal, keys.structure, cover_only=keys.cover_only)


def _show_opinion(ticket: Ticket, opinion: Opinion | None) -> None:
    if opinion is not None:
        ticket.opinion = opinion.to_json()
