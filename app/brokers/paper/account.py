from collections import OrderedDict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from app.brokers.paper.records import (
    EPOCH,
    AccountChange,
    PaperHolding,
    PaperOrder,
    PaperStructureOrder,
    Price,
    closing_time,
)
from app.domain.money import ZERO
from app.domain.orders import TimeInForce
from app.domain.structures.exchange_switches import Switches

FINISHED_ORDERS_KEPT = 5_000
# Days of expiry, each of one underlying; whoever asks does so within days.
CLOSES_KEPT = 500


class PaperAccount:
    """Everything that the simulated broker knows, folded from the changes of its operations.

    The sums that every order needs (value of the positions, value that open entries reserve) are kept up to
    date change by change, so that an order costs the same with one position as with a thousand.
    """

    def __init__(self, starting_cash: Decimal) -> None:
        self.sequence = 0
        self.at = EPOCH
        self.cash = starting_cash
        self.realized = ZERO
        self.fees = ZERO
        self.clock: datetime | None = None
        self.switches = Switches()
        self.open_structures: dict[str, PaperStructureOrder] = {}
        self.finished_structures: OrderedDict[str, PaperStructureOrder] = OrderedDict()
        self.prices: dict[str, Price] = {}
        self.closes: dict[str, Decimal] = {}
        self.holdings: dict[str, PaperHolding] = {}
        self.open: dict[str, PaperOrder] = {}
        self.finished: OrderedDict[str, PaperOrder] = OrderedDict()
        self.working: dict[str, dict[str, None]] = {}
        self.derivatives: dict[str, set[str]] = {}
        self.options: dict[str, PaperHolding] = {}
        self.day_orders: dict[str, date] = {}
        self.long_value = ZERO
        self.short_value = ZERO
        self.reserved = ZERO

    def order(self, client_order_id: str) -> PaperOrder | None:
        """Return an order that is open or was finished lately."""
        return self.open.get(client_order_id) or self.finished.get(client_order_id)

    def structure(self, client_order_id: str) -> PaperStructureOrder | None:
        """Return an order of several legs that is open or was finished lately."""
        return self.open_structures.get(client_order_id) or self.finished_structures.get(client_order_id)

    def has_due_orders(self, at: datetime) -> bool:
        """True when a day order has outlived its day (UTC)."""
        # Orders are indexed as they come, so the first is the oldest.
        return next(iter(self.day_orders.values()), date.max) < at.date()

    def is_due(self, at: datetime) -> bool:
        """True when an order's day or a contract is over, which a read must not show any more."""
        terms = (holding.instrument.option for holding in self.options.values())
        ends = (closing_time(one.expiry) for one in terms if one is not None)
        return self.has_due_orders(at) or any(end <= at for end in ends)

    @property
    def watched(self) -> set[str]:
        """The symbols that positions and working orders follow, underlyings included."""
        terms = (holding.instrument.option for holding in self.options.values())
        written_on = {item.underlying for item in terms if item is not None}
        waited_for = {name for name, symbols in self.derivatives.items() if symbols}
        wanted = {order.order.structure.underlying for order in self.open_structures.values()}
        return {*self.holdings, *self.working} | written_on | waited_for | wanted

    def apply(self, sequence: int, change: AccountChange) -> None:
        """Fold one change."""
        self.sequence, self.at = sequence, change.at
        self.cash, self.realized, self.fees = change.cash, change.realized, change.fees
        self.clock, self.switches = change.clock, change.switches
        touched = change.prices.keys() | change.holdings.keys()
        # What changes leaves the sums at its old price and comes back at the new one.
        self._count(touched, -1)
        self.prices.update(change.prices)
        self._close(change.closes)
        for symbol, holding in change.holdings.items():
            self._hold(symbol, holding)
        self._count(touched, 1)
        for order in change.orders.values():
            self._put(order)
        for structure in change.structures.values():
            self._put_structure(structure)

    def remember(self, change: AccountChange) -> None:
        """Index orders that finished before the snapshot, for `order` and `structure` to find."""
        for order in change.orders.values():
            if order.status.is_final and order.id not in self.open:
                self.finished[order.id] = order
        for structure in change.structures.values():
            if structure.status.is_final and structure.id not in self.open_structures:
                self.finished_structures[structure.id] = structure

    def image(self) -> AccountChange:
        """Return one change that, applied to an empty book, makes this one."""
        return AccountChange(
            operation="snapshot",
            at=self.at,
            cash=self.cash,
            realized=self.realized,
            fees=self.fees,
            clock=self.clock,
            switches=self.switches,
            orders=self.open,
            structures=self.open_structures,
            holdings=self.holdings,
            prices=self.prices,
            closes=self.closes,
        )

    def _count(self, symbols: Iterable[str], sign: int) -> None:
        for symbol in symbols:
            holding = self.holdings.get(symbol)
            # An option's worth moves with time alone: it is worked out when somebody asks.
            if holding is None or holding.instrument.option is not None:
                continue
            value = holding.quantity * self.prices[symbol].value * sign
            if holding.quantity > 0:
                self.long_value += value
            else:
                self.short_value -= value

    def _close(self, closes: dict[str, Decimal]) -> None:
        self.closes.update(closes)
        for day in list(self.closes)[:-CLOSES_KEPT]:
            del self.closes[day]

    def _hold(self, symbol: str, holding: PaperHolding) -> None:
        if holding.quantity:
            self.holdings[symbol] = holding
            if holding.instrument.option is not None:
                self.options[symbol] = holding
        else:
            self.holdings.pop(symbol, None)
            self.options.pop(symbol, None)

    def _put(self, order: PaperOrder) -> None:
        old = self.open.get(order.id)
        if old is not None:
            self.reserved -= old.reserved
        if order.status.is_final:
            self._finish(order, was_open=old is not None)
            return
        self.reserved += order.reserved
        self.open[order.id] = order
        if old is None:
            self._index(order)

    def _put_structure(self, order: PaperStructureOrder) -> None:
        old = self.open_structures.get(order.id)
        self.reserved += order.reserved - (ZERO if old is None else old.reserved)
        if not order.status.is_final:
            self.open_structures[order.id] = order
            return
        self.open_structures.pop(order.id, None)
        self.finished_structures[order.id] = order
        if len(self.finished_structures) > FINISHED_ORDERS_KEPT:
            self.finished_structures.popitem(last=False)

    def _index(self, order: PaperOrder) -> None:
        self.working.setdefault(order.symbol, {})[order.id] = None
        terms = order.order.instrument.option
        if terms is not None:
            self.derivatives.setdefault(terms.underlying, set()).add(order.symbol)
        if order.order.time_in_force is TimeInForce.DAY:
            self.day_orders[order.id] = order.created_at.date()

    def _finish(self, order: PaperOrder, *, was_open: bool) -> None:
        self.finished[order.id] = order
        if len(self.finished) > FINISHED_ORDERS_KEPT:
            self.finished.popitem(last=False)
        if not was_open:
            return
        del self.open[order.id]
        self.day_orders.pop(order.id, None)
        del self.working[order.symbol][order.id]
        if not self.working[order.symbol]:
            self._forget_symbol(order)

    def _forget_symbol(self, order: PaperOrder) -> None:
        del self.working[order.symbol]
        terms = order.order.instrument.option
        if terms is not None:
            self.derivatives[terms.underlying].discard(order.symbol)
