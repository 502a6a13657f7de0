"""What bots hold has its exits: at the broker where it can hold them, else by watching the price."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.exit_plan import CancelOrders, CloseAtMarket, ExitPlan, PlaceExits, ReplaceExits
from app.domain.instruments import Instrument
from app.domain.money import ZERO
from app.domain.orders import OrderRole, Receipt
from app.domain.trades import Place, Trade
from app.errors import BrokerUnavailable, Conflict, RecordUnreadable, StoreError
from app.repositories.exit_plans import ExitPlans, StoredExitPlan
from app.repositories.open_orders import OpenOrders
from app.repositories.pursuits import Pursuits
from app.repositories.trades import Trades
from app.services.base import Runtime
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.outcomes import Placed, Rejected, Unknown
from app.services.broker_access.registry import BrokerNotConfigured
from app.services.exits.placement import ExitPlacement
from app.services.exits.position_status import AccountSnapshot, PositionStatus, look, status_of
from app.services.orders.tracking import OrderTracker
from app.services.orders.working import Working, WorkingOrders
from app.services.runtime.turns import Apart, Rounds, in_time

# Orders in the way are canceled, what they filled is seen, exits are placed: each is a step.
MOST_STEPS = 6
# Each move is a request or two; with a look every five seconds this leaves brokers' limits for the orders.
MOST_MOVES = 6

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitMonitor:
    """Bring every protected position's exits to where they should be; safe to run twice, in every state."""

    open_orders: OpenOrders
    plans: ExitPlans
    runtime: Runtime
    trades: Trades
    tracker: OrderTracker
    working_orders: WorkingOrders
    placement: ExitPlacement
    gateway: Gateway
    pursuits: Pursuits
    saw: Callable[[str, Sequence[Receipt], Sequence[Position], datetime], None]
    _rounds: dict[str, Rounds] = field(default_factory=lambda: defaultdict(Rounds), init=False)

    def run(self) -> int:
        """Look at all that is protected, by two list calls a broker; return how many needed a hand."""
        by_broker: dict[str, list[StoredExitPlan]] = {}
        for known in self._left_alone(self.plans.every()):
            by_broker.setdefault(known.position.broker, []).append(known)
        tended = 0
        # One broken plan or broker must not keep everybody else's stops from being looked at.
        with Apart() as brokers:
            for name, plans in by_broker.items():
                with brokers.one():
                    tended += self._watch_at(name, plans)
        return tended

    def ensure(self, held: HeldSymbol) -> None:
        """Bring the exits of every bot in a symbol in order; what fails is left to the next watch."""
        if not self.gateway.sends_to(held.broker):
            return
        try:
            for known in self._left_alone(self.plans.in_symbol(held.broker.name, held.symbol)):
                self._tend(held, known)
        except (BrokerUnavailable, StoreError) as error:
            _logger.warning("The exits of %s are left to the next watch: %s", held.symbol, error)

    def _left_alone(self, plans: Iterable[StoredExitPlan]) -> list[StoredExitPlan]:
        """Return those whose position nobody is on the way out of: exits would be in the way of that."""
        leaves = self.pursuits.leaving()
        return [known for known in plans if not leaves(known.position)]

    def _watch_at(self, name: str, plans: list[StoredExitPlan]) -> int:
        try:
            broker = self.runtime.registry.get(name)
        except BrokerNotConfigured:
            _logger.warning("%s positions have exits at %s, which is not configured", len(plans), name)
            return 0
        # In a dry run what rests outside was not placed by us, and what is held there is not ours to leave.
        if not self.gateway.sends_to(broker):
            return 0
        try:
            # Some brokers limit requests by the minute: entries must not have used up what a stop-loss needs.
            with broker.urgently():
                return self._watch_all(broker, plans)
        except BrokerUnavailable as error:
            _logger.warning("The exits at %s cannot be watched now: %s", name, error)
            return 0

    def _watch_all(self, broker: Broker, plans: list[StoredExitPlan]) -> int:
        """Look at one broker's; one position's trouble is not the others', and is raised at the end."""
        began, failures = self.runtime.clock(), list[Exception]()
        snapshot, trades = look(broker), self.trades.every()
        self.saw(broker.name, snapshot.orders, list(snapshot.positions.values()), began)
        awaited = self.open_orders.places()
        tended, moves = 0, list[tuple[StoredExitPlan, ReplaceExits]]()
        for known in self._rounds[broker.name].in_time(plans, lambda one: one.position):
            try:
                status = status_of(known.plan, trades.get(known.position), snapshot, broker.capabilities)
                is_over = status.holding.is_over and known.position not in awaited
                # What is in doubt is found out before anything is moved.
                if isinstance(status.step, ReplaceExits) and known.plan.sending is None:
                    moves.append((self._remember_alone(broker, known, status), status.step))
                elif is_over or self._needs_hand(broker, known, status):
                    # What was seen without the lock decides nothing: the step is found anew under it.
                    tended += self._tend_alone(broker, known)
            except RecordUnreadable as error:
                failures.append(error)
            # They concern every position here: asking on would wait out one timeout for each.
            except (BrokerUnavailable, StoreError):
                raise
            except Exception as error:  # noqa: BLE001  # raised once all have been looked at
                failures.append(error)
        # Where not all fit into one look, the stop that lags furthest behind its price gives most away.
        furthest = sorted(moves, key=lambda item: item[1].distance, reverse=True)
        tended += sum(self._move_alone(broker, *item) for item in in_time(furthest[:MOST_MOVES]))
        if failures:
            raise failures[0]
        return tended

    def _needs_hand(self, broker: Broker, known: StoredExitPlan, status: PositionStatus) -> bool:
        if known.plan.sending is not None or status.has_moved:
            return True
        return status.step is not None and not self._must_wait(broker, known.position, status)

    def _must_wait(self, broker: Broker, position: Place, status: PositionStatus) -> bool:
        """Tell whether to leave all as it is: the broker refuses, or has just refused, what comes next."""
        step = status.step
        if isinstance(step, PlaceExits) and _is_too_near(step, status, broker):
            # Refused as a pair; until the price moves off, it is watched, which needs no refusal to begin.
            return True
        # Outside the session there is no market to close at, and a broker whose orders end with the day would
        # refuse an exit, with a message each time, all night.
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
            return is_rebuild and self.placement.is_pausing(position, leaves=False)
        is_sent = isinstance(step, PlaceExits | CloseAtMarket)
        return is_sent and self.placement.is_pausing(position, leaves=isinstance(step, CloseAtMarket))

    def _tend_alone(self, broker: Broker, known: StoredExitPlan) -> bool:
        symbol = known.position.symbol
        with self.gateway.hold(broker, symbol) as held:
            try:
                self._tend(held, known)
            except (BrokerUnavailable, Conflict) as error:
                _logger.warning("The exits of %s wait for the next watch: %s", symbol, error)
                return False
        return True

    def _move_alone(self, broker: Broker, known: StoredExitPlan, step: ReplaceExits) -> int:
        """Move legs as they were just seen: one that is gone since is refused, and nothing happens."""
        with self.gateway.hold(broker, known.position.symbol) as held:
            self._move(held, known.plan, step)
        return 1

    def _remember_alone(
        self, broker: Broker, known: StoredExitPlan, status: PositionStatus
    ) -> StoredExitPlan:
        """Who trades in the symbol must not find that what it has read was written over."""
        with self.gateway.hold(broker, known.position.symbol):
            return self._remember(known, status)

    def _remember(self, known: StoredExitPlan, status: PositionStatus) -> StoredExitPlan:
        """Write the best price down, where a stop follows it; who wrote meanwhile knows better."""
        if not status.has_moved:
            return known
        try:
            return self.plans.rewrite(known, replace(known.plan, best=status.best))
        except Conflict:
            return known

    def _tend(self, held: HeldSymbol, known: StoredExitPlan) -> None:
        bot, broker, symbol = known.position.bot, held.broker, held.symbol
        for _ in range(MOST_STEPS):
            # What fills after the look is counted: nothing that has gone since is taken for what is held.
            snapshot = look(broker)
            self.tracker.settle(broker, bot, symbol)
            current = self.plans.find(bot, broker.name, symbol)
            if current is None or not self._go_on(held, current, snapshot):
                return

    def _go_on(self, held: HeldSymbol, known: StoredExitPlan, snapshot: AccountSnapshot) -> bool:
        """Take the next step; tell whether another may follow at once."""
        exit_plan, broker = known.plan, held.broker
        status = status_of(exit_plan, self._trade(exit_plan), snapshot, broker.capabilities)
        if exit_plan.sending is not None:
            # What was sent meanwhile is not in the snapshot.
            return self.placement.resolved(held, known, status.step, status.instrument) is not None
        # An entry that still waits would otherwise fill into a position whose stop nobody knows any more.
        if status.holding.is_over and not self._is_expected(exit_plan):
            self.plans.forget(known)
            return False
        # The best price is kept before anything is sent: a crash must not let a trailing stop fall back.
        known = self._remember(known, status)
        is_moved = isinstance(status.step, ReplaceExits | None)
        heard = known if is_moved else self.placement.heard(broker, known)
        if heard.plan.lone_stop is not known.plan.lone_stop:
            # Without its target the stop may stay where it is.
            return True
        if self._must_wait(broker, known.position, status):
            return False
        if isinstance(status.step, CancelOrders):
            self._withdraw(held, exit_plan, status.step)
            return True
        self._act(held, known, status)
        return False

    def _act(self, held: HeldSymbol, known: StoredExitPlan, status: PositionStatus) -> None:
        step = status.step
        if isinstance(step, ReplaceExits):
            self._move(held, known.plan, step)
        elif isinstance(step, PlaceExits | CloseAtMarket):
            self.placement.send(held, known, status.holding, step, status.instrument)

    def _withdraw(self, held: HeldSymbol, exit_plan: ExitPlan, step: CancelOrders) -> None:
        orders = [Working(receipt, OrderRole.EXIT) for receipt in step.orders]
        names = self.working_orders.withdraw(held, orders, ticket=exit_plan.ticket)
        self.runtime.journal.activity(
            f"exits: {exit_plan.bot}: canceled {', '.join(names)} at {held.broker.name}"
        )

    def _move(self, held: HeldSymbol, exit_plan: ExitPlan, step: ReplaceExits) -> None:
        for leg, change in step.changes:
            outcome = self.gateway.replace(held, leg, change, ticket=exit_plan.ticket)
            if isinstance(outcome, Rejected | Unknown):
                _logger.warning("%s was not moved: %s", leg.client_order_id, outcome.error.message)
            elif isinstance(outcome, Placed):
                price = change.stop_price or change.limit_price or ZERO
                self.runtime.journal.activity(
                    f"exits: {exit_plan.bot}: moved {leg.client_order_id} to {price:f}"
                )

    def _trade(self, exit_plan: ExitPlan) -> Trade | None:
        return self.trades.find(exit_plan.bot, exit_plan.broker, exit_plan.symbol)

    def _is_expected(self, exit_plan: ExitPlan) -> bool:
        """Tell whether an order of the bot may still open the position again."""
        return Place(exit_plan.bot, exit_plan.broker, exit_plan.symbol) in self.open_orders.places()


def _is_too_near(step: PlaceExits, status: PositionStatus, broker: Broker) -> bool:
    least, price, (stop, target) = broker.capabilities.held_exit_distance, status.holding.price, step.levels
    if stop is None or target is None:
        return False
    return abs(target - stop) < least or (price is not None and abs(price - stop) < least)


def _is_open(broker: Broker, instrument: Instrument) -> bool:
    return broker.capabilities.simulated or broker.market(instrument).is_open
