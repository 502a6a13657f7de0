"""The one account: positions, money and what orders would need of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.simulators.fyers.figures import ZERO, amount
from tests.simulators.fyers.instruments import EQUITY, Instrument
from tests.simulators.fyers.orders import Order

SPAN, INTRADAY_SHARE = Decimal("0.12"), Decimal("0.2")
TITLES = (
    "Total Balance",
    "Utilized Amount",
    "Clear Balance",
    "Realized Profit and Loss",
    "Collaterals",
    "Fund Transfer",
    "Receivables",
    "Adhoc Limit",
    "Limit at start of the day",
    "Available Balance",
)


@dataclass(slots=True)
class Position:
    """What one symbol has under one product; `net` is signed, `average` that of what is open."""

    instrument: Instrument
    product: str
    net: int = 0
    average: Decimal = ZERO
    realized: Decimal = ZERO
    bought: int = 0
    bought_value: Decimal = ZERO
    sold: int = 0
    sold_value: Decimal = ZERO
    opened_by: str = ""

    @property
    def id(self) -> str:
        return f"{self.instrument.symbol}-{self.product}"

    @property
    def sign(self) -> int:
        return (self.net > 0) - (self.net < 0)

    def take(self, side: int, quantity: int, price: Decimal) -> None:
        """Count one fill."""
        if side > 0:
            self.bought, self.bought_value = self.bought + quantity, self.bought_value + quantity * price
        else:
            self.sold, self.sold_value = self.sold + quantity, self.sold_value + quantity * price
        closed = min(quantity, abs(self.net)) if self.sign == -side else 0
        self.realized += closed * (price - self.average) * self.sign
        opened = quantity - closed
        self.net += side * closed
        if opened:
            value = abs(self.net) * self.average + opened * price
            self.net += side * opened
            self.average = value / abs(self.net)
        elif not self.net:
            self.average = ZERO

    def unrealized(self, last: Decimal) -> Decimal:
        return (last - self.average) * self.net

    def as_json(self, number: int, last: Decimal) -> dict[str, Any]:
        """Return the position as Fyers shows it."""
        bought = self.bought_value / self.bought if self.bought else ZERO
        sold = self.sold_value / self.sold if self.sold else ZERO
        unrealized = self.unrealized(last)
        return {
            "symbol": self.instrument.symbol,
            "id": self.id,
            "netQty": self.net,
            "qty": abs(self.net),
            "avgPrice": amount(self.average or bought or sold),
            "netAvg": amount(self.average),
            "side": self.sign,
            "productType": self.product,
            "realized_profit": amount(self.realized),
            "unrealized_profit": amount(unrealized),
            "pl": amount(self.realized + unrealized),
            "ltp": float(last),
            "buyQty": self.bought,
            "buyAvg": amount(bought),
            "buyVal": amount(self.bought_value),
            "sellQty": self.sold,
            "sellAvg": amount(sold),
            "sellVal": amount(self.sold_value),
            "slNo": number,
            "fyToken": self.instrument.fy_token,
            "crossCurrency": "N",
            "rbiRefRate": 1.0,
            "qtyMulti_com": 1.0,
            "segment": self.instrument.segment,
            "exchange": 10,
            "cfBuyQty": 0,
            "cfSellQty": 0,
            "dayBuyQty": self.bought,
            "daySellQty": self.sold,
        }


class Account:
    """Positions and money; `price` tells the last price of an instrument."""

    def __init__(self, cash: Decimal, price: Callable[[Instrument], Decimal]) -> None:
        self.cash = cash
        self._price = price
        self.positions: dict[str, Position] = {}
        self.holdings: dict[Instrument, tuple[int, Decimal]] = {}

    def book(self, order: Order, quantity: int, price: Decimal) -> None:
        """Count a fill of an order."""
        position = self.positions.setdefault(order.position_id, Position(order.instrument, order.product))
        if position.sign != -order.side:
            position.opened_by = order.id
        position.take(order.side, quantity, price)

    def realized(self) -> Decimal:
        return sum((each.realized for each in self.positions.values()), ZERO)

    def used(self, working: Iterable[Order]) -> Decimal:
        """Return what positions and working orders bind."""
        held = (
            self.margin(each.instrument, each.product, each.sign, abs(each.net), each.average)
            for each in self.positions.values()
        )
        reserved = (self.need(each, ()) for each in working if not each.is_leg)
        return sum(held, ZERO) + sum(reserved, ZERO)

    def available(self, working: Iterable[Order]) -> Decimal:
        return self.cash + self.realized() - self.used(working)

    def need(self, order: Order, working: Iterable[Order]) -> Decimal:
        """Return what an order needs for what it opens; closing needs nothing."""
        price = order.limit_price or order.stop_price or self._price(order.instrument)
        opened = self.opening(order, working)
        return self.margin(order.instrument, order.product, order.side, opened, price)

    def opening(self, order: Order, working: Iterable[Order]) -> int:
        """Return how much of an order is not covered by what it can close, after others like it."""
        position = self.positions.get(order.position_id)
        if position is None or position.sign != -order.side:
            return order.remaining
        promised = sum(
            each.remaining
            for each in working
            if each is not order
            and not each.is_leg
            and (each.position_id, each.side) == (order.position_id, order.side)
        )
        return max(0, order.remaining - max(0, abs(position.net) - promised))

    def margin(
        self, instrument: Instrument, product: str, side: int, quantity: int, price: Decimal
    ) -> Decimal:
        """Return what holding so much binds: the premium, or a share of what is behind it."""
        if not quantity:
            return ZERO
        if instrument.kind == EQUITY:
            return quantity * price * (INTRADAY_SHARE if product in {"INTRADAY", "CO", "BO"} else 1)
        if instrument.is_option and side > 0:
            return quantity * price
        behind = Decimal(str(instrument.underlying.base)) if instrument.underlying else price
        return quantity * behind * SPAN

    def positions_as_json(self) -> dict[str, Any]:
        shown = [
            each.as_json(number, self._price(each.instrument))
            for number, each in enumerate(self.positions.values())
        ]
        realized = self.realized()
        open_profit = sum((p.unrealized(self._price(p.instrument)) for p in self.positions.values()), ZERO)
        overall = {
            "count_total": len(shown),
            "count_open": sum(each["netQty"] != 0 for each in shown),
            "pl_total": amount(realized + open_profit),
            "pl_realized": amount(realized),
            "pl_unrealized": amount(open_profit),
        }
        return {"s": "ok", "code": 200, "message": "", "netPositions": shown, "overall": overall}

    def funds_as_json(self, working: Iterable[Order]) -> dict[str, Any]:
        used, realized = self.used(working), self.realized()
        total = self.cash + realized
        amounts = (total, used, total - used, realized, ZERO, ZERO, ZERO, ZERO, self.cash, total - used)
        limits = [
            {"id": number, "title": title, "equityAmount": amount(value), "commodityAmount": 0.0}
            for number, (title, value) in enumerate(zip(TITLES, amounts, strict=True), 1)
        ]
        return {"s": "ok", "code": 200, "message": "", "fund_limit": limits}

    def holdings_as_json(self) -> dict[str, Any]:
        rows = [
            (instrument, quantity, cost, self._price(instrument))
            for instrument, (quantity, cost) in self.holdings.items()
        ]
        invested = sum((quantity * cost for _, quantity, cost, _ in rows), ZERO)
        worth = sum((quantity * last for _, quantity, _, last in rows), ZERO)
        overall = {
            "count_total": len(rows),
            "total_investment": amount(invested),
            "total_current_value": amount(worth),
            "total_pl": amount(worth - invested),
            "pnl_perc": amount((worth - invested) / invested * 100) if invested else 0.0,
        }
        shown = [holding(number, *row) for number, row in enumerate(rows)]
        return {"s": "ok", "code": 200, "message": "", "holdings": shown, "overall": overall}


def holding(
    number: int, instrument: Instrument, quantity: int, cost: Decimal, last: Decimal
) -> dict[str, Any]:
    return {
        "holdingType": "HLD",
        "quantity": quantity,
        "remainingQuantity": quantity,
        "costPrice": amount(cost),
        "marketVal": amount(quantity * last),
        "pl": amount(quantity * (last - cost)),
        "ltp": float(last),
        "id": number,
        "fyToken": instrument.fy_token,
        "exchange": 10,
        "symbol": instrument.symbol,
        "segment": instrument.segment,
        "isin": "",
        "qty_t1": 0,
        "remainingPledgeQuantity": 0,
        "collateralQuantity": 0,
    }
