"""What can be traded: the canonical name of an instrument and what is known about it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Literal

from app.dataclass import dataclass

INDIAN_VENUES = frozenset({"nse", "bse"})


class AssetClass(StrEnum):
    """The kinds of instrument that Gatehouse tells apart."""

    CRYPTO = "crypto"
    EQUITY = "equity"
    FOREX = "forex"
    FUTURE = "future"
    OPTION = "option"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OptionContract:
    """The terms of an option; `strike` is a price per unit of the underlying."""

    underlying: str
    expiry: date
    strike: Decimal
    kind: Literal["call", "put"]
    multiplier: Decimal = Decimal(100)


@dataclass(frozen=True)
class Instrument:
    """One tradable thing under its canonical name (`AAPL`, `BTC-USD`, `AAPL250620C00100000`).

    `venue` is the hint that came with the alert (`binance`), never part of the identity.
    `quantity_increment` is the smallest step of a quantity, `price_tick` the smallest step of a price;
    the exchange takes no single order of more than `freeze_quantity` units, where that is known. What follows
    from that is worked out once: an alert asks a dozen times, and instruments are remembered.
    """

    symbol: str
    asset_class: AssetClass
    venue: str | None = None
    option: OptionContract | None = None
    quantity_increment: Decimal = Decimal("0.000000001")
    price_tick: Decimal = Decimal("0.01")
    freeze_quantity: Decimal | None = None

    def in_one_order(self, quantity: Decimal) -> Decimal:
        """Return how much of a quantity the exchange takes in one order, in whole lots."""
        limit = self.freeze_quantity
        return quantity if limit is None or quantity <= limit else limit - limit % self.quantity_increment

    @cached_property
    def currency(self) -> str:
        """The currency of its price: a pair's second half, rupees at the Indian exchanges, else dollars."""
        if self.asset_class in {AssetClass.CRYPTO, AssetClass.FOREX} and "-" in self.symbol:
            return self.symbol.rpartition("-")[2]
        return "INR" if self.venue in INDIAN_VENUES else "USD"

    @cached_property
    def unit(self) -> str:
        """What one counts it in: shares, contracts, a pair's first half; units where a contract is one."""
        if self.asset_class in {AssetClass.CRYPTO, AssetClass.FOREX} and "-" in self.symbol:
            return self.symbol.rpartition("-")[0]
        if self.option is not None and self.option.multiplier == 1:
            return "units"
        words = {AssetClass.EQUITY: "shares", AssetClass.OPTION: "contracts", AssetClass.FUTURE: "contracts"}
        return words.get(self.asset_class, "units")

    @cached_property
    def multiplier(self) -> Decimal:
        """Units of the underlying in one contract."""
        return self.option.multiplier if self.option is not None else Decimal(1)
