"""A net price shared out over the legs, for brokers that fill, or take a limit for, each leg."""

from collections.abc import Mapping
from decimal import Decimal

from app.domain.money import ZERO, round_price
from app.domain.reasons import Reason
from app.domain.structures.legs import Leg, Structure, StructureRefused
from app.domain.structures.net_quotes import LegQuote, net_quote, towards_us

_FINEST = Decimal("0.0001")


def leg_prices(structure: Structure, quotes: Mapping[str, LegQuote], net: Decimal) -> dict[str, Decimal]:
    """Share a net price out over the legs: each as far from its mid as the whole is from its own.

    What rounding leaves goes to a leg that one unit holds once, so that the legs add up to the net price.
    """
    prices = {symbol: price.quantize(_FINEST) for symbol, price in _shared(structure, quotes, net).items()}
    rest = net - net_of(structure, prices)
    single = next((leg for leg in structure.legs if abs(share_of(structure, leg)) == 1), structure.legs[0])
    prices[single.instrument.symbol] += rest / share_of(structure, single)
    return prices


def leg_limits(structure: Structure, quotes: Mapping[str, LegQuote], net: Decimal) -> dict[str, Decimal]:
    """Share a net limit out over limits of the legs, each on its tick and above zero, never worse than `net`.

    Raise StructureRefused PRICE_IMPOSSIBLE where no such limits exist.
    """
    wanted = towards_us(net, structure.tick)
    prices = {
        leg.instrument.symbol: _on_tick(leg, price)
        for leg, price in zip(structure.legs, _shared(structure, quotes, wanted).values(), strict=True)
    }
    # What is left is given where one tick moves the net price by one tick, to the dearest of those legs.
    singles = [leg for leg in structure.legs if abs(leg.ratio) == 1] or list(structure.legs)
    for leg in sorted(singles, key=lambda one: -prices[one.instrument.symbol]):
        name, share = leg.instrument.symbol, share_of(structure, leg)
        rest = wanted - net_of(structure, prices)
        moved = round_price(prices[name] + rest / share, leg.instrument.price_tick, up=share < ZERO)
        prices[name] = max(moved, leg.instrument.price_tick)
    if net_of(structure, prices) > net:
        raise StructureRefused(Reason.PRICE_IMPOSSIBLE, f"The net price {net} leaves no price for a leg.")
    return prices


def net_of(structure: Structure, prices: Mapping[str, Decimal]) -> Decimal:
    """Return the net price that prices of the legs make."""
    return sum((prices[leg.instrument.symbol] * share_of(structure, leg) for leg in structure.legs), ZERO)


def share_of(structure: Structure, leg: Leg) -> Decimal:
    """Return how often a leg counts in the net price of one unit, signed."""
    return leg.units / structure.multiplier


def _shared(structure: Structure, quotes: Mapping[str, LegQuote], net: Decimal) -> dict[str, Decimal]:
    quote = net_quote(structure, quotes)
    half = quote.natural - quote.mid
    part = (net - quote.mid) / half if half else ZERO
    return {leg.instrument.symbol: _at(leg, quotes[leg.instrument.symbol], part) for leg in structure.legs}


def _at(leg: Leg, quote: LegQuote, part: Decimal) -> Decimal:
    if quote.bid is None or quote.ask is None:
        raise ValueError(f"{leg.instrument.symbol} has no two sides")
    mid, half = (quote.bid + quote.ask) / 2, (quote.ask - quote.bid) / 2
    return mid + part * half * (-1 if leg.is_short else 1)


def _on_tick(leg: Leg, price: Decimal) -> Decimal:
    tick = leg.instrument.price_tick
    return max(round_price(price, tick, up=leg.is_short), tick)
