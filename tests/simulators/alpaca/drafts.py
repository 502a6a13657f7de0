"""The body of POST /v2/orders, read as strictly as its documentation says."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.simulators.alpaca.figures import FINEST_DECIMALS, decimals
from tests.simulators.alpaca.refusals import Refused, invalid, malformed

FIELDS = frozenset(
    {
        *("symbol", "qty", "notional", "side", "type", "time_in_force", "limit_price", "stop_price"),
        *("trail_price", "trail_percent", "extended_hours", "client_order_id", "order_class"),
        *("take_profit", "stop_loss", "position_intent", "legs", "advanced_instructions"),
    }
)
WORDS = {
    "side": {"buy", "sell"},
    "type": {"market", "limit", "stop", "stop_limit", "trailing_stop"},
    "time_in_force": {"day", "gtc", "opg", "cls", "ioc", "fok"},
    "order_class": {"simple", "bracket", "oco", "oto", "mleg", ""},
    "position_intent": {"buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close"},
}
PRICES: dict[str, tuple[bool, bool, str]] = {
    "market": (False, False, "market orders require no stop or limit price"),
    "limit": (True, False, "limit orders require only limit price"),
    "stop": (False, True, "stop orders require only stop price"),
    "stop_limit": (True, True, "stop limit orders require both stop and limit price"),
    "trailing_stop": (False, False, "trailing stop orders require no stop or limit price"),
}
LONGEST_ID = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An order as it was asked for."""

    symbol: str
    side: str
    type: str
    time_in_force: str
    client_order_id: str | None = None
    order_class: str = ""
    position_intent: str | None = None
    quantity: Decimal | None = None
    notional: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_price: Decimal | None = None
    trail_percent: Decimal | None = None
    extended_hours: bool = False
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    stop_loss_limit: Decimal | None = None

    @property
    def sign(self) -> int:
        return 1 if self.side == "buy" else -1

    @property
    def is_simple(self) -> bool:
        return self.order_class in {"", "simple"}


def read(body: Any) -> Draft:
    """Read a body; raise Refused."""
    if not isinstance(body, dict):
        raise malformed()
    if unknown := set(body) - FIELDS:
        raise invalid(f"unknown fields: {', '.join(sorted(unknown))}")
    order_class = word(body, "order_class", default="")
    draft = Draft(
        symbol=symbol(body),
        side=word(body, "side"),
        type=word(body, "type"),
        time_in_force=word(body, "time_in_force"),
        client_order_id=client_order_id(body),
        order_class=order_class,
        position_intent=word(body, "position_intent", default=None),
        extended_hours=flag(body, "extended_hours"),
        **numbers(body),
        **exits(body),
    )
    check_size(draft)
    check_prices(draft)
    return draft


def word(body: dict[str, Any], name: str, default: Any = ...) -> Any:
    value = body.get(name)
    if value is None and default is not ...:
        return default
    if not isinstance(value, str) or value not in WORDS[name]:
        raise invalid(f"{name} is required" if value is None else f"invalid {name}")
    return value


def symbol(body: dict[str, Any]) -> str:
    value = body.get("symbol")
    if not isinstance(value, str) or not value:
        raise invalid("symbol is required")
    return value


def client_order_id(body: dict[str, Any]) -> str | None:
    value = body.get("client_order_id")
    if value is not None and not isinstance(value, str):
        raise malformed()
    if value and len(value) > LONGEST_ID:
        raise invalid(f"client_order_id must be no more than {LONGEST_ID} characters")
    return value or None


def flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if value not in {None, True, False}:
        raise malformed()
    return value is True


def number(value: Any, name: str) -> Decimal | None:
    """Read a figure that must be positive, as string or number."""
    if value is None:
        return None
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        raise malformed() from None
    if isinstance(value, bool) or not figure.is_finite():
        raise malformed()
    if figure <= 0:
        raise invalid(f"{name.replace('_', ' ')} must be > 0")
    return figure


def numbers(body: dict[str, Any]) -> dict[str, Decimal | None]:
    names = ("notional", "limit_price", "stop_price", "trail_price", "trail_percent")
    return {"quantity": number(body.get("qty"), "qty"), **{n: number(body.get(n), n) for n in names}}


def exits(body: dict[str, Any]) -> dict[str, Decimal | None]:
    profit, loss = body.get("take_profit") or {}, body.get("stop_loss") or {}
    if not isinstance(profit, dict) or not isinstance(loss, dict):
        raise malformed()
    if set(profit) - {"limit_price"} or set(loss) - {"stop_price", "limit_price"}:
        raise invalid("unknown fields in take_profit or stop_loss")
    return {
        "take_profit": number(profit.get("limit_price"), "take_profit.limit_price"),
        "stop_loss": number(loss.get("stop_price"), "stop_loss.stop_price"),
        "stop_loss_limit": number(loss.get("limit_price"), "stop_loss.limit_price"),
    }


def check_size(draft: Draft) -> None:
    if draft.quantity is None and draft.notional is None:
        raise invalid("qty or notional is required")
    if draft.quantity is not None and draft.notional is not None:
        raise invalid("only one of qty or notional is accepted")
    if decimals(draft.quantity or draft.notional or Decimal(0)) > FINEST_DECIMALS:
        raise invalid(f"qty and notional must be limited to {FINEST_DECIMALS} decimal places")


def check_prices(draft: Draft) -> None:
    limit, stop, sentence = PRICES[draft.type]
    if draft.order_class == "oco" and draft.type == "limit":
        limit = draft.limit_price is not None  # its price is the take-profit's
    if (draft.limit_price is not None, draft.stop_price is not None) != (limit, stop):
        raise invalid(sentence)
    trails = [trail for trail in (draft.trail_price, draft.trail_percent) if trail is not None]
    if len(trails) != (draft.type == "trailing_stop"):
        raise trail_refusal(draft)
    if draft.is_simple and (draft.take_profit or draft.stop_loss):
        raise invalid("take_profit and stop_loss require a complex order_class")


def trail_refusal(draft: Draft) -> Refused:
    if draft.type == "trailing_stop":
        return invalid("trailing stop orders must specify one of trail_price or trail_percent")
    return invalid("trail_price and trail_percent require type trailing_stop")
