"""What Alpaca would answer to a structure's order with a refusal, found before it is sent."""

from decimal import Decimal

from app.brokers.alpaca.order_checks import LONGEST_ID
from app.domain.money import ZERO
from app.domain.orders import OrderRole
from app.domain.structures.cover import uncovered_leg
from app.domain.structures.kinds import Sign
from app.domain.structures.legs import Leg
from app.domain.structures.net_quotes import CENT, sign_of
from app.domain.structures.orders import StructureOrder

MOST_LEGS = 4


def structure_refusal(order: StructureOrder) -> str | None:
    """Return why Alpaca would refuse the order, or why it must never leave; None: nothing is known."""
    structure = order.structure
    if not 0 < len(order.client_order_id) <= LONGEST_ID:
        return f"A client order id has 1 to {LONGEST_ID} characters."
    if any(leg.option is None for leg in structure.legs):
        return "Alpaca takes no shares as a leg."
    if not 0 < len(structure.legs) <= MOST_LEGS:
        return f"Alpaca takes 1 to {MOST_LEGS} legs, not {len(structure.legs)}."
    if order.units < 1:
        return f"The units must be a positive number, not {order.units}."
    bare = None if order.role is OrderRole.EXIT else uncovered_leg(structure)
    if bare is not None:
        return f"Alpaca wants {bare.instrument.symbol} to be covered by a bought leg of the same order."
    return _price_refusal(order)


def _price_refusal(order: StructureOrder) -> str | None:
    limit = order.limit
    if not limit.is_finite() or limit % CENT:
        return f"The limit price must be limited to 2 decimal places, and {limit} has more."
    # Money: Alpaca fills a credit that is asked for as a debit at once, and says nothing.
    sign = sign_of(order.structure)
    if (sign is Sign.CREDIT and limit > ZERO) or (sign is Sign.DEBIT and limit < ZERO):
        return f"The net price is {limit}, a {sign.value} is due."
    if len(order.structure.legs) == 1 and not _is_positive(limit, order.structure.legs[0]):
        return f"A single contract needs a positive price, and {limit} is none."
    return None


def _is_positive(limit: Decimal, leg: Leg) -> bool:
    return (-limit if leg.is_short else limit) > ZERO
