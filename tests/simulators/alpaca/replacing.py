"""PATCH /v2/orders/{id}: the order that takes over from a working one."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulators.alpaca.drafts import LONGEST_ID, WORDS, number
from tests.simulators.alpaca.figures import is_whole, plain
from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.refusals import forbidden, invalid, malformed, unprocessable
from tests.simulators.alpaca.rules import check_increment
from tests.simulators.alpaca.spreads import refuse_replacing

if TYPE_CHECKING:
    from tests.simulators.alpaca.exchange import Exchange

FIELDS = {"qty", "time_in_force", "limit_price", "stop_price", "trail", "client_order_id"}
NOT_YET = {"accepted", "pending_new", "pending_cancel", "pending_replace"}
HAS_LIMIT, HAS_STOP = {"limit", "stop_limit"}, {"stop", "stop_limit"}


def replacement(old: Order, body: Any, exchange: "Exchange") -> Order:
    """Return the order that `old` becomes, tied to its legs and rivals; raise Refused."""
    refuse_unreplaceable(old)
    changes = read(old, body)
    if all(getattr(old, name) == value for name, value in changes.items()):
        raise unprocessable("order parameters are not changed")
    if "client_order_id" in changes:
        exchange.refuse_taken(changes["client_order_id"])
    changes["margin"] = margin_after(old, changes, exchange)
    identity = {"id": exchange.book.new_id(), "client_order_id": exchange.book.new_id()}
    new = replace(old, **(identity | changes | fresh(old, exchange.timer.now())))
    new.quantity = (changes.get("quantity") or old.quantity or Decimal(0)) - old.filled
    old.replaced_by = new.id
    tie(old, new)
    return new


def refuse_unreplaceable(order: Order) -> None:
    refuse_replacing(order)
    if order.is_final:
        raise unprocessable(f'order is already in "{order.status}" state')
    if order.status in NOT_YET:
        raise unprocessable(f"cannot replace order in {order.status} status")
    if order.notional is not None:
        raise unprocessable("notional orders cannot be replaced")


def read(old: Order, body: Any) -> dict[str, Any]:
    """Read a body into changes of an order; raise Refused."""
    if not isinstance(body, dict):
        raise malformed()
    if unknown := {name for name, value in body.items() if value is not None} - FIELDS:
        raise invalid(f"unknown fields: {', '.join(sorted(unknown))}")
    changes: dict[str, Any] = {
        "quantity": quantity(old, number(body.get("qty"), "qty")),
        "limit_price": price(old, "limit_price", body, HAS_LIMIT),
        "stop_price": price(old, "stop_price", body, HAS_STOP),
        **trail(old, number(body.get("trail"), "trail")),
        "time_in_force": body.get("time_in_force"),
        "client_order_id": body.get("client_order_id"),
    }
    changes = {name: value for name, value in changes.items() if value is not None}
    if changes.get("time_in_force", "day") not in WORDS["time_in_force"]:
        raise invalid("invalid time_in_force")
    if len(changes.get("client_order_id", "")) > LONGEST_ID:
        raise invalid(f"client_order_id must be no more than {LONGEST_ID} characters")
    return changes


def quantity(old: Order, wanted: Decimal | None) -> Decimal | None:
    if wanted is None or wanted == old.quantity:
        return wanted
    if old.rivals or old.waiting:
        raise unprocessable("qty of a leg cannot be changed")
    if not old.is_whole or not is_whole(wanted):
        raise unprocessable("qty of fractional orders cannot be changed")
    if wanted <= old.filled:
        raise unprocessable("qty must be > filled_qty")
    return wanted


def price(old: Order, name: str, body: dict[str, Any], kinds: set[str]) -> Decimal | None:
    wanted = number(body.get(name), name)
    if wanted is None:
        return None
    if old.type not in kinds:
        raise invalid(f"{old.type} orders must not have {name}")
    if old.asset.asset_class != "crypto":
        check_increment(name, wanted)
    return wanted


def trail(old: Order, wanted: Decimal | None) -> dict[str, Decimal]:
    if wanted is None:
        return {}
    if old.type != "trailing_stop":
        raise invalid("trail requires type trailing_stop")
    return {"trail_percent" if old.trail_percent is not None else "trail_price": wanted}


def margin_after(old: Order, changes: dict[str, Any], exchange: "Exchange") -> Decimal:
    """Scale what the order reserves; raise Refused when account or holding cannot bear it."""
    before = old.quantity or Decimal(1)
    wanted: Decimal = changes.get("quantity", before)
    if old.closes:
        refuse_beyond_holding(old, wanted, exchange)
        return Decimal(0)
    price_ratio = Decimal(1)
    if old.limit_price and "limit_price" in changes:
        price_ratio = changes["limit_price"] / old.limit_price
    margin = old.margin * price_ratio * (wanted / before)
    power = exchange.account.buying_power(exchange.book.reserved())
    if (margin - old.margin) * exchange.account.multiplier > power:
        cost = plain(margin / exchange.account.margin_rate(old.asset))
        raise forbidden("insufficient buying power", buying_power=plain(power), cost_basis=cost)
    return margin


def refuse_beyond_holding(old: Order, wanted: Decimal, exchange: "Exchange") -> None:
    existing = abs(exchange.account.quantity(old.asset))
    held, orders = exchange.book.held_for(old.asset, old.side)
    own = (old.quantity or Decimal(0)) - old.filled if old.is_live else Decimal(0)
    available = existing - held + own
    if not old.waiting and wanted - old.filled > available:
        raise forbidden(
            f"insufficient qty available for order (requested: {plain(wanted)}, "
            f"available: {plain(available)})",
            available=plain(available),
            existing_qty=plain(existing),
            held_for_orders=plain(held - own),
            related_orders=[order for order in orders if order != old.id],
            symbol=old.asset.symbol,
        )


def fresh(old: Order, now: int) -> dict[str, Any]:
    status = old.status if old.status == "held" else "new"
    nothing = {"filled": Decimal(0), "value": Decimal(0), "ended": {}, "updated_at": 0}
    return {"replaces": old.id, "created_at": now, "status": status, **nothing}


def tie(old: Order, new: Order) -> None:
    """Put the new order where the old one stood."""
    for rival in new.rivals:
        rival.rivals = [new if other is old else other for other in rival.rivals]
    for leg in new.legs:
        leg.parent = new
        leg.quantity = new.quantity if leg.waiting else leg.quantity
    if new.parent is not None:
        new.parent.legs = [new if leg is old else leg for leg in new.parent.legs]
