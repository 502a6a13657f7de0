"""A chain as a model would quote it: strikes of one unit around the price, a spread of a few cents."""

from datetime import UTC, date, datetime
from decimal import Decimal

from app.domain.options_pricing import value_option, years_to_expiry
from app.domain.structures.chain import Chain, ChainContract
from app.domain.structures.net_quotes import LegQuote
from tests.domain.structures.builders import FAR, NEAR, option

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
VOLATILITY, RATE, CENT = Decimal("0.2"), Decimal("0.04"), Decimal("0.01")


def contract(kind: str, strike: Decimal, expiry: date, price: Decimal) -> ChainContract:
    instrument = option(kind, strike, expiry)
    terms = instrument.option
    years = years_to_expiry(terms, NOW)
    worth = value_option(terms, price, years=years, volatility=VOLATILITY, rate=RATE)
    bid = max(worth.price - 2 * CENT, Decimal(0)).quantize(CENT)
    return ChainContract(
        instrument=instrument,
        quote=LegQuote(bid, bid + 4 * CENT, NOW),
        delta=worth.delta.quantize(Decimal("0.0001")),
        implied_volatility=VOLATILITY,
        open_interest=1000,
        volume=100,
    )


def chain(price="100", strikes=range(70, 131), expiries=(NEAR, FAR), step="1") -> Chain:
    contracts = tuple(
        contract(kind, Decimal(strike) * Decimal(step), expiry, Decimal(price))
        for expiry in expiries
        for strike in strikes
        for kind in "CP"
    )
    return Chain("SPY", Decimal(price), contracts, NOW)
