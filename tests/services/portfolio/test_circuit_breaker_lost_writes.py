"""The circuit breaker where the store is lost in the middle of what it writes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.circuit_breaker import Phase
from app.errors import OutcomeUnknown, StoreUnavailable
from tests.builders import ScriptedBroker
from tests.storage.cut_short import CutShort

pytestmark = pytest.mark.unit


class Poor(ScriptedBroker):
    """A broker whose account is worth nothing much."""

    def account(self):
        return replace(super().account(), equity=Decimal(1))


@pytest.fixture
def store() -> CutShort:
    return CutShort()


@pytest.fixture
def scripted() -> Poor:
    broker = Poor()
    broker.held["AAPL"] = Decimal(7)
    return broker


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


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
