"""The account as Alpaca showed it a moment ago, less what was sent since.

Alerts come in bursts, when a bar closes, and Alpaca takes two hundred calls a minute.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Lock

from app.brokers.alpaca.mapping import account_of, understood
from app.brokers.alpaca.receipts import Row
from app.dataclass import dataclass
from app.domain.accounts import Account
from app.domain.instruments import AssetClass
from app.domain.money import ZERO
from app.domain.orders import Order, OrderRole
from app.errors import BrokerUnavailable

_AGE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read, when it was asked for, and what had been answered by then."""

    row: Row
    at: datetime
    answered: Decimal
    changes: int


class Funds:
    """The account, at most a second old; whatever may free money, or cannot be valued, has it read again."""

    def __init__(self, read: Callable[[], Row], clock: Callable[[], datetime]) -> None:
        self._read = read
        self._clock = clock
        self._lock = Lock()
        self._seen: _Seen | None = None
        # What all entries were worth that were ever sent, and those of them that Alpaca has answered.
        self._sent = self._answered = ZERO
        self._changes = 0

    def account(self, asset_class: AssetClass) -> Account:
        """Read the account, with the buying power for a class; raise BrokerUnavailable."""
        with self._lock:
            at, answered, changes = self._clock(), self._answered, self._changes
        seen = _Seen(self._read(), at, answered, changes)
        account = self._less_sent(seen, asset_class)
        self._seen = seen
        return account

    def remembered(self, asset_class: AssetClass) -> Account | None:
        """Return the account without asking; None: it must be read."""
        seen = self._seen
        # A clock that was set back must not make an old account look new.
        if seen is None or seen.changes != self._changes or abs(self._clock() - seen.at) >= _AGE:
            return None
        return self._less_sent(seen, asset_class)

    @contextmanager
    def sending(self, order: Order, price: Decimal | None) -> Iterator[None]:
        """Count what an order is worth at a price while it is sent."""
        worth = _worth(order, price)
        with self._lock:
            # Counted before the answer: a second alert must not spend the same money meanwhile.
            self._sent += worth or ZERO
        try:
            yield
        finally:
            with self._lock:
                self._answered += worth or ZERO
            if worth is None:
                self.forget()

    def forget(self) -> None:
        """Have the account read again, even where it is being read now."""
        with self._lock:
            self._changes += 1

    def _less_sent(self, seen: _Seen, asset_class: AssetClass) -> Account:
        with understood(BrokerUnavailable):
            account = account_of(seen.row, asset_class)
        # What was not answered when this was asked for may not be in it.
        sent, options = self._sent - seen.answered, account.options_buying_power
        return replace(
            account,
            buying_power=account.buying_power - sent,
            options_buying_power=None if options is None else options - sent,
        )


def _worth(order: Order, price: Decimal | None) -> Decimal | None:
    # What an exit frees is known when it has filled, not when it is sent.
    if order.role is OrderRole.EXIT:
        return None
    if order.notional is not None:
        return order.notional
    price = order.limit_price or order.stop_price or price
    if order.quantity is None or price is None:
        return None
    return order.quantity * price * order.instrument.multiplier
