"""One order before the gates: what they compare is put together here, and what they said is kept."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.accounts import MarketSnapshot
from app.domain.bots import Bot
from app.domain.gates import GATES
from app.domain.gates.gate import GateGroup, ask_gates, first_refusal
from app.domain.gates.review import opinion_given
from app.domain.limits import Limits
from app.domain.losses import NOT_ASKED, Losses
from app.domain.money import ZERO
from app.domain.order_check import (
    NOTHING_USED,
    OrderCheck,
    Permissions,
    ProposedOrder,
    Usage,
    Verdict,
)
from app.domain.orders import OrderRole
from app.domain.reasons import Reason
from app.domain.tickets import Stage, TicketStatus
from app.repositories.bots import BotDirectory
from app.repositories.trades import Trades
from app.services.trading.context import OrderContext, TradingRules
from app.services.trading.entry_usage import EntryUsage
from app.services.trading.turns import Turns

UNASKED = Reason.OPINION_UNAVAILABLE
STOPS = frozenset({Reason.DAILY_LOSS_LIMIT, Reason.ACCOUNT_LOSS_LIMIT, Reason.CONSECUTIVE_LOSSES})


class LossBook(Protocol):
    """What knows losses, and keeps whose entries have ended for them."""

    def losses(self, bot: Bot, broker: str, limits: Limits) -> Losses:
        """Return what loss limits are compared with."""

    def end_entries(self, bot: Bot, broker: str, limits: Limits, losses: Losses) -> int:
        """Write down which limits are reached; the owner is told once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCheck:
    """Ask the gates; the ticket tells every verdict."""

    bots: BotDirectory
    trades: Trades
    usage: EntryUsage
    turns: Turns
    knows_equity: Callable[[str], bool]
    loss_limits: LossBook
    rules: TradingRules
    clock: Clock

    def allows(
        self,
        context: OrderContext,
        order: ProposedOrder,
        market: MarketSnapshot | None = None,
        gates: tuple[GateGroup, ...] = GATES,
        *,
        counted: Decimal = ZERO,
    ) -> bool:
        """Ask about one order; a refusal ends the ticket.

        `market` is what a reversal's first leg leaves, or what would be without the order that is changed;
        `counted` is what that order is worth already. None: as it was seen.
        """
        check = self._check(context, order, market if market is not None else context.view, counted)
        verdicts = ask_gates(check, gates)
        context.ticket.record_gates(verdicts, order.role.value)
        context.ticket.note(Stage.GATES_CHECKED, self.clock(), order.role.value)
        refusal = first_refusal(verdicts)
        if refusal is not None and refusal.code in STOPS and not context.is_preview:
            # The clock may not have seen it yet: from now on it holds whatever open trades do.
            self.loss_limits.end_entries(context.bot, context.broker_name, context.limits, check.losses)
        return not _ends(context, refusal)

    def _check(
        self, context: OrderContext, order: ProposedOrder, market: MarketSnapshot | None, counted: Decimal
    ) -> OrderCheck:
        signal = context.signal
        # A trade idea is as old as its delivery, whenever it was had.
        sent_at = context.ticket.created_at if signal.idea is not None else signal.sent_at
        return OrderCheck(
            now=self.clock(),
            bot=context.bot,
            signal=signal,
            order=order,
            limits=context.limits,
            capabilities=context.capabilities,
            instrument=context.instrument,
            symbol_refusal=context.symbol_refusal,
            sent_at=sent_at,
            permissions=self._permissions(context, order),
            review=context.review,
            market=market,
            usage=self._usage(context, order, counted),
            losses=self._losses(context, order),
        )

    def _losses(self, context: OrderContext, order: ProposedOrder) -> Losses:
        if order.role is OrderRole.EXIT or not context.limits.limits_losses:
            return NOT_ASKED
        return self.loss_limits.losses(context.bot, context.broker_name, context.limits)

    def _permissions(self, context: OrderContext, order: ProposedOrder) -> Permissions:
        # An exit needs the position alone: it must not wait for equity, nor for what other bots hold.
        is_exit = order.role is OrderRole.EXIT
        return Permissions(
            global_state=context.global_state,
            bot_state=context.bot_state,
            broker_configured=context.broker is not None,
            broker_needs=context.broker_needs,
            allow_live=self.rules.allow_live,
            equity_unknown=not is_exit and not self.knows_equity(context.broker_name),
            opposed_by=None if is_exit else self._opposing(context, order),
            may_sell_options=context.may_sell_options or context.signal.dialect.may_sell_options,
        )

    def _usage(self, context: OrderContext, order: ProposedOrder, counted: Decimal) -> Usage:
        # Exits are not counted: they must not wait for what is.
        if not context.counts_entries or order.role is OrderRole.EXIT:
            return NOTHING_USED
        self.turns.await_counted(context)
        # What the changed order is worth already is counted once, not twice.
        usage = self.usage.of(context.bot.id, context.symbol, context.limits, besides=context.ticket.id)
        return replace(usage, notional_today=usage.notional_today - counted) if counted else usage

    def _opposing(self, context: OrderContext, order: ProposedOrder) -> str | None:
        # The account would hold the difference of two bots, and neither position would be there to be closed.
        others = self.bots.others(context.bot.id)
        if not others:
            return None
        return self.trades.opposing(others, context.broker_name, context.symbol, order.side)


def _ends(context: OrderContext, refusal: Verdict | None) -> bool:
    if refusal is None:
        return False
    opinion = context.advice.opinion
    if opinion is not None and refusal.gate == opinion_given.name and refusal.code is not UNASKED:
        # Whoever was asked is against it, or has nothing to say: that is no limit that was hit.
        message = opinion.failure.message if opinion.failure is not None else None
        context.ticket.end(TicketStatus.SKIPPED, refusal.code, message)
    else:
        context.ticket.end(TicketStatus.DENIED, refusal.code, refusal.detail)
    return True
