from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.orders import Order, OrderClass, OrderRole, OrderType, Side, TimeInForce

APPLE = Instrument("AAPL", AssetClass.EQUITY)
BITCOIN = Instrument("BTC-USD", AssetClass.CRYPTO)
CALL = Instrument(
    symbol="AAPL250620C00100000",
    asset_class=AssetClass.OPTION,
    option=OptionContract("AAPL", date(2025, 6, 20), Decimal(100), "call"),
)
NUMBERS = count(1)

MONEY = frozenset(
    {
        "notional",
        "limit_price",
        "stop_price",
        "take_profit",
        "stop_loss",
        "reference_price",
    }
)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)


def order(side: Side, quantity: object = 10, **changes) -> Order:
    terms = {
        "client_order_id": f"bot-{next(NUMBERS)}",
        "instrument": APPLE,
        "side": side,
        "role": OrderRole.ENTRY,
        "time_in_force": TimeInForce.GTC,
        "quantity": None if quantity is None else Decimal(str(quantity)),
    }
    for name, value in changes.items():
        terms[name] = Decimal(value) if name in MONEY and value is not None else value
    return Order(**terms)


def buy(quantity: object = 10, **changes) -> Order:
    return order(Side.BUY, quantity, **changes)


def sell(quantity: object = 10, **changes) -> Order:
    return order(Side.SELL, quantity, **changes)


def exit_long(quantity: object = 10, **changes) -> Order:
    return sell(quantity, role=OrderRole.EXIT, **changes)


def limit(price: object) -> dict:
    return {"type": OrderType.LIMIT, "limit_price": price}


def stop(price: object) -> dict:
    return {"type": OrderType.STOP, "stop_price": price}


def bracket(take_profit: object, stop_loss: object) -> dict:
    return {"order_class": OrderClass.BRACKET, "take_profit": take_profit, "stop_loss": stop_loss}


def oco(take_profit: object, stop_loss: object) -> dict:
    return {**limit(take_profit), **bracket(take_profit, stop_loss), "order_class": OrderClass.OCO}
