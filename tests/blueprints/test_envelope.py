"""Every error in one envelope, which tells nothing of the inside."""

import pytest

from tests.builders import BrokenStore, client_of, strategy_alert

pytestmark = pytest.mark.unit


def is_enveloped(response) -> bool:
    body = response.json
    return (
        set(body) == {"status", "error", "request_id"}
        and {"code", "message"} <= set(body["error"])
        and body["request_id"] == response.headers["X-Request-Id"]
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/webhook", 405),
        ("POST", "/webhook", 400),
        ("GET", "/api/tickets/00000000-0000-0000-0000-000000000000", 404),
        ("GET", "/api/tickets/not-an-id", 404),
        ("GET", "/api/tickets?limit=0", 400),
        ("GET", "/api/tickets?date=today", 400),
        ("GET", "/api/orders?status=lost", 400),
        ("GET", "/api/bots/nobody", 404),
        ("PATCH", "/api/bots/default", 428),
        ("DELETE", "/api/bots/default", 428),
        ("POST", "/api/bots", 400),
        ("DELETE", "/api/orders/none", 404),
        ("DELETE", "/api/positions/paper/AAPL", 404),
        ("DELETE", "/api/positions/elsewhere/AAPL", 404),
        ("PUT", "/api/trading-state", 400),
        ("PUT", "/api/paper/prices", 400),
        ("POST", "/api/preview", 400),
    ],
)
def test_error_when_it_is_answered_then_it_has_the_envelope(operator, method, path, status):
    response = operator.open(path, method=method)

    assert response.status_code == status
    assert is_enveloped(response)


def test_method_when_it_is_not_allowed_then_the_answer_says_which_are(anonymous):
    answer = anonymous.get("/webhook")

    assert "POST" in answer.headers["Allow"]
    assert answer.json["error"]["message"] == "Send POST to this address, not GET."


def test_denial_when_it_is_answered_then_it_has_the_envelope_and_its_ticket(client):
    body = client.post("/webhook", json=strategy_alert(symbol="TVC:SPX")).json

    assert body["status"] == "denied"
    assert body["error"]["code"] == "SYMBOL_INDEX"
    assert {"ticket", "request_id"} < set(body)


class TestUnforeseen:
    """A store whose methods fail in a way that nobody thought of."""

    class Slip(BrokenStore):
        def _fail(self, *_args, **_options):
            raise KeyError("an inner secret")

    def test_error_when_it_was_not_foreseen_then_500_tells_nothing(self, make_app, store, settings):
        slipping = self.Slip(store)
        client = client_of(make_app(store=slipping), x_bot_secret=settings.webhook_secret)
        slipping.broken = {"get"}
        response = client.post("/webhook", json=strategy_alert())

        assert (response.status_code, is_enveloped(response)) == (500, True)
        assert "inner" not in response.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [("my-own-request-1", True), ("short", False), ("x" * 65, False), ("with spaces in it", False)],
)
def test_request_id_when_the_caller_gives_one_then_it_is_kept_if_it_is_decent(anonymous, given, kept):
    answered = anonymous.get("/health", headers={"X-Request-Id": given}).headers["X-Request-Id"]

    assert (answered == given) is kept
    assert len(answered) >= 8
