"""How an order of several legs meets the simulated market: in whole units, between mid and natural price.

At the natural price it fills at once. Closer to the mid it fills by a chance that grows with every look, so
that a ladder has something to climb for; below the mid never.
"""

from dataclasses import replace
from decimal import Decimal

from app.brokers.paper import matching
from app.brokers.paper.records import Execution, PaperStructureOrder
from app.brokers.paper.structures.checks import fees
from app.brokers.paper.structures.quotes import quote_leg
from app.brokers.paper.transaction import Transaction
from app.domain.money import ZERO
from app.domain.orders import OrderStatus
from app.domain.structures.leg_prices import leg_prices
from app.domain.structures.legs import Leg, Structure, StructureRefused
from app.domain.structures.net_quotes import LegQuote, NetQuote, net_quote
from app.domain.structures.orders import LegFill

# The chance of a limit at the mid by looks: 15 % at the first, 30 % at the second.
_CHANCE_A_LOOK = Decimal("0.15")


def quotes_of(draft: Transaction, structure: Structure) -> dict[str, LegQuote]:
    """Return the quotes of a structure's legs now."""
    return {leg.instrument.symbol: quote_leg(draft, leg.instrument) for leg in structure.legs}


def look(draft: Transaction, order: PaperStructureOrder) -> None:
    """Let a working order meet the market once."""
    structure = order.order.structure
    quotes = quotes_of(draft, structure)
    try:
        quote = net_quote(structure, quotes)
    except StructureRefused:
        # A leg that nobody offers or wants: nothing fills.
        return
    seen = draft.put_structure(replace(order, looks=order.looks + 1))
    net = _fill_price(draft, seen, quote)
    if net is not None:
        _fill(draft, seen, _units_now(draft, seen), net, quotes)


def _fill_price(draft: Transaction, order: PaperStructureOrder, quote: NetQuote) -> Decimal | None:
    limit = order.order.limit
    if limit >= quote.natural:
        return quote.natural
    if limit < quote.mid:
        return None
    chance = min(_CHANCE_A_LOOK * order.looks, Decimal(1))
    return limit if draft.chance() < chance else None


def _units_now(draft: Transaction, order: PaperStructureOrder) -> int:
    probability = draft.settings.partial_fill_probability
    if not probability or order.remaining == 1 or draft.chance() >= probability:
        return order.remaining
    return 1 + int(draft.chance() * (order.remaining - 1))


def _fill(
    draft: Transaction, order: PaperStructureOrder, units: int, net: Decimal, quotes: dict[str, LegQuote]
) -> None:
    structure = order.order.structure
    prices = leg_prices(structure, quotes, net)
    fee = fees(draft, order.order, units, net)
    if order.filled_units:
        fee -= draft.settings.fee_per_order
    filled = order.filled_units + units
    before = (order.average_net or ZERO) * order.filled_units
    draft.put_structure(
        replace(
            order,
            status=OrderStatus.FILLED if filled == order.order.units else OrderStatus.PARTIALLY_FILLED,
            filled_units=filled,
            average_net=(before + net * units) / filled,
            legs=_added(order, units, prices),
            fees=order.fees + fee,
            filled_at=draft.at,
        )
    )
    for place, leg in enumerate(structure.legs):
        signed, price = leg.quantity * units, prices[leg.instrument.symbol]
        cost = ZERO if place else fee
        draft.change.fills.append(Execution(order.id, signed, price, cost))
        matching.book(draft, leg.instrument, signed, price, cost)


def _added(order: PaperStructureOrder, units: int, prices: dict[str, Decimal]) -> tuple[LegFill, ...]:
    known = {fill.symbol: fill for fill in order.legs}
    return tuple(
        _sum(leg, known.get(leg.instrument.symbol), units, prices[leg.instrument.symbol])
        for leg in order.order.structure.legs
    )


def _sum(leg: Leg, before: LegFill | None, units: int, price: Decimal) -> LegFill:
    signed = leg.quantity * units
    if before is None:
        return LegFill(leg.instrument.symbol, signed, price)
    quantity = before.quantity + signed
    average = (before.quantity * before.price + signed * price) / quantity
    return LegFill(before.symbol, quantity, average)
