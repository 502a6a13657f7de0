"""What bots hold has its exits: at the broker where it can hold them, else by watching the price."""

import logging
from dataclasses import dataclass, replace

from app.brokers.base import Broker
from app.domain.exit_plan import CancelOrders, CloseAtMarket, ExitPlan, PlaceExits, ReplaceExits
from app.domain.instruments import Instrument
from app.domain.money import ZERO
from app.domain.orders import OrderRole
from app.domain.trades import Place, Trade
from app.errors import BrokerUnavailable, Conflict, StoreError
from app.repositories.exit_plans import ExitPlans, exit_plan_of
from app.repositories.open_orders import OpenOrders
from app.repositories.trades import Trades
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.outcomes import Placed, Rejected, Unknown
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry
from app.services.exits.placement import ExitPlacement
from app.services.exits.position_status import AccountSnapshot, PositionStatus, look, status_of
from app.services.observability.journal import Journal
from app.services.orders.tracking import OrderTracker
from app.services.orders.working import Working, WorkingOrders
from app.storage.base import Delete, Document, Store

# Orders in the way are taken back, what they filled is seen, exits are placed: each is a step.
MOST_STEPS = 6
# Each move is a request or two; with a look every five seconds this leaves brokers' limits for the orders.
MOST_MOVES = 6

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitMonitor:
    """Bring every protected position's exits to where they should be; safe to run twice, in every state."""

    store: Store
    open_orders: OpenOrders
    book: ExitPlans
    registry: BrokerRegistry
    trades: Trades
    tracker: OrderTracker
    working_orders: WorkingOrders
    sender: ExitPlacement
    gateway: Gateway
    journal: Journal

    def run(self) -> int:
        """Look at all that is protected, by two list calls a broker; return how many needed a hand."""
        by_broker: dict[str, list[Document]] = {}
        for document in self.book.every():
            by_broker.setdefault(document.value["broker"], []).append(document)
        failures: list[Exception] = []
        tended = sum(self._watch_at(name, documents, failures) for name, documents in by_broker.items())
        if failures:
            raise failures[0]
        return tended

    def ensure(self, held: HeldSymbol) -> None:
        """Bring the exits of every bot in a symbol in order; what fails is left to the next watch."""
        if not self.gateway.sends_to(held.broker):
            return
        try:
            for document in self.book.every():
                if (document.value["broker"], document.value["symbol"]) == (held.broker.name, held.symbol):
                    self._tend(held, document)
        except (BrokerUnavailable, StoreError) as error:
            _logger.warning("The exits of %s are left to the next watch: %s", held.symbol, error)

    def _watch_at(self, name: str, documents: list[Document], failures: list[Exception]) -> int:
        try:
            broker = self.registry.get(name)
        except BrokerNotConfigured:
            _logger.warning("%s positions have exits at %s, which is not configured", len(documents), name)
            return 0
        if not self.gateway.sends_to(broker):
            return 0
        try:
            with broker.urgently():
                return self._watch_all(broker, documents, failures)
        except BrokerUnavailable as error:
            _logger.warning("The exits at %s cannot be watched now: %s", name, error)
            return 0

    def _watch_all(self, broker: Broker, documents: list[Document], failures: list[Exception]) -> int:
        """Look at one broker's; one position's trouble is added to `failures` and is not the others'."""
        snapshot, trades = look(broker), self.trades.every()
        awaited = self.open_orders.places()
        tended, moves = 0, list[tuple[Document, ReplaceExits]]()
        for document in documents:
            try:
                exit_plan = exit_plan_of(document)
                status = status_of(exit_plan, trades.get(_place(document)), snapshot, broker.capabilities)
                is_over = status.holding.is_over and _place(document) not in awaited
                if isinstance(status.step, ReplaceExits) and exit_plan.sending is None:
                    moves.append((self._remember_alone(broker, document, status), status.step))
                elif is_over or self._needs_hand(broker, document, status):
                    tended += self._tend_alone(broker, document)
            except (BrokerUnavailable, StoreError):
                raise
            except Exception as error:  # noqa: BLE001  # raised once all have been looked at
                failures.append(error)
        furthest = sorted(moves, key=lambda item: item[1].distance, reverse=True)
        return tended + sum(self._move_alone(broker, *item) for item in furthest[:MOST_MOVES])

    def _needs_hand(self, broker: Broker, document: Document, status: PositionStatus) -> bool:
        if document.value["sending"] is not None or status.has_moved:
            return True
        return status.step is not None and not self._must_wait(broker, document.key, status)

    def _must_wait(self, broker: Broker, key: str, status: PositionStatus) -> bool:
        """Tell whether to leave all as it is: the broker refuses, or has just refused, what comes next."""
        step = status.step
        is_bound = isinstance(step, CloseAtMarket) or broker.capabilities.day_orders_only
        if (
            isinstance(step, PlaceExits | CloseAtMarket)
            and is_bound
            and not _is_open(broker, status.instrument)
        ):
            return True
        if isinstance(step, CancelOrders):
            # Legs that are wrong are better than none, while no others can be placed.
            is_rebuild = status.holding.share != ZERO and not status.is_due
            return is_rebuild and self.sender.is_pausing(key, leaves=False)
        is_sent = isinstance(step, PlaceExits | CloseAtMarket)
        return is_sent and self.sender.is_pausing(key, leaves=isinstance(step, CloseAtMarket))

    def _tend_alone(self, broker: Broker, document: Document) -> bool:
        symbol = document.value["symbol"]
        with self.gateway.hold(broker, symbol) as held:
            try:
                self._tend(held, document)
            except (BrokerUnavailable, Conflict) as error:
                _logger.warning("The exits of %s wait for the next watch: %s", symbol, error)
                return False
        return True

    def _move_alone(self, broker: Broker, document: Document, step: ReplaceExits) -> int:
        """Move legs as they were just seen: one that is gone since is refused, and nothing happens."""
        with self.gateway.hold(broker, document.value["symbol"]) as held:
            self._move(held, exit_plan_of(document), step)
        return 1

    def _remember_alone(self, broker: Broker, document: Document, status: PositionStatus) -> Document:
        """Who trades in the symbol must not find that what it has read was written over."""
        with self.gateway.hold(broker, document.value["symbol"]):
            return self._remember(document, status)

    def _remember(self, document: Document, status: PositionStatus) -> Document:
        """Write the best price down, where a stop follows it; who wrote meanwhile knows better."""
        if not status.has_moved:
            return document
        try:
            return self.book.rewrite(document, replace(exit_plan_of(document), best=status.best))
        except Conflict:
            return document

    def _tend(self, held: HeldSymbol, document: Document) -> None:
        bot, broker, symbol = document.value["bot"], held.broker, held.symbol
        for _ in range(MOST_STEPS):
            # What fills after the look is counted: nothing that has gone since is taken for what is held.
            snapshot = look(broker)
            self.tracker.settle(broker, bot, symbol)
            known = self.book.find(bot, broker.name, symbol)
            if known is None or not self._go_on(held, known, snapshot):
                return

    def _go_on(self, held: HeldSymbol, document: Document, snapshot: AccountSnapshot) -> bool:
        """Take the next step; tell whether another may follow at once."""
        exit_plan, broker = exit_plan_of(document), held.broker
        status = status_of(exit_plan, self._trade(exit_plan), snapshot, broker.capabilities)
        if exit_plan.sending is not None:
            # What was sent meanwhile is not in the scene.
            return self.sender.resolved(held, document, status.step, status.instrument) is not None
        if status.holding.is_over and not self._is_expected(exit_plan):
            self.store.apply([Delete(document)])
            return False
        document = self._remember(document, status)
        if self._must_wait(broker, document.key, status):
            return False
        if isinstance(status.step, CancelOrders):
            self._withdraw(held, exit_plan, status.step)
            return True
        self._act(held, document, status)
        return False

    def _act(self, held: HeldSymbol, document: Document, status: PositionStatus) -> None:
        step = status.step
        if isinstance(step, ReplaceExits):
            self._move(held, exit_plan_of(document), step)
        elif isinstance(step, PlaceExits | CloseAtMarket):
            self.sender.send(held, document, status.holding, step, status.instrument)

    def _withdraw(self, held: HeldSymbol, exit_plan: ExitPlan, step: CancelOrders) -> None:
        orders = [Working(receipt, OrderRole.EXIT) for receipt in step.orders]
        names = self.working_orders.withdraw(held, orders, ticket=exit_plan.ticket)
        self.journal.activity(f"exits: {exit_plan.bot}: took back {', '.join(names)} at {held.broker.name}")

    def _move(self, held: HeldSymbol, exit_plan: ExitPlan, step: ReplaceExits) -> None:
        for leg, change in step.changes:
            outcome = self.gateway.replace(held, leg, change, ticket=exit_plan.ticket)
            if isinstance(outcome, Rejected | Unknown):
                _logger.warning("%s was not moved: %s", leg.client_order_id, outcome.error.message)
            elif isinstance(outcome, Placed):
                price = change.stop_price or change.limit_price or ZERO
                self.journal.activity(f"exits: {exit_plan.bot}: moved {leg.client_order_id} to {price:f}")

    def _trade(self, exit_plan: ExitPlan) -> Trade | None:
        return self.trades.find(exit_plan.bot, exit_plan.broker, exit_plan.symbol)

    def _is_expected(self, exit_plan: ExitPlan) -> bool:
        """Tell whether an order of the bot may still open the position again."""
        return bool(self.open_orders.in_symbol(exit_plan.broker, exit_plan.symbol, exit_plan.bot))


def _place(document: Document) -> Place:
    value = document.value
    return Place(value["bot"], value["broker"], value["symbol"])


def _is_open(broker: Broker, instrument: Instrument) -> bool:
    return broker.capabilities.simulated or broker.market(instrument).is_open
