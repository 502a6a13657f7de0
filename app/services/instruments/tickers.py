"""What brokers call listed contracts, by the list of today."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.contracts import ContractIndex, ContractRefused
from app.domain.instruments import Instrument


@dataclass(frozen=True, slots=True)
class ListedTickers:
    """Between instruments and tickers; without a list that can be relied on, nothing is known."""

    contracts: Callable[[], ContractIndex]

    def by_ticker(self, ticker: str) -> Instrument | None:
        """Return the contract that a ticker names, with lot and tick."""
        index = self._index()
        found = index.find_ticker(ticker) if index is not None else None
        return found.instrument if found is not None else None

    def ticker_of(self, instrument: Instrument) -> str | None:
        """Return what brokers call a contract."""
        index = self._index()
        found = index.find_canonical(instrument.symbol) if index is not None else None
        return found.ticker if found is not None else None

    def _index(self) -> ContractIndex | None:
        try:
            return self.contracts()
        except ContractRefused:
            return None
