"""Cash, holdings, and the margin that they and the working orders need."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.simulators.alpaca.assets import EQUITY, OPTION, Asset
from tests.simulators.alpaca.figures import FINEST, plain
from tests.simulators.alpaca.option_margin import Positions, margin

ZERO = Decimal(0)
MAINTENANCE = Decimal("0.3")
CREATED = "2023-01-01T18:20:20.272275Z"
ID = "e6fe16f3-64a4-4921-8928-cadf02f92f98"


@dataclass(slots=True)
class Holding:
    """A position; `quantity` is signed, prices are per unit of the underlying."""

    asset: Asset
    quantity: Decimal
    average_price: Decimal

    def value(self, price: Decimal) -> Decimal:
        return self.quantity * price * self.asset.multiplier

    def add(self, signed: Decimal, price: Decimal) -> None:
        """Average in, reduce, or cross zero and start anew."""
        total = self.quantity + signed
        if self.quantity * signed >= 0:
            paid = self.quantity * self.average_price + signed * price
            self.average_price = (paid / total).quantize(FINEST) if total else price
        elif total * self.quantity < 0:
            self.average_price = price
        self.quantity = total


class Account:
    """One margin account; `mark` gives the latest price of an asset."""

    def __init__(self, cash: Decimal, mark: Callable[[Asset], Decimal | None]) -> None:
        self.cash = self.last_equity = cash
        self.multiplier = 2
        self.approved_level = self.options_level = 3
        self.shorting_enabled = True
        # What an account may be told about options beside its level: amounts are its own, not published.
        self.spreads_enabled = True
        self.most_contracts: int | None = None
        self.most_notional: Decimal | None = None
        self.most_expiring_today: int | None = None
        # Underlyings of which something was assigned, and whose long options cover it meanwhile.
        self.assignment_locks: set[str] = set()
        self.index_enabled = False
        self.crypto_fee = ZERO
        self.holdings: dict[str, Holding] = {}
        self._mark = mark

    def trade(self, asset: Asset, signed: Decimal, price: Decimal) -> None:
        """Count a fill; a crypto buy pays its fee in the coin, a sale in cash."""
        fee = self.crypto_fee if asset.multiplier == 1 and "/" in asset.symbol else ZERO
        self.cash -= signed * price * asset.multiplier
        if signed < 0:
            self.cash += signed * price * fee
        holding = self.holdings.setdefault(asset.symbol, Holding(asset, ZERO, price))
        holding.add(signed * (1 - fee) if signed > 0 else signed, price)
        if not holding.quantity:
            del self.holdings[asset.symbol]

    def quantity(self, asset: Asset) -> Decimal:
        """Return the signed position."""
        holding = self.holdings.get(asset.symbol)
        return ZERO if holding is None else holding.quantity

    def price(self, holding: Holding) -> Decimal:
        return self._mark(holding.asset) or holding.average_price

    def margin_rate(self, asset: Asset) -> Decimal:
        """What part of a value must be the account's own."""
        return Decimal(1) / self.multiplier if asset.asset_class == EQUITY else Decimal(1)

    def values(self) -> list[tuple[Holding, Decimal]]:
        return [(holding, holding.value(self.price(holding))) for holding in self.holdings.values()]

    @property
    def equity(self) -> Decimal:
        return self.cash + sum((value for _, value in self.values()), ZERO)

    @property
    def free_margin(self) -> Decimal:
        """Equity beyond what the holdings need; options are worth nothing to it, and tie up their loss."""
        values = [(one, value) for one, value in self.values() if one.asset.asset_class != OPTION]
        needed = sum((abs(value) * self.margin_rate(holding.asset) for holding, value in values), ZERO)
        return self.cash + sum((value for _, value in values), ZERO) - needed - self.option_margin()

    def option_margin(self, changes: Positions | None = None) -> Decimal:
        """Return what all options tie up, with some changed; raise Refused where one would be uncovered."""
        positions = self.options()
        for symbol, change in (changes or {}).items():
            positions[symbol] = positions.get(symbol, ZERO) + change
        shares = {name: one.quantity for name, one in self.holdings.items() if one.quantity > 0}
        return margin(positions, shares)

    def options(self) -> Positions:
        """Return the signed contracts that are held."""
        held = self.holdings.values()
        return {one.asset.symbol: one.quantity for one in held if one.asset.asset_class == OPTION}

    def buying_power(self, reserved: Decimal) -> Decimal:
        return max(ZERO, (self.free_margin - reserved) * self.multiplier)

    def own_power(self, reserved: Decimal) -> Decimal:
        """Return what may be spent without margin: on options and crypto."""
        return max(ZERO, min(self.cash - self.option_margin(), self.free_margin) - reserved)

    def as_json(self, reserved: Decimal) -> dict[str, Any]:
        values = [value for _, value in self.values()]
        long, short = (
            sum((value for value in values if value * sign > 0), ZERO).quantize(FINEST) for sign in (1, -1)
        )
        power, own = self.buying_power(reserved), self.own_power(reserved)
        equity = self.cash + long + short
        figures = {
            **dict.fromkeys(("buying_power", "regt_buying_power", "effective_buying_power"), power),
            **dict.fromkeys(("non_marginable_buying_power", "options_buying_power"), own),
            "cash": self.cash,
            "accrued_fees": ZERO,
            "portfolio_value": equity,
            "equity": equity,
            "last_equity": self.last_equity,
            "long_market_value": long,
            "short_market_value": short,
            "position_market_value": long - short,
            "initial_margin": equity - self.free_margin,
            "maintenance_margin": (long - short) * MAINTENANCE,
            "last_maintenance_margin": ZERO,
            "sma": equity,
            "multiplier": Decimal(self.multiplier),
            "intraday_adjustments": ZERO,
            "pending_reg_taf_fees": ZERO,
            "pending_transfer_in": ZERO,
        }
        return self._standing() | {name: plain(figure) for name, figure in figures.items()}

    def _standing(self) -> dict[str, Any]:
        return {
            "id": ID,
            "account_number": "PALPACA_123",
            "status": "ACTIVE",
            "crypto_status": "ACTIVE",
            "options_approved_level": self.approved_level,
            "options_trading_level": self.options_level,
            "currency": "USD",
            "balance_asof": "2026-01-02",
            "created_at": CREATED,
            "shorting_enabled": self.shorting_enabled,
            "trading_blocked": False,
            "transfers_blocked": False,
            "account_blocked": False,
            "trade_suspended_by_user": False,
            "crypto_tier": 1,
            "admin_configurations": {},
            "user_configurations": None,
        }


def position(holding: Holding, price: Decimal, available: Decimal) -> dict[str, Any]:
    """Show a holding as /v2/positions does: crypto by its name without slash."""
    cost = holding.value(holding.average_price)
    gain = holding.value(price) - cost
    share = (gain / abs(cost)).quantize(FINEST) if cost else ZERO
    figures = {
        "avg_entry_price": holding.average_price,
        "qty": holding.quantity,
        "qty_available": available,
        "market_value": holding.value(price),
        "cost_basis": cost,
        **dict.fromkeys(("unrealized_pl", "unrealized_intraday_pl"), gain),
        **dict.fromkeys(("unrealized_plpc", "unrealized_intraday_plpc"), share),
        **dict.fromkeys(("current_price", "lastday_price"), price),
        "change_today": ZERO,
    }
    return {
        "asset_id": holding.asset.id,
        "symbol": holding.asset.alias,
        "exchange": holding.asset.exchange,
        "asset_class": holding.asset.asset_class,
        "asset_marginable": holding.asset.asset_class == EQUITY,
        "side": "long" if holding.quantity > 0 else "short",
        **{name: plain(figure) for name, figure in figures.items()},
    }
