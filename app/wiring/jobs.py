"""How what runs in the background is made."""

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.jobs import Job, JobKind
from app.repositories.jobs import StoredJobs
from app.schemas.alerts import read_stored_signal
from app.services.jobs.replay import ReplayRun
from app.services.jobs.service import Jobs, KindOfJob, Progress
from app.services.opinion_scores.price_sources import BrokerPrices
from app.services.opinion_scores.replay import Replayer
from app.services.trading.preview import Preview
from app.wiring.foundation import Foundation
from app.wiring.past_jobs import PastJobs


def is_day(wanted: Mapping[str, Any]) -> bool:
    """Tell the replay of a day from that of ideas."""
    return wanted.get("date") is not None


def jobs_of(base: Foundation, previews: Callable[[], Preview]) -> Jobs:
    """Return the jobs; what each kind needs is made when one is run."""
    stored = StoredJobs(base.store)
    past = PastJobs(base, stored.files)

    def replay_ideas(job: Job, progress: Progress) -> dict[str, Any]:
        replayer = Replayer(
            previews=previews(),
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

    def replay(job: Job, progress: Progress) -> dict[str, Any]:
        return (past.replay_day if is_day(job.wanted) else replay_ideas)(job, progress)

    def look_at_replay(wanted: dict[str, Any], upload: Mapping[str, Any]) -> None:
        if is_day(wanted):
            past.look_at_day(wanted, upload)

    return Jobs(
        stored,
        {
            JobKind.REPLAY: KindOfJob(replay, look_at_replay),
            JobKind.BACKTEST: KindOfJob(past.backtest, past.look_at_backtest),
        },
        clock=base.clock,
        locks=base.locks,
        new_id=base.new_ticket_id,
    )
