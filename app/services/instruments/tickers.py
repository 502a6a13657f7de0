"""What brokers call listed contracts, by the list of today."""

from collections.abc import Callable
from datetime import date

from app.dataclass import dataclass
from app.domain.contracts import ContractIndex, ContractRefused
from app.domain.contracts.listed import ContractKind
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

    def expiries(self, underlying: str) -> list[date]:
        """Return the days on which options of an underlying expire, the first one first."""
        index = self._index()
        return [] if index is None else index.expiries(underlying)

    def options(self, underlying: str, expiry: date) -> dict[str, Instrument]:
        """Return the options of an underlying that expire on a day, by what brokers call them."""
        index = self._index()
        if index is None:
            return {}
        found = (
            index.find(underlying, expiry, strike, kind)
            for kind in (ContractKind.CALL, ContractKind.PUT)
            for strike in index.strikes(underlying, expiry, kind)
        )
        return {listed.ticker: listed.instrument for listed in found if listed is not None}

    def _index(self) -> ContractIndex | None:
        try:
            return self.contracts()
        except ContractRefused:
            return None
