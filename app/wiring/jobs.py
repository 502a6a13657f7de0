"""How what runs in the background is made."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app.dataclass import dataclass
from app.domain.jobs import Job, JobKind
from app.repositories.job_files import JobFiles
from app.repositories.jobs import StoredJobs
from app.schemas.alerts import read_stored_signal
from app.services.jobs.progress import Progress
from app.services.jobs.service import Jobs, KindOfJob
from app.services.trading.preview import Preview
from app.wiring.foundation import Foundation

if TYPE_CHECKING:
    from app.wiring.past_jobs import PastJobs


def is_day(wanted: Mapping[str, Any]) -> bool:
    """Tell the replay of a day from that of ideas."""
    return wanted.get("date") is not None


@dataclass(frozen=True, slots=True)
class Runs:
    """How each kind of job is looked at and run; what it needs is imported and made then."""

    base: Foundation
    files: JobFiles
    previews: Callable[[], Preview]

    def replay(self, job: Job, progress: Progress) -> dict[str, Any]:
        """Play a day once more, or ask for opinions of the past."""
        return (self._past().replay_day if is_day(job.wanted) else self._replay_ideas)(job, progress)

    def look_at_replay(self, wanted: dict[str, Any], upload: Mapping[str, Any]) -> None:
        """Raise RequestRefused or NotFound for a day that cannot be played."""
        if is_day(wanted):
            self._past().look_at_day(wanted, upload)

    def backtest(self, job: Job, progress: Progress) -> dict[str, Any]:
        """Play a backtest."""
        return self._past().backtest(job, progress)

    def look_at_backtest(self, wanted: dict[str, Any], upload: Mapping[str, Any]) -> None:
        """Raise RequestRefused or NotFound for one that cannot be played."""
        self._past().look_at_backtest(wanted, upload)

    def _past(self) -> "PastJobs":
        from app.wiring.past_jobs import PastJobs

        return PastJobs(self.base, self.files)

    def _replay_ideas(self, job: Job, progress: Progress) -> dict[str, Any]:
        from app.services.jobs.replay import ReplayRun
        from app.services.opinion_scores.price_sources import BrokerPrices
        from app.services.opinion_scores.replay import Replayer

        base = self.base
        replayer = Replayer(
            previews=self.previews(),
            bots=base.bots,
            read_signal=read_stored_signal,
            clock=base.clock,
            workers=base.settings.analyst_workers,
        )
        run = ReplayRun(
            ledger=base.ledger,
            replayer=replayer,
            analyst=base.research.analyst,
            prices=BrokerPrices(base.registry.all()),
            clock=base.clock,
        )
        return run(job.wanted, progress)


def jobs_of(base: Foundation, previews: Callable[[], Preview]) -> Jobs:
    """Return the jobs."""
    stored = StoredJobs(base.store)
    runs = Runs(base, stored.files, previews)
    kinds = {
        JobKind.REPLAY: KindOfJob(runs.replay, runs.look_at_replay),
        JobKind.BACKTEST: KindOfJob(runs.backtest, runs.look_at_backtest),
    }
    return Jobs(stored, kinds, clock=base.clock, locks=base.locks, new_id=base.new_ticket_id)
