"""Orders that a person approves while the store is lost for a moment."""

import pytest

from tests.builders import ENTER_LONG, ScriptedBroker
from tests.storage.cut_short import CutShort

pytestmark = pytest.mark.unit


@pytest.fixture
def store() -> CutShort:
    return CutShort()


@pytest.fixture
def scripted() -> ScriptedBroker:
    """A broker that takes an id twice, as Fyers does: what may have been sent is never sent again."""
    return ScriptedBroker(unique_client_order_ids=False)


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


def test_order_when_it_is_approved_and_its_alert_could_not_be_taken_up_then_it_is_sent_once(
    post, configure, services, store, operator, scripted, ticket_of, clock
):
    configure(use_strategy_contracts=True, approval="always")
    answer = post(**ENTER_LONG)
    services.intake.recovery.recover()
    assert ticket_of(answer)["status"] == "awaiting_approval"
    store.breaks = lambda key, _value: key.startswith("inbox/")
    operator.post(f"/api/tickets/{answer.json['ticket']}/approve")
    store.breaks = lambda _key, _value: False
    for _ in range(4):
        clock.move(seconds=30)
        services.intake.recovery.recover()

    assert (ticket_of(answer)["status"], ticket_of(answer)["reason"]) == ("filled", None)
    assert len(scripted.submitted) == 1
