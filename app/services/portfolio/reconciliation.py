"""What brokers hold against what bots' trades say: told, and put right in the books, never by trading."""

import logging
from collections.abc import Iterable
from dataclasses import field
from datetime import timedelta
from decimal import Decimal

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.money import ZERO
from app.domain.reconciliation import Difference, DifferenceKind, differences
from app.errors import BrokerUnavailable, Conflict, RecordUnreadable
from app.repositories.differences import ReportedDifferences
from app.repositories.inbox import open_entries
from app.repositories.open_orders import OpenOrders
from app.repositories.structure_trades import StructureTrades
from app.repositories.trades import Trades
from app.services.base import Runtime
from app.services.broker_access.gateway import Gateway
from app.services.observability.events import EventKind
from app.services.orders.tracking import OrderTracker
from app.services.runtime.second_look import SecondLook
from app.services.runtime.turns import Apart, in_time

# An alert that waits for longer has traded nothing: it waits for a person.
LONGEST_WORK = timedelta(minutes=3)

_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Reconciliation:
    """Compare; a difference counts when looks `period_seconds` apart saw it and no order explains it.

    What counts is stored, what was seen but once in this process alone.
    """

    runtime: Runtime
    open_orders: OpenOrders
    trades: Trades
    structures: StructureTrades
    findings: ReportedDifferences
    tracker: OrderTracker
    gateway: Gateway
    period_seconds: float
    looks: SecondLook
    _seen: dict[str, dict[str, Difference]] = field(default_factory=dict, init=False)

    def run(self) -> int:
        """Look at every broker; return how many differences began, ended or were put right."""
        self.trades.give_numbers()
        if self._is_unfinished():
            return 0
        findings = self.findings.read()
        before = findings.differences
        brokers, changes = [*self._brokers()], 0
        reported = {broker.name: _at(broker, before) for broker in brokers}
        try:
            # One broker's trouble is not the others'.
            with Apart() as each:
                for broker in brokers:
                    with each.one():
                        changes += self._look_at(broker, reported[broker.name])
        finally:
            after = tuple(rows[symbol] for rows in reported.values() for symbol in sorted(rows))
            # What was told is not told again because of what failed after it.
            if after != before and not self.findings.write(findings, after):
                _logger.debug("Another process has compared at the same time")
        return changes

    def _look_at(self, broker: Broker, reported: dict[str, Difference]) -> int:
        try:
            return self._look(broker, reported)
        except BrokerUnavailable as error:
            _logger.warning("The positions at %s cannot be compared now: %s", broker.name, error)
            return 0

    def agree(self, broker_name: str, symbol: str) -> bool:
        """Reduce trades to what a broker holds, if no order of ours works; raise BrokerUnavailable.

        For who knows that the books are behind, as after a crash, and need not wait for a whole period.
        Return False where a second look, some seconds later, must show the same first.
        """
        broker = self.runtime.registry.get(broker_name)
        with self.gateway.hold(broker, symbol):
            self.tracker.settle(broker, None, symbol)
            known, held = self._known(broker), _held(broker.positions())
            found = differences(broker_name, held, known, self.runtime.clock())
            item = next((item for item in found if item.symbol == symbol), None)
            place = broker_name, symbol
            is_missing = item is not None and item.kind is DifferenceKind.MISSING
            if item is None or not is_missing or symbol in self._busy(broker):
                self.looks.saw(place)
                return True
            if not self.looks.confirms(place, (item.held, item.known)):
                return False
            self.looks.saw(place)
            self._reduce(broker, item, "had been sold before it was known")
            return True

    def unreconciled(self) -> list[Difference]:
        """Return the differences that count, whichever process found them."""
        return list(self.findings.read().differences)

    def _is_unfinished(self) -> bool:
        """Tell whether an alert is being worked on, or was left by a crash: the books lack its fills."""
        youngest = self.runtime.clock() - LONGEST_WORK
        return any(entry.received_at > youngest for entry in open_entries(self.runtime.store))

    def _brokers(self) -> Iterable[Broker]:
        # In a dry run nothing is traded outside: what is held there is not ours.
        return (item for item in self.runtime.registry.all() if self.gateway.sends_to(item))

    def _look(self, broker: Broker, reported: dict[str, Difference]) -> int:
        held = _held(broker.positions())
        found = list(differences(broker.name, held, self._known(broker), self.runtime.clock()))
        over = sorted(set(reported) - {item.symbol for item in found})
        for symbol in over:
            self._report_over(reported.pop(symbol))
        busy = self._busy(broker)
        lasting = self._lasting(broker, [item for item in found if item.symbol not in busy])
        return len(over) + sum(self._treat(broker, item, reported) for item in in_time(lasting))

    def _lasting(self, broker: Broker, found: list[Difference]) -> list[Difference]:
        # A broker's list may be late: a difference is what two looks a period apart have seen.
        before = self._seen.get(broker.name, {})
        self._seen[broker.name] = {item.symbol: item.first_seen(before.get(item.symbol)) for item in found}
        now, period = self.runtime.clock(), timedelta(seconds=self.period_seconds)
        return [item for item in self._seen[broker.name].values() if now - item.since >= period]

    def _treat(self, broker: Broker, item: Difference, reported: dict[str, Difference]) -> int:
        """Put right what can be and tell the rest, once."""
        # What is held beyond the trades may be the owner's own: it is reported, and never sold.
        if item.kind is DifferenceKind.MISSING:
            # Some brokers keep their fee in the coin itself; what is missing then is nobody's doing.
            kept_fee = broker.capabilities.kept_fee(item.symbol)
            is_fee = item.is_fee(self._entered(broker, item.symbol), kept_fee)
            try:
                return self._put_right(broker, item, reported, is_fee=is_fee)
            except (BrokerUnavailable, Conflict, RecordUnreadable) as error:
                _logger.warning("The trades in %s cannot be put right now: %s", item.symbol, error)
        if item.is_same(reported.get(item.symbol)):
            return 0
        reported[item.symbol] = item
        self._report(item, "nothing was traded")
        return 1

    def _put_right(
        self, broker: Broker, item: Difference, reported: dict[str, Difference], *, is_fee: bool
    ) -> int:
        with self.gateway.hold(broker, item.symbol):
            # What an order of ours has filled meanwhile is no difference.
            self.tracker.settle(broker, None, item.symbol)
            if not self._lasts(broker, item):
                return 0
            why = "went as a fee" if is_fee else "was closed outside Gatehouse"
            self._reduce(broker, item, why, is_fee=is_fee)
        reported.pop(item.symbol, None)
        if not is_fee:
            self._report(item, "put right: closed outside Gatehouse")
        return 1

    def _lasts(self, broker: Broker, item: Difference) -> bool:
        held = _held(broker.positions()).get(item.symbol, ZERO)
        known = self._known(broker).get(item.symbol, ZERO)
        # The third look, with the symbol held: figures that moved are another difference, and wait anew.
        return (held, known) == (item.held, item.known) and item.symbol not in self._busy(broker)

    def _reduce(self, broker: Broker, item: Difference, why: str, *, is_fee: bool = False) -> None:
        reductions = self.trades.reducing(broker.name, item.symbol, item.held, is_fee=is_fee)
        self.runtime.store.apply([change for reduction in reductions for change in reduction.changes])
        for reduction in reductions:
            trade, lost = reduction.after, reduction.before.quantity - reduction.after.quantity
            message = f"{trade.bot}: {lost:f} {trade.symbol} at {trade.broker} {why}; {trade.quantity:f} left"
            self.runtime.journal.activity(f"reconciliation: {message}")

    def _entered(self, broker: Broker, symbol: str) -> Decimal:
        trades = (trade for trade in self.trades.at(broker.name) if trade.symbol == symbol)
        return sum((trade.bought for trade in trades), ZERO)

    def _known(self, broker: Broker) -> dict[str, Decimal]:
        known: dict[str, Decimal] = {}
        for trade in self.trades.at(broker.name):
            known[trade.symbol] = known.get(trade.symbol, ZERO) + trade.quantity
        for structure in self.structures.at(broker.name):
            for symbol, quantity in structure.legs.items():
                known[symbol] = known.get(symbol, ZERO) + quantity
        return known

    def _busy(self, broker: Broker) -> set[str]:
        """Return the symbols in which an order may have filled without being counted yet.

        Stop-loss and take-profit rest as long as their position, and would hide every difference.
        """
        working = {item.symbol for item in self.open_orders.at(broker.name) if not item.is_leg}
        # Legs of structures are looked after where structures are: there they are closed, not written off.
        legs = {symbol for trade in self.structures.at(broker.name) for symbol in trade.symbols}
        return working | legs

    def _report(self, item: Difference, done: str) -> None:
        message = f"{item.broker} holds {item.held:f} {item.symbol}, the bots' trades say {item.known:f}"
        self._say(item, f"{item.kind.value}: {message}; {done}", EventKind.POSITION_MISMATCH)

    def _report_over(self, item: Difference) -> None:
        self._say(
            item, f"{item.broker} and the bots' trades agree on {item.symbol} again", EventKind.POSITION_MATCH
        )

    def _say(self, item: Difference, message: str, kind: EventKind) -> None:
        self.runtime.journal.activity(f"reconciliation: {message}")
        # What ends a difference, or changes it, is not folded into the message that began it.
        key = f"{item.broker}:{item.symbol}:{message}"
        self.runtime.notifier.notify(kind, message, key=key)


def _at(broker: Broker, found: Iterable[Difference]) -> dict[str, Difference]:
    return {item.symbol: item for item in found if item.broker == broker.name}


def _held(positions: Iterable[Position]) -> dict[str, Decimal]:
    return {position.symbol: position.quantity for position in positions}
