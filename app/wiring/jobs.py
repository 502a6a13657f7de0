"""How what runs in the background is made."""

from collections.abc import Callable
from typing import Any

from app.domain.jobs import JobKind
from app.repositories.jobs import StoredJobs
from app.schemas.alerts import read_stored_signal
from app.services.jobs.replay import ReplayRun
from app.services.jobs.service import Jobs, Progress
from app.services.opinion_scores.price_sources import BrokerPrices
from app.services.opinion_scores.replay import Replayer
from app.services.trading.preview import Preview
from app.wiring.foundation import Foundation


def jobs_of(base: Foundation, previews: Callable[[], Preview]) -> Jobs:
    """Return the jobs; what each kind needs is made when one is run."""

    def replay(wanted: dict[str, Any], progress: Progress) -> dict[str, Any]:
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
        return run(wanted, progress)

    return Jobs(
        StoredJobs(base.store),
        {JobKind.REPLAY: replay},
        clock=base.clock,
        locks=base.locks,
        new_id=base.new_ticket_id,
    )
