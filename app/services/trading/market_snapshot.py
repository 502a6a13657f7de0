"""What a decision needs to know of an instrument's market and account, asked of the broker at once."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from app.brokers.base import Broker, Glance
from app.domain.accounts import Account, Quote
from app.domain.instruments import Instrument
from app.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class MarketSnapshot:
    """The account, the account's signed position in the instrument, the quote and whether the market is open.

    `increment` is the smallest step of a quantity that the broker takes.
    """

    account: Account
    position: Decimal
    quote: Quote | None
    is_open: bool | None
    increment: Decimal
    simulated: bool = False

    def price(self, reference: Decimal | None) -> Decimal | None:
        """Return the price that an order at the market would be valued at; None is unknown.

        A real market is believed, and nothing else is; a simulated one follows the alert's price.
        """
        if self.quote is not None and (self.quote.firm or reference is None):
            return self.quote.price
        return reference if self.simulated else None


def look(broker: Broker, instrument: Instrument, *, with_hours: bool) -> MarketSnapshot:
    """Ask the broker; raise BrokerUnavailable when it cannot answer."""
    seen = _glance(broker, instrument)
    return MarketSnapshot(
        account=seen.account,
        position=seen.position,
        quote=seen.quote,
        is_open=broker.market(instrument).is_open if with_hours else None,
        increment=increment_at(broker, instrument),
        simulated=broker.capabilities.simulated,
    )


def _glance(broker: Broker, instrument: Instrument) -> Glance:
    at_once: Callable[[Instrument], Glance] | None = getattr(broker, "glance", None)
    if at_once is not None:
        return at_once(instrument)
    quote = broker.quote(instrument)
    quantities = (item.quantity for item in broker.positions() if item.symbol == instrument.symbol)
    return Glance(broker.account(), sum(quantities, ZERO), quote)


def increment_at(broker: Broker, instrument: Instrument) -> Decimal:
    """Return the smallest step of a quantity: whole units where the broker takes no fractions."""
    fractional = instrument.asset_class in broker.capabilities.fractional
    return instrument.quantity_increment if fractional else max(Decimal(1), instrument.quantity_increment)
