"""What becomes of alerts while somebody has to log in first."""

import pytest

from app.errors import BrokerLoginRequired
from tests.builders import ScriptedBroker, strategy_alert

pytestmark = pytest.mark.unit


class LockedBroker(ScriptedBroker):
    """A broker that wants a login."""

    def _answer(self):
        raise BrokerLoginRequired("It wants its daily login.")


@pytest.fixture
def app(make_app):
    return make_app(brokers={"paper": LockedBroker()}, dry_run=False)


def test_alert_when_a_login_is_due_then_denied_with_its_own_code(client, ticket_of):
    response = client.post("/webhook", json=strategy_alert())
    message = "The broker wants a login before it takes anything. It wants its daily login."
    error = {"code": "BROKER_LOGIN_REQUIRED", "message": message}

    assert (response.status_code, response.json["error"]) == (400, error)
    assert ticket_of(response)["status"] == "denied"


def test_command_when_a_login_is_due_then_its_preview_says_so(operator):
    command = {"command": "cancel", "order": "all", "symbol": "AAPL"}
    answer = operator.post("/api/preview", json=command).json

    assert (answer["status"], answer["reason"]) == ("denied", "BROKER_LOGIN_REQUIRED")
