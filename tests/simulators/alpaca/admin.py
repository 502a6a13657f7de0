"""The simulator's own paths under /_simulator: for tests and torture in another process."""

from collections.abc import Callable
from decimal import InvalidOperation
from typing import TYPE_CHECKING, Any

from tests.simulators.alpaca.faults import Fault
from tests.simulators.alpaca.messages import Answer, Request, in_json, refusal_of
from tests.simulators.alpaca.refusals import Refused, invalid, not_found

if TYPE_CHECKING:
    from tests.simulators.alpaca.simulator import FakeAlpaca

PREFIX = "/_simulator/"
MALFORMED = (TypeError, ValueError, KeyError, AttributeError, InvalidOperation)
Body = Any


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
    """Take any of cash, options_level, shorting_enabled, crypto_fee."""
    account = fake.exchange.account
    for name in body:
        if name not in {"cash", "options_level", "shorting_enabled", "crypto_fee"}:
            raise invalid(f"the account has no {name}")
        setattr(account, name, type(getattr(account, name))(body[name]))
    return show_account(fake, None)


def add_fault(fake: "FakeAlpaca", body: Body) -> Any:
    fake.faults.add(Fault.read(body))
    return fake.faults.as_json()


def show_faults(fake: "FakeAlpaca", _body: Body) -> Any:
    return fake.faults.as_json()


def clear_faults(fake: "FakeAlpaca", _body: Body) -> Any:
    fake.faults.clear()
    return []


def show_requests(fake: "FakeAlpaca", _body: Body) -> Any:
    return [request.as_json() for request in list(fake.requests)]


def show_misfits(fake: "FakeAlpaca", _body: Body) -> Any:
    return list(fake.misfits)


ACTIONS: dict[tuple[str, str], Callable[["FakeAlpaca", Body], Any]] = {
    ("POST", "prices"): move,
    ("POST", "clock"): turn,
    ("GET", "clock"): show_clock,
    ("GET", "orders"): show_orders,
    ("GET", "positions"): show_positions,
    ("GET", "account"): show_account,
    ("POST", "account"): change_account,
    ("POST", "faults"): add_fault,
    ("GET", "faults"): show_faults,
    ("DELETE", "faults"): clear_faults,
    ("GET", "requests"): show_requests,
    ("GET", "misfits"): show_misfits,
}


def answer(fake: "FakeAlpaca", request: Request) -> Answer:
    """Answer a request to the simulator itself."""
    try:
        action = ACTIONS.get((request.method, request.path.removeprefix(PREFIX)))
        if action is None:
            raise not_found("the simulator has no such path")
        return in_json(action(fake, request.body))
    except Refused as refusal:
        return refusal_of(refusal)
    except MALFORMED as error:
        return in_json({"message": f"malformed: {error!r}"}, 400)
