"""Plays a tape: prices move through their bars, alerts go in at their times, and the clock's tasks follow."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.brokers.base import Broker
from app.domain.backtest.path import BarWay
from app.domain.backtest.tape import MOMENT, TapeAlert, TapeEvent, TapeTurn
from app.domain.bars import Bar
from app.services.backtest.positions import AccountLook
from app.services.backtest.simulated import TapeClock, TapeMarket
from app.services.runtime.supervisor import Supervisor

# What the clock does where nothing happens: once in so much simulated time.
IDLE = timedelta(hours=1)

EquityPoint = tuple[datetime, Decimal]


@dataclass(slots=True, kw_only=True)
class Player:
    """The one that moves time and prices.

    `post` hands an alert to the intake and returns the price that it names, of a symbol that bars tell of.
    `supervisor` goes by the tape's clock. Where a rule of a bot goes by every price, and not only by orders
    that wait at the broker, `follows` is true, and `watcher` does the tasks that look at prices.
    """

    broker: Broker
    clock: TapeClock
    market: TapeMarket
    supervisor: Supervisor
    watcher: Supervisor
    named_price: Callable[[TapeAlert], tuple[str, Decimal] | None]
    post: Callable[[TapeAlert], None]
    follows: bool
    equity: list[EquityPoint] = field(default_factory=list, init=False)
    seconds_held: float = field(default=0.0, init=False)
    _bars: dict[str, tuple[Bar, BarWay]] = field(default_factory=dict, init=False)
    _look: AccountLook = field(default_factory=AccountLook, init=False)
    _day: date | None = field(default=None, init=False)
    _attended: datetime | None = field(default=None, init=False)

    def play(self, tape: Iterable[TapeEvent], progress: Callable[[int], None] = lambda _: None) -> None:
        """Play the whole tape; `progress` hears how many of its events are over."""
        plays = {TapeTurn.OPEN: self._open, TapeTurn.REST: self._rest, TapeTurn.ALERT: self._alert}
        self._see()
        for done, event in enumerate(tape, start=1):
            plays[event.turn](event)
            progress(done)
        self._attend()
        self._note_equity()

    def _open(self, event: TapeEvent) -> None:
        bar = _bar(event)
        self._go_to(event.at)
        self._bars[event.name] = (bar, BarWay(bar, self._look.of(event.name)))
        self._reach(event.name, bar.open)

    def _rest(self, event: TapeEvent) -> None:
        bar, way = self._bars.pop(event.name)
        self._go_to(event.at - MOMENT)
        if self._look.is_watched(event.name, self.follows):
            self._walk(event.name, way)
        else:
            self.market.move(event.name, bar.close)
        self._idle()
        self._note_equity(event.at)

    def _alert(self, event: TapeEvent) -> None:
        alert = event.alert
        assert alert is not None  # noqa: S101  # what the turn says
        self._go_to(event.at)
        self._come_by(alert)
        self.post(alert)
        self._attend()
        self._note_equity()

    def _walk(self, symbol: str, way: BarWay) -> None:
        while (price := way.next(self._look.of(symbol))) is not None:
            self._reach(symbol, price)

    def _come_by(self, alert: TapeAlert) -> None:
        """Let the price pass where an alert that came inside a bar saw it, if the bar was there."""
        named = self.named_price(alert)
        if named is None or named[0] not in self._bars:
            return
        symbol, price = named
        bar, way = self._bars[symbol]
        # At the opening the price is the bar's own: the alert names the end of the one before.
        if alert.at <= bar.at:
            return
        while (step := way.detour(price, self._look.of(symbol))) is not None:
            self._reach(symbol, step)

    def _reach(self, symbol: str, price: Decimal) -> None:
        """Let a price be reached, and whatever waits for it happen."""
        last = self.market.price_of(symbol)
        self.market.move(symbol, price)
        before = self._look.mark
        if self.follows and self._look.of(symbol).sign:
            self.watcher.tick(everything=True)
            self._see()
        elif self._look.is_met(symbol, last, price):
            # To look at the account makes its orders meet the market.
            self._see()
        if self._look.mark != before:
            self._attend()

    def _attend(self) -> None:
        """Let the clock's tasks do what has become due, and all that follows from it."""
        self._attended = self.clock()
        self._see()
        while True:
            before = self._look.mark
            self.supervisor.tick(everything=True)
            self._see()
            if self._look.mark == before:
                return

    def _idle(self) -> None:
        """Attend to what time alone brings: a rule by the days, an order whose day is over."""
        is_due = self._attended is None or self.clock() - self._attended >= IDLE
        if self._look.standing and is_due:
            self._attend()

    def _go_to(self, at: datetime) -> None:
        if self._look.holds:
            self.seconds_held += max((at - self.clock()).total_seconds(), 0.0)
        self.clock.go_to(at)
        if self._day != at.date():
            self._day = at.date()
            self._see()

    def _see(self) -> None:
        self._look = AccountLook.at(self.broker)

    def _note_equity(self, at: datetime | None = None) -> None:
        if self._look.options:
            self._see()
        worth = self._look.worth(self.market)
        is_flat = not self._look.standing and len(self.equity) > 1
        # A stretch in which nothing is held needs no points of its own.
        if is_flat and self.equity[-1][1] == self.equity[-2][1] == worth:
            self.equity.pop()
        moment = at if at is not None else self.clock()
        if self.equity and self.equity[-1][0] == moment:
            self.equity.pop()
        self.equity.append((moment, worth))


def _bar(event: TapeEvent) -> Bar:
    assert event.bar is not None  # noqa: S101  # what the turn says
    return event.bar
