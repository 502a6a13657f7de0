"""Orders as they live and as Fyers shows them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import inf
from typing import Any
from uuid import UUID, uuid5

from tests.simulators.fyers.drafts import MARKET, POINTS, STOP, STOP_LIMIT, Draft
from tests.simulators.fyers.figures import ZERO, amount
from tests.simulators.fyers.instruments import Instrument

CANCELLED, FILLED, TRANSIT, REJECTED, PENDING, EXPIRED = 1, 2, 4, 5, 6, 7
FINAL = frozenset({CANCELLED, FILLED, REJECTED, EXPIRED})
STOP_LOSS, TAKE_PROFIT = "stopLoss", "takeProfit"
UNTIL_NEXT_MOVE = inf
NAMES = UUID("1c0e5c2a-6d57-4a38-9a55-1f7c8f6f4b11")
CLIENT = "X******"
# What every order of this account says.
FIXED: dict[str, Any] = {"clientId": CLIENT, "dqQtyRem": 0, "exchange": 10, "pan": "", "source": "ITS"}
UNTAGGED = "2:Untagged"


@dataclass(slots=True, eq=False, kw_only=True)
class Order:
    """One order; `pause` says until when (monotonic seconds) it must not trade.

    `role` is what a leg is for; `limit_price` of a market order is how far it may reach.
    """

    id: str
    instrument: Instrument
    qty: int
    type: int
    side: int
    product: str
    at: datetime
    limit_price: Decimal = ZERO
    stop_price: Decimal = ZERO
    validity: str = "DAY"
    disclosed: int = 0
    offline: bool = False
    stop_loss: Decimal = ZERO
    take_profit: Decimal = ZERO
    leg_type: int = POINTS
    tag: str | None = None
    status: int = TRANSIT
    message: str = ""
    filled: int = 0
    value: Decimal = ZERO
    triggered: bool = False
    is_transit: bool = False
    pause: float | None = None
    parent_id: str = ""
    role: str = ""
    # What legs of one order have in common: its number.
    group: str = ""
    trades: list[tuple[int, Decimal, datetime]] = field(default_factory=list)

    @classmethod
    def of(cls, draft: Draft, instrument: Instrument, order_id: str, at: datetime) -> "Order":
        """Return the order that a draft becomes."""
        return cls(
            id=order_id,
            instrument=instrument,
            qty=draft.qty,
            type=draft.type,
            side=draft.side,
            product=draft.product,
            at=at,
            limit_price=draft.limit_price,
            stop_price=draft.stop_price,
            validity=draft.validity,
            disclosed=draft.disclosed,
            offline=draft.offline,
            stop_loss=draft.stop_loss,
            take_profit=draft.take_profit,
            leg_type=draft.leg_type,
            tag=draft.tag,
        )

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def is_leg(self) -> bool:
        return self.role != ""

    @property
    def remaining(self) -> int:
        return self.qty - self.filled

    @property
    def average(self) -> Decimal:
        return self.value / self.filled if self.filled else ZERO

    @property
    def position_id(self) -> str:
        return f"{self.instrument.symbol}-{self.product}"

    @property
    def shown_tag(self) -> str:
        return UNTAGGED if self.tag is None else f"1:{self.tag}"

    @property
    def waits_for_trigger(self) -> bool:
        return self.type in {STOP, STOP_LIMIT} and not self.triggered

    @property
    def shown_type(self) -> int:
        """A market order that was made a limit order is shown as one."""
        return 1 if self.type == MARKET and self.limit_price else self.type

    def take(self, quantity: int, price: Decimal, at: datetime) -> None:
        """Count one fill."""
        self.filled += quantity
        self.value += quantity * price
        self.trades.append((quantity, price, at))
        self.status = FILLED if self.filled == self.qty else PENDING

    def reject(self, text: str) -> None:
        self.status, self.message = REJECTED, text

    @property
    def _exchange_id(self) -> str:
        """The legs of one order share it; what never came to the exchange has none."""
        return "" if self.status in {TRANSIT, REJECTED} else f"11000000{(self.group or self.id)[-8:]}"

    def as_json(self, number: int, last: Decimal, base: Decimal) -> dict[str, Any]:
        """Return the order as the book shows it."""
        change = last - base
        open_quantity = 0 if self.is_final else self.remaining
        return FIXED | {
            "id": self.id,
            "id_fyers": str(uuid5(NAMES, self.id)),
            "exchOrdId": self._exchange_id,
            "parentId": self.parent_id,
            "qty": self.qty,
            "remainingQuantity": open_quantity,
            "filledQty": self.filled,
            "discloseQty": self.disclosed,
            "disclosedQty": self.disclosed,
            "limitPrice": float(self.limit_price),
            "stopPrice": float(self.stop_price),
            "tradedPrice": amount(self.average),
            "type": self.shown_type,
            "fyToken": self.instrument.fy_token,
            "segment": self.instrument.segment,
            "symbol": self.instrument.symbol,
            "instrument": self.instrument.code,
            "message": self.message,
            "offlineOrder": self.offline,
            "orderDateTime": f"{self.at:%d-%b-%Y %H:%M:%S}",
            "orderValidity": self.validity,
            "productType": self.product,
            "side": self.side,
            "status": self.status,
            "ex_sym": "" if self.instrument.underlying is None else self.instrument.underlying.name,
            "description": self.instrument.description,
            "ch": amount(change),
            "chp": amount(change / base * 100) if base else 0.0,
            "lp": float(last),
            "slNo": number,
            "orderNumStatus": f"{self.id}:{self.status}",
            "orderTag": self.shown_tag,
            "takeProfit": float(self.take_profit),
            "stopLoss": float(self.stop_loss),
        }

    def trades_as_json(self) -> list[dict[str, Any]]:
        """Return the fills as the trade book shows them."""
        return [
            {
                "clientId": CLIENT,
                "orderDateTime": f"{at:%d-%b-%Y %H:%M:%S}",
                "orderNumber": self.id,
                "exchangeOrderNo": f"11000000{self.id[-8:]}",
                "exchange": 10,
                "side": self.side,
                "segment": self.instrument.segment,
                "orderType": self.shown_type,
                "fyToken": self.instrument.fy_token,
                "productType": self.product,
                "tradedQty": quantity,
                "tradePrice": float(price),
                "tradeValue": amount(quantity * price),
                "tradeNumber": f"{self.id[-8:]}{number}",
                "row": number,
                "symbol": self.instrument.symbol,
                "orderTag": self.shown_tag,
            }
            for number, (quantity, price, at) in enumerate(self.trades, 1)
        ]
