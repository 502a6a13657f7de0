import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.brokers.alpaca.broker import AlpacaBroker
from app.brokers.base import Broker
from app.config import Settings
from app.domain.contracts import ContractIndex
from app.domain.tickets import Ticket
from app.repositories.audit import AuditLog
from app.services.instruments.source import MasterSource
from app.storage.base import Store
from app.storage.memory import MemoryStore
from app.storage.sqlite import SqliteStore
from app.ticket_ids import ticket_ids
from app.wiring.container import Services
from docs.reasons_page import is_documented
from tests.builders import (
    ACCOUNT_SECRET,
    OPERATOR_TOKEN,
    WEBHOOK_SECRET,
    HandClock,
    ScriptedBroker,
    client_of,
    services_of,
)

if TYPE_CHECKING:
    from tests.simulators.alpaca import FakeAlpaca
    from tests.simulators.openai import FakeOpenAI
    from tests.simulators.optionomics import FakeOptionomics

pytest_plugins = ["tests.surroundings", "tests.databases", "tests.beginning", "tests.order"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that do not say which kind they are; take the network from those that need none."""
    for item in items:
        kinds = {mark.name for mark in item.iter_markers() if mark.name in {"unit", "integration"}}
        if len(kinds) != 1:
            raise pytest.UsageError(f"{item.nodeid} must be marked either unit or integration")
        if kinds == {"unit"}:
            item.add_marker("disable_socket")


@pytest.fixture(autouse=True)
def ends_as_documented(monkeypatch) -> Iterator[None]:
    """Hold whatever a ticket comes to in any test against docs/reasons.md."""
    ended: set[tuple[str, str]] = set()
    end = Ticket.end

    def noted(ticket, status, reason=None, message=None) -> None:
        # Tests of tickets may end them as no alert does.
        if reason is not None and "/app/" in sys._getframe(1).f_code.co_filename:
            ended.add((reason, status))
        end(ticket, status, reason, message)

    monkeypatch.setattr(Ticket, "end", noted)
    yield
    unknown = {(reason.value, status.value) for reason, status in ended if not is_documented(reason, status)}
    assert unknown == set(), "docs/reasons_page.py does not say that tickets end so"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_path=tmp_path / "gatehouse.sqlite3",
        webhook_secret=WEBHOOK_SECRET,
        operator_token=OPERATOR_TOKEN,
        account_secret=ACCOUNT_SECRET,
        rate_limit_per_second=Decimal(0),
    )


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store() -> Store:
    """The application's store; a module that needs a file returns `file_store` in its own `store`."""
    return MemoryStore()


@pytest.fixture
def file_store(settings: Settings) -> Iterator[SqliteStore]:
    """The store that other processes find by `settings.database_path`."""
    store = SqliteStore(settings.database_path)
    yield store
    store.close()


@pytest.fixture
def audit(store, clock) -> AuditLog:
    return AuditLog(store, clock, ticket_ids(os.urandom))


@pytest.fixture
def make_app(settings, store, clock) -> Iterator[Callable[..., Flask]]:
    """Build an application on the shared store; settings by keyword."""
    made: list[Flask] = []

    def make(
        *,
        brokers: dict[str, Broker] | None = None,
        store=store,
        analyst=None,
        notify=None,
        wait=clock.wait,
        **changes,
    ) -> Flask:
        wanted = replace(settings, **changes)
        others = {"brokers": brokers, "clock": clock, "wait": wait, "analyst": analyst, "notify": notify}
        made.append(create_app(wanted, store=store, monotonic=clock.monotonic, **others))
        return made[-1]

    yield make
    for app in made:
        services_of(app).observability.journal.close()


@pytest.fixture
def app(make_app) -> Flask:
    return make_app()


@pytest.fixture
def services(app) -> Services:
    return services_of(app)


@pytest.fixture
def anonymous(app) -> FlaskClient:
    return client_of(app)


@pytest.fixture
def client(app) -> FlaskClient:
    """Whoever knows the default bot's secret."""
    return client_of(app, x_bot_secret=WEBHOOK_SECRET)


@pytest.fixture
def operator(app) -> FlaskClient:
    return client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")


@pytest.fixture
def broker(services) -> Broker:
    """The application's broker named paper."""
    return services.brokers.registry.get("paper")


@pytest.fixture
def scripted() -> ScriptedBroker:
    """A broker that is not simulated; a module wires it in by its own `app`."""
    return ScriptedBroker()


@pytest.fixture
def configure(operator) -> Callable[..., None]:
    """Change the default bot's configuration."""

    def change(bot: str = "default", /, **changes) -> None:
        response = operator.patch(f"/api/bots/{bot}", json=changes, headers={"If-Match": "*"})
        assert response.status_code == 200, response.json

    return change


@pytest.fixture
def ticket_of(operator) -> Callable[..., dict]:
    """Read the ticket that an answer names."""

    def read(response) -> dict:
        return operator.get(f"/api/tickets/{response.json['ticket']}").json

    return read


@pytest.fixture
def holding(broker) -> Callable[..., str]:
    """Read the signed quantity that the account holds."""

    def read(symbol: str = "AAPL") -> str:
        held = sum((item.quantity for item in broker.positions() if item.symbol == symbol), Decimal(0))
        return format(held.normalize(), "f")

    return read


@pytest.fixture
def alpaca_simulator() -> Iterator["FakeAlpaca"]:
    """A strict loopback Alpaca where Apple costs 100 and a bitcoin 50,000."""
    from tests.simulators.alpaca import FakeAlpaca

    with FakeAlpaca(checked=True) as fake:
        fake.market.move("AAPL", Decimal(100))
        fake.market.move("BTC/USD", Decimal(50_000))
        yield fake
        assert fake.misfits == []


@pytest.fixture
def connect_alpaca(alpaca_simulator, clock) -> Callable[..., AlpacaBroker]:
    """Build an adapter at the simulated Alpaca that remembers nothing, as after a restart.

    It has the time that it needs on a busy machine; whoever lets Alpaca say nothing has it `in_a_hurry`.
    """

    def connect(
        kind: type[AlpacaBroker] = AlpacaBroker, *, timeout_seconds: float = 60, **changes
    ) -> AlpacaBroker:
        fake = alpaca_simulator
        addresses = {"trading_url": fake.url, "data_url": fake.url}
        keys, patience = (fake.key, fake.secret), {"timeout_seconds": timeout_seconds, "clock": clock}
        # It asks again at once: its deadline, not the pause, is what ends a read.
        patience["wait"] = lambda _seconds: None
        return kind(*keys, paper=True, **(addresses | patience | changes))

    return connect


@pytest.fixture
def alpaca(connect_alpaca) -> AlpacaBroker:
    return connect_alpaca()


@pytest.fixture
def app_at_alpaca(make_app, alpaca) -> Callable[..., Flask]:
    """Build an application whose orders go to the simulated Alpaca; settings by keyword."""

    def make(**changes) -> Flask:
        orders = {"brokers": {"alpaca": alpaca}, "default_broker": "alpaca", "dry_run": False}
        return make_app(**orders | changes)

    return make


@pytest.fixture
def warm_jobs(monkeypatch) -> None:
    """Do jobs in processes that begin warm: how they begin by themselves is for the tests of `run_apart`."""
    from tests.warm.process import begin

    monkeypatch.setattr("app.services.jobs.apart.Popen", begin)


@pytest.fixture(scope="session")
def fyers_contracts() -> ContractIndex:
    """Read a simulated Fyers' list of contracts once for all."""
    from tests.fyers_logins import TRADING_DAY, simulated_fyers

    with simulated_fyers(stocks=2) as fake:
        return MasterSource(fake.master_url, lambda: TRADING_DAY).fetch(None)


@pytest.fixture
def openai_simulator() -> Iterator["FakeOpenAI"]:
    """A loopback OpenAI whose model does what a test tells it to."""
    from tests.simulators.openai import FakeOpenAI

    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
def optionomics() -> Iterator["FakeOptionomics"]:
    """A loopback Optionomics: a real MCP server."""
    from tests.simulators.optionomics import FakeOptionomics

    with FakeOptionomics() as fake:
        yield fake
