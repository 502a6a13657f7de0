"""What an alert settles itself where other alerts leave it to their bot: its size and exits, when it adds."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Distance:
    """How far from its entry a position is left: an amount per unit, or a fraction of the price."""

    amount: Decimal | None = None
    fraction: Decimal | None = None

    def from_price(self, price: Decimal, sign: int) -> Decimal:
        """Return the price that lies so far above (+1) or below (-1) another."""
        distance = self.amount if self.amount is not None else price * (self.fraction or 0)
        return price + sign * distance


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTerms:
    """An alert's own word on its order; what it does not say is the bot's to settle.

    `sizes`: its quantity is traded whatever the bot's own size is. `opens_all`: after what is closed all of
    the quantity is opened, where TradingView's contains what is closed. `adds`: the same side again adds to
    what is held; otherwise it does nothing, and takes the place of orders that wait. `only_adds`: it has no
    side of its own, and enlarges what is held. `reaches` is the signed position that is wanted, by whichever
    side leads there; where it is zero and nothing is held, the quantity is a plain order.

    At most one of `notional`, `equity_fraction`, `risk_amount` (account currency) and `risk_fraction` sizes
    an entry. `closes` is the fraction of the position that an exit closes. `stop` and `target` are exits by
    their distance; `longest_age` is after how many seconds an entry is too old.
    """

    sizes: bool = False
    opens_all: bool = False
    adds: bool = True
    only_adds: bool = False
    reaches: Decimal | None = None
    notional: Decimal | None = None
    equity_fraction: Decimal | None = None
    risk_amount: Decimal | None = None
    risk_fraction: Decimal | None = None
    closes: Decimal | None = None
    stop: Distance | None = None
    target: Distance | None = None
    longest_age: int | None = None

    @property
    def is_by_money(self) -> bool:
        """True when the alert says what its entry is worth."""
        return self.notional is not None or self.equity_fraction is not None


BY_THE_BOT = AlertTerms()


def terms_record(terms: AlertTerms) -> dict[str, Any]:
    """Show what an alert settles itself; what it leaves to the bot is not there."""
    named = ((field.name, getattr(terms, field.name), field.default) for field in fields(terms))
    return {name: _shown(value) for name, value, default in named if value != default}


def _shown(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Distance):
        return {
            name: _shown(part)
            for name, part in (("amount", value.amount), ("fraction", value.fraction))
            if part
        }
    return value
