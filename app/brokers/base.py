"""What every broker adapter offers, and the two ways in which a submit can fail."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from app.domain.accounts import Account, MarketHours, Position, Quote
from app.domain.bars import Bar
from app.domain.capabilities import Capabilities
from app.domain.instruments import Instrument
from app.domain.orders import Order, OrderChange, Receipt


class Broker(Protocol):
    """Where an order can be sent.

    Reads (`find`, `open_orders`, `positions`, `account`, `quote`, `market`, `ping`) may retry within their
    timeout and raise `BrokerUnavailable` when they cannot be answered. `submit`, `cancel` and `replace` are
    sent once: they raise `BrokerRejected` when the broker proved that nothing happened and `OutcomeUnknown`
    otherwise.
    """

    name: str
    capabilities: Capabilities

    def submit(self, order: Order) -> Receipt:
        """Send once; raise BrokerRejected or OutcomeUnknown."""

    def find(self, client_order_id: str) -> Receipt | None:
        """Return what the broker holds under our id, if anything."""

    def cancel(self, receipt: Receipt) -> None:
        """Ask for a working order to be taken back; a final order raises BrokerRejected."""

    def replace(self, receipt: Receipt, change: OrderChange) -> Receipt:
        """Change a working order; the answer may carry new ids."""

    def open_orders(self) -> list[Receipt]:
        """Return every order that can still fill, held legs included."""

    def positions(self) -> list[Position]:
        """Return every holding that is not flat."""

    def account(self) -> Account:
        """Return equity, cash and buying power."""

    def quote(self, instrument: Instrument) -> Quote | None:
        """Return the latest price, or None when the broker has none."""

    def market(self, instrument: Instrument) -> MarketHours:
        """Return whether the instrument trades now."""

    def ping(self) -> None:
        """Prove that the broker answers and accepts our credentials."""


@dataclass(frozen=True, slots=True)
class Glance:
    """Account, signed position in one instrument and its quote, all of the same moment."""

    account: Account
    position: Decimal
    quote: Quote | None


class SeesAtOnce(Protocol):
    """A broker that can answer what a decision needs in one go; offered beside `Broker` where it pays."""

    def glance(self, instrument: Instrument) -> Glance:
        """Return account, position and quote of one moment; raise BrokerUnavailable."""


class KeepsBars(Protocol):
    """A broker that knows what prices did; offered beside `Broker` where it has them."""

    def bars(self, instrument: Instrument, start: datetime, end: datetime, minutes: int) -> list[Bar]:
        """Return the bars that begin at `start` or later and end by `end`, in the order of time.

        Where nothing was traded there is none; what it has no prices of has no bars. Raise BrokerUnavailable.
        """


def urgently(broker: Broker) -> AbstractContextManager[None]:
    """Let what is asked inside take the requests that a broker keeps for exits, where it keeps some."""
    own: Callable[[], AbstractContextManager[None]] | None = getattr(broker, "urgently", None)
    return nullcontext() if own is None else own()
