from collections import deque
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from random import Random

from app.brokers.paper.book import Book
from app.brokers.paper.records import Outcome, PaperHolding, PaperOrder, Price
from app.brokers.paper.settings import PaperSettings
from app.domain.instruments import Instrument
from app.domain.money import ZERO
from app.domain.options_pricing import value_option, years_to_expiry


class Transaction:
    """The book at one instant, with the changes of one operation that nobody else sees yet.

    The book itself stays untouched: what changes is kept in `outcome`, to be written and folded, or dropped.
    `queue` holds the orders that the market has still to look at.
    """

    def __init__(self, book: Book, settings: PaperSettings, at: datetime, operation: str) -> None:
        self.book = book
        self.settings = settings
        self.at = at
        self.outcome = Outcome(operation, at, book.cash, book.realized, book.fees)
        self.queue: deque[str] = deque()
        self._random: Random | None = None

    @property
    def sequence(self) -> int:
        """The number that this operation will have in the journal."""
        return self.book.sequence + 1

    def order(self, client_order_id: str) -> PaperOrder | None:
        """Return an order as this operation leaves it."""
        return self.outcome.orders.get(client_order_id) or self.book.order(client_order_id)

    def put(self, order: PaperOrder) -> PaperOrder:
        """Set the new state of an order."""
        self.outcome.orders[order.id] = order
        return order

    def working(self, symbol: str) -> list[str]:
        """Return the ids of the open orders on a symbol, oldest first."""
        known = self.book.working.get(symbol, {})
        ids = [*known, *(name for name, order in self.outcome.orders.items() if order.symbol == symbol)]
        return list(dict.fromkeys(ids))

    def price(self, symbol: str) -> Price | None:
        """Return the symbol's own price."""
        return self.outcome.prices.get(symbol) or self.book.prices.get(symbol)

    def mark(self, instrument: Instrument) -> Decimal | None:
        """Return what a unit is worth now.

        An option follows its underlying by Black-Scholes unless the operator pinned its own price.
        """
        own = self.price(instrument.symbol)
        terms = instrument.option
        if terms is None or (own is not None and own.pinned):
            return None if own is None else own.value
        spot = self.price(terms.underlying)
        if spot is None:
            return None if own is None else own.value
        settings = self.settings
        years = years_to_expiry(terms, self.at)
        return value_option(
            terms, spot.value, years=years, volatility=settings.volatility, rate=settings.risk_free_rate
        ).price

    def is_firm(self, instrument: Instrument) -> bool:
        """True when an alert's own price would not move the mark."""
        own, terms = self.price(instrument.symbol), instrument.option
        if not self.settings.follow_alert_prices or (own is not None and own.pinned):
            return True
        return terms is not None and self.price(terms.underlying) is not None

    def holding(self, symbol: str) -> PaperHolding | None:
        """Return a holding; one that this operation closed has a quantity of zero."""
        return self.outcome.holdings.get(symbol) or self.book.holdings.get(symbol)

    def position(self, symbol: str) -> Decimal:
        """Return the signed quantity held."""
        holding = self.holding(symbol)
        return ZERO if holding is None else holding.quantity

    def closable(self, order: PaperOrder) -> Decimal:
        """Return how much of a position the order's side can close."""
        return max(ZERO, -self.position(order.symbol) * order.order.side.sign)

    def chance(self) -> Decimal:
        """Draw from [0, 1] in steps of a millionth: the seed and the operation's number decide it."""
        if self._random is None:
            # Simulated fills need repeatable draws, not secret ones.
            self._random = Random(f"{self.settings.seed}:{self.sequence}")  # noqa: S311
        return Decimal(f"{self._random.random():.6f}")

    def values(self) -> tuple[Decimal, Decimal]:
        """Return the value of all long and of all short positions, both unsigned."""
        book, outcome = self.book, self.outcome
        values = {1: book.long_value, -1: book.short_value}
        for symbol in outcome.prices.keys() | outcome.holdings.keys():
            held, now = book.holdings.get(symbol), self.holding(symbol)
            if held is not None and held.instrument.option is None:
                values[_sign(held)] -= abs(held.quantity) * book.prices[symbol].value
            if now is not None and now.instrument.option is None:
                values[_sign(now)] += abs(now.quantity) * (self.mark(now.instrument) or ZERO)
        for holding in self._options():
            worth = (self.mark(holding.instrument) or ZERO) * holding.instrument.multiplier
            values[_sign(holding)] += abs(holding.quantity) * worth
        return values[1], values[-1]

    def equity(self) -> Decimal:
        """Return cash and the signed value of all positions."""
        long, short = self.values()
        return self.outcome.cash + long - short

    def buying_power(self) -> Decimal:
        """Return what new entries may still add to the gross value of the positions."""
        long, short = self.values()
        equity = self.outcome.cash + long - short
        reserved = self.book.reserved
        for name, order in self.outcome.orders.items():
            old = self.book.open.get(name)
            reserved -= ZERO if old is None else old.reserved
            reserved += ZERO if order.status.is_final else order.reserved
        return max(ZERO, self.settings.leverage * equity - long - short - reserved)

    def _options(self) -> Iterable[PaperHolding]:
        changed = {s: h for s, h in self.outcome.holdings.items() if h.instrument.option is not None}
        return (self.book.options | changed).values()


def _sign(holding: PaperHolding) -> int:
    return 1 if holding.quantity > 0 else -1
