"""A tape as it is played: alerts, bars, and the list of trades that the alerts were made from."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.dataclass import dataclass
from app.domain.backtest.listed_trades import ListedTrade
from app.domain.backtest.tape import TapeAlert
from app.domain.bars import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """What is played; `trades` is the list that the alerts were made from, where they were.

    `notes` say where bars are from, where a file does not.
    """

    alerts: Sequence[TapeAlert]
    bars: Mapping[str, Series]
    trades: Sequence[ListedTrade] = ()
    notes: Sequence[str] = ()

    @property
    def first(self) -> datetime | None:
        """Return when it begins; None of an empty one."""
        times = [alert.at for alert in self.alerts]
        times += [series.bars[0].at for series in self.bars.values() if series.bars]
        return min(times, default=None)

    @property
    def length(self) -> int:
        """Return how many events it has."""
        return len(self.alerts) + sum(2 * len(series.bars) for series in self.bars.values())
