"""What was thought on a day, and what came of it: by the price, else by the trade that it opened."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.dataclass import dataclass
from app.domain.analytics.alerts import AlertKind, AlertSums
from app.services.analytics.alert_sums import AlertStatistics
from app.services.analytics.courses import OpinionCourses
from app.services.analytics.look_back import AddedUp
from app.services.analytics.period import Period
from app.services.analytics.trade_sums import TradeStatistics


class OpinionDay(NamedTuple):
    """The alerts of a day, and by ticket, as a fraction, what came of the opinions on them."""

    groups: Mapping[AlertKind, AlertSums]
    gains: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class OpinionsOfDays:
    """Days with their opinions; `pending_days` are older ones that are not added up yet."""

    days: dict[date, OpinionDay]
    pending_days: int


@dataclass(frozen=True, slots=True)
class OpinionDays:
    """Puts opinions together with their outcomes."""

    alerts: AlertStatistics
    trades: TradeStatistics
    courses: OpinionCourses

    def read(self, period: Period) -> OpinionsOfDays:
        """Return the days of a period."""
        found = self.alerts.read(period)
        # What the price did can be told of all, traded or not; what a trade brought where no bars are kept.
        gains = self.trades.returns_between(period) | self.courses.gains(period)
        days = {day: OpinionDay(groups, gains) for day, groups in found.days.items()}
        return OpinionsOfDays(days, found.pending_days)

    def added_up(self) -> AddedUp | None:
        """Return which days are added up; one is open as long as a trade of it is not."""
        alerts, trades = self.alerts.added_up(), self.trades.added_up()
        if alerts is None or trades is None:
            return None
        # What trades brought is known by their tickets' days once all trades are added up.
        if not trades.is_complete:
            return None
        return replace(alerts, open=alerts.open | self.trades.days_of_new_returns())
