"""The past as work for a process of its own: all that it needs travels with it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from io import StringIO
from typing import Any

from app.dataclass import dataclass
from app.domain.backtest.tape import TapeAlert
from app.domain.backtest.whole_tape import Tape
from app.domain.json_codec import timestamp
from app.errors import InvalidRequest
from app.logs import register_secrets
from app.schemas.backtest.tape_reader import TapeReader, TapeText
from app.services.backtest.day_replay import HeldBefore, replay_report
from app.services.backtest.reports import excerpt, files_of
from app.wiring.backtest_setup import ReplaySetup, Setup
from app.wiring.bar_shelf import KeptBars
from app.wiring.traded import Told

MOST_ALERTS = 20_000
# Two years of five-minute bars of a market that never closes.
MOST_BARS = 250_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestWork:
    """A backtest; `alerts` and `bars` are files as they came, `own` are alerts of this service's days.

    `kept` are bars of a broker, and `notes` what is said of those that it has not.
    """

    setup: Setup
    reader: TapeReader
    alerts: Mapping[str, Any] | None
    own: Sequence[TapeAlert]
    bars: Sequence[Mapping[str, Any]]
    kept: Sequence[KeptBars] = ()
    notes: Sequence[str] = ()

    def __call__(self, tell: Callable[[int, int], None]) -> dict[str, Any]:
        """Play it; return what is shown of the report, and its files."""
        # The house takes long to build: nobody but the other process needs it.
        from app.wiring.backtest import play

        tape = self._tape()
        # To write the report is the last step.
        total = tape.length + 1
        report = play(self.setup, tape, lambda done: tell(done, total))
        tell(tape.length, total)
        return {"result": excerpt(report), "files": files_of(report)}

    def _tape(self) -> Tape:
        bars = self.reader.bars(map(tape_text, self.bars))
        notes: list[str] = []
        for each in self.kept:
            bars[each.symbol], note = each.read()
            notes.append(note)
        told = told_by(self.reader, self.alerts, self.own)
        tape = self.reader.put_together(told.alerts, told.trades, bars, [*notes, *self.notes])
        refuse_more(MOST_ALERTS, len(tape.alerts), "alerts")
        refuse_more(MOST_BARS, sum(len(series.bars) for series in tape.bars.values()), "bars")
        return tape


@dataclass(frozen=True, slots=True, kw_only=True)
class TradedWork:
    """What a backtest's alerts trade, and when: whoever has bars of it is asked next."""

    reader: TapeReader
    alerts: Mapping[str, Any] | None
    own: Sequence[TapeAlert]

    def __call__(self, tell: Callable[[int, int], None]) -> dict[str, Any]:
        """Return symbols with their exchanges, and the days."""
        told = told_by(self.reader, self.alerts, self.own)
        refuse_more(MOST_ALERTS, len(told.alerts), "alerts")
        days = told.days(self.reader.stretch)
        tell(0, 0)
        return {"names": told.names(), "days": [timestamp(day) for day in days]}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReplayWork:
    """A day once more: its tickets, and what was held when it began."""

    setup: ReplaySetup
    day: date
    held: Sequence[HeldBefore]
    tickets: list[dict[str, Any]]

    def __call__(self, tell: Callable[[int, int], None]) -> dict[str, Any]:
        """Play it; return each ticket with both outcomes."""
        from app.wiring.day_replay import replay_of

        register_secrets(*self.setup.environment.secrets)
        total = len(self.tickets)
        played = replay_of(self.setup, self.day, self.held, self.tickets)
        tickets = played.run(self.tickets, lambda done: tell(done, total))
        return {"result": replay_report(self.day, tickets, played.notes), "files": {}}


def told_by(reader: TapeReader, alerts: Mapping[str, Any] | None, own: Sequence[TapeAlert]) -> Told:
    """Return what is played: a file's alerts or trades, else those of our own."""
    if alerts is None:
        return Told(reader.stretch.of_alerts(own))
    return Told(*reader.told(tape_text(alerts)))


def tape_text(file: Mapping[str, Any]) -> TapeText:
    """Return a file that came with a request, as a reader of tapes takes it."""
    text = file["text"].removeprefix("\ufeff")
    return TapeText(file["name"], StringIO(text, newline=""), file.get("symbol"))


def refuse_more(most: int, count: int, what: str) -> None:
    """Raise InvalidRequest where there are more than can be played in the background."""
    if count > most:
        raise InvalidRequest(
            f"There are {count:,} {what}, and a job plays at most {most:,}: take fewer days, or use "
            "`flask backtest`, which has no limit."
        )
