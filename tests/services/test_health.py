import pytest

from app.services.bots import BotDirectory
from app.services.health import Health
from app.services.routing import BrokerDesk
from tests.builders import BrokenStore, ScriptedBroker, services_of


@pytest.fixture
def broken(store):
    return BrokenStore(store)


@pytest.fixture
def health(broken, scripted, clock):
    desk = BrokerDesk({"paper": lambda: scripted})
    return Health(broken, desk, BotDirectory(broken, clock), notices=["a notice"])


def test_check_when_every_part_answers_then_it_is_ready(health):
    readiness = health.check()

    assert readiness.is_ready
    assert readiness.details() == {
        "checks": {"store": "ok", "broker paper": "ok"},
        "warnings": ["a notice"],
    }


def test_check_when_the_store_fails_then_it_is_told_and_not_raised(health, broken):
    broken.broken = {"ping", "list"}
    readiness = health.check()

    assert not readiness.is_ready
    assert readiness.checks["store"] == "The store is out of order."


def test_check_when_the_broker_fails_then_only_that_is_told(health, scripted):
    scripted.is_reachable = False

    assert health.check().checks == {"store": "ok", "broker paper": "The broker does not answer."}


def test_check_when_something_unforeseen_happens_then_nothing_of_it_is_told(store, clock):
    class Slipping(ScriptedBroker):
        def ping(self) -> None:
            raise ValueError("an inner secret")

    desk = BrokerDesk({"paper": Slipping})
    readiness = Health(store, desk, BotDirectory(store, clock), notices=[]).check()

    assert readiness.checks["broker paper"] == "failed; the log has the details"


def test_warnings_when_a_secret_is_short_then_the_setting_is_named(make_app):
    readiness = services_of(make_app(operator_token="short")).health.check()

    assert readiness.warnings == ["OPERATOR_TOKEN is shorter than 16 characters; use a longer one."]
