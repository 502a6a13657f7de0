"""How an order is written down before it is sent."""

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from app.dataclass import dataclass
from app.domain.alert_terms import Distance
from app.domain.exit_levels import ExitTerms, Levels, exit_levels, exit_terms
from app.domain.exit_plan import ExitPlan
from app.domain.instruments import Instrument
from app.domain.money import ZERO, plain, text
from app.domain.order_check import NO_LEVELS, ProposedOrder
from app.domain.orders import (
    Order,
    OrderClass,
    OrderRole,
    OrderType,
    Receipt,
    Side,
    TimeInForce,
    client_order_id,
)
from app.domain.sizing import Size
from app.services.trading.context import OrderContext

# Bracket and cover orders exist by their exits.
PRODUCTS_WITH_EXITS = frozenset({"BO", "CO"})
LIMITED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


def draft_exit(context: OrderContext, instrument: Instrument, side: Side, quantity: Decimal) -> Order:
    """Write the order that closes; at the market unless the alert itself names a limit."""
    kind = context.signal.order_type or OrderType.MARKET
    own_id = client_order_id(context.bot.id, context.ticket.id, OrderRole.EXIT)
    return Order(
        # A try that follows has an id of its own, so that what became of each can be looked up.
        client_order_id=own_id if context.resumes is None else context.resumes.order_id,
        instrument=instrument,
        side=side,
        role=OrderRole.EXIT,
        type=kind,
        time_in_force=context.signal.time_in_force,
        quantity=quantity,
        limit_price=context.signal.limit_price if kind in LIMITED else None,
        stop_price=context.signal.stop_price if kind in STOPPED else None,
        product=context.signal.product,
        reference_price=context.reference_price,
    )


class PlannedExits(NamedTuple):
    """What an entry will be protected by, and where that stands if it fills at its price.

    `alert_price` is the basis of exits that do not stand around the fill, `own` are the alert's own exits.
    """

    plan: ExitPlan | None
    levels: Levels
    alert_price: Decimal | None
    own: Levels = NO_LEVELS


@dataclass(frozen=True, slots=True)
class EntryTerms:
    """What an entry comes to: the order as the gates are asked about it, and what else it is written from.

    Its `size` and what that is worth (`value`) are None where no price is known. `reference_price` is what
    the alert says the market's price is.
    """

    order: ProposedOrder
    type: OrderType
    exits: PlannedExits
    size: Size | None
    value: Decimal | None
    reference_price: Decimal | None


def plan_exits(
    context: OrderContext, instrument: Instrument, side: Side, price: Decimal | None
) -> PlannedExits:
    """Tell where an entry will be left, before its size is known: that may depend on it."""
    alert_price = context.signal.reference_price or price
    if alert_price is None or price is None or min(price, alert_price) <= ZERO:
        return PlannedExits(None, NO_LEVELS, alert_price, context.levels)
    own = _own_levels(context, side, alert_price)
    plan = _protection(context, instrument, own, alert_price)
    if plan is None:
        return PlannedExits(None, NO_LEVELS, alert_price, own)
    # Counted from where they will really stand, since the size by risk hangs on the distance to the stop.
    levels = exit_levels(plan.terms, instrument, side, price if plan.terms.by_fill else alert_price)
    return PlannedExits(plan, levels, alert_price, own)


def draft_entry(context: OrderContext, instrument: Instrument, terms: EntryTerms, size: Size) -> Order:
    """Write the order that opens; its price is its limit, or what the market is expected to ask."""
    kind, side, exits = terms.type, terms.order.side, terms.exits
    context.exit_plan = exits.plan
    _show_levels(context, instrument, side, exits)
    legs = _legs(context, side, exits)
    in_money = size.notional if legs is NO_LEVELS and _takes_money(context, instrument, kind) else None
    order = Order(
        # It follows from the ticket: after a crash the broker can be asked for an order that nobody noted.
        client_order_id=client_order_id(context.bot.id, context.ticket.id, OrderRole.ENTRY),
        instrument=instrument,
        side=side,
        role=OrderRole.ENTRY,
        type=kind,
        time_in_force=context.signal.time_in_force,
        quantity=size.quantity if in_money is None else None,
        notional=in_money,
        limit_price=terms.order.price if kind in LIMITED else None,
        stop_price=context.signal.stop_price if kind in STOPPED else None,
        order_class=_class_of(legs),
        take_profit=legs.target,
        stop_loss=legs.stop,
        reference_price=terms.reference_price,
        product=context.signal.product,
    )
    # A broker that takes not every form of an order says which one it will take.
    return context.broker.normalise(order) if context.broker is not None else order


def protect_adopted(context: OrderContext, entry: Receipt) -> None:
    """Protect an entry that was placed before a crash the way it was meant to be."""
    price = context.signal.reference_price or entry.limit_price or entry.average_fill_price
    if price is not None and context.instrument is not None:
        own = _own_levels(context, entry.side, price)
        context.exit_plan = _protection(context, context.instrument, own, price)


def _own_levels(context: OrderContext, side: Side, alert_price: Decimal) -> Levels:
    """Return an alert's own exits as prices; one that is a part of the fill's price has none yet."""
    (stop, target), terms = context.levels, context.signal.terms
    if terms.stop is not None and not _is_by_fill(context, terms.stop):
        stop = terms.stop.from_price(alert_price, -side.sign)
    if terms.target is not None and not _is_by_fill(context, terms.target):
        target = terms.target.from_price(alert_price, side.sign)
    return Levels(stop, target)


def _is_by_fill(context: OrderContext, distance: Distance) -> bool:
    """Tell a distance that counts from the fill; an amount counts from the price that is planned."""
    return distance.fraction is not None and context.signal.reference_price is None


def _protection(
    context: OrderContext, instrument: Instrument, own: Levels, alert_price: Decimal
) -> ExitPlan | None:
    signal = context.signal
    needed = signal.product in PRODUCTS_WITH_EXITS
    terms = exit_terms(context.bot.configuration, *own, needed=needed)
    if signal.terms.stop is not None or signal.terms.target is not None:
        terms = _by_fractions(context, terms, own)
    if terms is None or context.broker is None:
        return None
    return ExitPlan(
        context.bot.id, context.broker.name, instrument.symbol, context.ticket.id, terms, alert_price
    )


def _by_fractions(context: OrderContext, terms: ExitTerms | None, own: Levels) -> ExitTerms:
    """Add the alert's own exits that are parts of the fill's price."""
    known, said = terms or ExitTerms(), context.signal.terms
    if own.stop is None and said.stop is not None:
        known = replace(known, stop_loss=said.stop.fraction)
    if own.target is None and said.target is not None:
        known = replace(known, take_profit=said.target.fraction)
    return known


def _legs(context: OrderContext, side: Side, exits: PlannedExits) -> Levels:
    """Return the legs of a symbol's first entry, where the bot wants exits and the broker has brackets."""
    if exits.plan is None or context.view is None:
        return NO_LEVELS
    if context.signal.time_in_force not in {TimeInForce.DAY, TimeInForce.GTC}:
        # Legs cannot wait for an order that is over at once.
        return NO_LEVELS
    # An added entry brings no legs: one pair of exits is for all that is held.
    adds = context.view.position * side.sign > ZERO
    has_legs = not adds and exits.levels.stop is not None and context.capabilities.bracket
    return exits.levels if has_legs else NO_LEVELS


def _class_of(legs: Levels) -> OrderClass:
    if legs.stop is None:
        return OrderClass.SIMPLE
    return OrderClass.BRACKET if legs.target is not None else OrderClass.OTO


def _show_levels(context: OrderContext, instrument: Instrument, side: Side, exits: PlannedExits) -> None:
    """Tell in the ticket where exits stand, or of an option would stand although nobody wants them placed."""
    terms, alert_price = (exits.plan.terms if exits.plan is not None else None), exits.alert_price
    if terms is None and context.signal.contract is not None:
        terms = exit_terms(context.bot.configuration, needed=True)
    if terms is not None and alert_price is not None:
        levels = exit_levels(terms, instrument, side, alert_price)
        context.ticket.exits = {
            "stop_loss": text(levels.stop),
            "take_profit": text(levels.target),
            "basis": text(plain(alert_price)),
            "placed": exits.plan is not None,
        }


def _takes_money(context: OrderContext, instrument: Instrument, kind: OrderType) -> bool:
    """Tell whether the rounding can be left to the broker, since it takes amounts of money."""
    if context.broker is None or kind is not OrderType.MARKET:
        return False
    capabilities = context.broker.capabilities
    return capabilities.notional and instrument.asset_class in capabilities.fractional
