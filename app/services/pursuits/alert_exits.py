"""One more try of the exit that an alert asked for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.contracts import ContractRefused
from app.domain.money import ZERO
from app.domain.reasons import Reason
from app.domain.signals import Signal
from app.domain.tickets import Ticket, TicketStatus
from app.errors import BrokerUnavailable, MalformedAlert
from app.repositories.bots import BotDirectory
from app.repositories.open_orders import OpenOrder
from app.repositories.pursuits import StoredPursuit
from app.services.broker_access.gateway import HeldSymbol
from app.services.pursuits.follow_up import FollowUp
from app.services.pursuits.gone import GonePositions
from app.services.pursuits.orders import PursuitOrders
from app.services.pursuits.outcomes import end_by
from app.services.trading.assessment import Assessor
from app.services.trading.context import OrderContext, ResumedExit
from app.storage.base import Change

WORKS = frozenset({TicketStatus.ORDERED, TicketStatus.PARTIALLY_FILLED})

SignalReader = Callable[[str, dict[str, Any]], Signal]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertExits:
    """Look at what is held now, and close what is still to be closed; the caller holds the symbol."""

    assessor: Assessor
    orders: PursuitOrders
    follow_up: FollowUp
    gone: GonePositions
    bots: BotDirectory
    read_signal: SignalReader

    def carry_on(self, held: HeldSymbol, stored: StoredPursuit, ticket: Ticket) -> list[Change]:
        """Try once more; the ticket tells what came of it. Raise BrokerUnavailable.

        Return the changes of the books that are to be written with the ticket.
        """
        bot, signal = self.bots.find(ticket.bot), self._signal(ticket)
        if bot is None or signal is None:
            ticket.end(TicketStatus.FAILED, Reason.INTERNAL_ERROR, "The alert or its bot is gone.")
            return []
        # Fills first: an order whose answer was lost may have done it all.
        self.assessor.planner.working_orders.of(held.broker, bot.id, held.symbol)
        mine = self.orders.of(stored)
        entry = stored.pursuit.entry
        if self.orders.end_standing(ticket, stored, mine):
            if entry is not None:
                ticket.end(TicketStatus.PURSUING, Reason.EXIT_NOT_FILLED)
            return []
        if entry is None or entry.begun_at is None:
            doubted = self.orders.doubted(held, mine)
            self._try(self._context(held, stored, ticket, signal, bot, doubted), held, stored, doubted)
            self.gone.judge(stored, ticket)
        if entry is not None and ticket.status in WORKS:
            ticket.end(TicketStatus.PURSUING, Reason.EXIT_NOT_FILLED)
        if entry is None or not (entry.begun_at is not None or self.gone.is_left(stored, ticket)):
            return []
        context = self._context(held, stored, ticket, signal, bot, None)
        context.resumes = None
        return self.follow_up.carry_out(context, entry)

    def _signal(self, ticket: Ticket) -> Signal | None:
        try:
            return self.read_signal(ticket.dialect, ticket.alert)
        except MalformedAlert:
            return None

    def _context(
        self,
        held: HeldSymbol,
        stored: StoredPursuit,
        ticket: Ticket,
        signal: Signal,
        bot: Bot,
        doubted: OpenOrder | None,
    ) -> OrderContext:
        # Where the position is: the bot may trade elsewhere by now.
        there = replace(bot, configuration=replace(bot.configuration, broker=held.broker.name))
        context = self.assessor.open(ticket, signal, there)
        if signal.contract is not None:
            # Words such as "at the money" may mean another contract by now.
            context.instrument, context.symbol_refusal = self._named(held.symbol), None
        pursuit, in_doubt = stored.pursuit, doubted.quantity if doubted is not None else None
        name = pursuit.next_order_id if doubted is None else doubted.client_order_id
        context.resumes = ResumedExit(name, pursuit.wish, self.orders.filled(ticket.id), in_doubt or ZERO)
        context.held = held
        return context

    def _try(
        self, context: OrderContext, held: HeldSymbol, stored: StoredPursuit, doubted: OpenOrder | None
    ) -> None:
        ticket = context.ticket
        self.assessor.start_over(context)
        self.assessor.decide(context)
        if not context.orders:
            if ticket.status is TicketStatus.SKIPPED and doubted is not None:
                # Nothing is left to close, but what is on its way could still open the other side.
                self.orders.give_up(doubted)
            return
        if not self.orders.gateway.sends(held):
            ticket.end(TicketStatus.DRY_RUN)
            return
        self._make_room(context, held)
        order = context.orders[0]
        outcome = self.orders.send(held, stored, ticket, order, wish=context.wish, again=doubted)
        end_by(ticket, outcome, goes_on=doubted is not None or context.is_blocked)

    def _make_room(self, context: OrderContext, held: HeldSymbol) -> None:
        """Cancel other bots' entries on the other side; where that fails, the broker has its say."""
        try:
            self.assessor.make_room(context, held.broker)
        except BrokerUnavailable:
            context.is_blocked = True

    def _named(self, symbol: str) -> Any:
        try:
            return self.assessor.instruments.named(symbol)
        except ContractRefused:
            return None
