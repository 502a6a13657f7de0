from decimal import Decimal

from app.dataclass import dataclass
from app.domain.structures.levels import OptionsLevel


@dataclass(frozen=True, slots=True)
class PaperSettings:
    """How the simulated market treats an order; every `_fraction` is a fraction (0.001 is 0.1 %).

    Buying power is `leverage` times the equity, less the gross value of all positions, less what open entry
    orders would need. `partial_fill_probability` is the chance that an order fills only partly at first; the
    rest fills on the next price of its symbol. `seed` and the order of operations decide every draw. What is
    priced in another currency than the account's is refused, as at any broker.
    """

    starting_cash: Decimal = Decimal(100_000)
    currency: str = "USD"
    fee_per_order: Decimal = Decimal(0)
    fee_fraction: Decimal = Decimal(0)
    slippage_fraction: Decimal = Decimal(0)
    partial_fill_probability: Decimal = Decimal(0)
    seed: int = 0
    follow_alert_prices: bool = True
    volatility: Decimal = Decimal("0.2")
    risk_free_rate: Decimal = Decimal("0.04")
    leverage: Decimal = Decimal(1)
    options_level: OptionsLevel = OptionsLevel.SPREADS
