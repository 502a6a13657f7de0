"""What a bot opened and still manages: its own share of an account's position."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from app.domain.json_codec import timestamp
from app.domain.money import ZERO, plain
from app.domain.orders import OrderRole, Receipt

REMEMBERED_ORDERS = 5


class FilledSoFar(NamedTuple):
    """What has been counted of an order: units, their average price per unit, whether more may follow."""

    quantity: Decimal = ZERO
    average_price: Decimal = ZERO
    is_working: bool = False

    @property
    def value(self) -> Decimal:
        """What the units cost."""
        return self.quantity * self.average_price


NOTHING_COUNTED = FilledSoFar()


class Place(NamedTuple):
    """Whose position a trade, an order or an exit plan belongs to."""

    bot: str
    broker: str
    symbol: str


@dataclass(frozen=True, slots=True)
class FillUpdate:
    """What a receipt says was filled, by an exit or an entry; `counted` is what is known to be counted."""

    receipt: Receipt
    role: OrderRole = OrderRole.ENTRY
    counted: FilledSoFar = NOTHING_COUNTED


@dataclass(frozen=True, slots=True)
class Trade:
    """A bot's holding: `quantity` is signed, `average_price` per unit.

    `orders` holds what has been counted of each working and each recent order, so that a fill counts once.
    """

    bot: str
    broker: str
    symbol: str
    opened_at: datetime
    quantity: Decimal = ZERO
    average_price: Decimal = ZERO
    realized_pnl: Decimal = ZERO
    orders: dict[str, FilledSoFar] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Whose it is, and where."""
        return Place(self.bot, self.broker, self.symbol)

    def to_json(self) -> dict[str, Any]:
        """Return the trade as it is stored; written out, since every fill writes one."""
        return {
            "bot": self.bot,
            "broker": self.broker,
            "symbol": self.symbol,
            "opened_at": timestamp(self.opened_at),
            "quantity": format(self.quantity, "f"),
            "average_price": format(self.average_price, "f"),
            "realized_pnl": format(self.realized_pnl, "f"),
            "orders": {
                name: [format(seen.quantity, "f"), format(seen.average_price, "f"), seen.is_working]
                for name, seen in self.orders.items()
            },
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Trade":
        """Take up a trade that was stored."""
        return cls(
            bot=data["bot"],
            broker=data["broker"],
            symbol=data["symbol"],
            opened_at=datetime.fromisoformat(data["opened_at"]),
            quantity=Decimal(data["quantity"]),
            average_price=Decimal(data["average_price"]),
            realized_pnl=Decimal(data["realized_pnl"]),
            orders={
                name: FilledSoFar(Decimal(quantity), Decimal(price), is_working)
                for name, (quantity, price, is_working) in data["orders"].items()
            },
        )


def count_fill(trade: Trade, fill: FillUpdate, multiplier: Decimal) -> Trade:
    """Return the trade after a fill, counting nothing twice; an exit never takes it beyond nothing."""
    receipt = fill.receipt
    seen = max(trade.orders.get(receipt.client_order_id, NOTHING_COUNTED), fill.counted)
    new = receipt.filled_quantity - seen.quantity
    if new <= ZERO or receipt.average_fill_price is None:
        return trade
    now = counted(receipt)
    # A receipt's average is of all its fills; what is new was paid at a price of its own.
    price = (now.value - seen.value) / new
    if fill.role is OrderRole.EXIT:
        # What the account held beyond the trade was somebody else's, and is not the trade's to lose.
        new = min(new, max(ZERO, -trade.quantity * receipt.side.sign))
    orders = _remembered(trade.orders) | {receipt.client_order_id: now}
    return replace(_move(trade, receipt.side.sign * new, price, multiplier), orders=orders)


def counted(receipt: Receipt) -> FilledSoFar:
    """Return what has been counted once this receipt has been."""
    price = receipt.average_fill_price or ZERO
    return FilledSoFar(receipt.filled_quantity, price, is_working=not receipt.status.is_final)


def _remembered(orders: dict[str, FilledSoFar]) -> dict[str, FilledSoFar]:
    """Keep what may still fill, and the last that are over: a restart may bring their receipts once more."""
    over = [name for name, seen in orders.items() if not seen.is_working]
    forgotten = set(over[:-REMEMBERED_ORDERS])
    return {name: seen for name, seen in orders.items() if name not in forgotten}


def _move(trade: Trade, change: Decimal, price: Decimal, multiplier: Decimal) -> Trade:
    before, after = trade.quantity, trade.quantity + change
    if change == ZERO:
        return trade
    if before * change >= ZERO:
        average = plain((before * trade.average_price + change * price) / after)
        return replace(trade, quantity=after, average_price=average)
    closed = min(abs(change), abs(before)) * (1 if before > ZERO else -1)
    realized = trade.realized_pnl + closed * (price - trade.average_price) * multiplier
    average = trade.average_price if before * after > ZERO else price
    return replace(trade, quantity=after, average_price=average, realized_pnl=realized)


def bots_share(own: Decimal, account: Decimal, *, shared: bool) -> Decimal:
    """Return how much of the account's position is the bot's to close.

    Where no other bot trades the symbol that is all of it; otherwise what the bot's own trade says, but never
    more than there is.
    """
    if not shared:
        return account
    if own * account <= ZERO:
        return ZERO
    return min(abs(own), abs(account)) * (1 if account > ZERO else -1)
