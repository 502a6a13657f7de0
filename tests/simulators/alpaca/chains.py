"""Lists a whole chain at the simulator: contracts around a price, quoted by a model of its own."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import erf, log, sqrt
from typing import TYPE_CHECKING

from tests.simulators.alpaca.figures import SECOND
from tests.simulators.alpaca.market import NEW_YORK

if TYPE_CHECKING:
    from tests.simulators.alpaca.simulator import FakeAlpaca

EXPIRIES = (date(2025, 3, 14), date(2025, 3, 21), date(2025, 4, 17))
STRIKES = tuple(Decimal(strike) for strike in range(80, 125, 5))
VOLATILITY, HALF_SPREAD = 0.3, Decimal("0.02")
CENT = Decimal("0.01")
OTHER_GREEKS = dict.fromkeys(("gamma", "theta", "vega", "rho"), 0.01)


def list_chain(
    fake: "FakeAlpaca",
    underlying: str,
    spot: Decimal,
    expiries: Iterable[date] = EXPIRIES,
    strikes: Iterable[Decimal] = STRIKES,
    *,
    half_spread: Decimal = HALF_SPREAD,
) -> None:
    """List calls and puts, or quote them anew at another price of the underlying."""
    now = datetime.fromtimestamp(fake.exchange.timer.now() / SECOND, UTC)
    for expiry in expiries:
        close = datetime.combine(expiry, time(16), NEW_YORK)
        years = max((close - now).total_seconds(), 0) / (365 * 86400)
        for strike in strikes:
            for kind in "CP":
                symbol = f"{underlying}{expiry:%y%m%d}{kind}{int(strike * 1000):08d}"
                value, delta = model(float(spot), float(strike), years, is_call=kind == "C")
                worth = max(Decimal(value).quantize(CENT), HALF_SPREAD + CENT)
                sides = {"bid": worth - half_spread, "ask": worth + half_spread}
                fake.market.move(symbol, worth, **sides)
                fake.options.greeks[symbol] = OTHER_GREEKS | {"delta": round(delta, 4), "iv": VOLATILITY}


def model(spot: float, strike: float, years: float, *, is_call: bool) -> tuple[float, float]:
    """Return Black-Scholes' value and delta, without interest."""
    sign = 1 if is_call else -1
    deviation = VOLATILITY * sqrt(years)
    if deviation == 0:
        inside = max(sign * (spot - strike), 0.0)
        return inside, float(sign) if inside else 0.0
    upper = log(spot / strike) / deviation + deviation / 2
    chance = normal(sign * upper)
    return sign * (spot * chance - strike * normal(sign * (upper - deviation))), sign * chance


def normal(deviate: float) -> float:
    return (1 + erf(deviate / sqrt(2))) / 2
