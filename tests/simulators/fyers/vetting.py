"""What risk management and the exchange refuse (-99): such an order is in the book, rejected."""

from decimal import Decimal

from tests.simulators.fyers.account import Account
from tests.simulators.fyers.book import Book
from tests.simulators.fyers.clock import Clock
from tests.simulators.fyers.figures import ZERO
from tests.simulators.fyers.instruments import Instrument
from tests.simulators.fyers.market import Market
from tests.simulators.fyers.orders import Order
from tests.simulators.fyers.tokens import FY_ID

CLOSED = "RED:Market is closed. Please place an AMO order"
OPEN = "RED:AMO orders are not allowed during market hours"
BEYOND = "17070 : The Price is out of the current execution range"


class Vetting:
    """Says why an order is refused, None when it is not."""

    def __init__(self, book: Book, market: Market, account: Account, clock: Clock) -> None:
        self._book, self._market, self._account, self._clock = book, market, account, clock

    def objection(self, order: Order) -> str | None:
        """Return the first objection to a new order."""
        return (
            self._hours(order)
            or self.beyond_circuit(order)
            or over_freeze(order.qty, order.instrument)
            or self.short_of_margin(order)
        )

    def objection_together(self, orders: list[Order]) -> str | None:
        """Return the first objection to the legs of one order, or to all of them together."""
        for order in orders:
            found = (
                self._hours(order) or self.beyond_circuit(order) or over_freeze(order.qty, order.instrument)
            )
            if found is not None:
                return found
        others = [each for each in self._book.working() if each not in orders]
        need = sum((self._account.need(order, others) for order in orders), ZERO)
        return self._shortfall(need, self._account.available(others))

    def beyond_circuit(self, order: Order) -> str | None:
        low, high = self._market.circuit(order.instrument)
        prices = [price for price in (order.limit_price, order.stop_price) if price]
        return None if all(low <= price <= high for price in prices) else BEYOND

    def short_of_margin(self, order: Order) -> str | None:
        others = [each for each in self._book.working() if each.id != order.id]
        return self._shortfall(self._account.need(order, others), self._account.available(others))

    def _shortfall(self, need: Decimal, available: Decimal) -> str | None:
        short = need - available
        if not need or short <= 0:
            return None
        left = max(available, ZERO)
        return f"RED:Margin Shortfall:INR {short:.2f} Available:INR {left:.2f} for C-{FY_ID} [FYERS_RISK_CUG]"

    def _hours(self, order: Order) -> str | None:
        if order.offline:
            return OPEN if self._clock.is_open else None
        return None if self._clock.is_open else CLOSED


def over_freeze(quantity: int, instrument: Instrument) -> str | None:
    if quantity <= instrument.freeze:
        return None
    return f"RED:Order quantity {quantity} exceeds freeze quantity {instrument.freeze}"
