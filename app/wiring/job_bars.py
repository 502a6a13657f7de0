"""Bars of a broker for a job: asked for beside the trading of now, which comes first."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field
from datetime import datetime

from app.clock import Wait
from app.dataclass import dataclass
from app.domain.backtest.requests import BacktestRequest
from app.domain.bars import span_of
from app.domain.hours import exchange_closes
from app.domain.instruments import Instrument
from app.errors import InvalidRequest
from app.services.backtest.bar_download import QuestionPace, Told, WantedBars, questions
from app.services.jobs.progress import Progress
from app.wiring.bar_shelf import BarShelf, KeptBars, find_each, shelf_folder
from app.wiring.foundation import Foundation
from app.wiring.past_work import MOST_BARS, refuse_more

# Half a question a second, of the three or more that brokers take; where one has too many requests, those of
# the trading are among them: its minute is left to them.
SECONDS_BETWEEN = 2.0
SECONDS_OF_BUSY = (61.0, 61.0, 121.0)
# How often it is looked whether the job shall end while nobody is asked.
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class JobBars:
    """Downloads what jobs need; it is kept beside the database, if that is a file, and else nowhere."""

    base: Foundation

    def look(self, wanted: BacktestRequest) -> None:
        """Raise InvalidRequest where the broker that is named keeps no bars, or is not set up here."""
        if wanted.broker is None:
            return
        registry, shelf = self.base.registry, self._shelf(wanted, _Watch(self.base.wait))
        if not shelf.keeps(wanted.broker):
            known = ", ".join(name for name in registry.known if shelf.keeps(name))
            raise InvalidRequest(f"{wanted.broker} keeps no bars; these do: {known}.")
        if wanted.broker not in registry.names:
            raise InvalidRequest(
                f"{wanted.broker} is not set up here, so its bars cannot be downloaded: "
                f"it needs {registry.needs(wanted.broker)}."
            )

    def find(
        self,
        wanted: BacktestRequest,
        traded: Sequence[Instrument],
        days: tuple[datetime, datetime],
        progress: Progress,
    ) -> tuple[list[KeptBars], list[str]]:
        """Return bars of what is traded in a time, and what is said of those without.

        Raise InvalidRequest or BrokerUnavailable, and whatever `progress` raises.
        """
        since, until = days
        span = span_of(wanted.timeframe)
        watch = _Watch(self.base.wait, progress, len(traded) * questions(until - since, span))
        shelf = self._shelf(wanted, watch)
        count = 0

        def found(instrument: Instrument) -> KeptBars:
            nonlocal count
            if not exchange_closes(instrument):
                refuse_more(MOST_BARS, count + (until - since) // span, "bars")
            bars = shelf.find(str(wanted.broker), instrument, since, until)
            count += bars.count
            refuse_more(MOST_BARS, count, "bars")
            return bars

        return find_each(found, traded)

    def _shelf(self, wanted: BacktestRequest, watch: "_Watch") -> BarShelf:
        settings = self.base.settings
        return BarShelf(
            # Elsewhere the disk is memory, or another machine's the next time.
            folder=shelf_folder(settings) if settings.state_home.is_local else None,
            registry=self.base.registry,
            clock=self.base.clock,
            timeframe=wanted.timeframe,
            adjustment=wanted.adjust,
            extended=wanted.extended,
            pace=QuestionPace(watch.pause, SECONDS_BETWEEN, SECONDS_OF_BUSY),
            watched=watch.over,
        )


def _no_progress(done: int, total: int) -> None:
    """Nobody listens."""


@dataclass(slots=True)
class _Watch:
    """Tells how far the downloads are, and hears in every pause whether they shall go on."""

    wait: Wait
    progress: Progress = _no_progress
    total: int = 0
    done: int = field(default=0, init=False)

    def over(self, _wanted: WantedBars) -> AbstractContextManager[Told]:
        return nullcontext(self._further)

    def pause(self, seconds: float) -> None:
        left = seconds
        while left > 0:
            self.progress(self.done, self.total)
            self.wait(min(left, LOOK_SECONDS))
            left -= LOOK_SECONDS

    def _further(self, portions: int) -> None:
        self.done += portions
        self.progress(self.done, self.total)
