"""Orders of two or three legs: checked as one, traded together at once, or not at all."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulators.fyers import drafts, rules
from tests.simulators.fyers.drafts import BUY, LIMIT, SELL, Draft
from tests.simulators.fyers.figures import ZERO, amount
from tests.simulators.fyers.instruments import Instrument
from tests.simulators.fyers.orders import Order
from tests.simulators.fyers.refusals import Refused, invalid, rejected
from tests.simulators.fyers.whims import PLAIN, Whims

if TYPE_CHECKING:
    from tests.simulators.fyers.exchange import Exchange

LEGS = {"2L": 2, "3L": 3}
DERIVATIVES = 11
BAD_SYMBOL = -310
FIELDS = frozenset({"orderTag", "productType", "offlineOrder", "orderType", "validity", "legs"})
LEG_FIELDS = frozenset({"symbol", "qty", "side", "type", "limitPrice"})
MARGIN_FIELDS = LEG_FIELDS | {"productType", "stopLoss"}


def place(exchange: "Exchange", body: Any, whims: Whims = PLAIN) -> dict[str, Any]:
    """Answer POST /multileg/orders/sync; raise Refused."""
    found = read(body)
    with exchange.lock:
        instruments = [exchange.tradable(draft.symbol) for draft in found]
        check(found, instruments)
        number = exchange.book.new_id()
        orders = [exchange.book.open_from(*pair) for pair in zip(found, instruments, strict=True)]
        for order in orders:
            order.group = number
        objection = exchange.vetting.objection_together(orders)
        if objection is not None:
            for order in orders:
                order.reject(objection)
            raise rejected(objection, number)
        exchange.matcher.start_together(orders, whims)
    message = f"Multileg order submitted successfully. Your Order Ref. No.{number}"
    # The number of the whole is no row's: each leg has one of its own.
    return {"s": "ok", "code": 1101, "message": message, "id": number}


def margin(exchange: "Exchange", body: Any) -> dict[str, Any]:
    """Answer POST /span_margin: what orders would tie up together; raise Refused."""
    if not isinstance(body, dict) or not isinstance(body.get("data"), list) or not body["data"]:
        raise invalid("Invalid input provided")
    with exchange.lock:
        found = [(draft(each, MARGIN_FIELDS), each) for each in body["data"]]
        needs: dict[str, Decimal] = {"CE": ZERO, "PE": ZERO}
        for one, _ in found:
            instrument = exchange.listing.find(one.symbol)
            if instrument is None or not instrument.is_option:
                raise Refused(BAD_SYMBOL, "Invalid symbol provided")
            needs[instrument.option_type] += exchange.account.margin(
                instrument, one.product, one.side, one.qty, one.limit_price
            )
    # The dearer side alone: both can hardly lose at once.
    total = max(needs.values())
    benefit = sum(needs.values()) - total
    data = {"span": amount(total), "expo": 0.0, "total": amount(total), "benefit": amount(benefit)}
    return {"s": "ok", "code": 200, "message": "", "data": data, "individual_info": []}


def read(body: Any) -> list[Draft]:
    """Return the legs of an order of several; raise Refused."""
    body = drafts.mapping(body, FIELDS)
    for name in ("productType", "orderType", "validity", "legs"):
        if name not in body:
            raise invalid(f"{name} is a required field")
    count = LEGS[drafts.one_of(body, "orderType", LEGS)]
    product = drafts.one_of(body, "productType", {"INTRADAY", "MARGIN"})
    drafts.one_of(body, "validity", {"IOC"})
    if drafts.flag(body, "offlineOrder"):
        raise invalid("offlineOrder is not allowed for multileg orders")
    legs = body["legs"]
    if not isinstance(legs, dict) or set(legs) != {f"leg{place}" for place in range(1, count + 1)}:
        raise invalid("Invalid legs provided")
    tag = drafts.tag(body)
    return [draft(leg, LEG_FIELDS, product=product, tag=tag) for _, leg in sorted(legs.items())]


def draft(leg: Any, fields: frozenset[str], *, product: str | None = None, tag: str | None = None) -> Draft:
    leg = drafts.mapping(leg, fields)
    for name in LEG_FIELDS:
        if name not in leg:
            raise invalid(f"{name} is a required field")
    return Draft(
        symbol=drafts.text(leg, "symbol"),
        qty=drafts.whole(leg, "qty", least=1),
        type=drafts.one_of(leg, "type", {LIMIT}),
        side=drafts.one_of(leg, "side", {BUY, SELL}),
        product=drafts.one_of(leg, "productType", {"INTRADAY", "MARGIN"}, product),
        limit_price=drafts.price(leg, "limitPrice"),
        validity="IOC",
        tag=tag,
    )


def check(found: list[Draft], instruments: list[Instrument]) -> None:
    """Raise Refused for the first thing that is wrong with the legs, or between them."""
    if any(each.segment != DERIVATIVES for each in instruments):
        raise invalid("Multileg orders are allowed only in NFO")
    if len({each.symbol for each in instruments}) < len(instruments):
        raise invalid("Symbols of the legs should be different")
    # Contracts of one underlying share a stream here; the exchange's own grouping is not published.
    if len({underlying(each) for each in instruments}) > 1:
        raise invalid("All legs should belong to the same stream")
    for one, instrument in zip(found, instruments, strict=True):
        rules.check_quantity(one.qty, instrument)
        rules.check_prices(LIMIT, one.limit_price, ZERO, instrument)


def underlying(instrument: Instrument) -> str:
    return "" if instrument.underlying is None else instrument.underlying.name


def grouped(orders: Mapping[str, Order], group: str) -> list[Order]:
    """Return the legs of one order."""
    return [order for order in orders.values() if order.group == group]
