from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from itertools import islice
from threading import RLock
from typing import TypeVar

from app.brokers.base import Broker
from app.brokers.paper import operations
from app.brokers.paper.account import PaperAccount
from app.brokers.paper.buying_power import account_of
from app.brokers.paper.capabilities import CAPABILITIES, NAME
from app.brokers.paper.event_log import EventLog
from app.brokers.paper.mapping import position_of
from app.brokers.paper.receipts import receipt_of
from app.brokers.paper.settings import PaperSettings
from app.brokers.paper.structures.desk import PaperDesk, writing
from app.brokers.paper.structures.operations import (
    expire_structures,
    meet_market,
    set_clock,
    set_switches,
)
from app.brokers.paper.structures.settlement import moments_between, settle_due
from app.brokers.paper.transaction import Transaction
from app.brokers.parts import PriceSource
from app.domain.accounts import Account, MarketHours, MarketSnapshot, Position, Quote
from app.domain.hours import market_hours
from app.domain.instruments import Instrument
from app.domain.orders import Order, OrderChange, Receipt
from app.domain.structures.exchange_switches import Switches
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown, StoreError
from app.storage.base import Store

T = TypeVar("T")
_ATTEMPTS = 200


class PaperBroker(Broker):
    """A market and an account simulated in the store: every process on one store sees the same.

    It is always open and needs no network. Its prices are set by the operator, come from a source (the bars
    of a backtest, say), or follow the alerts. Clock, seed and calls decide every id, order and amount.
    """

    name = NAME
    capabilities = CAPABILITIES

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        settings: PaperSettings | None = None,
        *,
        prices: PriceSource | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings or PaperSettings()
        self._source = prices
        self._log = EventLog(store, self._settings.starting_cash)
        self._lock = RLock()
        self._desk = PaperDesk(self._operate, self._reading, self._settings)

    @property
    def structures(self) -> PaperDesk:
        """The simulated options desk."""
        return self._desk

    def submit(self, order: Order) -> Receipt:
        """Trade or rest the order; raise BrokerRejected, or OutcomeUnknown when the store failed."""
        with writing():
            return self._operate("submit", lambda draft: operations.submit(draft, order))

    def find(self, client_order_id: str) -> Receipt | None:
        """Return an order that is open or was finished lately (the last 5,000)."""
        with self._reading("find") as draft:
            order = draft.order(client_order_id)
            return None if order is None else receipt_of(order)

    def cancel(self, receipt: Receipt) -> None:
        """Take an open order back, with its legs or its mate; a final one raises BrokerRejected."""
        with writing():
            self._operate("cancel", lambda draft: operations.cancel(draft, receipt.client_order_id))

    def replace(self, receipt: Receipt, change: OrderChange) -> Receipt:
        """Change an open order under its id; it may trade at once."""
        with writing():
            return self._operate(
                "replace", lambda draft: operations.change(draft, receipt.client_order_id, change)
            )

    def open_orders(self) -> list[Receipt]:
        """Return every order that can still fill, held legs included, oldest first."""
        with self._reading("open_orders") as draft:
            return [receipt_of(order) for order in draft.account.open.values() if not order.is_container]

    def closed_orders(self, limit: int) -> list[Receipt]:
        """Return the orders that ended last, newest first."""
        with self._reading("closed_orders") as draft:
            return [receipt_of(order) for order in islice(reversed(draft.account.finished.values()), limit)]

    def positions(self) -> list[Position]:
        """Return every holding that is not flat."""
        with self._reading("positions") as draft:
            return [position_of(draft, holding) for holding in draft.account.holdings.values()]

    def account(self) -> Account:
        """Return equity, cash and buying power."""
        with self._reading("account") as draft:
            return account_of(draft)

    def realized_pnl(self) -> Decimal:
        """Return what closed positions brought, before fees."""
        with self._reading("realized_pnl") as draft:
            return draft.account.realized

    def fees_paid(self) -> Decimal:
        """Return the sum of all fees."""
        with self._reading("fees_paid") as draft:
            return draft.account.fees

    def quote(self, instrument: Instrument) -> Quote | None:
        """Return the simulated price, which holds until it is moved; None when there is none."""
        with self._reading("quote") as draft:
            return draft.market.quote(instrument)

    def snapshot(self, instrument: Instrument, *, for_entry: bool = False) -> MarketSnapshot:  # noqa: ARG002
        """Return account, position and quote of one moment."""
        with self._reading("snapshot") as draft:
            held = draft.position(instrument.symbol)
            return MarketSnapshot(account_of(draft), held, draft.market.quote(instrument))

    def prices(self) -> dict[str, Decimal]:
        """Return every symbol's own price."""
        with self._reading("prices") as draft:
            return {symbol: price.value for symbol, price in draft.account.prices.items()}

    def set_prices(self, prices: Mapping[str, Decimal | None]) -> list[Receipt]:
        """Pin prices and return the orders that this changed; None lets a symbol follow the alerts again."""
        return self._confirmed("set_prices", lambda draft: operations.set_prices(draft, prices))

    def reset(self) -> None:
        """Start the account anew, without orders, positions and prices; nobody else may work with it."""
        with self._lock:
            self._log.clear()

    def market(self, instrument: Instrument) -> MarketHours:
        """Return the hours of the real market; the simulated one takes orders at any time."""
        return market_hours(instrument, self.now())

    def now(self) -> datetime:
        """Return the simulated time: the operator's, else the real one."""
        with self._reading("now") as draft:
            return draft.at

    def set_clock(self, now: datetime | None) -> datetime:
        """Move the simulated time forward and let all that was due happen; None: real time again."""
        with self._lock:
            self._log.catch_up()
            start = self.now()
            for at in moments_between(self._log.account.holdings.values(), start, now or start):
                self._advance(at)
            self._advance(now)
            return self.now()

    @property
    def is_clock_set(self) -> bool:
        """Tell whether the simulated time stands still."""
        with self._reading("clock") as draft:
            return draft.account.clock is not None

    def switches(self) -> Switches:
        """Return what the simulated exchange does beside trading."""
        with self._reading("switches") as draft:
            return draft.account.switches

    def set_switches(self, switches: Switches) -> None:
        """Say what the simulated exchange does beside trading."""
        self._confirmed("set_switches", lambda draft: set_switches(draft, switches))
        self._confirmed("pass_time", lambda _: None)

    def ping(self) -> None:
        """Prove that the store can be read."""
        with self._reading("ping"):
            return

    def _advance(self, now: datetime | None) -> None:
        self._confirmed("set_clock", lambda draft: set_clock(draft, now))
        # What is due at the new time happens before anything else does.
        self._confirmed("pass_time", lambda _: None)

    def _confirmed(self, name: str, action: Callable[[Transaction], T]) -> T:
        try:
            return self._operate(name, action)
        except StoreError as error:
            raise BrokerUnavailable(f"The store did not confirm: {name.replace('_', ' ')}.") from error

    def _draft(self, account: PaperAccount, name: str) -> Transaction:
        return Transaction(account, self._settings, self._source, account.clock or self._clock(), name)

    def _operate(self, name: str, action: Callable[[Transaction], T]) -> T:
        with self._lock:
            for _ in range(_ATTEMPTS):
                draft = self._draft(self._log.account, name)
                try:
                    operations.expire_due(draft)
                    expire_structures(draft)
                    settle_due(draft)
                    if self._source is not None:
                        # Sorted, so that the same prices always reach the orders in the same order.
                        operations.follow_source(draft, sorted(draft.account.watched))
                    result = action(draft)
                    meet_market(draft, draft.change.prices)
                except BrokerRejected:
                    # The account may be behind: only an up-to-date refusal is a proof.
                    if self._log.catch_up():
                        continue
                    raise
                # Whoever wrote first wins; the others decide anew on what is there now.
                if draft.change.is_empty or self._log.append(draft.change):
                    return result
        raise OutcomeUnknown("Other processes kept writing first.")

    @contextmanager
    def _reading(self, name: str) -> Iterator[Transaction]:
        with self._lock:
            try:
                draft = self._draft(self._log.caught_up(), name)
                if self._source is not None or draft.account.is_due(draft.at):
                    # A read shows no order whose day is over, and no price that the source has left behind.
                    self._operate("pass_time", lambda _: None)
                    draft = self._draft(self._log.account, name)
            except (StoreError, OutcomeUnknown) as error:
                raise BrokerUnavailable("The store did not answer.") from error
            yield draft
