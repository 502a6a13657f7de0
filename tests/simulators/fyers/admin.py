"""The simulator's own paths under /_simulator: for tests and torture in another process."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulators.fyers import files
from tests.simulators.fyers.refusals import invalid
from tests.simulators.fyers.tokens import REFRESH_MODES
from tests.simulators.loopback.admin import FAULTS

if TYPE_CHECKING:
    from tests.simulators.fyers.simulator import FakeFyers

Body = Any


def turn(fake: "FakeFyers", body: Body) -> Any:
    """Take any of now (ISO with zone), frozen, advance (seconds), session (open, closed, preopen, auto)."""
    if "now" in body:
        fake.clock.set(datetime.fromisoformat(body["now"]), frozen=bool(body.get("frozen", False)))
    fake.clock.advance(float(body.get("advance", 0)))
    if "session" in body:
        fake.clock.turn(body["session"])
    fake.exchange.settle()
    return show_clock(fake, None)


def show_clock(fake: "FakeFyers", _body: Body) -> Any:
    return fake.clock.as_json()


def move(fake: "FakeFyers", body: Body) -> Any:
    """Take {"NSE:…": "101.5"}; null takes the price away."""
    for symbol, price in body.items():
        fake.market.move(symbol, None if price is None else str(price))
    return {}


def limit(fake: "FakeFyers", body: Body) -> Any:
    """Take {"NSE:…": ["80", "120"]}: the circuit of a symbol."""
    for symbol, (low, high) in body.items():
        fake.market.limit(symbol, str(low), str(high))
    return {}


def release(fake: "FakeFyers", _body: Body) -> Any:
    """Let everything trade that a fault holds back."""
    fake.exchange.settle(everything=True)
    return show_orders(fake, None)


def expire(fake: "FakeFyers", _body: Body) -> Any:
    """End the day for every working order."""
    with fake.exchange.lock:
        fake.exchange.book.expire(everything=True)
    return show_orders(fake, None)


def kill(fake: "FakeFyers", body: Body) -> Any:
    """Let all tokens die; take {"code": -16}."""
    return {"killed": fake.tokens.kill((body or {}).get("code", -16))}


def login(fake: "FakeFyers", _body: Body) -> Any:
    """Give a living token without the way there."""
    token = fake.tokens.login()
    return {"access_token": token, "authorization": f"{fake.app_id}:{token}"}


def hold(fake: "FakeFyers", body: Body) -> Any:
    """Take {"NSE:SBIN-EQ": [10, "800"]}: quantity and cost price."""
    for symbol, (quantity, cost) in body.items():
        instrument = fake.exchange.tradable(symbol)
        fake.exchange.account.holdings[instrument] = int(quantity), Decimal(str(cost))
    return {}


def switch(fake: "FakeFyers", body: Body) -> Any:
    """Take any of ip_allowed, login_works, rate_limits, retired_products, legs_carry_tag, cash,
    refresh (off, on, dead), csv and json (good, html, truncated, narrow, error, missing, empty).
    """
    for name, value in body.items():
        SWITCHES[name](fake, value)
    return show_state(fake, None)


def set_refresh(fake: "FakeFyers", mode: Any) -> None:
    fake.tokens.refresh = one_of(mode, REFRESH_MODES)


def set_file(name: str) -> Callable[["FakeFyers", Any], None]:
    def setting(fake: "FakeFyers", mode: Any) -> None:
        fake.master_modes[name] = one_of(mode, files.MODES)

    return setting


def one_of(value: Any, choices: frozenset[str]) -> str:
    if value not in choices:
        raise invalid(f"must be one of {', '.join(sorted(choices))}")
    return str(value)


SWITCHES: dict[str, Callable[["FakeFyers", Any], None]] = {
    "ip_allowed": lambda fake, on: setattr(fake, "ip_allowed", bool(on)),
    "login_works": lambda fake, on: setattr(fake, "login_works", bool(on)),
    "rate_limits": lambda fake, on: setattr(fake.rate, "enabled", bool(on)),
    "retired_products": lambda fake, on: setattr(fake.exchange, "retired_products", bool(on)),
    "legs_carry_tag": lambda fake, on: setattr(fake.exchange.matcher, "legs_carry_tag", bool(on)),
    "cash": lambda fake, cash: setattr(fake.exchange.account, "cash", Decimal(str(cash))),
    "refresh": set_refresh,
    "csv": set_file("csv"),
    "json": set_file("json"),
}


def show_state(fake: "FakeFyers", _body: Body) -> Any:
    with fake.exchange.lock:
        return {
            "clock": fake.clock.as_json(),
            "orders": fake.orders(),
            "positions": fake.exchange.account.positions_as_json()["netPositions"],
            "funds": fake.exchange.account.funds_as_json(fake.exchange.book.working())["fund_limit"],
            "requests": fake.counts(),
            "faults": fake.faults.as_json(),
            "misfits": list(fake.misfits),
            "ip_allowed": fake.ip_allowed,
            "refresh": fake.tokens.refresh,
            "files": fake.master_modes,
            "rate": {
                "enabled": fake.rate.enabled,
                "breaches": fake.rate.breaches,
                "blocked": fake.rate.is_blocked,
            },
        }


def show_orders(fake: "FakeFyers", _body: Body) -> Any:
    """Show every order there ever was, oldest first."""
    return fake.orders()


def show_positions(fake: "FakeFyers", _body: Body) -> Any:
    return show_state(fake, None)["positions"]


def show_counts(fake: "FakeFyers", _body: Body) -> Any:
    return fake.counts()


ACTIONS: dict[tuple[str, str], Callable[["FakeFyers", Body], Any]] = {
    ("POST", "clock"): turn,
    ("GET", "clock"): show_clock,
    ("POST", "prices"): move,
    ("POST", "circuits"): limit,
    ("POST", "holdings"): hold,
    ("POST", "release"): release,
    ("POST", "expire"): expire,
    ("DELETE", "tokens"): kill,
    ("POST", "tokens"): login,
    ("POST", "switches"): switch,
    ("GET", "state"): show_state,
    ("GET", "orders"): show_orders,
    ("GET", "positions"): show_positions,
    ("GET", "counts"): show_counts,
    **FAULTS,
}
