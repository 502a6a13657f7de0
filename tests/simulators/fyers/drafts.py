"""An order as it is asked for, and whether its fields have the right shape."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.simulators.fyers.figures import ZERO, exact, is_number
from tests.simulators.fyers.refusals import invalid
from tests.simulators.fyers.tokens import FY_ID

LIMIT, MARKET, STOP, STOP_LIMIT = 1, 2, 3, 4
POINTS, PERCENT = 1, 2
BUY, SELL = 1, -1
PRODUCTS = frozenset({"CNC", "INTRADAY", "MARGIN", "MTF"})
RETIRED = frozenset({"CO", "BO"})
TAG = re.compile(r"[A-Za-z0-9]{1,30}")
REQUIRED = ("symbol", "qty", "type", "side", "productType")
TAKEN = frozenset(
    {
        *REQUIRED,
        "limitPrice",
        "stopPrice",
        "validity",
        "disclosedQty",
        "filledQty",
        "offlineOrder",
        "stopLoss",
        "takeProfit",
        "legType",
        "orderTag",
        "isSliceOrder",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a client asks for; prices of 0 are none."""

    symbol: str
    qty: int
    type: int
    side: int
    product: str
    limit_price: Decimal = ZERO
    stop_price: Decimal = ZERO
    validity: str = "DAY"
    disclosed: int = 0
    offline: bool = False
    stop_loss: Decimal = ZERO
    take_profit: Decimal = ZERO
    leg_type: int = POINTS
    tag: str | None = None
    slices: bool = False


def read(body: Any) -> Draft:
    """Read the body of an order; raise Refused."""
    body = mapping(body, TAKEN)
    for name in REQUIRED:
        if name not in body:
            raise invalid(f"{name} is a required field")
    return Draft(
        symbol=text(body, "symbol"),
        qty=whole(body, "qty", least=1),
        type=one_of(body, "type", {LIMIT, MARKET, STOP, STOP_LIMIT}),
        side=one_of(body, "side", {BUY, SELL}),
        product=one_of(body, "productType", PRODUCTS | RETIRED),
        limit_price=price(body, "limitPrice"),
        stop_price=price(body, "stopPrice"),
        validity=one_of(body, "validity", {"DAY", "IOC"}, "DAY"),
        disclosed=whole(body, "disclosedQty", least=0),
        offline=flag(body, "offlineOrder"),
        stop_loss=price(body, "stopLoss"),
        take_profit=price(body, "takeProfit"),
        leg_type=one_of(body, "legType", {POINTS, PERCENT}, POINTS),
        tag=tag(body),
        slices=flag(body, "isSliceOrder"),
    )


def mapping(body: Any, taken: frozenset[str]) -> dict[str, Any]:
    """Return an object with known fields only; raise Refused."""
    if not isinstance(body, dict):
        raise invalid("Invalid input provided")
    strange = sorted(set(body) - taken)
    if strange:
        raise invalid(f"{strange[0]} is not a valid field")
    return body


def text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or value == "":
        raise invalid(f"Invalid {name} provided")
    return value


def whole(body: Mapping[str, Any], name: str, *, least: int) -> int:
    """Return a whole number that is written as one; 3.0 and "3" are not."""
    value = body.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise invalid(f"Invalid {name} provided")
    return value


def price(body: Mapping[str, Any], name: str) -> Decimal:
    value = body.get(name, 0)
    if value is None:
        return ZERO
    if not is_number(value) or not exact(value).is_finite() or value < 0:
        raise invalid(f"Invalid {name} provided")
    return exact(value)


def flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise invalid(f"Invalid {name} provided")
    return value


def one_of(body: Mapping[str, Any], name: str, choices: Any, default: Any = None) -> Any:
    value = body.get(name, default)
    if isinstance(value, bool | float | list | dict) or value not in choices:
        raise invalid(f"Invalid {name} provided")
    return value


def tag(body: Mapping[str, Any]) -> str | None:
    value = body.get("orderTag")
    if value is None or value == "":
        return None
    if not isinstance(value, str) or TAG.fullmatch(value) is None or value in {"Untagged", FY_ID}:
        raise invalid("Invalid orderTag provided")
    return value
