"""Orders at the market that rest: some brokers make price-protected limits of them, which may miss."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.instruments import Instrument
from app.domain.money import ZERO
from app.domain.orders import OrderChange, OrderRole, OrderType, Receipt
from app.domain.pricing import protected_limit
from app.domain.trading_state import TradingState
from app.errors import BrokerUnavailable, Conflict
from app.repositories.bots import BotDirectory
from app.repositories.open_orders import OpenOrder, OpenOrders
from app.repositories.trading_state import GlobalSwitch
from app.services.base import Runtime
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.outcomes import Outcome, Placed, Rejected, Unknown
from app.services.instruments.resolver import Instruments
from app.services.orders.tracking import OrderTracker
from app.services.runtime.turns import Apart, Rounds

REPRICE, CANCEL, LEAVE = "reprice", "cancel", "leave"
# Each look is a request or two; Fyers takes 200 a minute for everything.
PERIOD_SECONDS = 10.0

_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class RestingOrders:
    """Bring resting market orders to the market again, or take them back; safe to run twice.

    A stop-loss that was triggered and rests is canceled, and `ensure_exits` leaves the position anew: what
    protects must never be given up. What opens a position is brought nowhere while alerts may not enter.
    """

    open_orders: OpenOrders
    runtime: Runtime
    tracker: OrderTracker
    instruments: Instruments
    gateway: Gateway
    ensure_exits: Callable[[HeldSymbol], None]
    bots: BotDirectory
    switch: GlobalSwitch
    after_seconds: float
    action: str = REPRICE
    # In memory alone: a restart waits anew, since a stop that was just triggered may still be filling.
    _triggered: dict[str, datetime] = field(default_factory=dict, init=False)
    _rounds: dict[str, Rounds] = field(default_factory=lambda: defaultdict(Rounds), init=False)

    def run(self) -> int:
        """Look once at every broker where such orders may rest; return how many were changed."""
        if self.action == LEAVE:
            return 0
        brokers = (item for item in self.runtime.registry.all() if item.capabilities.market_orders_rest)
        changed = 0
        with Apart() as each:
            for broker in filter(self.gateway.sends_to, brokers):
                with each.one():
                    changed += self._look(broker)
        return changed

    def _look(self, broker: Broker) -> int:
        kept = self.open_orders.at(broker.name)
        overdue = [item for item in kept if item.type is OrderType.MARKET and self._is_overdue(item)]
        try:
            stuck = self._stuck_stops(broker, [item for item in kept if item.type is OrderType.STOP])
        except BrokerUnavailable as error:
            _logger.warning("The stops at %s cannot be looked at now: %s", broker.name, error)
            # What rests at the market is tended all the same.
            stuck = []
        wanted = (item for item in overdue if self._may_tend(item))
        turn = self._rounds[broker.name].in_time([*stuck, *wanted], lambda order: order.client_order_id)
        return sum(self._tend(broker, order) for order in turn)

    def _may_tend(self, order: OpenOrder) -> bool:
        """Bring no entry to the market that its alert would not be let in with now."""
        if self.action == CANCEL or order.role is OrderRole.EXIT:
            return True
        bot, now = self.bots.find(order.bot), self.runtime.clock()
        # Of a bot that was deleted nothing is known, so its entry is left where it rests.
        states = {self.switch.read().at(now), bot.switch.at(now)} if bot is not None else set()
        return states == {TradingState.ACTIVE}

    def _is_overdue(self, order: OpenOrder) -> bool:
        since = order.repriced_at or order.submitted_at
        return self.runtime.clock() - since >= timedelta(seconds=self.after_seconds)

    def _stuck_stops(self, broker: Broker, orders: Iterable[OpenOrder]) -> list[OpenOrder]:
        """Return the stops whose price was passed long ago."""
        by_name = {item.client_order_id: item for item in orders}
        if not by_name:
            return []
        working = {item.client_order_id: item for item in broker.open_orders() if _is_stop(item)}
        prices = {item.symbol: item.market_price for item in broker.positions()}
        passed = {name for name in by_name if _has_passed(working.get(name), prices)}
        now = self.runtime.clock()
        self._triggered = {name: self._triggered.get(name, now) for name in passed}
        longest = timedelta(seconds=self.after_seconds)
        return [by_name[name] for name, since in self._triggered.items() if now - since >= longest]

    def _tend(self, broker: Broker, order: OpenOrder) -> int:
        with self.gateway.hold(broker, order.symbol) as held:
            try:
                receipt = self._still_working(broker, order)
                return 0 if receipt is None else self._act(held, receipt, order.ticket)
            except (BrokerUnavailable, Conflict) as error:
                _logger.warning("%s waits for the next look: %s", order.client_order_id, error)
                return 0

    def _still_working(self, broker: Broker, order: OpenOrder) -> Receipt | None:
        """Return the order as it stands, once nobody else can have turned to it."""
        seen = self.tracker.settle(broker, order.bot, order.symbol)
        working = {receipt.client_order_id: receipt for receipt, _ in seen if not receipt.status.is_final}
        receipt = working.get(order.client_order_id)
        # The time is written before the change: another process that looks now leaves the order alone.
        if receipt is None or not self.open_orders.remember_repricing(order, self.runtime.clock()):
            return None
        return receipt

    def _act(self, held: HeldSymbol, receipt: Receipt, ticket: UUID) -> int:
        instrument = self.instruments.named(receipt.symbol)
        # There is no market to bring it to, and the change would be refused.
        if not held.broker.market(instrument).is_open:
            return 0
        if _is_stop(receipt) or (self.action == CANCEL and not receipt.is_protective):
            return self._withdraw(held, receipt, ticket)
        return self._reprice(held, receipt, instrument, ticket)

    def _withdraw(self, held: HeldSymbol, receipt: Receipt, ticket: UUID) -> int:
        if not self._is_done(self.gateway.cancel(held, receipt, ticket=ticket)):
            return 0
        self._report(receipt, "canceled: it rested beyond its price protection")
        # The position is bare from here on, so its exits follow before anybody else may have the symbol.
        self.ensure_exits(held)
        return 1

    def _reprice(self, held: HeldSymbol, receipt: Receipt, instrument: Instrument, ticket: UUID) -> int:
        quote = held.broker.quote(instrument)
        if quote is None:
            return 0
        limit = protected_limit(instrument, receipt.side, quote.price)
        # A buy is only ever raised and a sell lowered: a limit that moves away from the market misses again.
        if receipt.limit_price is not None and (limit - receipt.limit_price) * receipt.side.sign <= ZERO:
            return 0
        change = OrderChange(limit_price=limit)
        if not self._is_done(self.gateway.replace(held, receipt, change, ticket=ticket)):
            return 0
        self._report(receipt, f"rested; its limit is {limit:f} now")
        return 1

    def _is_done(self, outcome: Outcome) -> bool:
        if isinstance(outcome, Rejected | Unknown):
            self._report(outcome.receipt, f"was not changed: {outcome.error.message}")
        return isinstance(outcome, Placed)

    def _report(self, receipt: Receipt, what: str) -> None:
        self.runtime.journal.activity(f"market order {receipt.client_order_id} at {receipt.broker} {what}")


def _is_stop(receipt: Receipt) -> bool:
    return receipt.type is OrderType.STOP


def _has_passed(receipt: Receipt | None, prices: dict[str, Decimal | None]) -> bool:
    if receipt is None or receipt.stop_price is None:
        return False
    price = prices.get(receipt.symbol)
    return price is not None and (price - receipt.stop_price) * receipt.side.sign >= ZERO
