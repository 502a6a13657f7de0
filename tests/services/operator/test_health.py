from ipaddress import ip_network

import pytest

from app.domain.bots import BotConfiguration
from app.domain.trading_state import StateSwitch, TradingState
from app.repositories.account_secret import AccountSecret
from app.repositories.bots import BotDirectory
from app.repositories.trades import Trades
from app.repositories.trading_state import GlobalSwitch
from app.services.broker_access.registry import BrokerRegistry
from app.services.operator.health import Health
from app.services.runtime.supervisor import Supervisor, Task
from tests.builders import BrokenStore, ScriptedBroker, services_of

pytestmark = pytest.mark.unit


@pytest.fixture
def broken(store):
    return BrokenStore(store)


@pytest.fixture
def switch(broken, audit):
    return GlobalSwitch(broken, audit)


@pytest.fixture
def make_health(broken, clock, switch, audit):
    """Build a health check over one broker and the clock's tasks."""

    def make(broker, *tasks: Task) -> Health:
        return Health(
            store=broken,
            registry=BrokerRegistry({"paper": lambda: broker}, {}),
            bots=BotDirectory(broken, clock, audit),
            switch=switch,
            supervisor=Supervisor(tasks),
            trades=Trades(broken, clock),
            clock=clock,
            default_broker="paper",
            notices=["a notice"],
            account=AccountSecret(broken, clock, audit),
        )

    return make


@pytest.fixture
def health(make_health, scripted):
    return make_health(scripted)


def test_check_when_every_part_answers_then_it_is_ready(health):
    readiness = health.check()

    assert readiness.is_ready
    assert readiness.details() == {
        "checks": {"store": "ok", "broker paper": "ok", "clock": "ok"},
        "warnings": ["a notice"],
        "leader": True,
        "logins": {},
        "unused": ["paper"],
    }


def test_check_when_the_store_fails_then_it_is_told_and_not_raised(health, broken):
    broken.broken = {"ping", "list", "get"}
    readiness = health.check()

    assert not readiness.is_ready
    assert readiness.checks == {"store": "The store is out of order."}


def test_check_when_only_reading_the_bots_fails_then_the_store_is_not_ready(health, broken):
    broken.broken = {"list"}

    assert health.check().checks == {"store": "The store is out of order."}


def test_check_when_the_broker_fails_then_only_that_is_told(health, scripted):
    scripted.is_reachable = False
    checks = health.check().checks

    assert checks == {"store": "ok", "broker paper": "The broker does not answer.", "clock": "ok"}


def test_check_when_something_unforeseen_happens_then_nothing_of_it_is_told(make_health):
    class Slipping(ScriptedBroker):
        def ping(self) -> None:
            raise ValueError("an inner secret")

    checks = make_health(Slipping()).check().checks

    assert checks["broker paper"] == "failed; the log has the details"


def test_check_when_a_bot_wants_a_broker_without_credentials_then_it_is_not_ready(health):
    health.bots.create("other", BotConfiguration(broker="fyers"))
    readiness = health.check()

    assert not readiness.is_ready
    assert readiness.checks["broker fyers"] == "fyers is wanted by a bot and has no credentials here"


def test_check_when_a_task_of_the_clock_fails_then_it_is_named_until_it_works_again(make_health, scripted):
    outcomes = [ValueError("a slip"), 1]

    def run() -> int:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    health, seen = make_health(scripted, Task("orders", 5, run)), []
    for _ in range(2):
        health.supervisor.tick(everything=True)
        seen.append(health.check().checks["clock"])

    assert seen == ["orders failed; the log has the details", "ok"]


@pytest.mark.parametrize("state", [TradingState.REDUCING, TradingState.HALTED])
def test_warnings_when_trading_is_not_active_then_it_says_so_and_stays_ready(health, switch, state):
    switch.throw(StateSwitch(state))
    readiness = health.check()

    assert readiness.is_ready
    assert readiness.warnings == ["a notice", f"Trading is {state.value}."]


@pytest.mark.parametrize("name", ["operator_token", "viewer_token"])
def test_warnings_when_a_secret_is_short_then_the_setting_is_named(make_app, name):
    readiness = services_of(make_app(**{name: "short"})).operations.health.check()

    assert readiness.warnings == [f"{name.upper()} is shorter than 16 characters; use a longer one."]


@pytest.mark.parametrize(
    ("hops", "address", "warned"),
    [(0, "https://gate.example", True), (1, "https://gate.example", False), (0, None, False)],
)
def test_health_when_a_proxy_would_count_as_the_sender_then_a_warning(make_app, hops, address, warned):
    networks = (ip_network("10.0.0.0/8"),)
    app = make_app(idea_source_ips=networks, trusted_proxy_count=hops, public_url=address)
    warnings = services_of(app).operations.health.check().warnings

    assert [text.partition(":")[0] for text in warnings] == ["IDEA_SOURCE_IPS"] * warned
