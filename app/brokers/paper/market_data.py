"""What things cost in the simulated market, and who says so."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from app.brokers.paper.records import Price
from app.brokers.paper.settings import PaperSettings
from app.brokers.parts import PriceSource
from app.domain.accounts import Quote
from app.domain.instruments import Instrument
from app.domain.options_pricing import value_option, years_to_expiry


class MarketData:
    """Prices at one instant: the operator's pin, else the source's, else what was known last.

    `changed` are the prices that an operation has moved, `known` those from before it.
    """

    def __init__(
        self,
        changed: Mapping[str, Price],
        known: Mapping[str, Price],
        *,
        source: PriceSource | None,
        settings: PaperSettings,
        at: datetime,
    ) -> None:
        self._changed, self._known = changed, known
        self._source, self._settings, self._at = source, settings, at

    def price(self, symbol: str) -> Price | None:
        """Return a symbol's own price."""
        # Most markets have no source; each order asks for prices a dozen times.
        news = None if self._source is None else self.news(symbol)
        return news or self._changed.get(symbol) or self._known.get(symbol)

    def price_at(self, symbol: str, at: datetime) -> Price | None:
        """Return a symbol's own price at an earlier time as a source tells it, else the one that holds."""
        holds = self._changed.get(symbol) or self._known.get(symbol)
        if self._source is None or (holds is not None and holds.pinned):
            return holds
        value = self._source.price(symbol, at)
        return holds if value is None else Price(value)

    def news(self, symbol: str) -> Price | None:
        """Return the source's price of a symbol where it is another than the one that holds; a pin holds."""
        value = self._sourced(symbol)
        if value is None:
            return None
        holds = self._changed.get(symbol) or self._known.get(symbol)
        is_new = holds is None or not (holds.pinned or holds.value == value)
        return Price(value) if is_new else None

    def is_sourced(self, symbol: str) -> bool:
        """True where the source says what a symbol costs, whatever an alert may say."""
        return self._sourced(symbol) is not None

    def mark(self, instrument: Instrument) -> Decimal | None:
        """Return what a unit is worth now.

        An option follows its underlying by Black-Scholes unless it has a price of its own that was pinned, or
        that the source gave.
        """
        own = self.price(instrument.symbol)
        terms = instrument.option
        if terms is None or (own is not None and (own.pinned or self.is_sourced(instrument.symbol))):
            return None if own is None else own.value
        # An alert's price for an option counts only while nothing is known of what it is written on.
        spot = self.price(terms.underlying)
        if spot is None:
            return None if own is None else own.value
        settings = self._settings
        years = years_to_expiry(terms, self._at)
        return value_option(
            terms, spot.value, years=years, volatility=settings.volatility, rate=settings.risk_free_rate
        ).price

    def quote(self, instrument: Instrument) -> Quote | None:
        """Return the simulated price; None when there is none."""
        price = self.mark(instrument)
        return None if price is None else Quote(price, self._at, firm=self._is_firm(instrument))

    def _is_firm(self, instrument: Instrument) -> bool:
        """True when an alert's own price would not move the mark."""
        own, terms = self.price(instrument.symbol), instrument.option
        if not self._settings.follow_alert_prices or (own is not None and own.pinned):
            return True
        if self.is_sourced(instrument.symbol):
            return True
        return terms is not None and self.price(terms.underlying) is not None

    def _sourced(self, symbol: str) -> Decimal | None:
        return None if self._source is None else self._source.price(symbol, self._at)
