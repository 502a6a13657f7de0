"""What a bot opened and still manages: its own share of an account's position."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import NAMESPACE_OID, UUID, uuid5

from app.dataclass import dataclass
from app.domain.json_codec import timestamp
from app.domain.money import ONE, ZERO, plain, round_price
from app.domain.orders import OrderRole, Receipt


class FilledSoFar(NamedTuple):
    """What has been counted of an order: units, their average price per unit, whether more may follow.

    `fees` are in the account's currency.
    """

    quantity: Decimal = ZERO
    average_price: Decimal = ZERO
    is_working: bool = False
    fees: Decimal = ZERO

    @property
    def value(self) -> Decimal:
        """What the units cost."""
        return self.quantity * self.average_price

    def texts(self) -> list[str]:
        """Return the figures as an open order keeps them."""
        texts = [format(self.quantity, "f"), format(self.average_price, "f")]
        return [*texts, format(self.fees, "f")] if self.fees else texts

    @classmethod
    def of(cls, units: str, price: str, fees: str = "0") -> "FilledSoFar":
        """Take up what an open order kept; without fees there are two figures."""
        return cls(Decimal(units), Decimal(price), fees=Decimal(fees))


NOTHING_COUNTED = FilledSoFar()


class Place(NamedTuple):
    """Whose position a trade, an order or an exit plan belongs to."""

    bot: str
    broker: str
    symbol: str


class Turnover(NamedTuple):
    """Units that went one way, and the sum of their prices."""

    quantity: Decimal = ZERO
    value: Decimal = ZERO

    @property
    def average_price(self) -> Decimal | None:
        """The price per unit; None where nothing went."""
        return plain(self.value / self.quantity) if self.quantity else None

    def adding(self, quantity: Decimal, price: Decimal) -> "Turnover":
        """Return it with more units at a price."""
        return Turnover(self.quantity + quantity, self.value + quantity * price)


NOTHING = Turnover()


def units_of_trim(size: Decimal, trim: int | None, increment: Decimal) -> Decimal:
    """Return how many of `size` units a trim closes: rounded up, to whole ones where only those are held."""
    if trim is None:
        return size
    step = max(ONE, increment) if size == size.to_integral_value() else increment
    return min(round_price(size * trim / 100, step, up=True), size)


@dataclass(frozen=True, slots=True)
class FillUpdate:
    """What a receipt says was filled, by an exit or an entry; `counted` is what is known to be counted.

    `ticket` is whose order it is; `at` is when the fill was seen, for a broker that tells no time of its own.
    `kept_fee` is the largest part of what was entered that the broker may have kept as its fee.
    """

    receipt: Receipt
    role: OrderRole = OrderRole.ENTRY
    counted: FilledSoFar = NOTHING_COUNTED
    ticket: UUID | None = None
    at: datetime | None = None
    kept_fee: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Trade:
    """A bot's holding: `quantity` is signed, `average_price` per unit, `realized_pnl` before fees.

    `orders` holds what has been counted of each working and each recent order, so that a fill counts once.
    `unpriced` are units that left at a price that nobody knows, as when a position was closed elsewhere.
    `entered_at` is when units came last; None in older records.
    """

    bot: str
    broker: str
    symbol: str
    opened_at: datetime
    quantity: Decimal = ZERO
    average_price: Decimal = ZERO
    realized_pnl: Decimal = ZERO
    orders: dict[str, FilledSoFar] = field(default_factory=dict)
    id: str = ""
    number: int = 0
    multiplier: Decimal = ONE
    entered: Turnover = NOTHING
    exited: Turnover = NOTHING
    unpriced: Decimal = ZERO
    fees: Decimal = ZERO
    tickets: tuple[str, ...] = ()
    entered_at: datetime | None = None

    @property
    def bought(self) -> Decimal:
        """All units (unsigned) that ever came; older records may tell what is held alone."""
        return max(self.entered.quantity, abs(self.quantity))

    def is_fee(self, units: Decimal, kept_fee: Decimal) -> bool:
        """Tell whether so many units (unsigned) are no more than the broker may have kept."""
        return ZERO < units <= plain(self.bought * kept_fee)

    @property
    def place(self) -> Place:
        """Whose it is, and where."""
        return Place(self.bot, self.broker, self.symbol)

    def to_json(self) -> dict[str, Any]:
        """Return the trade as it is stored; written out, since every fill writes one."""
        return {
            "id": self.id,
            "number": self.number,
            "bot": self.bot,
            "broker": self.broker,
            "symbol": self.symbol,
            "opened_at": timestamp(self.opened_at),
            "quantity": format(self.quantity, "f"),
            "average_price": format(self.average_price, "f"),
            "realized_pnl": format(self.realized_pnl, "f"),
            "multiplier": format(self.multiplier, "f"),
            "entered": _turnover_texts(self.entered),
            "exited": _turnover_texts(self.exited),
            "unpriced": format(self.unpriced, "f"),
            "fees": format(self.fees, "f"),
            "tickets": list(self.tickets),
            "entered_at": timestamp(self.entered_at) if self.entered_at is not None else None,
            "orders": {name: _seen_texts(seen) for name, seen in self.orders.items()},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Trade":
        """Take up a trade that was stored, before trades had a history too."""
        quantity, price = Decimal(data["quantity"]), Decimal(data["average_price"])
        entered, entered_at = data.get("entered"), data.get("entered_at")
        return cls(
            bot=data["bot"],
            broker=data["broker"],
            symbol=data["symbol"],
            opened_at=datetime.fromisoformat(data["opened_at"]),
            quantity=quantity,
            average_price=price,
            realized_pnl=Decimal(data["realized_pnl"]),
            orders={name: _seen_of(*seen) for name, seen in data["orders"].items()},
            id=data.get("id") or trade_id("", data["bot"], data["symbol"], data["opened_at"]),
            number=data.get("number", 0),
            multiplier=Decimal(data.get("multiplier", 1)),
            entered=Turnover().adding(abs(quantity), price) if entered is None else _turnover_of(entered),
            exited=_turnover_of(data.get("exited", ("0", "0"))),
            unpriced=Decimal(data.get("unpriced", 0)),
            fees=Decimal(data.get("fees", 0)),
            tickets=tuple(data.get("tickets", ())),
            entered_at=None if entered_at is None else datetime.fromisoformat(entered_at),
        )


def counted(receipt: Receipt) -> FilledSoFar:
    """Return what has been counted once this receipt has been."""
    price = receipt.average_fill_price or ZERO
    is_working = not receipt.status.is_final
    return FilledSoFar(receipt.filled_quantity, price, is_working, receipt.fees)


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


def beside_legs(position: Decimal, legs: Decimal) -> Decimal:
    """Return what is left of a position without the legs of structures: never more, never the other way.

    Both are signed. A leg whose exit has filled is in the books for a moment more: nothing is bought for it.
    """
    rest = position - legs
    return rest if rest * position > ZERO and abs(rest) <= abs(position) else ZERO


def trade_id(*parts: str) -> str:
    """Derive a trade's id from the order that opened it: whoever counts its fill arrives at the same."""
    return str(uuid5(NAMESPACE_OID, "/".join(parts)))


def _turnover_texts(turnover: Turnover) -> list[str]:
    return [format(turnover.quantity, "f"), format(turnover.value, "f")]


def _turnover_of(texts: Sequence[str]) -> Turnover:
    quantity, value = texts
    return Turnover(Decimal(quantity), Decimal(value))


def _seen_texts(seen: FilledSoFar) -> list[Any]:
    texts: list[Any] = [format(seen.quantity, "f"), format(seen.average_price, "f"), seen.is_working]
    return [*texts, format(seen.fees, "f")] if seen.fees else texts


def _seen_of(quantity: str, price: str, is_working: bool, fees: str = "0") -> FilledSoFar:  # noqa: FBT001  # as stored
    return FilledSoFar(Decimal(quantity), Decimal(price), is_working, Decimal(fees))
