"""What can be traded, under all of its names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Any
from uuid import UUID, uuid5

NAMES = UUID("5c7f2d0e-8a43-4b1f-9d8e-2f6d1b7a9c30")
CONTRACT = re.compile(r"([A-Z]{1,6})(\d{2})(\d{2})(\d{2})([CP])(\d{8})")
# Roots of options on an index, settled in cash: by the opening prices of their last day, or by its close.
AM_SETTLED, PM_SETTLED = frozenset({"SPX", "VIX", "VIXW", "DJX"}), frozenset({"SPXW", "XSP", "DJXW"})
EQUITY, CRYPTO, OPTION = "us_equity", "crypto", "us_option"


@dataclass(frozen=True)  # no slots: what is derived is kept
class Asset:
    """One instrument; `symbol` is its name in orders, `alias` in positions and paths."""

    symbol: str
    fractionable: bool = True
    shortable: bool = True
    tradable: bool = True
    active: bool = True
    attributes: tuple[str, ...] = ("fractional_eh_enabled", "has_options")

    @cached_property
    def id(self) -> str:
        return str(uuid5(NAMES, self.symbol))

    @cached_property
    def alias(self) -> str:
        return self.symbol.replace("/", "")

    @cached_property
    def asset_class(self) -> str:
        if "/" in self.symbol:
            return CRYPTO
        return OPTION if CONTRACT.fullmatch(self.symbol) else EQUITY

    @property
    def exchange(self) -> str:
        return {EQUITY: "NASDAQ", CRYPTO: "CRYPTO", OPTION: ""}[self.asset_class]

    @property
    def multiplier(self) -> int:
        """Units of the underlying that one unit of this stands for."""
        return 100 if self.asset_class == OPTION else 1

    def as_json(self) -> dict[str, Any]:
        equity = self.asset_class == EQUITY
        body = {
            "id": self.id,
            "class": self.asset_class,
            "exchange": self.exchange,
            "symbol": self.symbol,
            "name": f"{self.symbol} (simulated)",
            "status": "active" if self.active else "inactive",
            "tradable": self.tradable,
            "marginable": equity,
            "shortable": equity and self.shortable,
            "fractionable": self.fractionable,
            "attributes": list(self.attributes) if equity else [],
        }
        return body | (EQUITY_TERMS if equity else CRYPTO_TERMS)


EQUITY_TERMS = {
    "borrow_status": "easy_to_borrow",
    "maintenance_margin_requirement": 30,
    "margin_requirement_long": "30",
    "margin_requirement_short": "30",
}
CRYPTO_TERMS = {
    "min_order_size": "0.000000001",
    "min_trade_increment": "0.000000001",
    "price_increment": "0.000000001",
}


@dataclass(frozen=True, slots=True)
class Contract:
    """An option, read from its OCC symbol; the strike is per unit of the underlying."""

    asset: Asset
    root: str
    expires: date
    is_call: bool
    strike: Decimal

    @classmethod
    @cache
    def of(cls, asset: Asset) -> "Contract":
        """Read the symbol of an option; raise ValueError when it is none."""
        match = CONTRACT.fullmatch(asset.symbol)
        if match is None:
            raise ValueError(asset.symbol)
        root, year, month, day, kind, strike = match.groups()
        expires = date(2000 + int(year), int(month), int(day))
        return cls(asset, root, expires, kind == "C", Decimal(strike) / 1000)

    @property
    def is_european(self) -> bool:
        """True for an option on an index: nobody exercises it before its end."""
        return self.root in AM_SETTLED | PM_SETTLED

    def intrinsic(self, price: Decimal) -> Decimal:
        """Return what exercising it brings at a price of the underlying."""
        inside = price - self.strike if self.is_call else self.strike - price
        return max(inside, Decimal(0))

    def as_json(self) -> dict[str, Any]:
        kind = "call" if self.is_call else "put"
        return {
            "id": self.asset.id,
            "symbol": self.asset.symbol,
            "name": f"{self.root} {self.expires:%b %d %Y} {self.strike.normalize():f} {kind.title()}",
            "status": "active" if self.asset.active else "inactive",
            "tradable": self.asset.tradable,
            "expiration_date": self.expires.isoformat(),
            "root_symbol": self.root,
            "underlying_symbol": self.root,
            "underlying_asset_id": Asset(self.root).id,
            "type": kind,
            "style": "european" if self.is_european else "american",
            "strike_price": f"{self.strike.normalize():f}",
            "multiplier": "100",
            "size": "100",
            "open_interest": "237",
        }


class Catalogue:
    """Every asset that exists, found by symbol, alias or id."""

    def __init__(self) -> None:
        self._names: dict[str, Asset] = {}

    def __iter__(self) -> Iterator[Asset]:
        return iter(sorted(set(self._names.values()), key=lambda asset: asset.symbol))

    def list(self, asset: Asset) -> Asset:
        """Let an asset exist."""
        self._names |= dict.fromkeys((asset.symbol, asset.alias, asset.id), asset)
        return asset

    def find(self, name: str) -> Asset | None:
        return self._names.get(name)

    def find_or_list(self, name: str) -> Asset:
        return self.find(name) or self.list(Asset(name))


LISTED = {
    Asset("AAPL"): "100",
    Asset("MSFT"): "400",
    Asset("SPY"): "500",
    Asset("TSLA", attributes=("has_options",)): "250",
    Asset("WHOLE", fractionable=False): "700",
    Asset("PENNY"): "0.5",
    Asset("HARD", shortable=False): "20",
    Asset("HALTED", tradable=False): "10",
    Asset("GONE", active=False, tradable=False): "10",
    Asset("BTC/USD"): "50000",
    Asset("ETH/USD"): "2500",
}
