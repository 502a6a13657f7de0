"""Backtests and days once more as jobs: what they need is put together here, and played elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.dataclass import dataclass
from app.domain.backtest.requests import BacktestRequest, DayReplayRequest
from app.domain.backtest.tape import Stretch, TapeAlert
from app.domain.jobs import Job
from app.domain.json_codec import from_json
from app.errors import InvalidRequest, RequestRefused
from app.repositories.job_files import JobFiles
from app.schemas.backtest.tape_reader import TapeReader, zone_named
from app.services.analyst.base import Analyst
from app.services.analyst.prompting import prompt_of
from app.services.backtest.day_replay import RecordedAnalyst
from app.services.jobs.apart import Work, run_apart
from app.services.jobs.progress import Progress
from app.services.jobs.replay import another_analyst
from app.wiring.backtest_settings import read_differences
from app.wiring.backtest_setup import ReplaySetup, Setup, setup_of, todays_bots
from app.wiring.bar_shelf import KeptBars
from app.wiring.foundation import Foundation
from app.wiring.job_bars import JobBars
from app.wiring.past_records import held_before, own_alerts
from app.wiring.past_work import (
    MOST_ALERTS,
    BacktestWork,
    DayReplayWork,
    TradedWork,
    refuse_more,
    tape_text,
)
from app.wiring.traded import instruments_of

DAY = timedelta(days=1)
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class PastJobs:
    """Looks at what is asked for, then plays it; the store is read, and written to for the job alone."""

    base: Foundation
    files: JobFiles

    def look_at_backtest(self, said: dict[str, Any], upload: Mapping[str, Any]) -> None:
        """Raise RequestRefused or NotFound for what cannot come to anything, before it waits in the row."""
        wanted = from_json(BacktestRequest, said)
        with _as_refusal():
            self._setup(wanted)
            JobBars(self.base).look(wanted)
            alerts = upload.get("alerts")
            if alerts is None:
                _days(wanted)
            _reader(wanted).look(
                None if alerts is None else tape_text(alerts), map(tape_text, upload.get("bars", ()))
            )

    def backtest(self, job: Job, progress: Progress) -> dict[str, Any]:
        """Play a backtest and keep the files of its report."""
        wanted, upload = from_json(BacktestRequest, job.wanted), self.files.upload(job.id)
        setup, reader, alerts = self._setup(wanted), _reader(wanted), upload.get("alerts")
        own = self._own(wanted) if alerts is None else ()
        kept, notes = self._kept(wanted, TradedWork(reader=reader, alerts=alerts, own=own), progress)
        work = BacktestWork(
            setup=setup,
            reader=reader,
            alerts=alerts,
            own=own,
            bars=upload.get("bars", ()),
            kept=kept,
            notes=notes,
        )
        return self._carry_out(job, work, progress)

    def _kept(
        self, wanted: BacktestRequest, work: TradedWork, progress: Progress
    ) -> tuple[list[KeptBars], list[str]]:
        """Return a broker's bars of what is traded, where one was named, and what is to be said of them."""
        if wanted.broker is None:
            return [], []
        traded = run_apart(work, progress)
        since, until = map(datetime.fromisoformat, traded["days"])
        return JobBars(self.base).find(wanted, instruments_of(traded["names"]), (since, until), progress)

    def look_at_day(self, said: dict[str, Any], upload: Mapping[str, Any]) -> None:
        """Raise RequestRefused or NotFound for what cannot come to anything."""
        wanted = from_json(DayReplayRequest, said)
        with _as_refusal():
            read_differences(_pairs(wanted.set))
            self._analyst(wanted, upload)
        if wanted.bot is not None:
            self.base.bots.get(wanted.bot)

    def replay_day(self, job: Job, progress: Progress) -> dict[str, Any]:
        """Play a day's tickets through what is set now."""
        wanted, upload = from_json(DayReplayRequest, job.wanted), self.files.upload(job.id)
        differences = read_differences(_pairs(wanted.set))
        asks_other = wanted.model is not None or wanted.prompt is not None
        setup = ReplaySetup(
            environment=self.base.settings,
            bots=todays_bots(self.base.bots),
            settings=differences.settings,
            keys=differences.keys,
            analyst=RecordedAnalyst(self._analyst(wanted, upload), asks_other),
        )
        held = held_before(self.base.store, wanted.date, self.base.clock())
        tickets = [
            ticket
            for ticket in self.base.ledger.filed_on(wanted.date, after="")
            if wanted.bot is None or ticket["bot"] == wanted.bot
        ]
        refuse_more(MOST_ALERTS, len(tickets), "tickets")
        work = DayReplayWork(setup=setup, day=wanted.date, held=held, tickets=tickets)
        return self._carry_out(job, work, progress)

    def _carry_out(self, job: Job, work: Work, progress: Progress) -> dict[str, Any]:
        outcome = run_apart(work, progress)
        for name, text in outcome["files"].items():
            self.files.keep(job.id, name, text)
        result: dict[str, Any] = outcome["result"]
        return result

    def _setup(self, wanted: BacktestRequest) -> Setup:
        differences = read_differences(_pairs(wanted.set))
        return setup_of(self.base.settings, self.base.bots, differences, only=wanted.bot)

    def _own(self, wanted: BacktestRequest) -> list[TapeAlert]:
        return own_alerts(self.base.ledger, *_days(wanted))

    def _analyst(self, wanted: DayReplayRequest, upload: Mapping[str, Any]) -> Analyst:
        text = upload.get("prompt")
        try:
            prompt = None if text is None else prompt_of(text, "The prompt")
        except ValueError as error:
            raise InvalidRequest(f"{error}: its first line is like `version: bold-1`.") from error
        return another_analyst(self.base.research.analyst, wanted.model, prompt)


def _pairs(said: Mapping[str, str]) -> list[str]:
    return [f"{name}={text}" for name, text in said.items()]


def _days(wanted: BacktestRequest) -> tuple[date, date]:
    """Return the days whose alerts are played where none came along; raise InvalidRequest."""
    if wanted.since is None or wanted.until is None:
        raise InvalidRequest(
            "Say which alerts to play: a file of `alerts`, or our own days by `from` and `to`."
        )
    if wanted.until - wanted.since > LONGEST:
        raise InvalidRequest(f"`from` and `to` lie more than {LONGEST.days} days apart.")
    return wanted.since, wanted.until


def _reader(wanted: BacktestRequest) -> TapeReader:
    since = None if wanted.since is None else datetime.combine(wanted.since, time(), UTC)
    until = None if wanted.until is None else datetime.combine(wanted.until, time(), UTC) + DAY
    return TapeReader(zone_named(wanted.timezone), Stretch(since, until), wanted.symbol)


@contextmanager
def _as_refusal() -> Iterator[None]:
    """What the API's document cannot say of a request is no fault of its shape."""
    try:
        yield
    except InvalidRequest as error:
        raise RequestRefused(error.message) from error
