"""Stop-losses and take-profits that outlived their position: found and canceled, at any hour."""

import logging
from dataclasses import field

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.audit import Actor, Deed
from app.domain.exit_plan import family_of, orphaned
from app.domain.orders import Receipt, bot_of_order
from app.errors import BrokerUnavailable
from app.repositories.cleanup_runs import CleanupFailure, CleanupRun, CleanupRuns
from app.repositories.open_orders import OpenOrders
from app.repositories.trades import Trades
from app.services.base import Runtime
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.outcomes import Rejected, Unknown
from app.services.observability.events import EventKind
from app.services.orders.tracking import OrderTracker
from app.services.runtime.second_look import SecondLook
from app.services.runtime.turns import Apart, in_time

EVERY_BROKER = "every broker"

_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Cleanup:
    """Cancel orphans; safe to run twice, and at the same time as anything else."""

    runs: CleanupRuns
    runtime: Runtime
    tracker: OrderTracker
    gateway: Gateway
    trades: Trades
    open_orders: OpenOrders
    looks: SecondLook
    _last: CleanupRun | None = field(default=None, init=False)

    def run(self, *, by: str = Actor.OPERATOR) -> CleanupRun:
        """Look at every broker and cancel what is orphaned there.

        A dry run cancels nothing outside; asked by a person, it says what it would cancel.
        """
        run = CleanupRun(self.runtime.clock(), by=str(by))
        by_clock = by == Actor.CLOCK
        if not by_clock:
            self.runtime.audit.record(by, Deed.CLEAN_UP, EVERY_BROKER)
        try:
            # One broker's trouble is not the others'.
            with Apart() as brokers:
                for broker in self.runtime.registry.all():
                    with brokers.one():
                        self._run_at(broker, run)
        finally:
            if run.canceled:
                self._notify(run)
        if run.canceled:
            self.tracker.follow_at_once()
        self._keep(run)
        return run

    def _run_at(self, broker: Broker, run: CleanupRun) -> None:
        try:
            if self.gateway.sends_to(broker):
                self._clean(broker, run)
            elif run.by != Actor.CLOCK:
                self._look(broker, run)
        except BrokerUnavailable as error:
            self._fail(run, broker, None, error.message)

    def last(self) -> CleanupRun | None:
        """Return the last run: this process's own, or one of another's that did something later."""
        runs = [run for run in (self._last, self.runs.last()) if run is not None]
        return max(runs, key=lambda run: run.at, default=None)

    def _look(self, broker: Broker, run: CleanupRun) -> None:
        working = broker.open_orders()
        run.checked += sum(receipt.is_protective for receipt in working)
        run.would_cancel += tuple(receipt.client_order_id for receipt in orphans_at(broker, working))

    def _clean(self, broker: Broker, run: CleanupRun) -> None:
        working = broker.open_orders()
        run.checked += sum(receipt.is_protective for receipt in working)
        # Without a lock: only where something seems loose is a symbol kept from its alerts.
        loose = orphans_at(broker, working)
        for leg in working:
            if leg not in loose:
                self.looks.saw(leg.client_order_id)
        symbols = sorted({receipt.symbol for receipt in loose})
        # What a person asks for is done to its end.
        for symbol in in_time(symbols) if run.by == Actor.CLOCK else symbols:
            with self.gateway.hold(broker, symbol) as held:
                self._clean_symbol(held, run)

    def _clean_symbol(self, held: HeldSymbol, run: CleanupRun) -> None:
        """Look again, now that no alert of ours can trade the symbol: what was bought since is protected."""
        broker, symbol = held.broker, held.symbol
        # A leg that has filled explains why nothing is held.
        self.tracker.settle(broker, None, symbol)
        loose = orphans_at(broker, broker.open_orders())
        gone: set[str] = set()
        for leg in (receipt for receipt in loose if receipt.symbol == symbol):
            if self._may_be_late(held, leg, run.by):
                run.waiting += (leg.client_order_id,)
                continue
            if self._cancel(held, leg, run, with_mate=family_of(leg) in gone):
                gone.add(family_of(leg))
                run.canceled += (leg.client_order_id,)
                self.runtime.journal.activity(
                    f"cleanup: canceled {leg.client_order_id} at {broker.name}: no position in {symbol}"
                )

    def _may_be_late(self, held: HeldSymbol, leg: Receipt, by: str) -> bool:
        """Tell whether a broker's empty list may be a late one: the books know of a position, or cannot."""
        name = leg.client_order_id
        bot = bot_of_order(name)
        place = bot or "", held.broker.name, held.symbol
        is_known = self.trades.find(*place) is not None or self.open_orders.awaits_entry(*place)
        # Of what was placed by hand the books know nothing: its entry may have filled a moment ago.
        is_known = is_known or (bot is None and by == Actor.CLOCK)
        # Two looks at once may be answered from one list: a stop goes after looks that are apart. Where the
        # broker says more than nothing, the mate of a leg that has filled goes before the price comes to it.
        return is_known and not held.broker.shows_flat(held.symbol) and not self.looks.confirms(name)

    def _cancel(self, held: HeldSymbol, leg: Receipt, run: CleanupRun, *, with_mate: bool) -> bool:
        before = {"broker": leg.broker, "symbol": leg.symbol, "status": leg.status.value}
        self.runtime.audit.record(run.by, Deed.CANCEL_ORDER, leg.client_order_id, before=before)
        outcome = self.gateway.cancel(held, leg)
        if isinstance(outcome, Unknown):
            self._fail(run, held.broker, leg, outcome.error.message)
            return False
        if isinstance(outcome, Rejected):
            # Brokers take both legs of a pair back at once; one that filled or ended meanwhile is no failure.
            if not with_mate and _is_working(held.broker, leg):
                self._fail(run, held.broker, leg, outcome.error.message)
            return with_mate
        return True

    def _fail(self, run: CleanupRun, broker: Broker, leg: Receipt | None, message: str) -> None:
        name = leg.client_order_id if leg is not None else None
        run.failed += (CleanupFailure(broker.name, name, message),)
        _logger.warning("Cleanup: %s at %s: %s", name or "nothing can be seen", broker.name, message)

    def _notify(self, run: CleanupRun) -> None:
        message = f"Canceled without a position: {', '.join(run.canceled)}"
        self.runtime.notifier.notify(EventKind.ORPHAN_CLEANED, message)

    def _keep(self, run: CleanupRun) -> None:
        self._last = run
        attempted = [failure for failure in run.failed if failure.client_order_id is not None]
        # Most runs find nothing; a document for each would be rewritten every period and say nothing new.
        if not run.canceled and not attempted:
            return
        if not self.runs.write(run):
            _logger.debug("Another run was written down at the same time")


def orphans_at(broker: Broker, working: list[Receipt]) -> list[Receipt]:
    """Return the orphans among orders that were read a moment ago; raise BrokerUnavailable."""
    # Most looks find nothing that protects, and need not ask for the positions.
    if not any(receipt.is_protective for receipt in working):
        return []
    # Positions are read after the orders: what was bought in between is then seen, and keeps its new stop.
    return orphaned(working, {position.symbol for position in broker.positions()})


def _is_working(broker: Broker, leg: Receipt) -> bool:
    found = broker.find(leg.client_order_id)
    return found is not None and not found.status.is_final
