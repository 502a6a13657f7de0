"""What every broker adapter offers, and the two ways in which a submit can fail."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from app.brokers.structure_desk import StructureDesk
from app.domain.accounts import Account, MarketHours, MarketSnapshot, Position, Quote
from app.domain.bars import Adjustment, Bar
from app.domain.capabilities import Capabilities
from app.domain.instruments import Instrument
from app.domain.money import ZERO
from app.domain.orders import Order, OrderChange, Receipt

# Tells of a broker's own id of an order whether that is known as another one of ours.
IsTaken = Callable[[str], bool]


class Broker(Protocol):
    """Where an order can be sent.

    Reads (`find`, `open_orders`, `positions`, `account`, `quote`, `market`, `ping`) may retry within their
    timeout and raise `BrokerUnavailable` when they cannot be answered. `submit`, `cancel` and `replace` are
    sent once: they raise `BrokerRejected` when the broker proved that nothing happened and `OutcomeUnknown`
    otherwise. Adapters inherit from this class; what has a body here is theirs to improve on.
    """

    name: str
    capabilities: Capabilities

    @property
    def structures(self) -> StructureDesk | None:
        """Where structures of options are traded; None where they are not."""
        return None

    def submit(self, order: Order) -> Receipt:
        """Send once; raise BrokerRejected or OutcomeUnknown."""

    def find(self, client_order_id: str) -> Receipt | None:
        """Return what the broker holds under our id, if anything."""

    def find_closing(
        self, client_order_id: str, symbol: str, since: datetime, quantity: Decimal | None, is_taken: IsTaken
    ) -> Receipt | None:
        """Return, under our id, the order that closed a position for it under an id of the broker's own.

        `since` is when it was sent at the earliest, `quantity` its size where that is known; what
        `is_taken` is another order. None: there is none, or this broker takes every order under our id.
        Raise BrokerUnavailable.
        """
        return None

    def cancel(self, receipt: Receipt) -> None:
        """Ask for a working order to be cancelled; a final order raises BrokerRejected."""

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

    def normalise(self, order: Order) -> Order:
        """Return the order in the form in which it will be sent; by default every form is taken."""
        return order

    def refusal(self, order: Order) -> str | None:
        """Tell why `submit` would refuse an order unsent; None: nothing is known against it."""
        return None

    def snapshot(self, instrument: Instrument, *, for_entry: bool = False) -> MarketSnapshot:
        """Return what a decision needs, of one moment where that can be had; raise BrokerUnavailable.

        `for_entry`: it decides on a purchase and on nothing else, so that the position need not have been
        asked for where the broker itself keeps telling it.
        """
        quote = self.quote(instrument)
        return MarketSnapshot(position=self.position(instrument), quote=quote, account=self.account())

    def position(self, instrument: Instrument) -> Decimal:
        """Return the signed quantity held, which is all that an exit needs; raise BrokerUnavailable."""
        held = (item.quantity for item in self.positions() if item.symbol == instrument.symbol)
        return sum(held, ZERO)

    def shows_flat(self, symbol: str) -> bool:
        """Tell whether the broker says itself that a position was closed, where it keeps one in its list.

        False: it says nothing, and that a list lacks a symbol may be a late answer. Raise BrokerUnavailable.
        """
        return False

    def spot(self, underlying: str) -> Decimal | None:
        """Return the level or price of what options are written on; None: unknown."""
        return None

    def bars(
        self,
        instrument: Instrument,
        start: datetime,
        end: datetime,
        minutes: int,
        adjustment: Adjustment = Adjustment.RAW,
    ) -> list[Bar] | None:
        """Return the bars that begin at `start` or later and end by `end`, in the order of time.

        Where nothing was traded there is none. None: this broker keeps no bars. Raise BrokerUnavailable,
        which `is_passing` where the same question may be answered later.
        """
        return None

    def close(self) -> None:
        """End what works in the background for this broker, when the process ends."""
        return None  # noqa: RET501  # a body, or every adapter would have to have one

    def urgently(self) -> AbstractContextManager[None]:
        """Let what is asked inside take the requests that a broker keeps for exits, where it keeps some."""
        return nullcontext()
