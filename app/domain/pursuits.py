"""An exit that is not done yet and goes on: what is wanted, how far it has come, when it is tried next."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.orders import OrderRole, Side, client_order_id, placed_order_id
from app.domain.trades import Place

# The first tries come soon, since most troubles of a broker are over in seconds.
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class ExitWish:
    """What an exit shall leave, or how much it shall close: `side` is what its orders do.

    A trim works towards its signed `target`, whatever has closed the units meanwhile. A plain order is for an
    `amount`: what its own orders have filled of that is taken off, and orders of other alerts are not.
    """

    side: Side
    target: Decimal = ZERO
    amount: Decimal | None = None

    def closing(self, held: Decimal, filled: Decimal = ZERO) -> Decimal:
        """Return how many units are to be closed of a signed position; nothing on the other side of zero.

        `filled` is what the exit's own orders have closed.
        """
        if held * self.side.sign >= ZERO:
            return ZERO
        if self.amount is not None:
            return min(max(self.amount - filled, ZERO), abs(held))
        return max(abs(held) - abs(self.target), ZERO)

    @classmethod
    def after(cls, held: Decimal, closing: Decimal, *, is_sized: bool) -> "ExitWish":
        """Return what is wanted by whoever closes so much of a signed position."""
        side = Side.SELL if held > ZERO else Side.BUY
        if is_sized:
            return cls(side, amount=closing)
        return cls(side, held + side.sign * closing)


@dataclass(frozen=True, slots=True)
class WantedEntry:
    """The entry of a reversal, which waits for its exit: `begun_at` is when it was sent, or about to be.

    A `quantity` of None leaves the size to the bot. `waits_for_open`: the exit is in the broker's queue until
    the market opens, which may be long after the time for a pursuit.
    """

    side: Side
    quantity: Decimal | None = None
    waits_for_open: bool = False
    begun_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pursuit:
    """An exit that is tried again and again, until `until` at the latest.

    `wish` is None until the position has been seen or is known from the books. `sent` is how many orders were
    sent, or are about to be, each under an id of its own; `last` says what became of the last try. `entry`
    follows the exit of a reversal. `by_operator`: a person wants it, of whosever units;
    `by_breaker`: a circuit breaker does. `stuck` counts the
    tries since the exit came as far as it has, which make the pauses longer.
    """

    ticket: UUID
    bot: str
    broker: str
    symbol: str
    since: datetime
    until: datetime
    next_at: datetime
    attempts: int = 1
    sent: int = 0
    wish: ExitWish | None = None
    last: str = ""
    entry: WantedEntry | None = None
    by_operator: bool = False
    stuck: int = 0
    by_breaker: bool = False

    @property
    def place(self) -> Place:
        """The position that is left."""
        return Place(self.bot, self.broker, self.symbol)

    @property
    def has_entry_ahead(self) -> bool:
        """True for the exit of a reversal whose entry nobody has sent yet."""
        return self.entry is not None and self.entry.begun_at is None

    def is_beside(self, other: "Pursuit") -> bool:
        """Tell whether another one leaves the same symbol of the same account."""
        return (self.broker, self.symbol) == (other.broker, other.symbol)

    @property
    def is_sized(self) -> bool:
        """True for one that closes an amount, whatever else moves the position."""
        return self.wish is not None and self.wish.amount is not None

    @property
    def next_order_id(self) -> str:
        """The client order id of the next order: the alert's own exit, then one for each that follows."""
        if self.sent == 0:
            return client_order_id(self.bot, self.ticket, OrderRole.EXIT)
        return placed_order_id(self.bot, self.ticket, f"exit {self.sent}")

    @property
    def last_order_id(self) -> str | None:
        """The client order id of the order that was sent last, or is about to be."""
        return replace(self, sent=self.sent - 1).next_order_id if self.sent else None

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is to be tried."""
        # A clock that was set back must not make a pause longer than it was meant to be.
        return not timedelta(0) < self.next_at - now <= LONGEST_PAUSE

    def is_over(self, now: datetime) -> bool:
        """Tell whether its time is over; what waits for the market to open has more of it."""
        waits = self.entry is not None and self.entry.waits_for_open
        return now >= self.until and not waits

    def sending(self, wish: ExitWish | None) -> "Pursuit":
        """Return it with one more order, which is about to be sent."""
        return replace(self, wish=wish or self.wish, sent=self.sent + 1)

    def entering(self, now: datetime) -> "Pursuit":
        """Return it with its entry about to be sent."""
        return self if self.entry is None else replace(self, entry=replace(self.entry, begun_at=now))

    def without_entry(self) -> "Pursuit":
        """Return it with nothing that follows the exit."""
        return replace(self, entry=None)

    def postponed(self, now: datetime, last: str, *, has_moved: bool = False) -> "Pursuit":
        """Return it after a try; of one that has moved the exit, what comes next is looked for soon."""
        stuck = 0 if has_moved else self.stuck
        next_at = now + pause_after(stuck)
        return replace(self, attempts=self.attempts + 1, stuck=stuck + 1, next_at=next_at, last=last)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many tries: one second, then twice as long each time."""
    # A shift of a large number would be a number of thousands of digits.
    return min(SHORTEST_PAUSE * (1 << min(attempts, 10)), LONGEST_PAUSE)
