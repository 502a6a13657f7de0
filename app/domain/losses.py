"""What a bot or an account has lost since its session began, as far as that is known."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.dataclass import dataclass
from app.domain.closed_trades import ClosedTrade
from app.domain.limits import Limits
from app.domain.money import ZERO
from app.domain.reasons import Reason
from app.domain.trades import Trade


@dataclass(frozen=True, slots=True)
class Gain:
    """What trades have brought after fees: what is known of it, and the least that it can be.

    `unknown` are sentences about what is not known; without any, both figures are the same. `least` None:
    nothing bounds the loss.
    """

    known: Decimal = ZERO
    least: Decimal | None = ZERO
    unknown: tuple[str, ...] = ()

    @property
    def loss(self) -> Decimal:
        """What is known to be lost."""
        return max(-self.known, ZERO)

    def is_doubtful(self, limit: Decimal) -> bool:
        """Tell whether what is not known may have cost as much as a limit."""
        return bool(self.unknown) and (self.least is None or -self.least >= limit)

    def reaches(self, limit: Decimal) -> bool:
        """Tell whether a limit is known to be reached: what is not known may be a gain as well."""
        return not self.unknown and self.loss >= limit


@dataclass(frozen=True, slots=True)
class Losses:
    """What loss limits are compared with; None is not known at all.

    `in_a_row` is the longest run of trades lost one after the other. `bot_stop` and `account_stop` are the
    losses at which entries were stopped in this session already, which ends `until`.
    """

    bot: Gain | None = None
    account: Gain | None = None
    in_a_row: int = 0
    bot_stop: Decimal | None = None
    account_stop: Decimal | None = None
    until: datetime | None = None


NOT_ASKED = Losses()


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit that has been reached, and with how much."""

    code: Reason
    amount: Decimal
    limit: Decimal


def reached(limits: Limits, losses: Losses) -> list[Reached]:
    """Return the loss limits at which entries end for this session."""
    found: list[Reached] = []
    by_loss = (
        (Reason.DAILY_LOSS_LIMIT, losses.bot, limits.daily_loss_limit),
        (Reason.ACCOUNT_LOSS_LIMIT, losses.account, limits.account_loss_limit),
    )
    for code, gain, limit in by_loss:
        if gain is not None and limit is not None and gain.reaches(limit):
            found.append(Reached(code, gain.loss, limit))
    most = limits.max_consecutive_losses
    if most is not None and losses.in_a_row >= most:
        found.append(Reached(Reason.CONSECUTIVE_LOSSES, Decimal(losses.in_a_row), Decimal(most)))
    return found


def session_of(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when an account's session began and when the next one does (UTC): its midnights."""
    today = now.astimezone(zone).date()
    first, next_ = (
        datetime.combine(today + timedelta(days=days), time(), zone).astimezone(UTC) for days in (0, 1)
    )
    return first, next_


def gain_of_closed(trade: ClosedTrade, *, is_simulated: bool = False) -> Gain:
    """Return what a trade brought; of one that left at a price nobody knows, the least that it can be.

    At a simulated broker nothing leaves like that but by a new beginning, which costs nothing.
    """
    counted = trade.realized_pnl - trade.fees
    if trade.is_priced or is_simulated:
        return Gain(counted, counted)
    paid = None if trade.entry_price is None else trade.quantity * trade.entry_price * trade.multiplier
    # What was bought can become worthless and no worse; what was sold short has no worst price.
    least = None if paid is None or trade.side.sign < 0 else counted - paid
    return Gain(counted, least, (f"{trade.symbol} left at a price that nobody told",))


def gain_of_open(trade: Trade, mark: Decimal | None, *, is_simulated: bool = False) -> Gain:
    """Return what an open trade has brought at a price per unit; without one, the least that it can be."""
    counted = trade.realized_pnl - trade.fees
    least = None if trade.quantity < ZERO else counted - _paid(trade, trade.quantity + trade.unpriced)
    if trade.unpriced and not is_simulated:
        return Gain(counted, least, (f"a part of {trade.symbol} left at a price that nobody told",))
    if mark is None:
        return Gain(counted, least, (f"{trade.symbol} has no price",))
    gain = counted + trade.quantity * (mark - trade.average_price) * trade.multiplier
    return Gain(gain, gain)


def total(gains: Iterable[Gain]) -> Gain:
    """Return what trades have brought together."""
    known, least, unknown = ZERO, ZERO, list[str]()
    is_bounded = True
    for gain in gains:
        known += gain.known
        least += gain.least or ZERO
        is_bounded = is_bounded and gain.least is not None
        unknown += gain.unknown
    return Gain(known, least if is_bounded else None, tuple(unknown))


def longest_run(gains: Iterable[Decimal | None]) -> int:
    """Return how many losses came in a row, of trades in their order.

    A gain of nothing, or one that nobody knows, neither counts nor ends a run.
    """
    longest = run = 0
    for gain in gains:
        if gain is not None and gain != ZERO:
            run = run + 1 if gain < ZERO else 0
            longest = max(longest, run)
    return longest


def _paid(trade: Trade, units: Decimal) -> Decimal:
    price = max(trade.average_price, trade.entered.average_price or ZERO)
    return units * price * trade.multiplier
