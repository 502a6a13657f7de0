"""How often an alert is decided on: once, and once more for what a person is shown."""

import pytest

from tests.builders import ENTER_SHORT, ScriptedBroker, strategy_alert

pytestmark = pytest.mark.unit


class WatchedBroker(ScriptedBroker):
    """Counts the looks at the market: each decision takes one."""

    looks = 0

    def snapshot(self, instrument, *, for_entry=False):
        self.looks += 1
        return super().snapshot(instrument)


@pytest.fixture
def broker():
    broker = WatchedBroker()
    broker.price = "142.5"
    return broker


@pytest.fixture
def app(make_app, analyst, broker):
    return make_app(analyst=analyst, brokers={"paper": broker}, dry_run=False)


def test_idea_when_nobody_is_asked_then_it_is_decided_once_and_sent(ended, broker):
    assert ended()["status"] == "filled"
    assert (broker.looks, len(broker.submitted)) == (1, 1)


def test_idea_when_a_gate_refuses_it_then_that_was_decided_once(ended, broker):
    assert ended(stop_price=142.6)["reason"] == "IDEA_STOP_MISPLACED"
    assert (broker.looks, broker.submitted) == (1, [])


def test_idea_when_a_person_approves_it_then_it_is_decided_twice(ended, configure, operator, broker):
    configure(approval="always")
    ticket = ended()
    assert (ticket["status"], broker.looks) == ("awaiting_approval", 1)

    assert operator.post(f"/api/tickets/{ticket['id']}/approve").json["status"] == "filled"
    assert (broker.looks, len(broker.submitted)) == (2, 1)


def test_approval_when_the_price_has_moved_then_the_order_is_decided_at_the_new_one(
    ended, configure, operator, broker
):
    configure(approval="always")
    ticket = ended()
    broker.price = "200"

    assert operator.post(f"/api/tickets/{ticket['id']}/approve").json["reason"] == "EXIT_MISPLACED"
    assert broker.submitted == []


class TestBesideAWaitingOrder:
    """The paper broker, where a short entry of the bot waits above the market."""

    @pytest.fixture
    def app(self, make_app, analyst):
        return make_app(analyst=analyst, allow_short_selling=True)

    @pytest.fixture
    def waiting(self, client, operator, configure):
        operator.put("/api/paper/prices", json={"NVDA": "142.5"})
        configure(use_limit_orders=True)
        alert = strategy_alert(**ENTER_SHORT, symbol="NVDA", strategy_order_price="200")
        order = client.post("/webhook", json=alert).json["order"]
        configure(use_limit_orders=False)
        return lambda: operator.get("/api/orders?status=open").json["orders"], order["client_order_id"]

    def test_idea_when_it_is_sent_then_the_order_is_cancelled_and_it_is_decided_anew(self, waiting, ended):
        open_orders, name = waiting
        ticket = ended()
        stages = [stage["stage"] for stage in ticket["timeline"]]

        assert ticket["status"] == "filled"
        assert name not in [order["client_order_id"] for order in open_orders()]
        assert stages.index("waiting orders cancelled") < stages.index("sent to broker")
        assert len({verdict["gate"] for verdict in ticket["gates"]}) == len(ticket["gates"])

    def test_idea_when_a_gate_refuses_it_then_the_order_goes_on_waiting(self, waiting, ended):
        open_orders, name = waiting

        assert ended(stop_price=142.6)["status"] == "denied"
        assert name in [order["client_order_id"] for order in open_orders()]
