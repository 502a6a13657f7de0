"""The operator takes an order back where it is, whatever other brokers do meanwhile."""

from dataclasses import replace

import pytest

from app.domain.orders import OrderStatus
from app.errors import OutcomeUnknown
from tests.builders import ScriptedBroker, strategy_alert

pytestmark = pytest.mark.unit

STRANGER = "somebody-elses"


@pytest.fixture
def two() -> dict[str, ScriptedBroker]:
    """The one that is asked first comes first; the default bot trades at the other."""
    brokers = {name: ScriptedBroker(name) for name in ("alpaca", "paper")}
    brokers["paper"].status = OrderStatus.ACCEPTED
    return brokers


@pytest.fixture
def app(make_app, two):
    return make_app(brokers=two, dry_run=False)


@pytest.fixture
def resting(client, two) -> str:
    """An order that works at paper, while Alpaca does not answer any more."""
    name = client.post("/webhook", json=strategy_alert()).json["order"]["client_order_id"]
    two["alpaca"].is_reachable = False
    return name


@pytest.fixture
def cancel(operator):
    def canceled(name: str) -> tuple[int, str | None]:
        response = operator.delete(f"/api/orders/{name}")
        return response.status_code, response.json["error"]["code"] if response.json else None

    return canceled


def state_of(broker: ScriptedBroker, name: str) -> OrderStatus:
    return broker.taken[name].status


def test_cancel_when_another_broker_is_down_then_the_order_is_canceled(cancel, two, resting):
    assert cancel(resting) == (204, None)
    assert state_of(two["paper"], resting) is OrderStatus.CANCELED


def test_cancel_when_only_the_ticket_knows_the_broker_then_no_other_is_asked(cancel, two, resting, services):
    services.store.apply([services.operations.orders.open_orders.find(resting).ending()])
    asked = []
    two["alpaca"].before_find = lambda: asked.append("alpaca")

    assert cancel(resting) == (204, None)
    assert asked == []


def test_cancel_when_it_is_a_leg_that_nobody_wrote_down_then_its_order_tells_the_broker(cancel, two, resting):
    leg = f"{resting}-sl"
    two["paper"].taken[leg] = replace(two["paper"].taken[resting], client_order_id=leg)
    two["alpaca"].is_reachable = True
    asked = []
    two["alpaca"].before_find = lambda: asked.append("alpaca")

    assert cancel(leg) == (204, None)
    assert (asked, state_of(two["paper"], leg)) == ([], OrderStatus.CANCELED)


def test_cancel_when_the_order_is_a_strangers_then_the_broker_that_has_it_is_found(cancel, two, resting):
    two["paper"].taken[STRANGER] = replace(two["paper"].taken[resting], client_order_id=STRANGER)

    assert cancel(STRANGER) == (204, None)


def test_cancel_when_nobody_has_it_and_one_could_not_be_asked_then_503(cancel, resting):
    assert cancel(STRANGER) == (503, "BROKER_UNAVAILABLE")


def test_cancel_when_nobody_has_it_then_404(cancel):
    assert cancel(STRANGER) == (404, "NOT_FOUND")


def test_cancel_when_its_own_broker_is_down_then_503(cancel, two, resting):
    two["paper"].is_reachable = False

    assert cancel(resting) == (503, "BROKER_UNAVAILABLE")


def test_cancel_when_the_answer_is_lost_then_202(cancel, two, resting):
    two["paper"].cancel_failures = [OutcomeUnknown("No answer in time.")]

    assert cancel(resting) == (202, "OUTCOME_UNKNOWN")


def test_cancel_when_it_is_described_then_every_status_is(operator):
    paths = operator.get("/api/openapi.json").json["paths"]

    assert set(paths["/api/orders/{name}"]["delete"]["responses"]) >= {"202", "204", "404", "422", "503"}
