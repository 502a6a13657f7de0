"""Orders of several legs (`mleg`): how they are read, and how they live and are shown."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import reduce
from math import gcd
from typing import Any

from tests.simulators.alpaca.assets import Asset
from tests.simulators.alpaca.drafts import client_order_id, number
from tests.simulators.alpaca.figures import decimals, is_whole, plain
from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.refusals import Refused, invalid, malformed, unprocessable

MLEG = "mleg"
FIELDS = {"order_class", "qty", "type", "time_in_force", "limit_price", "client_order_id", "legs"}
LEG_FIELDS = {"symbol", "ratio_qty", "side", "position_intent"}
INTENTS = {"buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close"}
FEWEST, MOST = 2, 4
NOTHING = Asset("")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegDraft:
    """One leg as it was asked for."""

    symbol: str
    ratio: int
    side: str
    intent: str

    @property
    def sign(self) -> int:
        return 1 if self.side == "buy" else -1

    @property
    def opens(self) -> bool:
        return self.intent.endswith("open")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadDraft:
    """A spread as it was asked for; `limit_price` has a sign, negative is received."""

    quantity: Decimal
    type: str
    time_in_force: str
    limit_price: Decimal | None
    client_order_id: str | None
    legs: tuple[LegDraft, ...]


def is_spread(body: Any) -> bool:
    return isinstance(body, dict) and body.get("order_class") == MLEG


def read(body: dict[str, Any]) -> SpreadDraft:
    """Read a body; raise Refused."""
    refuse_strange(body)
    quantity = number(body.get("qty"), "qty")
    if quantity is None:
        raise invalid("qty is required")
    if not is_whole(quantity):
        raise unprocessable("options orders require a whole number qty")
    kind, limit = body.get("type"), signed(body.get("limit_price"))
    if kind not in {"market", "limit"}:
        raise unprocessable("invalid order type for mleg order: only market and limit are supported")
    if body.get("time_in_force") not in {"day", "gtc"}:
        raise unprocessable("order_time_in_force provided not supported for options trading")
    if (limit is None) is (kind == "limit"):
        raise invalid(f"{kind} orders require {'a' if kind == 'limit' else 'no'} limit price")
    if limit is not None and decimals(limit) > len("00"):
        raise unprocessable("limit price must be limited to 2 decimal places")
    return SpreadDraft(
        quantity=quantity,
        type=kind,
        time_in_force=body["time_in_force"],
        limit_price=limit,
        client_order_id=client_order_id(body),
        legs=read_legs(body.get("legs")),
    )


def refuse_strange(body: dict[str, Any]) -> None:
    if body.get("notional") is not None:
        raise unprocessable("notional is not supported for options orders")
    if body.get("extended_hours"):
        raise unprocessable("extended hours is not supported for options orders")
    named = {name for name, value in body.items() if value is not None}
    if unknown := named - FIELDS - {"extended_hours"}:
        raise invalid(f"unknown fields for mleg orders: {', '.join(sorted(unknown))}")


def read_legs(legs: Any) -> tuple[LegDraft, ...]:
    if not isinstance(legs, list):
        raise invalid("legs are required for mleg orders")
    if not FEWEST <= len(legs) <= MOST:
        raise unprocessable(f"mleg orders must have {FEWEST} to {MOST} legs")
    found = tuple(read_leg(place, leg) for place, leg in enumerate(legs))
    if len({leg.symbol for leg in found}) < len(found):
        raise unprocessable("leg symbols must be distinct")
    ratios = [leg.ratio for leg in found]
    if (common := reduce(gcd, ratios)) > 1:
        told = " ".join(map(str, ratios))
        raise unprocessable(f"leg ratio quantities should be relatively prime: GCD[{told}] = {common}")
    return found


def read_leg(place: int, leg: Any) -> LegDraft:
    if not isinstance(leg, dict):
        raise malformed()
    if unknown := set(leg) - LEG_FIELDS:
        raise invalid(f"unknown fields of leg.{place}: {', '.join(sorted(unknown))}")
    for name in ("symbol", "ratio_qty", "side"):
        if not leg.get(name):
            raise invalid(f"leg.{place} {name} is required")
    intent, side = leg.get("position_intent"), leg["side"]
    if not intent:
        raise unprocessable(f"leg.{place} position intent is required")
    if side not in {"buy", "sell"} or intent not in INTENTS or not intent.startswith(side):
        raise unprocessable(f"leg.{place} position intent mismatch")
    if not isinstance(leg["ratio_qty"], str):
        raise malformed()
    ratio = number(leg["ratio_qty"], "ratio_qty")
    if ratio is None or not is_whole(ratio):
        raise unprocessable(f"leg.{place} ratio_qty must be a whole number")
    return LegDraft(symbol=leg["symbol"], ratio=int(ratio), side=side, intent=intent)


def signed(value: Any) -> Decimal | None:
    """Read a figure of any sign."""
    if value is None:
        return None
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        raise malformed() from None
    if isinstance(value, bool) or not figure.is_finite():
        raise malformed()
    return figure


class Spread(Order):
    """The parent: it has neither symbol nor side; its price is the net one of a unit."""

    __slots__ = ()

    def as_json(self, *, nested: bool = False) -> dict[str, Any]:
        nothing = dict.fromkeys(("symbol", "asset_id", "asset_class", "side", "position_intent"), "")
        return super().as_json(nested=nested) | nothing


class SpreadLeg(Order):
    """A leg: it fills with its parent alone, and holds what it closes."""

    __slots__ = ()

    @property
    def is_live(self) -> bool:
        return False

    @property
    def holds(self) -> bool:
        return not self.is_final

    @property
    def is_part(self) -> bool:
        return True

    @property
    def ratio(self) -> Decimal:
        units = None if self.parent is None else self.parent.quantity
        return (self.quantity or Decimal(0)) / (units or Decimal(1))

    def as_json(self, *, nested: bool = False) -> dict[str, Any]:
        status = self.status if self.is_final or self.parent is None else self.parent.status
        own = {"type": "", "order_type": "", "status": status, "ratio_qty": plain(self.ratio)}
        return super().as_json(nested=nested) | own


def spread_of(order: Order) -> Spread | None:
    """Return the spread that an order is, or is a leg of."""
    if isinstance(order, SpreadLeg):
        order = order.parent or order
    return order if isinstance(order, Spread) else None


def refuse_single_leg(order: Order, what: str) -> None:
    """Raise Refused where only a whole spread may be changed."""
    if isinstance(order, SpreadLeg):
        raise unprocessable(f"cannot {what} individual legs of a mleg order")


def refuse_replacing(order: Order) -> None:
    """Raise Refused: whether Alpaca replaces spreads is not known for certain, so nobody may rely on it."""
    refuse_single_leg(order, "replace")
    if isinstance(order, Spread):
        raise Refused(403, "replace mleg order is disabled", 40310000)
