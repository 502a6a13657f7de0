"""Closing positions and attaching exits to them."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.simulators.fyers import drafts, rules
from tests.simulators.fyers.account import Position
from tests.simulators.fyers.drafts import MARKET, Draft
from tests.simulators.fyers.exchange import Exchange
from tests.simulators.fyers.orders import FILLED, STOP_LOSS, TAKE_PROFIT, Order
from tests.simulators.fyers.refusals import Refused, invalid, unknown_position
from tests.simulators.fyers.whims import PLAIN, Whims

EXIT_FIELDS = frozenset({"exit_all", "id", "segment", "side", "productType", "pending_orders_cancel"})
LEG_FIELDS = frozenset({"positionId", "takeProfit", "stopLoss", "legType", "qty"})
NOTHING_OPEN = -352


def close(exchange: Exchange, body: Any, whims: Whims = PLAIN) -> dict[str, Any]:
    """Answer DELETE /positions; nothing, {} and exit_all mean every position. Raise Refused."""
    wanted = drafts.mapping({} if body is None else body, EXIT_FIELDS)
    with exchange.lock:
        chosen = [each for each in select(exchange, wanted) if each.net]
        if wanted.get("pending_orders_cancel"):
            cancel_orders_of(exchange, chosen or select(exchange, wanted))
        if not chosen:
            raise Refused(NOTHING_OPEN, "Looks like you have no open positions.")
        orders = [order for position in chosen for order in counter(exchange, position, whims)]
    if all(order.status == FILLED for order in orders):
        return {"s": "ok", "code": 200, "message": "The position is closed."}
    return {"s": "ok", "code": 201, "message": "Exit order placed, please check the order book"}


def select(exchange: Exchange, wanted: Mapping[str, Any]) -> list[Position]:
    """Return the positions that are meant; raise Refused for one that is not there."""
    positions = exchange.account.positions
    if "id" in wanted:
        ids = wanted["id"] if isinstance(wanted["id"], list) else [wanted["id"]]
        if any(each not in positions for each in ids):
            raise unknown_position()
        return [positions[each] for each in ids]
    return [each for each in positions.values() if fits(each, wanted)]


def fits(position: Position, wanted: Mapping[str, Any]) -> bool:
    traits = {
        "segment": position.instrument.segment,
        "side": position.sign,
        "productType": position.product,
    }
    return all(name not in wanted or trait in wanted[name] for name, trait in traits.items())


def cancel_orders_of(exchange: Exchange, positions: list[Position]) -> None:
    ids = {position.id for position in positions}
    for order in exchange.book.working():
        if order.position_id in ids:
            exchange.book.cancel(order)


def counter(exchange: Exchange, position: Position, whims: Whims) -> list[Order]:
    """Send what closes a position, no piece above the freeze quantity."""
    instrument = position.instrument
    whole, largest = abs(position.net), instrument.freeze // instrument.lot * instrument.lot
    draft = Draft(
        symbol=instrument.symbol, qty=whole, type=MARKET, side=-position.sign, product=position.product
    )
    pieces = [min(largest, whole - done) for done in range(0, whole, largest)]
    return [exchange.submit(replace(draft, qty=piece), instrument, whims) for piece in pieces]


def attach(exchange: Exchange, body: Any) -> dict[str, Any]:
    """Answer PATCH /positions: left out keeps an exit, 0 or null removes it. Raise Refused."""
    wanted = drafts.mapping(body, LEG_FIELDS)
    with exchange.lock:
        position = exchange.account.positions.get(str(wanted.get("positionId")))
        if position is None or not position.net:
            raise unknown_position()
        quantity = drafts.whole(wanted, "qty", least=1) if wanted.get("qty") else abs(position.net)
        rules.check_quantity(quantity, position.instrument)
        if quantity > abs(position.net):
            raise invalid("Invalid qty provided")
        offsets = {role: offset_of(wanted, role, position) for role in exits_named(wanted)}
        for role, offset in offsets.items():
            change(exchange, position, role, offset, (quantity, leg_type_of(wanted)))
    return {"s": "ok", "code": 200, "message": "Position legs updated successfully", "id": position.id}


def exits_named(wanted: Mapping[str, Any]) -> list[str]:
    named = [role for role in (STOP_LOSS, TAKE_PROFIT) if role in wanted]
    if not named:
        raise invalid("stopLoss or takeProfit is a required field")
    return named


def leg_type_of(wanted: Mapping[str, Any]) -> int:
    kind: int = drafts.one_of(wanted, "legType", {drafts.POINTS, drafts.PERCENT}, drafts.POINTS)
    return kind


def offset_of(wanted: Mapping[str, Any], role: str, position: Position) -> Decimal:
    offset = drafts.price(wanted, role)
    rules.check_offset(role[0].upper() + role[1:], offset, leg_type_of(wanted), position.instrument)
    return offset


def change(
    exchange: Exchange, position: Position, role: str, offset: Decimal, terms: tuple[int, int]
) -> None:
    """Put one exit of a position in the place of those it has."""
    quantity, leg_type = terms
    for old in exchange.book.legs(position.id):
        if old.role == role:
            exchange.book.cancel(old)
    if offset:
        parent = exchange.book.orders[position.opened_by]
        leg = exchange.matcher.leg(parent, role, position.average, offset, leg_type)
        leg.qty = quantity
        exchange.matcher.work(leg)
