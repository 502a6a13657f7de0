from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import islice
from threading import RLock
from typing import TypeVar

from app.brokers.base import Broker
from app.brokers.paper import operations
from app.brokers.paper.capabilities import CAPABILITIES, NAME
from app.brokers.paper.event_log import EventLog
from app.brokers.paper.records import PaperHolding
from app.brokers.paper.settings import PaperSettings
from app.brokers.paper.transaction import Transaction
from app.domain.accounts import Account, MarketHours, MarketSnapshot, Position, Quote
from app.domain.hours import market_hours
from app.domain.instruments import Instrument
from app.domain.money import plain
from app.domain.orders import Order, OrderChange, Receipt
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown, StoreError
from app.storage.base import Store

T = TypeVar("T")
_ATTEMPTS = 200


class PaperBroker(Broker):
    """A market and an account simulated in the store: every process on one store sees the same.

    It is always open and needs no network. Its prices are set by the operator or follow the alerts.
    """

    name = NAME
    capabilities = CAPABILITIES

    def __init__(
        self, store: Store, clock: Callable[[], datetime], settings: PaperSettings | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings or PaperSettings()
        self._journal = EventLog(store, self._settings.starting_cash)
        self._lock = RLock()

    def submit(self, order: Order) -> Receipt:
        """Trade or rest the order; raise BrokerRejected, or OutcomeUnknown when the store failed."""
        with _writing():
            return self._operate("submit", lambda draft: operations.submit(draft, order))

    def find(self, client_order_id: str) -> Receipt | None:
        """Return an order that is open or was finished lately (the last 5,000)."""
        with self._reading("find") as draft:
            order = draft.order(client_order_id)
            return None if order is None else order.receipt()

    def cancel(self, receipt: Receipt) -> None:
        """Take an open order back, with its legs or its mate; a final one raises BrokerRejected."""
        with _writing():
            self._operate("cancel", lambda draft: operations.cancel(draft, receipt.client_order_id))

    def replace(self, receipt: Receipt, change: OrderChange) -> Receipt:
        """Change an open order under its id; it may trade at once."""
        with _writing():
            return self._operate(
                "replace", lambda draft: operations.change(draft, receipt.client_order_id, change)
            )

    def open_orders(self) -> list[Receipt]:
        """Return every order that can still fill, held legs included, oldest first."""
        with self._reading("open_orders") as draft:
            return [order.receipt() for order in draft.book.open.values() if not order.is_container]

    def closed_orders(self, limit: int) -> list[Receipt]:
        """Return the orders that ended last, newest first."""
        with self._reading("closed_orders") as draft:
            return [order.receipt() for order in islice(reversed(draft.book.finished.values()), limit)]

    def positions(self) -> list[Position]:
        """Return every holding that is not flat."""
        with self._reading("positions") as draft:
            return [_position(draft, holding) for holding in draft.book.holdings.values()]

    def account(self) -> Account:
        """Return equity, cash and buying power."""
        with self._reading("account") as draft:
            return Account(draft.equity(), draft.book.cash, draft.buying_power())

    def realized_pnl(self) -> Decimal:
        """Return what closed positions brought, before fees."""
        with self._reading("realized_pnl") as draft:
            return draft.book.realized

    def fees_paid(self) -> Decimal:
        """Return the sum of all fees."""
        with self._reading("fees_paid") as draft:
            return draft.book.fees

    def quote(self, instrument: Instrument) -> Quote | None:
        """Return the simulated price, which holds until it is moved; None when there is none."""
        with self._reading("quote") as draft:
            price = draft.mark(instrument)
            return None if price is None else Quote(price, draft.at, firm=draft.is_firm(instrument))

    def snapshot(self, instrument: Instrument) -> MarketSnapshot:
        """Return account, position and quote of one moment."""
        with self._reading("glance") as draft:
            price = draft.mark(instrument)
            quote = None if price is None else Quote(price, draft.at, firm=draft.is_firm(instrument))
            account = Account(draft.equity(), draft.book.cash, draft.buying_power())
            return MarketSnapshot(account, draft.position(instrument.symbol), quote)

    def prices(self) -> dict[str, Decimal]:
        """Return every symbol's own price."""
        with self._reading("prices") as draft:
            return {symbol: price.value for symbol, price in draft.book.prices.items()}

    def set_prices(self, prices: Mapping[str, Decimal | None]) -> list[Receipt]:
        """Pin prices and return the orders that this changed; None lets a symbol follow the alerts again."""
        try:
            return self._operate("set_prices", lambda draft: operations.set_prices(draft, prices))
        except StoreError as error:
            raise BrokerUnavailable("The store did not confirm the prices.") from error

    def market(self, instrument: Instrument) -> MarketHours:
        """Return the hours of the real market; the simulated one takes orders at any time."""
        return market_hours(instrument, self._clock())

    def ping(self) -> None:
        """Prove that the store can be read."""
        with self._reading("ping"):
            return

    def _operate(self, name: str, action: Callable[[Transaction], T]) -> T:
        with self._lock:
            for _ in range(_ATTEMPTS):
                draft = Transaction(self._journal.book, self._settings, self._clock(), name)
                try:
                    operations.expire_due(draft)
                    result = action(draft)
                except BrokerRejected:
                    # The book may be behind: only an up-to-date refusal is a proof.
                    if self._journal.catch_up():
                        continue
                    raise
                if draft.outcome.is_empty or self._journal.append(draft.outcome):
                    return result
        raise OutcomeUnknown("Other processes kept writing first.")

    @contextmanager
    def _reading(self, name: str) -> Iterator[Transaction]:
        with self._lock:
            try:
                self._journal.catch_up()
                if self._journal.book.has_due_orders(self._clock()):
                    self._operate("expire", operations.expire_due)
            except (StoreError, OutcomeUnknown) as error:
                raise BrokerUnavailable("The store did not answer.") from error
            yield Transaction(self._journal.book, self._settings, self._clock(), name)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except (StoreError, BrokerUnavailable) as error:
        raise OutcomeUnknown("The store did not confirm the write.") from error


def _position(draft: Transaction, holding: PaperHolding) -> Position:
    instrument = holding.instrument
    position = Position(instrument.symbol, holding.quantity, holding.average, instrument=instrument)
    mark = draft.mark(instrument)
    if mark is None:
        return position
    gain = plain((mark - holding.average) * holding.quantity * instrument.multiplier)
    return replace(position, market_price=mark, unrealized_pnl=gain)
