"""What trades have brought, in one figure and by bot, symbol, day and structure."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.analytics.performance import GROUPINGS, NO_TRADES, TradeKind, TradeSums, added_up
from app.domain.json_codec import to_json
from app.services.analytics.currencies import Currencies
from app.services.analytics.period import Period
from app.services.analytics.trade_sums import TradeStatistics

# What is none of several currencies' together.
AMOUNTS = ("realized_gain", "fees", "average_win", "average_loss", "profit_factor", "expectancy")

_Summed = tuple[date, TradeKind, TradeSums]


@dataclass(frozen=True, slots=True)
class PerformanceReport:
    """Reads daily sums; every row is of one currency, and without one where trades have several."""

    trades: TradeStatistics
    currencies: Currencies

    def of(self, period: Period) -> dict[str, Any]:
        """Return the figures of the trades that went flat in a period, as they are answered."""
        found = self.trades.read(period)
        sums = list(self._within(period, sorted(found.days.items())))
        by_currency = added_up((kind.currency, each) for _, kind, each in sums)
        grouped = {f"by_{name}": _rows(name, sums) for name in GROUPINGS}
        return {
            **_together(by_currency),
            "by_currency": [{"currency": name} | _shown(each) for name, each in _sorted(by_currency)],
            **grouped,
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "pending_days": found.pending_days,
        }

    def _within(self, period: Period, days: list[tuple[date, Any]]) -> Iterator[_Summed]:
        known: dict[str, str | None] = {}
        for day, added in days:
            for kind, sums in added.sums.items():
                if not period.has(kind.bot, kind.broker):
                    continue
                currency = kind.currency
                if currency is None:
                    if kind.broker not in known:
                        known[kind.broker] = self.currencies.of(kind.broker)
                    currency = known[kind.broker]
                yield day, kind._replace(currency=currency), sums


def _together(by_currency: dict[str | None, TradeSums]) -> dict[str, Any]:
    """Return all trades in one; amounts only where there is but one currency."""
    total = sum(by_currency.values(), NO_TRADES)
    shown = {"currency": next(iter(by_currency), None)} | _shown(total)
    if len(by_currency) > 1:
        return shown | dict.fromkeys(("currency", *AMOUNTS))
    return shown


def _rows(name: str, sums: list[_Summed]) -> list[dict[str, Any]]:
    key = GROUPINGS[name]
    groups = added_up(((key(day, kind), kind.currency), each) for day, kind, each in sums)
    return [
        {name: to_json(group), "currency": currency} | _shown(each)
        for (group, currency), each in _sorted(groups)
    ]


def _shown(sums: TradeSums) -> dict[str, Any]:
    shown: dict[str, Any] = to_json(sums.figures())
    return shown


def _sorted(groups: dict[Any, TradeSums]) -> list[tuple[Any, TradeSums]]:
    """Put groups in the order of their names, those without a name first."""
    return sorted(groups.items(), key=lambda item: _order(item[0]))


def _order(name: Hashable) -> tuple[str, ...]:
    return tuple("" if part is None else str(part) for part in (name if isinstance(name, tuple) else (name,)))
