"""The simulator's own paths under /_simulator: for tests and torture in another process."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulators.alpaca.chains import HALF_SPREAD, list_chain
from tests.simulators.alpaca.refusals import invalid
from tests.simulators.loopback.admin import FAULTS

if TYPE_CHECKING:
    from tests.simulators.alpaca.simulator import FakeAlpaca

Body = Any
CHANGED = {"cash", "options_level", "approved_level", "shorting_enabled", "crypto_fee", "spreads_enabled"}


def move(fake: "FakeAlpaca", body: Body) -> Any:
    """Take {"AAPL": "101"} or {"AAPL": {"price": "101", "bid": …, "ask": …, "volume": …}}."""
    for symbol, price in body.items():
        fake.market.move(symbol, **(price if isinstance(price, dict) else {"price": str(price)}))
    return {}


def turn(fake: "FakeAlpaca", body: Body) -> Any:
    """Take {"session": "open" | "extended" | "closed" | "briefly closed"}."""
    turns = {
        "open": fake.clock.open,
        "extended": fake.clock.extend,
        "closed": fake.clock.close,
        "briefly closed": lambda: fake.clock.close(brief=True),
    }
    turns[body["session"]]()
    return show_clock(fake, None)


def show_clock(fake: "FakeAlpaca", _body: Body) -> Any:
    return {"session": fake.clock.session, **fake.clock.as_json()}


def show_orders(fake: "FakeAlpaca", _body: Body) -> Any:
    """Show every order there ever was, legs on their own, oldest first; `live`: a price can fill it."""
    with fake.exchange.lock:
        return [
            order.as_json()
            | {"parent": None if order.parent is None else order.parent.id, "live": order.is_live}
            for order in fake.exchange.book.orders.values()
        ]


def show_positions(fake: "FakeAlpaca", _body: Body) -> Any:
    return fake.exchange.positions()


def show_account(fake: "FakeAlpaca", _body: Body) -> Any:
    return fake.exchange.account_as_json()


def change_account(fake: "FakeAlpaca", body: Body) -> Any:
    """Take any of what stands in CHANGED."""
    account = fake.exchange.account
    for name in body:
        if name not in CHANGED:
            raise invalid(f"the account has no {name}")
        setattr(account, name, type(getattr(account, name))(body[name]))
    return show_account(fake, None)


def set_time(fake: "FakeAlpaca", body: Body) -> Any:
    """Take {"now": "2026-12-18T15:30:00-05:00"}: contracts expire by it."""
    fake.set_clock(datetime.fromisoformat(body["now"]))
    return show_clock(fake, None)


def quote_chain(fake: "FakeAlpaca", body: Body) -> Any:
    """Take {"underlying", "price", "expiries": [days], "strikes": [prices], "half_spread"}: quote them."""
    with fake.exchange.lock:
        fake.market.move(body["underlying"], body["price"])
        days = [date.fromisoformat(day) for day in body["expiries"]]
        strikes = [Decimal(strike) for strike in body["strikes"]]
        half = Decimal(body.get("half_spread", HALF_SPREAD))
        list_chain(fake, body["underlying"], Decimal(body["price"]), days, strikes, half_spread=half)
    return {}


def switch(fake: "FakeAlpaca", body: Body) -> Any:
    """Take {"close_short_legs_at_expiry": true}, {"assign": {"OCC symbol": contracts}}."""
    expiring = fake.exchange.expiring
    with fake.exchange.lock:
        expiring.closes_shorts = bool(body.get("close_short_legs_at_expiry", expiring.closes_shorts))
        for symbol, quantity in body.get("assign", {}).items():
            expiring.assign(symbol, quantity)
    return fake.exchange.positions()


ACTIONS: dict[tuple[str, str], Callable[["FakeAlpaca", Body], Any]] = {
    ("POST", "prices"): move,
    ("POST", "clock"): turn,
    ("GET", "clock"): show_clock,
    ("GET", "orders"): show_orders,
    ("GET", "positions"): show_positions,
    ("GET", "account"): show_account,
    ("POST", "account"): change_account,
    ("POST", "time"): set_time,
    ("POST", "switches"): switch,
    ("POST", "chain"): quote_chain,
    **FAULTS,
}
