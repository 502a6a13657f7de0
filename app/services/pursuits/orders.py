"""The orders of a pursued exit: each written down before it is sent, and none sent beside another."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.orders import Order, OrderRole, OrderStatus, unsent
from app.domain.pursuits import ExitWish
from app.domain.tickets import Ticket, TicketStatus, order_record
from app.errors import BrokerUnavailable
from app.repositories.open_orders import LEGS, OpenOrder, OpenOrders, open_order
from app.repositories.pursuits import Pursuits, StoredPursuit
from app.repositories.tickets import Ledger
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.outcomes import Outcome, Placed, Rejected
from app.services.broker_access.resubmission import Resubmission, ResubmissionPolicy
from app.services.orders.tracking import OrderTracker
from app.services.pursuits.outcomes import end_standing
from app.storage.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class PursuitOrders:
    """Send the next order of a pursuit, and look at those before it; the caller holds the symbol."""

    store: Store
    open_orders: OpenOrders
    ledger: Ledger
    pursuits: Pursuits
    tracker: OrderTracker
    gateway: Gateway
    resubmission: ResubmissionPolicy
    clock: Clock

    def of(self, stored: StoredPursuit) -> list[OpenOrder]:
        """Return the pursuit's own orders that are not over; what they filled has been counted."""
        pursuit = stored.pursuit
        exits = self.open_orders.exits_of(pursuit.bot, pursuit.broker, pursuit.symbol)
        return [item for item in exits if item.ticket == pursuit.ticket and not item.is_leg]

    def settled(self, held: HeldSymbol, stored: StoredPursuit) -> list[OpenOrder]:
        """Return those of its own that are not over once what they filled is counted.

        Raise BrokerUnavailable; of a pursuit that has none the broker is not asked.
        """
        if not self.of(stored):
            return []
        self.tracker.settle(held.broker, stored.pursuit.bot, held.symbol)
        return self.of(stored)

    def end_standing(self, ticket: Ticket, stored: StoredPursuit, mine: list[OpenOrder]) -> bool:
        """End a ticket whose exit the broker works on or has filled; tell whether that is so.

        Whoever sent it may have died before it could say so, and what was bought since is not to be closed.
        """
        if end_standing(ticket, mine):
            return True
        if stored.pursuit.entry is not None or not stored.pursuit.sent:
            # What follows the exit of a reversal is still to come.
            return False
        is_done = [order["status"] for order in self._exits(ticket.id)][-1:] == [OrderStatus.FILLED]
        if is_done:
            ticket.end(TicketStatus.FILLED)
        return is_done

    def filled(self, ticket: UUID) -> Decimal:
        """Return how many units the exits of a ticket have closed, as far as they have been counted."""
        return sum((Decimal(order["filled_quantity"]) for order in self._exits(ticket)), ZERO)

    def _exits(self, ticket: UUID) -> list[dict[str, Any]]:
        """Return a ticket's exits as they were counted last, without stops and targets."""
        document = self.ledger.document(ticket)
        orders = document.value["orders"] if document is not None else []
        exits = (order for order in orders if order["role"] == OrderRole.EXIT)
        return [order for order in exits if not order["client_order_id"].endswith(LEGS)]

    def may_appear(self, mine: list[OpenOrder]) -> bool:
        """Tell whether the broker may yet show one of its orders."""
        return any(self.resubmission.may_appear(item.submitted_at) for item in mine)

    def doubted(self, held: HeldSymbol, mine: list[OpenOrder]) -> OpenOrder | None:
        """Return the order whose outcome is not known and that may be sent again, under its id.

        None: there is none, or it was never placed, and the next one has another id. Raise BrokerUnavailable
        while it may still be shown.
        """
        doubted = next((item for item in mine if item.is_in_doubt), None)
        if doubted is None:
            return None
        if held.broker.find(doubted.client_order_id) is not None:
            # Seen, and not counted yet: of what an interrupted entry bought the books know nothing.
            told = "is at the broker, and is counted as soon as the entry that it closes is"
            raise BrokerUnavailable(f"{doubted.client_order_id} {told}.")
        may_appear = self.resubmission.may_appear(doubted.submitted_at)
        verdict = self.resubmission.judge(held.broker.capabilities, is_shown=False, may_appear=may_appear)
        if verdict is Resubmission.WAIT:
            raise BrokerUnavailable(f"What became of {doubted.client_order_id} is not known yet.")
        if verdict is Resubmission.NEVER:
            self.tracker.give_up(doubted)
            return None
        return doubted

    def give_up(self, doubted: OpenOrder) -> None:
        """Take an order that nobody needs any more for never placed.

        Raise BrokerUnavailable while it may still be shown.
        """
        if self.resubmission.may_appear(doubted.submitted_at):
            raise BrokerUnavailable(f"What became of {doubted.client_order_id} is not known yet.")
        self.tracker.give_up(doubted)

    def send(
        self,
        held: HeldSymbol,
        stored: StoredPursuit,
        ticket: Ticket,
        order: Order,
        *,
        wish: ExitWish | None = None,
        again: OpenOrder | None = None,
    ) -> Outcome:
        """Send an order once; `again` is the one in doubt that it is, under the same id."""
        receipt = unsent(order, broker=held.broker.name, at=self.clock(), status=OrderStatus.UNKNOWN)
        bot = stored.pursuit.bot
        record = order_record(receipt, bot=bot, ticket=ticket.id, role=order.role.value)
        # Written before the send: killed in between, whoever goes on looks for just this order.
        if again is not None:
            self.store.apply([again.sent_again(self.clock(), order.quantity)])
        else:
            kept = open_order(
                order.client_order_id, record, multiplier=order.instrument.multiplier, at=self.clock()
            )
            self.store.apply([stored.becoming(stored.pursuit.sending(wish)), kept.opening()])
        outcome = self.gateway.submit(held, order, ticket=ticket.id)
        # A second send that is refused proves nothing about the first: that one stays in doubt.
        if isinstance(outcome, Placed) or (isinstance(outcome, Rejected) and again is None):
            record = order_record(outcome.receipt, bot=bot, ticket=ticket.id, role=order.role.value)
            self.tracker.count(order.client_order_id, outcome.receipt)
        ticket.show_order(record)
        return outcome
