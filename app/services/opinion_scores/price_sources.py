"""Where past prices come from."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.bars import BarTable, Series
from app.domain.instruments import Instrument


class Prices(Protocol):
    """Whoever knows what prices did."""

    def series(self, instrument: Instrument, start: datetime, end: datetime, minutes: int) -> Series | None:
        """Return bars of about so many minutes, None of what it keeps none of; raise BrokerUnavailable."""


class BrokerPrices:
    """Asks the first broker that keeps bars of the kind, whichever broker the ticket was for."""

    def __init__(self, brokers: Iterable[Broker]) -> None:
        self._brokers = list(brokers)

    def series(self, instrument: Instrument, start: datetime, end: datetime, minutes: int) -> Series | None:
        """Return what the broker tells; raise BrokerUnavailable."""
        for broker in self._brokers:
            if instrument.asset_class not in broker.capabilities.asset_classes:
                continue
            bars = broker.bars(instrument, start, end, minutes)
            if bars is not None:
                return Series(tuple(bars), timedelta(minutes=minutes), start, end)
        return None


@dataclass(frozen=True, slots=True)
class TablePrices:
    """Bars that were handed over, as long as they are."""

    table: BarTable

    def series(self, instrument: Instrument, *_: object) -> Series | None:
        """Return all that there is of the instrument."""
        return self.table.series(instrument.symbol)
