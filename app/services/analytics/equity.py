"""How accounts went, each in its own currency."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.analytics import equity_stretches
from app.domain.analytics.equity_curve import EquityCurve
from app.domain.analytics.equity_stretches import EquityStretch, curve_of
from app.domain.json_codec import to_json
from app.repositories.bots import BotDirectory
from app.repositories.equity import EquityHistory
from app.services.analytics.look_back import AddedUp, LookBack
from app.services.analytics.period import Period

_EMPTY = EquityCurve((), (), None, 0)
# Of so many days every point is looked at.
_POINT_BY_POINT = 14


@dataclass(frozen=True, slots=True)
class EquityDays:
    """An account's days with their points; all of them are there."""

    days: dict[date, EquityStretch]
    pending_days: int = 0


@dataclass(frozen=True, slots=True)
class EquityReport:
    """Reads what accounts were worth; a bot stands for the account that it trades in."""

    history: EquityHistory
    bots: BotDirectory
    default_broker: str
    clock: Clock

    def of(self, period: Period) -> dict[str, Any]:
        """Return the curves of a period as they are answered; raise NotFound for a bot that is none.

        The first figures are those of one account: the one that is asked for, else the default broker's.
        """
        accounts = [self._account(broker, period.first, period.last) for broker in self._brokers(period)]
        preferred = (item for item in accounts if item["broker"] == self.default_broker)
        shown = next(preferred, accounts[0] if accounts else _shown(None, None, _EMPTY))
        return {
            **shown,
            "accounts": accounts,
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
        }

    def run(self, seconds: float) -> int:
        """Sum up the days that are over, of each account for so long; return how many."""
        return sum(self._back(broker).run(seconds) for broker in self.history.brokers())

    def _brokers(self, period: Period) -> Iterator[str]:
        of_bot = None
        if period.bot is not None:
            bot, _ = self.bots.get(period.bot)
            of_bot = bot.configuration.broker or self.default_broker
        for broker in self.history.brokers():
            if period.broker in {None, broker} and of_bot in {None, broker}:
                yield broker

    def _account(self, broker: str, first: date, last: date) -> dict[str, Any]:
        if (last - first).days < _POINT_BY_POINT:
            curve = EquityCurve.of(self.history.curve(broker, first, last))
        else:
            summaries, _ = self._back(broker).read(Period(first=first, last=last))
            stretches = (each for each in map(EquityStretch.from_json, summaries) if each.points)
            curve = curve_of(sorted(stretches, key=lambda each: each.points[0].at))
        return _shown(broker, self.history.currency(broker), curve)

    def _back(self, broker: str) -> LookBack[EquityStretch]:
        return LookBack(
            self.history.summaries(broker),
            partial(self._days, broker),
            partial(self._added_up, broker),
            lambda _, stretch: stretch.to_json(),
            equity_stretches.joined,
        )

    def _days(self, broker: str, period: Period) -> EquityDays:
        days = self.history.days(broker, period.first, period.last)
        return EquityDays({day: EquityStretch.of(points) for day, points in days})

    def _added_up(self, broker: str) -> AddedUp | None:
        first = self.history.first_day(broker)
        return None if first is None else AddedUp(first, self.clock().date(), is_complete=True)


def _shown(broker: str | None, currency: str | None, curve: EquityCurve) -> dict[str, Any]:
    return {
        "broker": broker,
        "currency": currency,
        "points": to_json(curve.points),
        "drawdown": to_json(curve.drawdown),
        "max_drawdown": to_json(curve.max_drawdown),
        "count": curve.count,
    }
