"""The option dialect: which contract of an Indian underlying, and what to do with it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from marshmallow import EXCLUDE, post_load

from app.domain.orders import OrderType, Side, TimeInForce
from app.domain.signals import ContractWords, Dialect, Intent, Signal
from app.schemas import meanings
from app.schemas.base import Schema
from app.schemas.cases import Case
from app.schemas.entry import DialectEntry, Reading
from app.schemas.fields import Amount, Key, Text, Word
from app.schemas.moments import Moment
from app.schemas.shapes import LARGEST, Shape, json_number

# As Fyers writes them; SL-M waits for its trigger and goes to the market, SL-L to its price.
ORDER_TYPES = {
    "market": OrderType.MARKET,
    "limit": OrderType.LIMIT,
    "sl-m": OrderType.STOP,
    "sl-l": OrderType.STOP_LIMIT,
}
# Which of them have which price.
PRICES = {"price": frozenset({"limit", "sl-l"}), "triggerPrice": frozenset({"sl-m", "sl-l"})}
KINDS = {"ce": "call", "call": "call", "c": "call", "pe": "put", "put": "put", "p": "put"}
PRODUCTS = ("intraday", "margin", "cnc", "mtf", "bo", "co")


class StrikeText(Text):
    """A strike as a number or in words (`ATM+2`)."""

    allowed = "a strike like 24000 or ATM+2"

    @property
    def shape(self) -> Shape:
        """A number, or text."""
        number = {"type": "number", "minimum": 0, "maximum": json_number(LARGEST)}
        return {"anyOf": [number, super().shape]}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        if isinstance(value, Decimal) and not value.is_finite():
            raise self.make_error("invalid")
        return super()._deserialize(str(value) if is_number else value, attr, data, **options)


class OptionAlertSchema(Schema):
    """JSON in, Signal out; fields that mean nothing here are kept in the ticket and otherwise ignored.

    `sl` and `tp` are prices per unit of the option.
    """

    class Meta:
        unknown = EXCLUDE

    cases: ClassVar[Mapping[str, tuple[Case, ...]]] = {
        "orderType": tuple(
            Case(
                words=(kind,),
                is_default=kind == "market",
                needs=tuple(name for name, kinds in PRICES.items() if kind in kinds),
                without=tuple(name for name, kinds in PRICES.items() if kind not in kinds),
                needed=f"is needed for an order of type {kind.upper()}",
                misplaced=f"does not belong in an order of type {kind.upper()}",
            )
            for kind in ORDER_TYPES
        )
    }

    symbol = Text(required=True, longest=60)
    strikeprice = StrikeText(required=True, longest=30)
    optionType = Word(*KINDS, required=True)  # noqa: N815  # the alert's own name
    expiry = Text(required=True, longest=30)
    action = Word("buy", "sell", required=True)
    qty = Amount(required=True, positive=True)
    productType = Word(*PRODUCTS, allow_none=True)  # noqa: N815
    orderType = Word(*ORDER_TYPES, allow_none=True)  # noqa: N815
    price = Amount(positive=True, allow_none=True)
    triggerPrice = Amount(positive=True, allow_none=True)  # noqa: N815
    sl = Amount(positive=True, allow_none=True)
    tp = Amount(positive=True, allow_none=True)
    validity = Word("day", "ioc", allow_none=True)
    idempotency_key = Key(allow_none=True, longest=200)
    time = Moment(allow_none=True)
    bot = Text(allow_none=True, longest=48)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        side, product = Side(data["action"]), data.get("productType")
        return Signal(
            dialect=Dialect.OPTION,
            symbol=data["symbol"],
            intent=Intent.COVER if side is Side.BUY else Intent.ORDER,
            side=side,
            quantity=data["qty"],
            contract=ContractWords(data["expiry"], data["strikeprice"], KINDS[data["optionType"]]),
            order_type=ORDER_TYPES[data.get("orderType") or "market"],
            limit_price=data.get("price"),
            stop_price=data.get("triggerPrice"),
            stop_loss=data.get("sl"),
            take_profit=data.get("tp"),
            product=product.upper() if product else None,
            time_in_force=TimeInForce(data.get("validity") or "day"),
            sent_at=data.get("time"),
            idempotency_key=data.get("idempotency_key") or None,
        )


READING = Reading(
    fields={
        meanings.SYMBOL: "symbol",
        meanings.SIDE: "action",
        meanings.UNITS: "qty",
        meanings.STOP_LOSS: "sl",
        meanings.TAKE_PROFIT: "tp",
        meanings.STOP_PRICE: "triggerPrice",
        meanings.ORDER_TYPE: "orderType",
        meanings.LIFETIME: "validity",
        meanings.PRODUCT: "productType",
    },
    words={"orderType": {"sl": "sl-l", "mkt": "market", "lmt": "limit"}},
    advice={
        meanings.REFERENCE: "write the limit in price, with orderType LIMIT",
        meanings.LIMIT_PRICE: "write it in price, with orderType LIMIT",
        meanings.CONTRACTS: "write the units in qty, a multiple of the lot",
        meanings.OTHER_SIZE: "write the units in qty, a multiple of the lot",
        meanings.OPTION_CONTRACT: "write strikeprice, optionType and expiry",
    },
)

ENTRY = DialectEntry(
    dialect=Dialect.OPTION,
    schema=OptionAlertSchema(),
    marks=("strikeprice", "optionType"),
    told_by="strikeprice",
    reading=READING,
    sample={
        "symbol": "NSE:NIFTY",
        "strikeprice": "ATM",
        "optionType": "CE",
        "expiry": "weekly",
        "action": "SELL",
        "qty": 65,
    },
)
