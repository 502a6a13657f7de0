"""Black-Scholes for European options: the value and delta of a contract, as per-unit figures."""

from datetime import datetime, time
from decimal import Decimal
from math import erf, exp, isfinite, log, sqrt
from zoneinfo import ZoneInfo

from app.dataclass import dataclass
from app.domain.instruments import OptionContract

_NEW_YORK = ZoneInfo("America/New_York")
_CLOSE = time(16)
_SECONDS_IN_YEAR = 365 * 24 * 3600
_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Valuation:
    """A price per unit of the underlying, and its change per unit of the underlying's move."""

    price: Decimal
    delta: Decimal


def years_to_expiry(contract: OptionContract, at: datetime) -> float:
    """Count the years until New York's close on the day of expiry; never negative."""
    expiry = datetime.combine(contract.expiry, _CLOSE, _NEW_YORK)
    return max(0.0, (expiry - at).total_seconds() / _SECONDS_IN_YEAR)


def value_option(
    contract: OptionContract, spot: Decimal, *, years: float, volatility: Decimal, rate: Decimal
) -> Valuation:
    """Value a European option on an underlying without dividends.

    `volatility` and `rate` are yearly fractions, `rate` compounds continuously. Without time or volatility
    left the option is worth what exercising it at the forward price brings.
    """
    price, delta = _call(float(spot), float(contract.strike), years, float(volatility), float(rate))
    if contract.kind == "put":
        discounted = float(contract.strike) * exp(-float(rate) * years)
        price, delta = price - float(spot) + discounted, delta - 1.0
    return Valuation(_decimal(max(price, 0.0)), _decimal(delta))


def option_delta(
    contract: OptionContract, spot: Decimal, *, years: float, volatility: Decimal, rate: Decimal
) -> float:
    """Return the delta alone of what `value_option` values; puts are negative."""
    _, delta = _call(float(spot), float(contract.strike), years, float(volatility), float(rate))
    return delta if contract.kind == "call" else delta - 1.0


def _call(spot: float, strike: float, years: float, volatility: float, rate: float) -> tuple[float, float]:
    discounted = strike * exp(-rate * years)
    deviation = volatility * sqrt(years)
    if deviation <= 0.0 or spot <= 0.0 or strike <= 0.0:
        return max(spot - discounted, 0.0), 1.0 if spot > discounted else 0.0
    upper = log(spot / discounted) / deviation + deviation / 2
    delta = _normal(upper)
    return spot * delta - discounted * _normal(upper - deviation), delta


def _normal(deviate: float) -> float:
    return (1.0 + erf(deviate / sqrt(2.0))) / 2.0


def _decimal(value: float) -> Decimal:
    if not isfinite(value):
        raise ValueError("an option's value must be finite")
    return Decimal(value).quantize(_PLACES)
