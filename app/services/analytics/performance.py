"""What trades have brought, in one figure and by bot, symbol, day and structure."""

from collections.abc import Hashable
from dataclasses import field
from typing import Any

from app.dataclass import dataclass
from app.domain.analytics import trade_totals
from app.domain.analytics.performance import GROUPINGS, NO_TRADES, TradeDay, TradeKind, TradeSums, added_up
from app.domain.json_codec import to_json
from app.services.analytics.currencies import Currencies
from app.services.analytics.look_back import LookBack
from app.services.analytics.period import Period

# What is none of several currencies' together.
AMOUNTS = ("realized_gain", "fees", "average_win", "average_loss", "profit_factor", "expectancy")

_Summed = tuple[TradeKind, TradeSums]


@dataclass(frozen=True, slots=True)
class PerformanceReport:
    """Reads summaries; every row is of one currency, and without one where trades have several."""

    trades: LookBack[TradeDay]
    currencies: Currencies

    def of(self, period: Period) -> dict[str, Any]:
        """Return the figures of the trades that went flat in a period, as they are answered."""
        summaries, pending = self.trades.read(period)
        found = trade_totals.together(summaries, period.has)
        name_of = _Names(self.currencies)
        sums = [(name_of(kind), each) for kind, each in found.kinds.items()]
        by_currency = added_up((kind.currency, each) for kind, each in sums)
        days = [((day, name_of(kind).currency), each) for (day, kind), each in found.days.items()]
        return {
            **_together(by_currency),
            "by_currency": [{"currency": name} | _shown(each) for name, each in _sorted(by_currency)],
            **{f"by_{name}": _rows(name, _grouped(name, sums)) for name in GROUPINGS},
            "by_day": _rows("day", added_up(days)),
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "pending_days": pending,
        }


@dataclass(slots=True)
class _Names:
    """Knows in which currency trades are counted that do not say so: their account's."""

    currencies: Currencies
    known: dict[str, str | None] = field(default_factory=dict)

    def __call__(self, kind: TradeKind) -> TradeKind:
        if kind.currency is not None:
            return kind
        if kind.broker not in self.known:
            self.known[kind.broker] = self.currencies.of(kind.broker)
        return kind._replace(currency=self.known[kind.broker])


def _together(by_currency: dict[str | None, TradeSums]) -> dict[str, Any]:
    """Return all trades in one; amounts only where there is but one currency."""
    total = sum(by_currency.values(), NO_TRADES)
    shown = {"currency": next(iter(by_currency), None)} | _shown(total)
    if len(by_currency) > 1:
        return shown | dict.fromkeys(("currency", *AMOUNTS))
    return shown


def _grouped(name: str, sums: list[_Summed]) -> dict[Any, TradeSums]:
    key = GROUPINGS[name]
    return added_up(((key(kind), kind.currency), each) for kind, each in sums)


def _rows(name: str, groups: dict[Any, TradeSums]) -> list[dict[str, Any]]:
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
