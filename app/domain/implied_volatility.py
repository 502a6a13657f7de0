"""Which volatility a contract's price implies: Black-Scholes solved for it."""

from decimal import Decimal
from math import erf, exp, log, pi, sqrt

from app.domain.instruments import OptionContract

LEAST, MOST = 0.001, 10.0
_STEPS, _FEW_STEPS, _CLOSE_ENOUGH = 60, 5, 1e-7
_PLACES = Decimal("0.000001")


def implied_volatility(
    contract: OptionContract,
    spot: Decimal,
    price: Decimal,
    *,
    years: float,
    rate: Decimal,
    near: Decimal | None = None,
) -> Decimal | None:
    """Return the yearly volatility at which a European contract is worth `price`.

    None: no volatility explains it, for it is worth less than what exercising it brings, or more than what it
    is written on. `near` is that of a contract beside it, from which it is found in a step or two.
    """
    if years <= 0 or spot <= 0 or contract.strike <= 0:
        return None
    forward = float(contract.strike) * exp(-float(rate) * years)
    # A put is the call beside it, by parity: one formula finds both.
    call = float(price) if contract.kind == "call" else float(price) + float(spot) - forward
    terms = float(spot), forward, sqrt(years), call
    if call < max(terms[0] - forward, 0.0):
        return None
    found = None if near is None else _stepped(*terms, float(near))
    found = _solved(*terms) if found is None else found
    return None if found is None else Decimal(found).quantize(_PLACES)


def _stepped(spot: float, strike: float, root: float, wanted: float, guess: float) -> float | None:
    """Go on by Newton's steps alone; None where they lead nowhere soon."""
    for _ in range(_FEW_STEPS):
        worth, slope = _worth(spot, strike, root, guess)
        if abs(worth - wanted) < _CLOSE_ENOUGH:
            return guess
        if slope < _CLOSE_ENOUGH:
            return None
        guess -= (worth - wanted) / slope
        if not LEAST < guess < MOST:
            return None
    return None


def _solved(spot: float, strike: float, root: float, wanted: float) -> float | None:
    low, high = LEAST, MOST
    if not _worth(spot, strike, root, low)[0] <= wanted <= _worth(spot, strike, root, high)[0]:
        return None
    guess = min(max(sqrt(2 * abs(log(spot / strike))) / root, 0.2), 3.0)
    for _ in range(_STEPS):
        worth, slope = _worth(spot, strike, root, guess)
        if abs(worth - wanted) < _CLOSE_ENOUGH:
            return guess
        low, high = (guess, high) if worth < wanted else (low, guess)
        # Newton's step, and where it would leave what is possible the middle.
        step = guess - (worth - wanted) / slope if slope > _CLOSE_ENOUGH else low
        guess = step if low < step < high else (low + high) / 2
    return guess


def _worth(spot: float, strike: float, root: float, volatility: float) -> tuple[float, float]:
    """Return a call's value, and how it rises with volatility."""
    deviation = volatility * root
    upper = log(spot / strike) / deviation + deviation / 2
    worth = spot * _normal(upper) - strike * _normal(upper - deviation)
    return worth, spot * root * exp(-upper * upper / 2) / sqrt(2 * pi)


def _normal(deviate: float) -> float:
    return (1.0 + erf(deviate / sqrt(2.0))) / 2.0
