import pytest

from tests.services.analyst.stub import Stub
from tests.services.analyst.test_mcp_access import GOOD

pytestmark = pytest.mark.integration

CREDENTIALS = {"optionomics_email": "owner@example.com", "optionomics_token": "the-token-of-mcp"}


@pytest.fixture
def verify(make_app):
    """Run the command against a server that answers this."""

    def run(*answers):
        with Stub(list(answers)) as stub:
            app = make_app(optionomics_mcp_url=stub.url, **CREDENTIALS)
            return app.test_cli_runner().invoke(args=["verify", "mcp"])

    return run


def test_verify_when_the_server_lets_us_in_then_it_says_so(verify):
    result = verify(*GOOD)

    assert (result.exit_code, ": 200:" in result.output) == (0, True)


@pytest.mark.parametrize(("status", "words"), [(401, "OPTIONOMICS_EMAIL"), (403, "Vega")])
def test_verify_when_it_does_not_then_it_fails_and_says_what_to_do(verify, status, words):
    result = verify((status, b""))

    assert result.exit_code == 1
    assert words in result.output
    assert CREDENTIALS["optionomics_token"] not in result.output


def test_verify_when_nothing_is_set_up_then_it_says_what_to_set(run):
    result = run("verify", "mcp")

    assert (result.exit_code, "OPTIONOMICS_TOKEN" in result.output) == (1, True)


def test_verify_when_notifications_are_on_then_a_message_is_sent(make_app):
    told = []
    app = make_app(notification_url="json://localhost", notify=told.append)
    result = app.test_cli_runner().invoke(args=["verify", "notifications"])

    assert result.output == "A message was sent.\n"
    assert [event.title for event in told] == ["Gatehouse can reach you"]


def test_verify_when_the_message_does_not_get_out_then_it_fails(make_app, caplog):
    app = make_app(notification_url="nonsense")
    result = app.test_cli_runner().invoke(args=["verify", "notifications"])

    assert (result.exit_code, "did not get out" in result.output) == (1, True)
    assert "not an address that apprise knows" in caplog.text


def test_verify_when_nobody_is_to_be_told_then_it_says_what_to_set(run):
    result = run("verify", "notifications")

    assert (result.exit_code, "NOTIFICATION_URL" in result.output) == (1, True)
