"""Orders that outlive their alert: followed at the broker until they are over, into tickets and trades."""

import logging
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.brokers.base import Broker
from app.domain.money import ZERO
from app.domain.orders import OrderRole, OrderStatus, Receipt
from app.domain.tickets import order_record
from app.domain.trades import FillUpdate
from app.errors import BrokerUnavailable, Conflict
from app.errors.away import unless_away
from app.repositories.open_orders import OPERATOR, OpenOrder, OpenOrders
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.services.base import Runtime
from app.services.broker_access.registry import BrokerNotConfigured
from app.services.broker_access.resubmission import Resubmission, ResubmissionPolicy
from app.services.observability.ticket_messages import TicketMessages
from app.services.orders.ticket_orders import mark_gone, note_exit, update_order
from app.services.orders.told_changes import ToldChanges
from app.services.orders.waiting_exits import WaitingExits
from app.services.runtime.second_look import SecondLook
from app.services.runtime.turns import Apart, Rounds
from app.storage.base import Change

# Some brokers list the orders of a day only; those of an earlier one have ended with it.
LONGEST_SESSION = timedelta(hours=8)
# An exit may be sent so long after its alert came, and its ticket is filed under that.
LONGEST_PURSUIT = timedelta(days=1)

_logger = logging.getLogger(__name__)


class OrderTracker:
    """Look at every open order until the broker says that it is over.

    One that the broker does not show for so long that it will not any more was never placed.
    """

    def __init__(
        self,
        *,
        runtime: Runtime,
        ledger: Ledger,
        trades: Trades,
        ticket_messages: TicketMessages,
        resubmission: ResubmissionPolicy,
        looks: SecondLook,
    ) -> None:
        self._runtime = runtime
        self._orders = OpenOrders(runtime.store)
        self._ledger = ledger
        self._trades = trades
        self._told = ToldChanges(runtime.store, ledger, ticket_messages)
        self._resubmission = resubmission
        self._looks = looks
        self._rounds = Rounds()
        self._waiting = WaitingExits(runtime)

    def follow(self) -> int:
        """Look at orders in sight, by few list calls, as long as others can wait; return how many moved."""
        self._told.tell_late()
        lists: dict[str, dict[str, Receipt] | None] = {}
        orders = list(self._orders.every())
        moved = 0
        # One order's trouble is not the others'.
        with Apart() as each:
            for order in self._rounds.in_time(orders, _sort_key):
                with each.one():
                    moved += self._follow(order, lists)
            self._waiting.look(orders)
        return moved

    def follow_at_once(self) -> None:
        """Look at orders because somebody has just done something; that stands, whatever the look says."""
        try:
            self.follow()
        except Exception as error:  # most of them are others' orders; the clock looks again, and tells
            _logger.warning("Orders are followed later: %s", error, exc_info=unless_away(error))

    def settle(self, broker: Broker, bot: str | None, symbol: str) -> list[tuple[Receipt, OrderRole]]:
        """Count what a bot's orders in a symbol (everybody's, for None) have filled, and return them.

        The caller holds the symbol.
        """
        orders = sorted(self._orders.in_symbol(broker.name, symbol, bot), key=_sort_key)
        # One list answers for all: Alpaca and Fyers take two hundred requests a minute in all.
        working = {item.client_order_id: item for item in broker.open_orders()} if orders else {}
        found = ((order, self._receipt(broker, working, order)) for order in orders)
        return [self._settle(order, receipt) for order, receipt in found if receipt is not None]

    def entries(self, broker: Broker, symbol: str) -> frozenset[str]:
        """Return the client order ids of bots' entries that are tracked in a symbol."""
        tracked = self._orders.in_symbol(broker.name, symbol)
        return frozenset(item.client_order_id for item in tracked if item.role is OrderRole.ENTRY)

    def in_doubt(self, broker: Broker, bot: str, symbol: str) -> Decimal:
        """Return how many units a bot's exits may close that were sent and that the broker has never shown.

        What it does show has been settled before this is asked.
        """
        exits = self._orders.exits_of(bot, broker.name, symbol)
        return sum((item.quantity or ZERO for item in exits if item.is_in_doubt), ZERO)

    def count(self, name: str, receipt: Receipt) -> None:
        """Count what an order that is in sight has come to; the caller holds the symbol."""
        order = self._orders.find(name)
        if order is not None:
            self._settle(order, receipt)

    def give_up(self, order: OpenOrder) -> None:
        """Take note that an order was never placed; the caller holds the symbol."""
        self._told.write(self._changes(order, None))

    def _settle(self, order: OpenOrder, receipt: Receipt) -> tuple[Receipt, OrderRole]:
        if not order.is_shown_as(receipt) and not self._waits_for_books(order, receipt):
            self._told.write(self._changes(order, receipt))
        return receipt, order.role

    def _waits_for_books(self, order: OpenOrder, receipt: Receipt | None) -> bool:
        """Tell whether an exit is counted later: what it closed is not in the books yet."""
        if receipt is None or not receipt.filled_quantity or order.role is OrderRole.ENTRY:
            return False
        closed = receipt.filled_quantity - order.counted.quantity
        return order.bot != OPERATOR and self._trades.is_owed(order.place, order.ticket, closed)

    def _receipt(self, broker: Broker, working: dict[str, Receipt], order: OpenOrder) -> Receipt | None:
        # What is not in the list has ended, or is late: only a look by its id tells which.
        name = order.client_order_id
        found = working.get(name) or broker.find(name)
        if found is None and order.role is OrderRole.EXIT and not order.is_leg:
            # What is too small to be an order is closed by a way in which some brokers take no id.
            return self.find_closing(broker, name, order.symbol, order.submitted_at, order.quantity)
        return found

    def find_closing(
        self, broker: Broker, name: str, symbol: str, since: datetime, quantity: Decimal | None
    ) -> Receipt | None:
        """Return, under our id, a close that a broker has under its own; never one that another order is.

        What a process sent it knows; after its death, and in another one, the tickets tell.
        """

        def is_taken(broker_order_id: str) -> bool:
            known = self._ledger.name_of(broker_order_id, symbol, since - LONGEST_PURSUIT)
            return known not in {None, name}

        return broker.find_closing(name, symbol, since, quantity, is_taken)

    def _follow(self, order: OpenOrder, lists: dict[str, dict[str, Receipt] | None]) -> bool:
        """Look at one; a broker's list is had once, and one that fails is left alone for the turn."""
        name = order.broker
        working = lists.get(name, {})
        if working is None:
            return False
        try:
            broker = self._runtime.registry.get(name)
            if name not in lists:
                working = lists[name] = {item.client_order_id: item for item in broker.open_orders()}
            return self._look(broker, working, order)
        except (BrokerNotConfigured, BrokerUnavailable) as error:
            lists[name] = None
            _logger.warning("The orders at %s cannot be followed now: %s", name, error)
            return False

    def _look(self, broker: Broker, working: dict[str, Receipt], order: OpenOrder) -> bool:
        receipt = self._receipt(broker, working, order)
        if receipt is not None:
            self._looks.saw(order.client_order_id)
        has_moved = self._is_gone(broker, order) if receipt is None else not order.is_shown_as(receipt)
        if not has_moved or self._waits_for_books(order, receipt):
            return False
        with self._runtime.locks.hold_symbol(order.broker, order.symbol):
            # Another process may have counted the same fill; a trade that closed since would not know it.
            if self._orders.has_moved(order):
                return False
            try:
                self._told.write(self._changes(order, receipt))
            except Conflict:
                # Somebody else wrote first; the next look sees what they wrote.
                return False
        return True

    def _is_gone(self, broker: Broker, order: OpenOrder) -> bool:
        """Tell whether the broker should know an order by now, or may have forgotten one that it knew."""
        within = LONGEST_SESSION if order.was_known else None
        may_appear = self._resubmission.may_appear(order.submitted_at, within)
        # Tracking never sends: whoever still wants an order decides that by the position of now.
        verdict = self._resubmission.judge(
            broker.capabilities, is_shown=False, may_appear=may_appear, is_wanted=False
        )
        if verdict is not Resubmission.NEVER:
            return False
        # A stop of days ago is old enough to be given up at once, and one empty answer is no proof.
        return not order.was_known or self._looks.confirms(order.client_order_id)

    def _changes(self, order: OpenOrder, receipt: Receipt | None) -> list[Change]:
        """Return what a look changes; the order itself last, so that a crash in between looks again."""
        receipt = None if receipt is None else receipt.seen_at(self._runtime.clock())
        ticket = self._ticket_changes(order, receipt)
        if receipt is None:
            self._looks.saw(order.client_order_id)
            return [*ticket, order.ending()]
        kept_fee = self._runtime.registry.capabilities(order.broker).kept_fee(order.symbol)
        if order.bot == OPERATOR:
            # What the operator closes belongs to no trade of its own: it is taken off those of the bots.
            trade = self._closed(receipt, order.ticket, kept_fee)
        else:
            fill = FillUpdate(receipt, order.role, order.counted, order.ticket, kept_fee=kept_fee)
            # Only what filled beyond `counted` is added: a second look at the same fill changes nothing.
            trade = self._trades.counting(*order.place, order.multiplier, [fill])
        return [*trade, *ticket, order.counting(receipt)]

    def _closed(self, receipt: Receipt, ticket: UUID, kept_fee: Decimal) -> list[Change]:
        """Let bots' trades lose what the operator's order has sold so far, whatever becomes of the rest."""
        return self._trades.losing(receipt, ticket, kept_fee) if receipt.filled_quantity else []

    def _ticket_changes(self, order: OpenOrder, receipt: Receipt | None) -> list[Change]:
        document = self._ledger.document(order.ticket)
        if document is None:
            return []
        changed = dict(document.value)
        if receipt is None:
            mark_gone(changed, order)
        else:
            record = order_record(receipt, bot=order.bot, ticket=order.ticket, role=order.role.value)
            update_order(changed, record, receipt.message)
            if order.is_leg and receipt.status is OrderStatus.FILLED:
                note_exit(changed, receipt)
        return [self._ledger.rewriting(document, changed)]


def _sort_key(order: OpenOrder) -> tuple[UUID, bool, int, str]:
    """Say when an order is counted: as alerts came, an exit before the entry that replaces it, legs last.

    A reversal's entry that is counted first would eat up the trade that its exit closes.
    """
    return order.ticket, order.is_leg, order.role.place, order.client_order_id
