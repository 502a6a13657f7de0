import pytest

from app.domain.topics import Topic
from tests.builders import strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def changes(operator):
    """Ask what has changed since the last call."""
    cursors = [None]

    def ask() -> set[str]:
        query = {} if cursors[-1] is None else {"after": cursors[-1]}
        answer = operator.get("/api/changes", query_string=query).json
        cursors.append(answer["cursor"])
        return set(answer["changed"])

    return ask


def test_changes_when_asked_for_the_first_time_then_every_topic_is_named(operator):
    answer = operator.get("/api/changes").json

    assert set(answer["topics"]) == {topic.value for topic in Topic} == set(answer["changed"])


def test_changes_when_nothing_happened_then_none(changes):
    changes()

    assert changes() == set()


def test_changes_when_an_alert_traded_then_tickets_and_trades(changes, client):
    changes()
    client.post("/webhook", json=strategy_alert())

    assert changes() >= {"tickets", "trades"}


def test_changes_when_the_switch_is_thrown_then_the_state(changes, operator):
    changes()
    operator.put("/api/trading-state", json={"state": "HALTED"})

    assert changes() == {"state"}


def test_changes_when_an_order_waits_for_a_person_then_approvals(changes, client, operator, configure):
    configure(approval="always")
    changes()
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    operator.post(f"/tasks/inbox/{ticket}")

    assert changes() >= {"approvals", "tickets"}


def test_changes_when_a_secret_is_wrong_then_refusals_at_once(changes, anonymous):
    changes()
    anonymous.post("/webhook", json=strategy_alert(secret="wrong"))

    assert changes() == {"refusals"}


def test_changes_when_the_store_is_away_then_they_are_told_all_the_same(make_app, store):
    from tests.builders import OPERATOR_TOKEN, BrokenStore, client_of

    broken = BrokenStore(store)
    asking = client_of(make_app(store=broken), authorization=f"Bearer {OPERATOR_TOKEN}")
    broken.broken = {"get", "list", "page", "apply", "create", "waiting"}

    assert asking.get("/api/changes").status_code == 200
