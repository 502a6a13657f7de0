"""What bots hold has its exits: at the broker where it can hold them, else by watching the price."""

import logging
from dataclasses import dataclass, replace

from app.brokers.base import Broker, urgently
from app.domain.exit_plan import Leave, Move, Place, Protection, Withdraw
from app.domain.instruments import Instrument
from app.domain.money import ZERO
from app.domain.orders import OrderRole
from app.domain.trades import Trade
from app.errors import BrokerRejected, BrokerUnavailable, Conflict, OutcomeUnknown, StoreError
from app.repositories.exit_plans import ExitBook, protection_of
from app.repositories.trades import TradeBook
from app.services.broker_access.registry import BrokerDesk, BrokerNotConfigured
from app.services.exits.placement import ExitSender
from app.services.exits.position_status import Prospect, Scene, look, prospect_of
from app.services.observability.journal import Journal
from app.services.orders.tracking import OrderFollower
from app.services.orders.working import Working, WorkingOrders
from app.services.runtime.locks import Locks
from app.storage.base import Delete, Document, Store

# Orders in the way are taken back, what they filled is seen, exits are placed: each is a step.
MOST_STEPS = 6
# Each move is a request or two; with a look every five seconds this leaves brokers' limits for the orders.
MOST_MOVES = 6

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitGuard:
    """Bring every protected position's exits to where they should be; safe to run twice, in every state."""

    store: Store
    book: ExitBook
    desk: BrokerDesk
    trades: TradeBook
    follower: OrderFollower
    working_orders: WorkingOrders
    sender: ExitSender
    locks: Locks
    journal: Journal
    dry_run: bool = False

    def watch(self) -> int:
        """Look at all that is protected, by two list calls a broker; return how many needed a hand."""
        by_broker: dict[str, list[Document]] = {}
        for document in self.book.every():
            by_broker.setdefault(document.value["broker"], []).append(document)
        failures: list[Exception] = []
        tended = sum(self._watch_at(name, documents, failures) for name, documents in by_broker.items())
        if failures:
            raise failures[0]
        return tended

    def attend(self, broker: Broker, symbol: str) -> None:
        """Bring the exits of every bot in a symbol in order; the caller holds the symbol.

        What fails is left to the next watch.
        """
        if self._is_dry(broker):
            return
        try:
            for document in self.book.every():
                if (document.value["broker"], document.value["symbol"]) == (broker.name, symbol):
                    self._tend(broker, document)
        except (BrokerUnavailable, StoreError) as error:
            _logger.warning("The exits of %s are left to the next watch: %s", symbol, error)

    def _is_dry(self, broker: Broker) -> bool:
        return self.dry_run and not broker.capabilities.simulated

    def _watch_at(self, name: str, documents: list[Document], failures: list[Exception]) -> int:
        try:
            broker = self.desk.get(name)
        except BrokerNotConfigured:
            _logger.warning("%s positions have exits at %s, which is not configured", len(documents), name)
            return 0
        if self._is_dry(broker):
            return 0
        try:
            with urgently(broker):
                return self._watch_all(broker, documents, failures)
        except BrokerUnavailable as error:
            _logger.warning("The exits at %s cannot be watched now: %s", name, error)
            return 0

    def _watch_all(self, broker: Broker, documents: list[Document], failures: list[Exception]) -> int:
        """Look at one broker's; one position's trouble is added to `failures` and is not the others'."""
        scene, trades = look(broker), self.trades.every()
        reminders = {_place(item) for item in self.store.list("orders/")}
        tended, moves = 0, list[tuple[Document, Move]]()
        for document in documents:
            try:
                protection = protection_of(document)
                prospect = prospect_of(protection, trades.get(_place(document)), scene, broker.capabilities)
                is_over = prospect.holding.is_over and _place(document) not in reminders
                if isinstance(prospect.step, Move) and protection.sending is None:
                    moves.append((self._remember_alone(broker, document, prospect), prospect.step))
                elif is_over or self._needs_hand(broker, document, prospect):
                    tended += self._tend_alone(broker, document)
            except (BrokerUnavailable, StoreError):
                raise
            except Exception as error:  # noqa: BLE001  # raised once all have been looked at
                failures.append(error)
        furthest = sorted(moves, key=lambda item: item[1].distance, reverse=True)
        return tended + sum(self._move_alone(broker, *item) for item in furthest[:MOST_MOVES])

    def _needs_hand(self, broker: Broker, document: Document, prospect: Prospect) -> bool:
        if document.value["sending"] is not None or prospect.has_moved:
            return True
        return prospect.step is not None and not self._must_wait(broker, document.key, prospect)

    def _must_wait(self, broker: Broker, key: str, prospect: Prospect) -> bool:
        """Tell whether to leave all as it is: the broker refuses, or has just refused, what comes next."""
        step = prospect.step
        is_bound = isinstance(step, Leave) or broker.capabilities.day_orders_only
        if isinstance(step, Place | Leave) and is_bound and not _is_open(broker, prospect.instrument):
            return True
        if isinstance(step, Withdraw):
            # Legs that are wrong are better than none, while no others can be placed.
            is_rebuild = prospect.holding.share != ZERO and not prospect.is_due
            return is_rebuild and self.sender.is_pausing(key, leaves=False)
        is_sent = isinstance(step, Place | Leave)
        return is_sent and self.sender.is_pausing(key, leaves=isinstance(step, Leave))

    def _tend_alone(self, broker: Broker, document: Document) -> bool:
        symbol = document.value["symbol"]
        with self.locks.hold(f"{broker.name}:{symbol}"):
            try:
                self._tend(broker, document)
            except (BrokerUnavailable, Conflict) as error:
                _logger.warning("The exits of %s wait for the next watch: %s", symbol, error)
                return False
        return True

    def _move_alone(self, broker: Broker, document: Document, step: Move) -> int:
        """Move legs as they were just seen: one that is gone since is refused, and nothing happens."""
        with self.locks.hold(f"{broker.name}:{document.value['symbol']}"):
            self._move(broker, protection_of(document), step)
        return 1

    def _remember_alone(self, broker: Broker, document: Document, prospect: Prospect) -> Document:
        """Who trades in the symbol must not find that what it has read was written over."""
        with self.locks.hold(f"{broker.name}:{document.value['symbol']}"):
            return self._remember(document, prospect)

    def _remember(self, document: Document, prospect: Prospect) -> Document:
        """Write the best price down, where a stop follows it; who wrote meanwhile knows better."""
        if not prospect.has_moved:
            return document
        try:
            return self.book.rewrite(document, replace(protection_of(document), best=prospect.best))
        except Conflict:
            return document

    def _tend(self, broker: Broker, document: Document) -> None:
        bot, symbol = document.value["bot"], document.value["symbol"]
        for _ in range(MOST_STEPS):
            # What fills after the look is counted: nothing that has gone since is taken for what is held.
            scene = look(broker)
            self.follower.settle(broker, bot, symbol)
            known = self.book.find(bot, broker.name, symbol)
            if known is None or not self._go_on(broker, known, scene):
                return

    def _go_on(self, broker: Broker, document: Document, scene: Scene) -> bool:
        """Take the next step; tell whether another may follow at once."""
        protection = protection_of(document)
        prospect = prospect_of(protection, self._trade(protection), scene, broker.capabilities)
        if protection.sending is not None:
            # What was sent meanwhile is not in the scene.
            return self.sender.resolved(broker, document, prospect.step, prospect.instrument) is not None
        if prospect.holding.is_over and not self._is_expected(protection):
            self.store.apply([Delete(document)])
            return False
        document = self._remember(document, prospect)
        if self._must_wait(broker, document.key, prospect):
            return False
        if isinstance(prospect.step, Withdraw):
            self._withdraw(broker, protection, prospect.step)
            return True
        self._act(broker, document, prospect)
        return False

    def _act(self, broker: Broker, document: Document, prospect: Prospect) -> None:
        step = prospect.step
        if isinstance(step, Move):
            self._move(broker, protection_of(document), step)
        elif isinstance(step, Place | Leave):
            self.sender.send(broker, document, prospect.holding, step, prospect.instrument)

    def _withdraw(self, broker: Broker, protection: Protection, step: Withdraw) -> None:
        orders = [Working(receipt, OrderRole.EXIT) for receipt in step.orders]
        names = self.working_orders.withdraw(broker, orders)
        self.journal.activity(f"exits: {protection.bot}: took back {', '.join(names)} at {broker.name}")

    def _move(self, broker: Broker, protection: Protection, step: Move) -> None:
        for leg, change in step.changes:
            try:
                broker.replace(leg, change)
            except (BrokerRejected, OutcomeUnknown) as error:
                _logger.warning("%s was not moved: %s", leg.client_order_id, error.message)
                continue
            price = change.stop_price or change.limit_price or ZERO
            self.journal.activity(f"exits: {protection.bot}: moved {leg.client_order_id} to {price:f}")

    def _trade(self, protection: Protection) -> Trade | None:
        document = self.trades.find(protection.bot, protection.broker, protection.symbol)
        return Trade.from_json(document.value) if document is not None else None

    def _is_expected(self, protection: Protection) -> bool:
        """Tell whether an order of the bot may still open the position again."""
        place = (protection.bot, protection.broker, protection.symbol)
        return any(_place(item) == place for item in self.store.list(f"orders/{protection.bot}-"))


def _place(document: Document) -> tuple[str, str, str]:
    value = document.value
    return value["bot"], value["broker"], value["symbol"]


def _is_open(broker: Broker, instrument: Instrument) -> bool:
    return broker.capabilities.simulated or broker.market(instrument).is_open
