"""What Alpaca refuses whatever the account holds: by kind of asset, by price, by order class."""

from decimal import Decimal
from typing import TYPE_CHECKING

from tests.simulators.alpaca.assets import CRYPTO, OPTION, Asset
from tests.simulators.alpaca.drafts import Draft
from tests.simulators.alpaca.figures import decimals, is_whole, plain
from tests.simulators.alpaca.refusals import invalid, unprocessable

if TYPE_CHECKING:
    from tests.simulators.alpaca.market import Tick

CENT = Decimal("0.01")


def check_kind(draft: Draft, asset: Asset) -> None:
    """Apply the rules of the asset's class; raise Refused."""
    if draft.extended_hours:
        check_extended_hours(draft, asset)
    if asset.asset_class == CRYPTO:
        check_crypto(draft)
    elif asset.asset_class == OPTION:
        check_option(draft)
    else:
        check_stock(draft, asset)


def check_extended_hours(draft: Draft, asset: Asset) -> None:
    if asset.asset_class in {CRYPTO, OPTION}:
        raise unprocessable("extended hours orders are for equities only")
    if draft.type != "limit":
        raise invalid('only type="limit" is allowed for extended hours orders')
    if draft.time_in_force not in {"day", "gtc"}:
        raise invalid("extended hours orders must be DAY or GTC orders")
    if not draft.is_simple:
        raise unprocessable("extended hours orders must be simple orders")


def check_crypto(draft: Draft) -> None:
    if draft.type not in {"market", "limit", "stop_limit"}:
        raise unprocessable("invalid order type for crypto order")
    if draft.time_in_force not in {"gtc", "ioc"}:
        raise unprocessable("invalid crypto time_in_force")
    if not draft.is_simple:
        raise unprocessable("crypto orders must be simple orders")


def check_option(draft: Draft) -> None:
    if draft.quantity is None or not is_whole(draft.quantity):
        raise unprocessable("options orders require a whole number qty")
    if draft.type not in {"market", "limit"}:
        raise unprocessable("invalid order type for options order")
    if draft.time_in_force not in {"day", "gtc"}:
        raise unprocessable("options orders must be DAY or GTC orders")
    if not draft.is_simple:
        raise unprocessable("options orders must be simple or mleg orders")
    check_increments(draft)


def check_stock(draft: Draft, asset: Asset) -> None:
    if draft.quantity is None or not is_whole(draft.quantity):
        check_fraction(draft, asset)
    if draft.time_in_force in {"opg", "cls"} and draft.type not in {"market", "limit"}:
        raise unprocessable("opg and cls orders must be market or limit orders")
    if draft.type == "trailing_stop" and draft.time_in_force not in {"day", "gtc"}:
        raise unprocessable("trailing stop orders must be DAY or GTC orders")
    if not draft.is_simple and draft.time_in_force not in {"day", "gtc"}:
        raise unprocessable(f"{draft.order_class} orders must be DAY or GTC orders")
    check_increments(draft)


def check_fraction(draft: Draft, asset: Asset) -> None:
    if not asset.fractionable:
        raise unprocessable("requested asset is not fractionable")
    if draft.time_in_force != "day":
        raise unprocessable("fractional orders must be DAY orders")
    if not draft.is_simple:
        raise unprocessable("fractional orders must be simple orders")
    if draft.type == "trailing_stop" or (draft.notional is not None and draft.type != "market"):
        raise unprocessable("notional orders must be market orders; fractional orders must not trail")
    if draft.extended_hours and "fractional_eh_enabled" not in asset.attributes:
        raise unprocessable("requested asset takes no fractional orders in extended hours")


def check_increments(draft: Draft) -> None:
    named = {
        "limit_price": draft.limit_price,
        "stop_price": draft.stop_price,
        "take_profit.limit_price": draft.take_profit,
        "stop_loss.stop_price": draft.stop_loss,
        "stop_loss.limit_price": draft.stop_loss_limit,
    }
    for name, price in named.items():
        if price is not None:
            check_increment(name, price)


def check_increment(name: str, price: Decimal) -> None:
    if decimals(price) > (2 if price >= 1 else 4):
        sentence = "sub-penny increment does not fulfill minimum pricing criteria"
        raise unprocessable(f"invalid {name} {plain(price)}. {sentence}")


def check_class(draft: Draft, tick: "Tick | None", held: Decimal) -> None:
    """Apply the rules of bracket, OCO and OTO; `held` is the signed position; raise Refused."""
    if draft.is_simple:
        return
    both = draft.take_profit is not None and draft.stop_loss is not None
    either = draft.take_profit is not None or draft.stop_loss is not None
    if draft.type == "trailing_stop":
        raise unprocessable(f"{draft.order_class} orders must not be trailing stop orders")
    if draft.order_class == "oto":
        if both or not either:
            raise invalid("oto orders require either take_profit.limit_price or stop_loss.stop_price")
    elif not both:
        name = "stop_loss.stop_price" if draft.stop_loss is None else "take_profit.limit_price"
        raise invalid(f"{draft.order_class} orders require {name}")
    if draft.order_class == "oco":
        check_exit(draft, tick, held)
    else:
        check_entry(draft, tick, held)


def check_entry(draft: Draft, tick: "Tick | None", held: Decimal) -> None:
    if held:
        raise unprocessable(f"{draft.order_class} orders must be entry orders")
    far, near = bases(draft, tick)
    if far is None or near is None:
        return
    beyond("take_profit.limit_price", draft.take_profit, far, draft.sign)
    beyond("stop_loss.stop_price", draft.stop_loss, near, -draft.sign)
    limit_behind_stop(draft, -draft.sign)


def check_exit(draft: Draft, tick: "Tick | None", held: Decimal) -> None:
    if draft.type != "limit":
        raise unprocessable("oco orders must be limit orders")
    if held * draft.sign >= 0:
        raise unprocessable("oco orders must be exit orders")
    if draft.limit_price not in {None, draft.take_profit}:
        raise invalid("limit_price and take_profit.limit_price must agree")
    beyond("take_profit.limit_price", draft.take_profit, draft.stop_loss or CENT, -draft.sign)
    if tick is not None:
        beyond("stop_loss.stop_price", draft.stop_loss, tick.price, draft.sign)
    limit_behind_stop(draft, draft.sign)


def bases(draft: Draft, tick: "Tick | None") -> tuple[Decimal | None, Decimal | None]:
    """Return what take-profit and stop-loss are measured by: a marketable limit fills at the market."""
    market = None if tick is None else tick.price
    entry = draft.limit_price or draft.stop_price or market
    if draft.type != "limit" or market is None or entry is None:
        return entry, entry
    return entry, min(entry, market) if draft.side == "buy" else max(entry, market)


def beyond(name: str, price: Decimal | None, base: Decimal, direction: int) -> None:
    if price is None or (price - base) * direction >= CENT:
        return
    sense, sign = (">=", "+") if direction > 0 else ("<=", "-")
    raise unprocessable(f"{name} must be {sense} base_price {sign} 0.01", base_price=plain(base))


def limit_behind_stop(draft: Draft, exit_sign: int) -> None:
    limit, stop = draft.stop_loss_limit, draft.stop_loss
    if limit is not None and stop is not None and (limit - stop) * exit_sign < 0:
        sense = "<=" if exit_sign < 0 else ">="
        raise unprocessable(f"stop_loss.limit_price must be {sense} stop_loss.stop_price")
