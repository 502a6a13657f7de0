"""How often an alert is decided on: once, and once more for what a person is shown."""

import pytest

from tests.builders import ScriptedBroker


class WatchedBroker(ScriptedBroker):
    """Counts the looks at the market: each decision takes one."""

    looks = 0

    def snapshot(self, instrument):
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
