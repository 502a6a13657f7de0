"""What the simulated market bids and asks for a contract: around its value, wider away from the money."""

from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import exp

from app.brokers.paper.market_data import MarketData
from app.brokers.paper.settings import PaperSettings
from app.brokers.paper.transaction import Transaction
from app.domain.instruments import Instrument, OptionContract
from app.domain.money import ZERO
from app.domain.options_pricing import value_option, years_to_expiry
from app.domain.structures.chain import ChainContract
from app.domain.structures.net_quotes import LegQuote

_CENT, _NICKEL, _NICKEL_FROM = Decimal("0.01"), Decimal("0.05"), Decimal(3)
_NEAR_SPREAD, _SPREAD_BY_DISTANCE = Decimal("0.01"), Decimal("0.1")
_MOST_INTEREST, _REACH_OF_INTEREST, _INTEREST_TO_VOLUME = 20_000, 0.1, 8
_DELTA_STEP = Decimal("0.0001")


def option_tick(price: Decimal) -> Decimal:
    """Return the smallest step of a contract's price."""
    return _CENT if price < _NICKEL_FROM else _NICKEL


def quote_contract(
    instrument: Instrument, market: MarketData, spot: Decimal, settings: PaperSettings, at: datetime
) -> ChainContract:
    """Return a listed contract with its quote, its greeks and how much of it is about."""
    terms = _terms(instrument)
    years = years_to_expiry(terms, at)
    model = value_option(
        terms, spot, years=years, volatility=settings.volatility, rate=settings.risk_free_rate
    )
    worth = market.mark(instrument)
    interest = _open_interest(terms, spot)
    return ChainContract(
        instrument=instrument,
        quote=_quote(model.price if worth is None else worth, _distance(terms, spot), at),
        delta=model.delta.quantize(_DELTA_STEP),
        implied_volatility=settings.volatility,
        open_interest=interest,
        volume=interest // _INTEREST_TO_VOLUME,
        is_tradable=years > 0,
    )


def quote_leg(draft: Transaction, instrument: Instrument) -> LegQuote:
    """Return the quote of a leg, an option or shares; one that has expired has no sides."""
    if instrument.option is None:
        mark = draft.market.mark(instrument)
        return LegQuote(mark, mark, draft.at)
    spot = draft.market.price(instrument.option.underlying)
    if spot is None or not years_to_expiry(instrument.option, draft.at):
        return LegQuote(None, None, draft.at)
    return quote_contract(instrument, draft.market, spot.value, draft.settings, draft.at).quote


def _quote(worth: Decimal, distance: Decimal, at: datetime) -> LegQuote:
    half = max(worth * (_NEAR_SPREAD + _SPREAD_BY_DISTANCE * distance), _CENT)
    bid, ask = max(worth - half, ZERO), worth + half
    return LegQuote(_to_tick(bid, ROUND_FLOOR), _to_tick(ask, ROUND_CEILING), at)


def _to_tick(price: Decimal, rounding: str) -> Decimal:
    tick = option_tick(price)
    return (price / tick).to_integral_value(rounding) * tick


def _open_interest(terms: OptionContract, spot: Decimal) -> int:
    return int(_MOST_INTEREST * exp(-((float(_distance(terms, spot)) / _REACH_OF_INTEREST) ** 2)))


def _distance(terms: OptionContract, spot: Decimal) -> Decimal:
    return abs(terms.strike / spot - 1)


def _terms(instrument: Instrument) -> OptionContract:
    if instrument.option is None:
        raise ValueError(f"{instrument.symbol} is no option")
    return instrument.option
