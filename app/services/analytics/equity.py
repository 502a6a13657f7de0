"""How accounts went, each in its own currency."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.analytics.equity_curve import EquityCurve
from app.domain.json_codec import to_json
from app.repositories.bots import BotDirectory
from app.repositories.equity import EquityHistory
from app.services.analytics.period import Period

_EMPTY = EquityCurve((), (), None, 0)


@dataclass(frozen=True, slots=True)
class EquityReport:
    """Reads what accounts were worth; a bot stands for the account that it trades in."""

    history: EquityHistory
    bots: BotDirectory
    default_broker: str

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

    def _brokers(self, period: Period) -> Iterator[str]:
        of_bot = None
        if period.bot is not None:
            bot, _ = self.bots.get(period.bot)
            of_bot = bot.configuration.broker or self.default_broker
        for broker in self.history.brokers():
            if period.broker in {None, broker} and of_bot in {None, broker}:
                yield broker

    def _account(self, broker: str, first: date, last: date) -> dict[str, Any]:
        curve = EquityCurve.of(self.history.curve(broker, first, last))
        return _shown(broker, self.history.currency(broker), curve)


def _shown(broker: str | None, currency: str | None, curve: EquityCurve) -> dict[str, Any]:
    return {
        "broker": broker,
        "currency": currency,
        "points": to_json(curve.points),
        "drawdown": to_json(curve.drawdown),
        "max_drawdown": to_json(curve.max_drawdown),
        "count": curve.count,
    }
