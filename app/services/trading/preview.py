"""Deciding without being able to send: what previews, approvals and replays look at."""

from dataclasses import replace

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.reasons import Reason
from app.domain.review import Advice
from app.domain.signals import Signal
from app.domain.tickets import Ticket, TicketStatus
from app.services.trading.alert_order import AlertOrder
from app.services.trading.assessment import Assessor
from app.services.trading.context import OrderContext, TradingRules


@dataclass(frozen=True, slots=True)
class Preview:
    """Decides on signals as they stand now; nothing is sent, canceled or counted."""

    assessor: Assessor
    alert_order: AlertOrder

    @property
    def rules(self) -> TradingRules:
        """What it decides by."""
        return self.assessor.rules

    def under(self, rules: TradingRules) -> "Preview":
        """Return one that decides by other rules."""
        return Preview(replace(self.assessor, rules=rules), self.alert_order)

    def weigh(self, ticket: Ticket, signal: Signal, bot: Bot, advice: Advice) -> OrderContext:
        """Decide; the ticket tells every verdict."""
        context = self.assessor.open(ticket, signal, bot)
        context.advice, context.is_preview = advice, True
        self.alert_order.place(context)
        self.assessor.decide(context)
        self._refuse(context)
        self.assessor.release(context)
        return context

    def _refuse(self, context: OrderContext) -> None:
        """Leave out what the adapter would refuse when it is sent, and say why as the order would."""
        for place, order in enumerate(context.orders):
            sentence = context.broker.refusal(order) if context.broker is not None else None
            if sentence is not None:
                del context.orders[place:]
                context.ticket.end(TicketStatus.REJECTED, Reason.BROKER_REJECTED, sentence)
                return
