"""The whole application against the simulated Fyers, from the login to the order."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from app.domain.contracts.listed import ContractKind
from app.repositories.contract_lists import ContractLists
from tests.builders import client_of, services_of
from tests.fyers_logins import TRADING_DAY, fyers_settings, log_in, move, simulated_fyers

CONTRACT = {"symbol": "NSE:NIFTY", "strikeprice": "24500", "optionType": "CE", "expiry": "weekly"}
ALERT = CONTRACT | {"action": "SELL", "qty": 65}


@pytest.fixture(scope="session")
def listing():
    """Keep one simulator's list of contracts for all: the real one has 92,000 rows."""
    with simulated_fyers(stocks=0) as fake:
        yield fake


@pytest.fixture
def fake():
    with simulated_fyers(stocks=2, frozen=True) as fake:
        yield fake


@pytest.fixture
def make_option_app(make_app, fake, clock, store, fyers_contracts):
    """Build an application that trades real money at the simulator; settings by keyword."""
    clock.now = TRADING_DAY
    ContractLists(store).put(fyers_contracts, fake.master_url, TRADING_DAY)

    def make(**changes):
        return make_app(
            **(fyers_settings(fake) | changes),
            fyers_data_url=fake.data_url,
            fyers_symbol_master_url=fake.master_url,
            default_broker="fyers",
            dry_run=False,
            allow_live_trading=True,
            background_worker=False,
        )

    return make


@pytest.fixture
def app(make_option_app):
    return make_option_app()


@pytest.fixture
def logged_in(app, operator, configure) -> None:
    """Log in by the link, and let the default bot trade real money."""
    link = operator.get("/auth-url").json["url"]
    assert client_of(app).get("/auth-callback", query_string=log_in(link)).status_code == 200
    configure(live=True)


@pytest.fixture
def ticker(app, fake) -> str:
    """Name the contract of the alert as Fyers does, and let it cost 100."""
    index = services_of(app).brokers.symbols.index()
    listed = index.find("NIFTY", index.expiries("NIFTY")[0], Decimal(24500), ContractKind.CALL)
    fake.market.move(listed.ticker, Decimal(100))
    return listed.ticker


@pytest.fixture
def post(client) -> Callable[..., tuple[int, dict]]:
    """Post an option alert, changed; return status and answer."""

    def send(**changes):
        alert = {name: value for name, value in (ALERT | changes).items() if value is not None}
        response = client.post("/webhook", json=alert)
        return response.status_code, response.json

    return send


@pytest.fixture
def watch(app) -> Callable[[], None]:
    """Let the clock come round once."""
    return lambda: services_of(app).supervisor.tick(everything=True)


@pytest.fixture
def held(fake) -> Callable[[], int]:
    """Read how much of everything Fyers says is held."""
    return lambda: sum(row["netQty"] for row in fake.exchange.account.positions_as_json()["netPositions"])


@pytest.fixture
def pass_time(app, fake, clock) -> Callable[..., None]:
    """Let so many seconds go by, each task of the clock at its pace, and all of them in the last one."""

    def go_by(seconds: int, on=app) -> None:
        for left in reversed(range(seconds)):
            move(clock, fake, seconds=1)
            services_of(on).supervisor.tick(everything=left == 0)

    return go_by


@pytest.fixture
def outcome(fake, held, operator) -> Callable[[dict], tuple[int, int, str]]:
    """Return what is held, how many units were bought in all, and how the ticket of an answer stands."""

    def read(answer: dict) -> tuple[int, int, str]:
        rows = fake.exchange.account.positions_as_json()["netPositions"]
        status = operator.get(f"/api/tickets/{answer['ticket']}").json["status"]
        return held(), sum(row["buyQty"] for row in rows), status

    return read


@pytest.fixture
def mend(app, fake, operator) -> Callable[[], None]:
    """End every trouble; whoever was logged out logs in again."""

    def end() -> None:
        fake.faults.clear()
        fake.clock.turn("open")
        link = operator.get("/auth-url").json["url"]
        client_of(app).get("/auth-callback", query_string=log_in(link))

    return end
