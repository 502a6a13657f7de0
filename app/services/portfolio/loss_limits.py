"""What bots and accounts have lost since their session began, and whose entries have ended for it."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.closed_trades import ClosedTrade
from app.domain.json_codec import timestamp
from app.domain.limits import Limits, effective_limits
from app.domain.losses import (
    Gain,
    Losses,
    Reached,
    gain_of_closed,
    gain_of_open,
    longest_run,
    reached,
    session_of,
    total,
)
from app.domain.money import ZERO, text
from app.domain.reasons import Reason
from app.domain.refusals import count, money
from app.domain.structures.gains import gain_of_structure
from app.domain.structures.trades import StructureTrade
from app.domain.trades import Trade
from app.errors import Conflict, StoreUnavailable
from app.repositories.account_beginnings import AccountBeginnings
from app.repositories.bots import BotDirectory
from app.repositories.entry_stops import EntryStops
from app.repositories.structure_trades import StructureTrades
from app.repositories.trades import Trades
from app.services.base import Runtime
from app.services.observability.events import EventKind
from app.services.portfolio.closings import Closings
from app.services.portfolio.snapshots import Snapshots
from app.services.runtime.turns import Apart

PERIOD_SECONDS = 5.0
# An older price says too little about what an open trade is worth.
PRICES_FRESH = timedelta(seconds=30)
UNREADABLE = Gain(least=None, unknown=("a trade cannot be read",))

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Day:
    """A broker's session: when it began, and when the next begins."""

    broker: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class _StillOpen:
    trades: list[Trade | None]
    structures: list[StructureTrade | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossLimits:
    """Sums up losses for the gates, from memory; ends entries for the session, and tells of it once.

    `ceiling` are the environment's limits; `sums` keeps what closed trades have come to,
    `in_doubt` the stops whose writing was lost sight of.
    """

    closings: Closings
    trades: Trades
    structures: StructureTrades
    snapshots: Snapshots
    stops: EntryStops
    beginnings: AccountBeginnings
    bots: BotDirectory
    runtime: Runtime
    ceiling: Limits
    default_broker: str
    sums: dict[tuple[Any, ...], tuple[Any, Any]] = field(default_factory=dict)
    in_doubt: set[tuple[Reason, str]] = field(default_factory=set)

    def losses(self, bot: Bot, broker: str, limits: Limits, *, may_look: bool = True) -> Losses:
        """Return what a bot's limits are compared with; figures without a limit are left out.

        Without a price that is fresh a broker is asked once, where `may_look` and the answer depends on it.
        """
        day = self._day(broker)
        own, account = limits.daily_loss_limit, limits.account_loss_limit
        return Losses(
            bot=None if own is None else self._gain(day, own, bot.id, may_look=may_look),
            account=None if account is None else self._gain(day, account, None, may_look=may_look),
            in_a_row=self._in_a_row(day, bot) if limits.max_consecutive_losses is not None else 0,
            bot_stop=self._stopped_at(Reason.DAILY_LOSS_LIMIT, own, day, bot),
            account_stop=self._stopped_at(Reason.ACCOUNT_LOSS_LIMIT, account, day, bot),
            until=day.ends,
        )

    def gain_today(self, bot: str, broker: str) -> Gain:
        """Return what a bot has gained since the session began, as far as what was seen last tells."""
        return self._gain(self._day(broker), ZERO, bot, may_look=False)

    def end_entries(self, bot: Bot, broker: str, limits: Limits, losses: Losses) -> int:
        """Write down, and tell the owner once, which limits are reached; return how many are new."""
        day = self._day(broker)
        return sum(self._end(found, bot, day) for found in reached(limits, losses))

    def run(self) -> int:
        """Look at every bot with such a limit; return how many limits were reached since the last look."""
        ended = 0
        with Apart() as bots:
            for bot, broker, limits in self._limited():
                with bots.one():
                    losses = self.losses(bot, broker, limits, may_look=False)
                    ended += self.end_entries(bot, broker, limits, losses)
        return ended

    def view(self) -> list[dict[str, Any]]:
        """Show whose entries have ended until the next session; an account's stop has no bot."""
        found: dict[str, dict[str, Any]] = {}
        for bot, broker, limits in self._limited():
            day, losses = self._day(broker), self.losses(bot, broker, limits, may_look=False)
            for stop in _standing(limits, losses):
                found[_place(stop.code, day.broker, bot)] = {
                    "code": stop.code.value,
                    "broker": broker,
                    "bot": None if stop.code is Reason.ACCOUNT_LOSS_LIMIT else bot.id,
                    "amount": text(stop.amount),
                    "limit": text(stop.limit),
                    "until": timestamp(day.ends),
                }
        return list(found.values())

    def _limited(self) -> Iterator[tuple[Bot, str, Limits]]:
        for bot, _ in self.bots.all():
            limits = effective_limits(self.ceiling, bot.configuration)
            if limits.limits_losses:
                yield bot, bot.configuration.broker or self.default_broker, limits

    def _day(self, broker: str) -> _Day:
        capabilities = self.runtime.registry.capabilities(broker)
        begins, ends = session_of(self.runtime.clock(), ZoneInfo(capabilities.zone))
        anew = self.beginnings.of(broker) if capabilities.simulated else None
        # What an account lost before it was started anew is not this account's.
        return _Day(broker, begins if anew is None else max(begins, anew), ends)

    def _gain(self, day: _Day, limit: Decimal, bot: str | None, *, may_look: bool) -> Gain:
        is_simulated = self.runtime.registry.capabilities(day.broker).simulated
        realised = self._once(
            ("gain", day.broker, bot), day.begins, lambda: self._realised(day, bot, is_simulated=is_simulated)
        )
        held = _StillOpen(
            self.trades.each_at(day.broker, bot=bot), self.structures.each_at(day.broker, bot=bot)
        )
        gain, is_priced = self._with_open(day.broker, realised, held, is_simulated=is_simulated)
        if is_priced or not may_look or not gain.is_doubtful(limit):
            return gain
        if day.broker in self.runtime.registry.names:
            self.snapshots.look(day.broker)
        return self._with_open(day.broker, realised, held, is_simulated=is_simulated)[0]

    def _once(self, name: tuple[Any, ...], since: datetime, compute: Callable[[], Any]) -> Any:
        """Return what was computed of closed trades, until another one closes or the session ends."""
        # Before it is computed: what closes meanwhile makes the next one compute anew.
        basis = self.closings.version(), since
        known = self.sums.get(name)
        if known is None or known[0] != basis:
            self.sums[name] = known = (basis, compute())
        return known[1]

    def _realised(self, day: _Day, bot: str | None, *, is_simulated: bool) -> Gain:
        return total(
            UNREADABLE if trade is None else gain_of_closed(trade, is_simulated=is_simulated)
            for trade in self._closed(day.broker, bot, day.begins)
        )

    def _closed(self, broker: str, bot: str | None, since: datetime) -> list[ClosedTrade | None]:
        """Return what went flat at a broker; what cannot be read may have been anybody's."""
        return [
            trade
            for trade in self.closings.since(since)
            if trade is None or (trade.broker == broker and bot in {None, trade.bot})
        ]

    def _with_open(
        self, broker: str, realised: Gain, held: _StillOpen, *, is_simulated: bool
    ) -> tuple[Gain, bool]:
        """Add what open trades are worth; tell whether every one of them has a price that is fresh."""
        seen, oldest = self.snapshots.newest(broker), self.runtime.clock() - PRICES_FRESH
        at = seen.at if seen.at is not None and seen.at >= oldest else None
        prices = {} if at is None else {item.symbol: item.market_price for item in seen.positions}
        gains = [
            gain_of_open(trade, _mark(trade, at, prices), is_simulated=is_simulated)
            for trade in held.trades
            if trade is not None
        ]
        gains += [
            Gain(-trade.fees, -trade.fees)
            if _is_unseen(trade.entered_at, at)
            else gain_of_structure(trade, prices)
            for trade in held.structures
            if trade is not None
        ]
        gains += [UNREADABLE for trade in (*held.trades, *held.structures) if trade is None]
        return total([realised, *gains]), not any(gain.unknown for gain in gains)

    def _in_a_row(self, day: _Day, bot: Bot) -> int:
        since = max(filter(None, (bot.resumed_at, day.begins)))

        def run() -> int:
            closed = self._closed(day.broker, bot.id, since)
            return longest_run(trade.gain for trade in closed if trade is not None)

        lost: int = self._once(("row", day.broker, bot.id), since, run)
        return lost

    def _stopped_at(self, code: Reason, limit: Decimal | None, day: _Day, bot: Bot) -> Decimal | None:
        if limit is None:
            return None
        stop = self.stops.of(code, _place(code, day.broker, bot), day.begins)
        return None if stop is None else stop.amount

    def _end(self, found: Reached, bot: Bot, day: _Day) -> bool:
        since = day.begins
        if found.code is Reason.CONSECUTIVE_LOSSES and bot.resumed_at is not None:
            since = max(since, bot.resumed_at)
        place = _place(found.code, day.broker, bot)
        try:
            is_new = self.stops.add(found, place, day.begins, self.runtime.clock(), since)
        except Conflict as error:
            # Whoever was faster has told it.
            _logger.info("The stop of %s is being written by others: %s", place, error)
            return False
        except StoreUnavailable:
            # It may stand there all the same, and then nobody else tells it.
            self.in_doubt.add((found.code, place))
            raise
        is_new = is_new or (found.code, place) in self.in_doubt
        self.in_doubt.discard((found.code, place))
        if is_new:
            self._tell(found, bot, day)
        return is_new

    def _tell(self, found: Reached, bot: Bot, day: _Day) -> None:
        whose = f"all bots at {day.broker}" if found.code is Reason.ACCOUNT_LOSS_LIMIT else bot.id
        seen = self.snapshots.newest(day.broker)
        currency = None if seen.account is None else seen.account.currency
        if found.code is Reason.CONSECUTIVE_LOSSES:
            lost = f"lost {count(int(found.amount), 'trade', 'trades')} in a row, limit {found.limit}"
        else:
            lost = f"lost {money(found.amount, currency)} today, limit {money(found.limit, currency)}"
        event = f"{whose}: {lost}; no entries until {day.ends:%Y-%m-%d %H:%M} UTC, exits go on"
        self.runtime.journal.activity(event)
        self.runtime.notifier.notify(EventKind.ENTRIES_STOPPED, event, key=f"{event} {found.code.value}")


def _mark(trade: Trade, seen_at: datetime | None, prices: Mapping[str, Decimal | None]) -> Decimal | None:
    """Return what a unit is worth, of prices that were seen then; None where they are too old to say."""
    if _is_unseen(trade.opened_at, seen_at):
        return trade.average_price
    # Units came since, at another price perhaps: what was seen before says nothing of their worth.
    is_older = seen_at is not None and trade.entered_at is not None and trade.entered_at > seen_at
    return None if is_older else prices.get(trade.symbol)


def _is_unseen(opened_at: datetime | None, seen_at: datetime | None) -> bool:
    """Tell whether a trade is too new to have been seen: a moment ago it was worth what it cost."""
    return seen_at is not None and opened_at is not None and opened_at >= seen_at


def _place(code: Reason, broker: str, bot: Bot) -> str:
    return broker if code is Reason.ACCOUNT_LOSS_LIMIT else f"{broker}/{bot.id}"


def _standing(limits: Limits, losses: Losses) -> list[Reached]:
    """Return what ends entries now: limits that are reached, and those that were since the session began."""
    now = reached(limits, losses)
    known = {found.code for found in now}
    stopped = (
        (Reason.DAILY_LOSS_LIMIT, losses.bot_stop, limits.daily_loss_limit),
        (Reason.ACCOUNT_LOSS_LIMIT, losses.account_stop, limits.account_loss_limit),
    )
    return now + [
        Reached(code, amount, limit)
        for code, amount, limit in stopped
        if code not in known and amount is not None and limit is not None and amount >= limit
    ]
