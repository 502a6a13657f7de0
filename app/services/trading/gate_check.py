"""One order before the gates: what they compare is put together here, and what they said is kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from app.clock import Clock
from app.domain.accounts import Account
from app.domain.bots import Approval
from app.domain.gates import GATES, ask_gates, first_refusal
from app.domain.gates.gate import Gate
from app.domain.money import ZERO
from app.domain.order_check import Proposal, Usage, Verdict
from app.domain.orders import OrderRole, Side
from app.domain.reasons import Reason
from app.domain.signals import Dialect
from app.domain.tickets import Stage, TicketStatus
from app.repositories.bots import BotDirectory
from app.repositories.trades import Trades
from app.services.trading.context import OrderContext, TradingRules
from app.services.trading.entry_usage import EntryUsage


class Figures(NamedTuple):
    """What the gates compare of one order.

    `held` and `account` are as a reversal's first leg leaves them, or as they would be without the order that
    is changed; `counted` is what that order is worth already.
    """

    quantity: Decimal | None = None
    price: Decimal | None = None
    held: Decimal | None = None
    account: Account | None = None
    counted: Decimal = ZERO


NO_FIGURES = Figures()
OPINION_GATE, UNASKED = "opinion_given", Reason.OPINION_UNAVAILABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCheck:
    """Ask the gates; the ticket tells every verdict."""

    bots: BotDirectory
    trades: Trades
    usage: EntryUsage
    knows_equity: Callable[[str], bool]
    rules: TradingRules
    clock: Clock

    def allows(
        self,
        context: OrderContext,
        role: OrderRole,
        side: Side,
        figures: Figures = NO_FIGURES,
        gates: tuple[Gate, ...] = GATES,
    ) -> bool:
        """Ask about one order; a refusal ends the ticket."""
        verdicts = ask_gates(self._proposal(context, role, side, figures), gates)
        context.ticket.record_gates(verdicts, role.value)
        context.ticket.note(Stage.GATES_CHECKED, self.clock(), role.value)
        return not _ends(context, first_refusal(verdicts))

    def _proposal(self, context: OrderContext, role: OrderRole, side: Side, figures: Figures) -> Proposal:
        now, configuration, signal = self.clock(), context.bot.configuration, context.signal
        return Proposal(
            now=now,
            role=role,
            side=side,
            broker=context.capabilities,
            limits=context.limits,
            global_state=context.global_state,
            bot_state=context.bot.switch.at(now),
            sent_at=_sent_at(context),
            instrument=context.instrument,
            symbol_refusal=context.symbol_refusal,
            allowed_symbols=configuration.allowed_symbols,
            broker_configured=context.broker is not None,
            live_allowed=self.rules.allow_live and configuration.live,
            equity_known=role is OrderRole.EXIT or self.knows_equity(context.broker_name),
            lacks_opinion=_lacks_opinion(context),
            opinion_reason=context.advice.reason,
            decision=context.decision,
            is_advisory=not context.needs_opinion,
            min_confidence=context.min_confidence,
            idea=signal.idea,
            notional_cap=context.idea_cap,
            lacks_approval=_lacks_approval(context),
            approval_above=_approval_above(context),
            opposed_by=self._opposing(context, side) if role is OrderRole.ENTRY else None,
            may_sell_options=context.may_sell_options or signal.dialect is Dialect.OPTION,
            stop_loss=context.levels[0],
            take_profit=context.levels[1],
            asked=signal.quantity if signal.contract is not None else None,
            quantity=figures.quantity,
            price=figures.price,
            held=figures.held,
            account=figures.account,
            quote=context.quote,
            reference_price=signal.reference_price or signal.limit_price,
            market_open=context.view.is_open if context.view is not None else None,
            usage=self._usage(context, figures.counted),
        )

    def _usage(self, context: OrderContext, counted: Decimal) -> Usage:
        usage = self.usage.of(context.bot.id, context.symbol, context.limits)
        return replace(usage, notional_today=usage.notional_today - counted) if counted else usage

    def _opposing(self, context: OrderContext, side: Side) -> str | None:
        others = self.bots.others(context.bot.id)
        return self.trades.opposing(others, context.broker_name, context.symbol, side) if others else None


def _sent_at(context: OrderContext) -> datetime | None:
    """A trade idea is as old as its delivery, whenever it was had."""
    return context.ticket.created_at if context.signal.idea is not None else context.signal.sent_at


def _lacks_opinion(context: OrderContext) -> bool:
    if not context.needs_opinion or context.advice.assumed:
        return False
    return context.advice.opinion is None or context.advice.opinion.reason is not None


def _lacks_approval(context: OrderContext) -> bool:
    is_given = context.advice.approved or context.advice.assumed
    return context.bot.configuration.approval is not Approval.OFF and not is_given


def _approval_above(context: OrderContext) -> Decimal | None:
    configuration = context.bot.configuration
    is_above = configuration.approval is Approval.ABOVE_NOTIONAL
    return configuration.approval_above_notional if is_above else None


def _ends(context: OrderContext, refusal: Verdict | None) -> bool:
    if refusal is None:
        return False
    opinion = context.advice.opinion
    if opinion is not None and refusal.gate == OPINION_GATE and refusal.code is not UNASKED:
        # Whoever was asked is against it, or has nothing to say: that is no limit that was hit.
        message = opinion.failure.message if opinion.failure is not None else None
        context.ticket.end(TicketStatus.SKIPPED, refusal.code, message)
    else:
        context.ticket.end(TicketStatus.DENIED, refusal.code, f"{refusal.gate}: {refusal.detail}")
    return True
