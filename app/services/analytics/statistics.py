"""What the clock adds up: first what is new, then what is older, then stretches of days."""

from collections.abc import Callable
from dataclasses import field
from functools import partial

from app.dataclass import dataclass
from app.services.analytics.alert_sums import AlertStatistics
from app.services.analytics.trade_sums import TradeStatistics
from app.services.runtime.turns import Apart

# How long one kind of summary may take at a time, beside the sums of days.
SUMMARY_SECONDS = 0.1


@dataclass(slots=True)
class Statistics:
    """Runs what adds up; `summaries` each work for so many seconds and return how many days they did."""

    trades: TradeStatistics
    alerts: AlertStatistics
    summaries: tuple[Callable[[float], int], ...]
    _is_behind: bool = field(default=True, init=False)

    def run(self) -> int:
        """Add up what is new, and some of what is older; return how many days that were."""
        return self._all(self.trades.run, self.alerts.run, self._sum_up)

    def run_older(self) -> int:
        """Go on with what is older, as long as there is some; return how many days were done."""
        if not self._is_behind:
            return 0
        done = self._all(self.trades.run_older, self.alerts.run_older, self._sum_up)
        self._is_behind = done > 0
        return done

    def _all(self, *runs: Callable[[], int]) -> int:
        """Run one after the other: what cannot be added up of trades is not the alerts' trouble."""
        done = 0
        with Apart() as each:
            for run in runs:
                with each.one():
                    done += run()
        return done

    def _sum_up(self) -> int:
        done = self._all(*(partial(run, SUMMARY_SECONDS) for run in self.summaries))
        self._is_behind = self._is_behind or done > 0
        return done
