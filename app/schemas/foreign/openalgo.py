"""OpenAlgo's alerts: an order, a smart order (by the position wanted), the strategy webhook."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, post_load

from app.domain.alert_terms import AlertTerms
from app.domain.orders import OrderType, Side
from app.domain.signals import ContractWords, Dialect, Intent, Signal
from app.schemas import meanings
from app.schemas.entry import DialectEntry, Reading
from app.schemas.fields import Amount, Text, Word
from app.schemas.foreign.parts import EXITS, ForeignSchema, SignedAmount, order_prices, refuse

DIALECT = Dialect("openalgo", price_field="price")
# Where it trades, and the exchange that we know it by; contracts are listed where their underlying is.
EXCHANGES = {"NSE": "NSE", "BSE": "BSE", "NFO": "NSE", "BFO": "BSE", "CRYPTO": None}
OTHER_EXCHANGES = ("CDS", "BCD", "MCX", "NCDEX", "NCO")
CONTRACTS = frozenset({"NFO", "BFO"})
ORDER_TYPES = {
    "market": OrderType.MARKET,
    "limit": OrderType.LIMIT,
    "sl": OrderType.STOP_LIMIT,
    "sl-m": OrderType.STOP,
}
# Fyers' own words.
PRODUCTS = {"mis": "INTRADAY", "cnc": "CNC", "nrml": "MARGIN"}
_OPTION = re.compile(r"([A-Z0-9&-]+?)(\d{2}[A-Z]{3}\d{2})(\d+(?:\.\d+)?)(CE|PE)")
_MARKS = frozenset({"apikey", "exchange", "symbol"})


class OpenAlgoSchema(ForeignSchema):
    """JSON in, Signal out; the prices' zeros say nothing."""

    zero_is_nothing: ClassVar[frozenset[str]] = frozenset({"price", "trigger_price", "disclosed_quantity"})

    strategy = Text(allow_none=True, longest=200)
    symbol = Text(required=True, longest=60)
    action = Word("buy", "sell", required=True)
    exchange = Word(*(name.lower() for name in (*EXCHANGES, *OTHER_EXCHANGES)), allow_none=True)
    quantity = Amount(allow_none=True)
    position_size = SignedAmount(allow_none=True)
    pricetype = Word(*ORDER_TYPES, allow_none=True)
    product = Word(*PRODUCTS, allow_none=True)
    price = Amount(positive=True, allow_none=True)
    trigger_price = Amount(positive=True, allow_none=True)
    disclosed_quantity = Text(allow_none=True, longest=20)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        side, is_hook = Side(data["action"]), "exchange" not in data
        if data.get("disclosed_quantity"):
            refuse("disclosed_quantity", "the whole order is shown")
        kind = ORDER_TYPES[data.get("pricetype", "market")]
        terms = _hooked(data, side) if is_hook else _ordered(data)
        prices = order_prices(
            kind,
            ("price", data.get("price") if kind is not OrderType.MARKET else None),
            ("trigger_price", data.get("trigger_price")),
        )
        is_priced = kind is OrderType.MARKET
        return Signal(
            dialect=DIALECT,
            side=side,
            order_type=kind,
            strategy=data.get("strategy"),
            product=PRODUCTS.get(data.get("product", "")),
            reference_price=data.get("price") if is_priced else None,
            **_instrument(data),
            **prices,
            **terms,
        )


def _ordered(data: dict[str, Any]) -> dict[str, Any]:
    """Return what an order, or a smart one, asks for."""
    quantity, wanted = data.get("quantity"), data.get("position_size")
    if quantity is None or (quantity == 0 and wanted is None):
        raise ValidationError("is needed, above 0", "quantity")
    terms = AlertTerms(sizes=True, reaches=wanted)
    return {"intent": Intent.ORDER, "quantity": quantity, "size_field": "quantity", "terms": terms}


def _hooked(data: dict[str, Any], side: Side) -> dict[str, Any]:
    """Return what the strategy webhook asks for: without a position it enters long and leaves it again."""
    if data.get("quantity") is not None:
        refuse("quantity", "the strategy webhook has none: write exchange and apikey beside it for an order")
    wanted = data.get("position_size")
    if wanted is None:
        intent = Intent.ENTER_LONG if side is Side.BUY else Intent.EXIT_LONG
        return {"intent": intent, "terms": AlertTerms(adds=False)}
    if wanted * side.sign < 0:
        raise ValidationError(f"is on the other side than {side.value}", "position_size")
    if wanted == 0:
        return {"intent": EXITS[side], "terms": AlertTerms(adds=False)}
    terms = AlertTerms(sizes=True, reaches=wanted)
    return {"intent": Intent.ORDER, "quantity": abs(wanted), "size_field": "position_size", "terms": terms}


def _instrument(data: dict[str, Any]) -> dict[str, Any]:
    """Return the symbol, and of an option its contract."""
    exchange, symbol = data.get("exchange", "").upper(), data["symbol"].upper()
    if exchange in OTHER_EXCHANGES:
        refuse("exchange", f"write {', '.join(EXCHANGES)}")
    option = _OPTION.fullmatch(symbol) if exchange in CONTRACTS else None
    if option is None:
        return {"symbol": data["symbol"], "exchange": EXCHANGES.get(exchange)}
    underlying, expiry, strike, kind = option.groups()
    words = ContractWords(expiry, strike, "call" if kind == "CE" else "put")
    return {"symbol": f"{EXCHANGES[exchange]}:{underlying}", "contract": words}


def _is_mine(alert: dict[str, Any]) -> bool:
    return alert.keys() >= _MARKS and not isinstance(alert.get("strategy"), Mapping)


READING = Reading(
    fields={
        meanings.SYMBOL: "symbol",
        meanings.SIDE: "action",
        meanings.UNITS: "quantity",
        meanings.CONTRACTS: "quantity",
        meanings.REFERENCE: "price",
        meanings.LIMIT_PRICE: "price",
        meanings.STOP_PRICE: "trigger_price",
        meanings.ORDER_TYPE: "pricetype",
        meanings.PRODUCT: "product",
        meanings.SIGNED_POSITION: "position_size",
        meanings.POSITION: "position_size",
        meanings.POSITION_SIZE: "position_size",
    },
    advice={
        meanings.OTHER_SIZE: "write quantity",
        meanings.OPTION_CONTRACT: "write the contract as the symbol",
        meanings.CONDITION: "leave it out: the bot's keys say when it enters",
    },
    is_strict=True,
)

ENTRY = DialectEntry(
    dialect=DIALECT,
    service="OpenAlgo",
    schema=OpenAlgoSchema(),
    is_mine=_is_mine,
    told_by="apikey, exchange and symbol",
    reading=READING,
    sample={
        "apikey": "the-services-own-key",
        "strategy": "TradingView Strategy",
        "symbol": "BTCUSD",
        "action": "buy",
        "exchange": "CRYPTO",
        "pricetype": "MARKET",
        "product": "MIS",
        "quantity": "0.05",
        "position_size": "0.05",
    },
)
