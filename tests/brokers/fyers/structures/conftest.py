"""The options desk at a simulated Fyers: contracts on NIFTY, structures of them, and what was sent."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest

from app.brokers.fyers.structures.desk import FyersDesk
from app.domain.orders import OrderRole
from app.domain.structures.legs import Leg, Structure, compose
from app.domain.structures.orders import StructureOrder
from app.services.instruments.tickers import ListedTickers
from tests.brokers.fyers.harness import make_fyers
from tests.fyers_logins import simulated_fyers
from tests.simulators.fyers import FakeFyers

KINDS = {"C": "call", "P": "put"}


@pytest.fixture
def fake() -> Iterator[FakeFyers]:
    with simulated_fyers(stocks=2, frozen=True) as fake:
        yield fake


@pytest.fixture
def contracts(fyers_contracts) -> ListedTickers:
    return ListedTickers(lambda: fyers_contracts)


@pytest.fixture
def make_desk(fake, contracts) -> Callable[..., FyersDesk]:
    """Return the desk of a broker; settings by keyword."""

    def make(**changes) -> FyersDesk:
        settings = {"structures": True} | changes
        return make_fyers(fake, contracts=contracts, clock=fake.clock.now, **settings).structures

    return make


@pytest.fixture
def desk(make_desk) -> FyersDesk:
    return make_desk()


@pytest.fixture
def days(fyers_contracts) -> list[date]:
    return fyers_contracts.expiries("NIFTY")[1:]


@pytest.fixture
def structure(contracts, days, fake) -> Callable[..., Structure]:
    """Read legs as `+P24500`, `-2C25000`; a `'` at the end is the expiry after; each contract costs 100."""

    def make(*texts: str, underlying: str = "NIFTY") -> Structure:
        made = []
        for text in texts:
            at = next(place for place, letter in enumerate(text) if letter in "CP")
            ratio = int(text[:at] + ("1" if text[:at] in {"+", "-"} else ""))
            day = days[1] if text.endswith("'") else days[0]
            wanted = KINDS[text[at]], Decimal(text[at + 1 :].rstrip("'"))
            listed = contracts.options(underlying, day).items()
            ticker, one = next(
                (ticker, one)
                for ticker, one in listed
                if one.option is not None and (one.option.kind, one.option.strike) == wanted
            )
            fake.market.move(ticker, "100")
            made.append(Leg(one, ratio))
        return compose(made)[0]

    return make


@pytest.fixture
def sent(fake) -> Callable[[], list[dict]]:
    """Read the bodies of the orders of several legs, in turn."""
    return lambda: [request.body for request in fake.requests if request.path.startswith("/api/v3/multileg")]


@pytest.fixture
def held(fake, contracts) -> Callable[[], dict[str, int]]:
    """Read what is held by our names, signed."""

    def read() -> dict[str, int]:
        rows = fake.exchange.account.positions_as_json()["netPositions"]
        names = {row["symbol"]: contracts.by_ticker(row["symbol"]).symbol for row in rows}
        return {names[row["symbol"]]: row["netQty"] for row in rows if row["netQty"]}

    return read


@pytest.fixture
def order() -> Callable[..., StructureOrder]:
    def make(wanted, limit, units=1, *, name="bot-1", role=OrderRole.ENTRY) -> StructureOrder:
        return StructureOrder(name, wanted, units, Decimal(str(limit)), role)

    return make
