"""One order before the gates: what they compare is put together here, and what they said is kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from app.clock import Clock
from app.domain.accounts import Account
from app.domain.bots import Approval
from app.domain.gates import GATES, first_refusal, judge
from app.domain.gates.gate import Gate
from app.domain.money import ZERO
from app.domain.order_check import Proposal, Usage, Verdict
from app.domain.orders import OrderRole, Side
from app.domain.reasons import Reason
from app.domain.signals import Dialect
from app.domain.tickets import TicketStatus
from app.repositories.bots import BotDirectory
from app.repositories.trades import TradeBook
from app.services.trading.context import Case, TradingRules
from app.services.trading.entry_usage import UsageBook


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
class Judge:
    """Ask the gates; the ticket tells every verdict."""

    bots: BotDirectory
    trades: TradeBook
    usage: UsageBook
    knows_equity: Callable[[str], bool]
    rules: TradingRules
    clock: Clock

    def allows(
        self,
        case: Case,
        role: OrderRole,
        side: Side,
        figures: Figures = NO_FIGURES,
        gates: tuple[Gate, ...] = GATES,
    ) -> bool:
        """Ask about one order; a refusal ends the ticket."""
        verdicts = judge(self._proposal(case, role, side, figures), gates)
        case.ticket.record_gates(verdicts, role.value)
        case.ticket.note("judged", self.clock(), role.value)
        return not _ends(case, first_refusal(verdicts))

    def _proposal(self, case: Case, role: OrderRole, side: Side, figures: Figures) -> Proposal:
        now, configuration, signal = self.clock(), case.bot.configuration, case.signal
        return Proposal(
            now=now,
            role=role,
            side=side,
            broker=case.traits,
            limits=case.limits,
            global_state=case.global_state,
            bot_state=case.bot.switch.at(now),
            sent_at=_sent_at(case),
            instrument=case.instrument,
            symbol_refusal=case.symbol_refusal,
            allowed_symbols=configuration.allowed_symbols,
            broker_configured=case.broker is not None,
            live_allowed=self.rules.allow_live and configuration.live,
            equity_known=role is OrderRole.EXIT or self.knows_equity(case.broker_name),
            lacks_opinion=_lacks_opinion(case),
            opinion_reason=case.advice.reason,
            decision=case.decision,
            is_advisory=not case.needs_opinion,
            min_confidence=case.min_confidence,
            idea=signal.idea,
            notional_cap=case.idea_cap,
            lacks_approval=_lacks_approval(case),
            approval_above=_approval_above(case),
            opposed_by=self._opposing(case, side) if role is OrderRole.ENTRY else None,
            may_sell_options=case.may_sell_options or signal.dialect is Dialect.OPTION,
            stop_loss=case.levels[0],
            take_profit=case.levels[1],
            asked=signal.quantity if signal.contract is not None else None,
            quantity=figures.quantity,
            price=figures.price,
            held=figures.held,
            account=figures.account,
            quote=case.quote,
            reference_price=signal.reference_price or signal.limit_price,
            market_open=case.view.is_open if case.view is not None else None,
            usage=self._usage(case, figures.counted),
        )

    def _usage(self, case: Case, counted: Decimal) -> Usage:
        usage = self.usage.of(case.bot.id, case.symbol, case.limits)
        return replace(usage, notional_today=usage.notional_today - counted) if counted else usage

    def _opposing(self, case: Case, side: Side) -> str | None:
        others = self.bots.others(case.bot.id)
        return self.trades.opposing(others, case.broker_name, case.symbol, side) if others else None


def _sent_at(case: Case) -> datetime | None:
    """A trade idea is as old as its delivery, whenever it was had."""
    return case.ticket.created_at if case.signal.idea is not None else case.signal.sent_at


def _lacks_opinion(case: Case) -> bool:
    if not case.needs_opinion or case.advice.assumed:
        return False
    return case.advice.opinion is None or case.advice.opinion.reason is not None


def _lacks_approval(case: Case) -> bool:
    is_given = case.advice.approved or case.advice.assumed
    return case.bot.configuration.approval is not Approval.OFF and not is_given


def _approval_above(case: Case) -> Decimal | None:
    configuration = case.bot.configuration
    is_above = configuration.approval is Approval.ABOVE_NOTIONAL
    return configuration.approval_above_notional if is_above else None


def _ends(case: Case, refusal: Verdict | None) -> bool:
    if refusal is None:
        return False
    opinion = case.advice.opinion
    if opinion is not None and refusal.gate == OPINION_GATE and refusal.code is not UNASKED:
        # Whoever was asked is against it, or has nothing to say: that is no limit that was hit.
        message = opinion.failure.message if opinion.failure is not None else None
        case.ticket.end(TicketStatus.SKIPPED, refusal.code, message)
    else:
        case.ticket.end(TicketStatus.DENIED, refusal.code, f"{refusal.gate}: {refusal.detail}")
    return True
