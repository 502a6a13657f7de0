"""Plays a tape: prices move through their bars, alerts go in at their times, and the clock's tasks follow."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.backtest.path import BarWay
from app.domain.backtest.tape import MOMENT, TapeAlert, TapeEvent, TapeTurn
from app.domain.bars import Bar
from app.services.backtest.positions import AccountLook
from app.services.backtest.posting import NO_TIME, NamedPrice
from app.services.backtest.simulated import TapeClock, TapeMarket
from app.services.runtime.supervisor import Supervisor

# What the clock does where nothing happens: once in so much simulated time.
IDLE = timedelta(hours=1)
# What the close of a bar sets off comes so long after it at most, and before a quarter of the next is over.
LATENESS = timedelta(seconds=15)

EquityPoint = tuple[datetime, Decimal]


@dataclass(slots=True, kw_only=True)
class Player:
    """The one that moves time and prices.

    `post` hands an alert to the intake, with how long it has waited; `named_price` tells what it says of the
    market. No alert meets a price that is older than itself: one that names none which its bar has waits for
    the bar's last price, and one that comes while no bar is there waits for the next opening. `last_bars` are
    the times of the last ones.
    `supervisor` goes by the tape's clock. Where a rule of a bot goes by every price, and not only by orders
    that wait at the broker, `follows` is true, and `watcher` does the tasks that look at prices.
    """

    broker: Broker
    clock: TapeClock
    market: TapeMarket
    supervisor: Supervisor
    watcher: Supervisor
    last_bars: Mapping[str, datetime]
    named_price: Callable[[TapeAlert], NamedPrice | None]
    post: Callable[[TapeAlert, timedelta], None]
    follows: bool
    equity: list[EquityPoint] = field(default_factory=list, init=False)
    seconds_held: float = field(default=0.0, init=False)
    too_late: int = field(default=0, init=False)
    _bars: dict[str, tuple[TapeEvent, BarWay]] = field(default_factory=dict, init=False)
    _closes: dict[str, Bar] = field(default_factory=dict, init=False)
    _waiting: dict[str, list[TapeAlert]] = field(default_factory=dict, init=False)
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
        self._bars[event.name] = (event, BarWay(bar, self._look.of(event.name)))
        self._reach(event.name, bar.open)
        self._post_waiting(event.name)

    def _rest(self, event: TapeEvent) -> None:
        way, bar = self._bars.pop(event.name)[1], _bar(event)
        self._closes[event.name] = bar
        self._go_to(event.at - MOMENT)
        if self._look.is_watched(event.name, self.follows):
            self._walk(event.name, way)
        else:
            self.market.move(event.name, bar.close)
        self._post_waiting(event.name)
        self._idle()
        self._note_equity(event.at)

    def _alert(self, event: TapeEvent) -> None:
        alert = event.alert
        assert alert is not None  # noqa: S101  # what the turn says
        self._go_to(event.at)
        named = self.named_price(alert)
        if named is not None and not self._meets(alert.at, named):
            self._waiting.setdefault(named.symbol, []).append(alert)
            return
        self._carry_out(alert)

    def _carry_out(self, alert: TapeAlert, waited: timedelta = NO_TIME) -> None:
        self.post(alert, waited)
        self._attend()
        self._note_equity()

    def _post_waiting(self, symbol: str) -> None:
        for alert in self._waiting.pop(symbol, ()):
            self._carry_out(alert, self.clock() - alert.at)

    def _meets(self, at: datetime, named: NamedPrice) -> bool:
        """Tell whether there is a price for an alert that comes now, and let the market come by it."""
        symbol = named.symbol
        if symbol in self._waiting:
            # Whoever came first goes first.
            return False
        if symbol not in self._bars:
            return self._is_beyond(symbol) or not named.waits
        opened, way = self._bars[symbol]
        if self._is_of_the_opening(at, named.price, opened):
            return True
        bar = way.bar
        if named.price is None or not bar.low <= named.price <= bar.high:
            return False
        while (step := way.detour(named.price, self._look.of(symbol))) is not None:
            self._reach(symbol, step)
        return True

    def _is_beyond(self, symbol: str) -> bool:
        """Tell whether bars say nothing of now: before the first, or after the last of them."""
        last = self._closes.get(symbol)
        if last is not None and last.at == self.last_bars[symbol]:
            self.too_late += 1
            return True
        return last is None

    def _is_of_the_opening(self, at: datetime, price: Decimal | None, opened: TapeEvent) -> bool:
        """Tell whether the close before this bar has set an alert off: it is traded at the opening."""
        bar, before = _bar(opened), self._closes.get(opened.name)
        if at <= bar.at:
            return True
        assert opened.until is not None  # noqa: S101  # what an opening has
        if at - bar.at > min(LATENESS, (opened.until - bar.at) / 4):
            return False
        if price is None:
            return True
        return before is not None and abs(price - before.close) < abs(price - bar.open)

    def _walk(self, symbol: str, way: BarWay) -> None:
        while (price := way.next(self._look.of(symbol))) is not None:
            self._reach(symbol, price)

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
