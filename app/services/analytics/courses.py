"""What prices did a day after each opinion: asked for by the clock, so that no look back asks a broker."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.analytics.courses import CourseDay
from app.domain.price_outcomes import Horizon, Missing
from app.errors import AppError
from app.repositories.statistics import DailySums
from app.repositories.tickets import Ledger
from app.services.analytics.alert_sums import AlertStatistics
from app.services.analytics.period import Period
from app.services.opinion_scores.past_opinions import Found, read_past
from app.services.opinion_scores.price_outcomes import UNSETTLED, Follower
from app.services.opinion_scores.price_sources import Prices

PERIOD_SECONDS = 900.0
HORIZON = Horizon.read("1d")
# After a longer silence of a broker nobody asks any more.
DAYS = 8
# How long one round asks for at most.
SECONDS = 20.0
# So many tickets are read in one round: where no broker tells prices, all of the last days are missing.
MOST_READ = 250
# A broker may tell these the next time.
_LATER = frozenset({Missing.UNREACHABLE, Missing.NOT_ASKED, Missing.NOT_OVER})

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class OpinionCourses:
    """Follows prices, in a thread of its own where there are threads: stops and exits must not wait."""

    alerts: AlertStatistics
    ledger: Ledger
    sums: DailySums[CourseDay]
    prices: Callable[[], Prices]
    clock: Clock
    in_background: bool
    _thread: threading.Thread | None = field(default=None, init=False)
    _last: str = field(default="", init=False)

    def run(self) -> int:
        """Begin a round, unless one is under way."""
        if self._thread is not None and self._thread.is_alive():
            return 0
        if self.in_background:
            self._thread = threading.Thread(target=self._attempt, name="opinion courses", daemon=True)
            self._thread.start()
        else:
            self._attempt()
        return 1

    def gains(self, period: Period) -> dict[str, Decimal]:
        """Return what is known of the opinions of a period, by their tickets."""
        days = self.sums.between(period.first, period.last)
        return {name: gain for _, day in days for name, gain in day.gains.items() if gain is not None}

    def _attempt(self) -> None:
        try:
            self.follow()
        except AppError as error:
            _logger.warning("What prices did after opinions is looked at later: %s", error.message)
        except Exception:  # the thread's edge
            _logger.exception("What prices did after opinions cannot be looked at now")

    def follow(self) -> None:
        """Ask for what is not known of the last days."""
        today = self.clock().date()
        period = Period(first=today - timedelta(days=DAYS), last=today)
        known = dict(self.sums.between(period.first, period.last))
        days = sorted(self.alerts.read(period).days.items())
        gains = {day: known.get(day, CourseDay({})).gains for day, _ in days}
        missing = {
            day: [
                opinion.ticket
                for sums in groups.values()
                for opinion in sums.opinions
                if opinion.ticket not in gains[day]
            ]
            for day, groups in days
        }
        for day, tickets in self._of_this_round(missing).items():
            before = gains[day]
            found = {**before, **dict(self._followed(tickets))}
            if len(found) > len(before):
                self.sums.write(day, CourseDay(found))

    def _of_this_round(self, missing: dict[date, list[str]]) -> dict[date, list[str]]:
        """Return as many as one round reads, those first that the last one did not come to."""
        every = sorted((ticket, day) for day, tickets in missing.items() for ticket in tickets)
        behind = [each for each in every if each[0] > self._last] or every
        self._last = behind[MOST_READ - 1][0] if len(behind) > MOST_READ else ""
        chosen: dict[date, list[str]] = {}
        for ticket, day in behind[:MOST_READ]:
            chosen.setdefault(day, []).append(ticket)
        return chosen

    def _followed(self, tickets: list[str]) -> Iterator[tuple[str, Decimal | None]]:
        over = self.clock() - HORIZON.length - UNSETTLED
        found = [each for each in self._read(tickets) if each.opinion.at <= over]
        if not found:
            return
        courses = Follower(self.prices(), self.clock(), (HORIZON,), SECONDS).follow(found)
        for each, course in zip(found, courses, strict=True):
            outcome = course[HORIZON.name]
            if outcome.missing not in _LATER:
                yield each.opinion.ticket, outcome.gain

    def _read(self, tickets: list[str]) -> Iterator[Found]:
        for ticket in tickets:
            document = self.ledger.document(UUID(ticket))
            try:
                if document is not None:
                    yield read_past(document.value)
            except ValueError:
                continue
