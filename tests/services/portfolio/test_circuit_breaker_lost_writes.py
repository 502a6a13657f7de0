"""The circuit breaker where the store is lost in the middle of what it writes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.circuit_breaker import Phase
from app.errors import OutcomeUnknown, StoreUnavailable
from tests.builders import ScriptedBroker
from tests.storage.cut_short import CutShort, Unheard

pytestmark = pytest.mark.unit


class Lost(Unheard, CutShort):
    """Loses what is to be written, or the answer to it."""


class Poor(ScriptedBroker):
    """A broker whose account is worth nothing much."""

    def account(self):
        return replace(super().account(), equity=Decimal(1))


@pytest.fixture
def store() -> Lost:
    return Lost()


@pytest.fixture
def scripted() -> Poor:
    broker = Poor()
    broker.held["AAPL"] = Decimal(7)
    return broker


@pytest.fixture
def heard() -> list:
    return []


@pytest.fixture
def app(make_app, scripted, heard):
    told = {"notification_url": "json://127.0.0.1:1", "notify": heard.append}
    return make_app(brokers={"paper": scripted}, dry_run=False, **told)


def test_edit_when_a_sale_could_not_be_given_up_then_the_next_edit_gives_it_up(services, scripted, store):
    breaker, pursuits = services.portfolio.breaker, services.portfolio.pursuits
    breaker.edit({"active": True, "base_equity": Decimal(100_000)})
    scripted.failures = [OutcomeUnknown("The line went dead.")]
    breaker.watch()
    goes_on = len(pursuits.rows())
    store.breaks = lambda key, _value: key.startswith("tickets/")
    with pytest.raises(StoreUnavailable):
        breaker.edit({})
    store.breaks = lambda _key, _value: False
    breaker.edit({})

    assert (goes_on, pursuits.rows()) == (1, [])
    assert breaker.read().phase is Phase.ARMED


def test_breach_when_the_answer_to_its_writing_was_lost_then_the_owner_is_told_once(services, store, heard):
    breaker = services.portfolio.breaker
    breaker.edit({"active": True, "base_equity": Decimal(100_000)})
    store.loses = lambda key: key.startswith("state/circuit-breaker/")
    with pytest.raises(StoreUnavailable):
        breaker.watch()
    for _ in range(2):
        breaker.watch()
    services.observability.notifier.close(timeout=5)

    assert [event.message.partition(":")[0] for event in heard if "equity" in event.message] == ["stop-loss"]
