"""One backtest: alerts and bars in, a result out."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date, timedelta
from decimal import Decimal

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.analytics.ratios import rounded
from app.domain.backtest.comparison import compared
from app.domain.backtest.metrics import Costs, Course, metrics_of
from app.domain.backtest.result import BacktestResult
from app.domain.backtest.tape import TapeAlert, events
from app.domain.backtest.whole_tape import Tape
from app.domain.bars import Series
from app.domain.bots import Bot
from app.domain.money import ZERO
from app.errors import AppError
from app.repositories.bots import DEFAULT_BOT, BotDirectory
from app.services.backtest.outcome import Books, refusals, refused_by_name, slippage
from app.services.backtest.player import Player
from app.services.backtest.posting import NamedPrice, Read, ReadAlert
from app.services.backtest.simulated import TapeClock, TapeMarket
from app.services.intake.alerts import Intake
from app.services.runtime.supervisor import Supervisor

# Notes of one kind are counted beyond so many.
TOLD = 5


@dataclass(slots=True, kw_only=True)
class BacktestRun:
    """Plays one tape in a house of its own.

    `read` understands an alert, or raises AppError; `only` is the bot that all alerts are for, whatever they
    name; `hours_only` tells that every bot's entries keep the market's hours; `settings` and `fees` are for
    the report.
    """

    broker: Broker
    clock: TapeClock
    market: TapeMarket
    supervisor: Supervisor
    watcher: Supervisor
    intake: Intake
    bots: BotDirectory
    books: Books
    read: Read
    fees: Callable[[], Decimal]
    settings: Mapping[str, str] = field(default_factory=dict)
    only: str | None = None
    hours_only: bool = False
    _unread: Counter[str] = field(default_factory=Counter, init=False)
    _notes: list[str] = field(default_factory=list, init=False)
    _known: dict[int, ReadAlert | AppError] = field(default_factory=dict, init=False)

    def run(self, tape: Tape, progress: Callable[[int], None] = lambda _: None) -> BacktestResult:
        """Play the tape and tell what it came to."""
        first, account = self.clock(), self.broker.account()
        player = Player(
            broker=self.broker,
            clock=self.clock,
            market=self.market,
            supervisor=self.supervisor,
            watcher=self.watcher,
            last_bars={symbol: series.bars[-1].at for symbol, series in tape.bars.items() if series.bars},
            named_price=self._named_price,
            post=self._post,
            follows=any(_follows(bot) for bot, _ in self.bots.all()),
        )
        player.play(events(tape.bars, tape.alerts), progress)
        if player.too_late:
            told = f"{player.too_late} alerts came after their symbol's last bar, and met its last price."
            self._notes.insert(0, told)
        course = Course(
            curve=((first, account.equity), *player.equity),
            days=_days(tape, player),
            seconds_held=player.seconds_held,
            first=first,
            last=self.clock(),
        )
        return self._result(tape, course, account.currency)

    def _result(self, tape: Tape, course: Course, currency: str) -> BacktestResult:
        tickets = self.books.tickets(course.first)
        trades, still_open = self.books.trades(), self.books.open_trades()
        costs = Costs(self.fees(), slippage(tickets))
        return BacktestResult(
            first=course.first,
            last=course.last,
            alerts=len(tape.alerts),
            currency=currency,
            bars={symbol: len(series.bars) for symbol, series in sorted(tape.bars.items())},
            initial_equity=course.curve[0][1],
            final_equity=course.curve[-1][1],
            fees=costs.fees,
            slippage=costs.slippage,
            equity_curve=tuple(course.curve),
            trades=tuple(trades),
            open_trades=tuple(still_open),
            metrics=metrics_of(course, trades, costs, buy_and_hold(tape.bars)).to_json(),
            refusals=dict(sorted((refusals(tickets) + self._unread).items())),
            comparison=compared(
                tape.trades, [*trades, *still_open], tolerance(tape.bars), refused_by_name(tickets)
            ),
            settings=self.settings,
            bots={bot.id: self.bots.show(bot) for bot, _ in self.bots.all()},
            notes=self._told(tape),
        )

    def _post(self, alert: TapeAlert, waited: timedelta) -> None:
        try:
            found = self._reading(alert)
            bot = self._bot_of(alert, found)
        except AppError as error:
            self._unread[error.code] += 1
            self._notes.append(f"{alert.place} was refused: {error.message}")
            return
        self.intake.accept(found.for_intake(alert, bot, waited))

    def _reading(self, alert: TapeAlert) -> ReadAlert:
        """Read an alert once: its price is wanted before it is posted."""
        known = self._known.pop(id(alert), None)
        if isinstance(known, AppError):
            raise known
        return known or self.read(alert)

    def _named_price(self, alert: TapeAlert) -> NamedPrice | None:
        try:
            found = self._known[id(alert)] = self.read(alert)
            bot = self._bot_of(alert, found)
        except AppError as error:
            self._known[id(alert)] = error
            return None
        if found.symbol is None:
            return None
        # An entry outside of its hours is refused then, and none of the next opening's.
        waits = found.only_exits or not (self.hours_only or _keeps_hours(bot))
        return NamedPrice(found.symbol, found.signal.reference_price, waits)

    def _bot_of(self, alert: TapeAlert, found: ReadAlert) -> Bot:
        named = self.only or found.bot or alert.bot or DEFAULT_BOT
        return self.bots.get(named)[0]

    def _told(self, tape: Tape) -> tuple[str, ...]:
        notes = [*tape.notes, *self._notes[:TOLD]]
        if len(self._notes) > TOLD:
            notes.append(f"{len(self._notes) - TOLD} more alerts were refused before they had a ticket.")
        if not tape.bars:
            notes.append("There were no bars: orders filled at the prices that the alerts named.")
        return tuple(notes)


def tolerance(bars: Mapping[str, Series]) -> timedelta:
    """Return how far apart two beginnings of one trade may lie: a bar."""
    return max((series.span for series in bars.values()), default=timedelta(minutes=1))


def buy_and_hold(bars: Mapping[str, Series]) -> Decimal | None:
    """Return what equal parts of all symbols would have brought from first to last price, as a fraction."""
    moves = [series.bars[-1].close / series.bars[0].open - 1 for series in bars.values() if series.bars]
    return rounded(sum(moves, ZERO) / len(moves)) if moves else None


def _days(tape: Tape, player: Player) -> list[date]:
    """Return the days on which there was a market: those of bars, else those of alerts."""
    days = {bar.at.date() for series in tape.bars.values() for bar in series.bars}
    return sorted(days or {at.date() for at, _ in player.equity})


def _keeps_hours(bot: Bot) -> bool:
    keys = bot.configuration
    return bool(keys.market_hours_only or keys.trading_windows)


def _follows(bot: Bot) -> bool:
    """Tell whether a bot has a rule that goes by every price, and by no order at the broker."""
    keys = bot.configuration
    rules = (keys.trailing_stop_pct, keys.break_even_pct, keys.enable_global_sl_tp or None, keys.structure)
    return any(rule is not None for rule in rules)
