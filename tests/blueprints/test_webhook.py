"""What is let in, what is turned away, and with which answer."""

import json
from io import BytesIO, RawIOBase

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.builders import ENTER_LONG, EXIT_LONG, WEBHOOK_SECRET, bridge_alert, client_of, strategy_alert

pytestmark = pytest.mark.unit

WELL_FORMED = json.dumps(strategy_alert())


class BrokenLine(RawIOBase):
    """A connection whose other end has gone."""

    def readinto(self, _buffer):
        raise OSError("the peer has gone")


class SlowLine(BytesIO):
    """A body that takes 30 ms to arrive, by the application's clock."""

    def __init__(self, body, clock):
        super().__init__(body)
        self.clock = clock

    def read(self, *size):
        self._wait()
        return super().read(*size)

    def readinto(self, buffer):
        self._wait()
        return super().readinto(buffer)

    def _wait(self):
        self.clock.move(milliseconds=30 if self.tell() == 0 else 0)


@pytest.fixture
def untouched(store):
    """Assert that nothing of an alert was stored."""
    yield
    assert [item.key for prefix in ("inbox/", "tickets/") for item in store.list(prefix)] == []


def refused(response, status: int, code: str) -> bool:
    body = response.json
    return (response.status_code, body["error"]["code"], set(body)) == (
        status,
        code,
        {"status", "error", "request_id"},
    )


def test_alert_when_it_is_filled_then_the_answer_has_ticket_and_order(client):
    response = client.post("/webhook", json=strategy_alert())

    assert response.status_code == 200
    assert set(response.json) == {"status", "ticket", "order", "request_id"}
    assert response.json["order"]["average_fill_price"] == "100"


def test_alert_when_it_comes_slowly_then_its_ticket_tells_the_milliseconds_at_the_door(
    client, clock, ticket_of
):
    body = WELL_FORMED.encode()
    line = SlowLine(body, clock)
    response = client.post("/webhook", input_stream=line, content_length=len(body))

    assert ticket_of(response)["timeline"][0]["milliseconds"] == 30


@pytest.mark.parametrize(
    "content_type", ["text/plain", "text/plain; charset=utf-8", "application/json", None]
)
def test_alert_when_the_content_type_differs_then_it_is_read_as_json(client, content_type):
    response = client.post("/webhook", data=WELL_FORMED, content_type=content_type)

    assert response.json["status"] == "filled"


def test_alert_when_it_begins_with_a_byte_order_mark_then_it_is_read(client):
    assert client.post("/webhook", data=b"\xef\xbb\xbf" + WELL_FORMED.encode()).status_code == 200


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"please buy AAPL",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": 1e999999999}',
        b'{"symbol": "A", "symbol": "B"}',
        b"[" * 4000,
        b'{"symbol": "\\ud800"}',
        b'{"price": {{close}}}',
    ],
)
def test_alert_when_it_is_not_one_json_object_then_400(client, body):
    assert refused(client.post("/webhook", data=body), 400, "ALERT_MALFORMED")


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "changes",
    [
        {"symbol": None},
        {"strategy_order_action": "hold"},
        {"strategy_order_action": None},
        {"strategy_order_id": "medium"},
        {"strategy_order_contracts": "-1"},
        {"strategy_order_contracts": "NaN"},
        {"strategy_order_contracts": "1e30"},
        {"strategy_order_contracts": True},
        {"strategy_order_price": "0"},
        {"strategy_order_price": "Infinity"},
        {"time": "yesterday"},
        {"market_position": "sideways"},
        {"symbol": ["AAPL"]},
    ],
    ids=str,
)
def test_alert_when_a_field_is_unusable_then_400_names_it(client, changes):
    response = client.post("/webhook", json=strategy_alert(**changes))

    assert response.status_code == 400
    assert response.json["error"]["code"] == "ALERT_MALFORMED"
    assert "strategy_order" in response.json["error"]["message"] or next(iter(changes)) in response.text


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "red"},
        {"side": "long"},
        {"quantity": "0"},
        {"limit_price": None},
        {"order_type": "market"},
        {"tif": "forever"},
        {"strategy_id": None},
        {"fund_id": 7},
    ],
    ids=str,
)
def test_bridge_alert_when_it_breaks_the_schema_then_400(client, changes):
    response = client.post("/tradingview/webhook", json=bridge_alert(**changes))

    assert refused_with_fields(response)


def refused_with_fields(response) -> bool:
    return (response.status_code, response.json["error"]["code"]) == (400, "ALERT_MALFORMED")


def test_bridge_alert_when_it_is_filled_then_its_thesis_is_in_the_ticket(client, ticket_of):
    alert = bridge_alert(tif="gtc", thesis="20-bar breakout\nwith volume")
    ticket = ticket_of(client.post("/tradingview/webhook", json=alert))

    assert (ticket["status"], ticket["dialect"]) == ("filled", "bridge")
    assert ticket["signal"]["note"] == "20-bar breakout\nwith volume"
    assert ticket["signal"]["time_in_force"] == "gtc"
    assert ticket["orders"][0]["limit_price"] == "95000"


def test_bridge_alert_when_it_comes_to_the_other_address_then_400_names_the_right_one(client):
    response = client.post("/webhook", json=bridge_alert())

    assert response.status_code == 400
    assert "/tradingview/webhook" in response.json["error"]["message"]


@pytest.mark.usefixtures("untouched")
def test_strategy_alert_when_it_comes_to_the_bridges_address_then_400_names_the_right_one(client):
    response = client.post("/tradingview/webhook", json=strategy_alert())

    assert refused(response, 400, "ALERT_MALFORMED")
    assert response.json["error"]["message"] == "This is a strategy alert; post it to /webhook."


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    ("path", "alert", "message"),
    [
        ("/webhook", {"fund_id": "default"}, "This is a bridge alert; post it to /tradingview/webhook."),
        ("/tradingview/webhook", {}, "fund_id"),
        ("/webhook", {"quantity": 5}, "`quantity` does not belong in a cancel"),
        ("/tradingview/webhook", {"fund_id": "default", "side": "buy"}, "side"),
    ],
    ids=str,
)
def test_command_when_it_breaks_its_schema_then_400(client, path, alert, message):
    response = client.post(path, json={"command": "cancel", "order": "first"} | alert)

    assert refused(response, 400, "ALERT_MALFORMED") or refused_with_fields(response)
    assert message in response.json["error"]["message"]


def test_command_when_the_secret_is_wrong_then_401(anonymous):
    command = {"command": "cancel", "order": "all", "symbol": "AAPL", "secret": "wrong"}

    assert refused(anonymous.post("/webhook", json=command), 401, "NOT_AUTHENTICATED")


def test_bridge_alert_when_it_is_too_old_then_it_is_denied(make_app, clock):
    client = client_of(make_app(stale_alert_seconds=60))
    sent_at = int((clock.now.timestamp() - 61) * 1000)

    response = client.post("/tradingview/webhook", json=bridge_alert(time=sent_at))

    assert response.json["reason"] == "ALERT_STALE"


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("path", ["/webhook", "/tradingview/webhook"])
def test_body_when_it_is_larger_than_4_kib_then_413(client, path):
    body = json.dumps(strategy_alert()).ljust(5000)
    response = client.post(path, data=body)

    assert refused(response, 413, "BODY_TOO_LARGE")
    assert response.json["error"]["message"] == (
        "The body is larger than the 4,096 bytes that MAX_CONTENT_LENGTH allows: it has 5,000 bytes."
    )


def test_body_when_it_is_exactly_4_kib_then_it_is_read(client):
    body = WELL_FORMED.encode()

    assert client.post("/webhook", data=body.ljust(4096)).status_code == 200
    assert client.post("/webhook", data=body.ljust(4097)).status_code == 413


@pytest.mark.parametrize(("size", "status"), [(4096, 200), (4097, 413)])
def test_body_when_it_is_chunked_then_the_cap_holds_too(client, size, status):
    response = client.post(
        "/webhook",
        input_stream=BytesIO(WELL_FORMED.encode().ljust(size)),
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert response.status_code == status
    assert ("MAX_CONTENT_LENGTH allows: it has more." in response.text) is (status == 413)


def test_body_when_the_line_breaks_while_reading_then_400(client):
    environ = {"wsgi.input": BrokenLine(), "wsgi.input_terminated": True}
    response = client.post("/webhook", data=WELL_FORMED, environ_overrides=environ)

    assert refused(response, 400, "ALERT_MALFORMED")


class TestRateLimit:
    @pytest.fixture
    def app(self, make_app):
        return make_app(rate_limit_per_second=2)

    def test_exit_when_entries_used_up_the_rate_then_it_is_taken(self, client):
        for _ in range(3):
            entry = client.post("/webhook", json=strategy_alert(**ENTER_LONG))
        leaving = client.post("/webhook", json=strategy_alert(**EXIT_LONG))

        assert (entry.status_code, leaving.status_code) == (429, 200)

    def test_bot_when_it_sends_too_much_then_429_with_retry_after(self, client):
        responses = [client.post("/webhook", json=strategy_alert()) for _ in range(4)]

        assert refused(responses[-1], 429, "TOO_MANY_REQUESTS")
        assert responses[-1].headers["Retry-After"] == "1"

    def test_bot_when_another_one_is_too_loud_then_it_is_not_limited(self, client, operator, anonymous):
        secret = operator.post("/api/bots", json={"id": "quiet"}).json["secret"]
        for _ in range(4):
            client.post("/webhook", json=strategy_alert())

        assert anonymous.post("/webhook", json=strategy_alert(secret=secret)).status_code == 200

    def test_bot_when_its_alerts_are_malformed_then_they_take_tokens_too(self, client):
        statuses = [client.post("/webhook", json={}).status_code for _ in range(4)]

        assert statuses[-1] == 429

    def test_stranger_when_he_guesses_then_the_bots_tokens_stay(self, client, anonymous):
        for _ in range(10):
            anonymous.post("/webhook", json=strategy_alert(bot="default", secret="a guess"))

        assert client.post("/webhook", json=strategy_alert()).status_code == 200


def test_refusals_when_they_are_counted_then_strangers_make_no_series(client, anonymous, operator):
    anonymous.post("/webhook", json=strategy_alert(bot="made-up"))
    client.post("/webhook", json=strategy_alert())
    families = text_string_to_metric_families(operator.get("/metrics").text)
    webhooks = next(family for family in families if family.name == "tv_webhooks")

    assert {(item.labels["fund_id"], item.labels["outcome"]) for item in webhooks.samples} == {
        ("unknown", "rejected"),
        ("default", "accepted"),
    }


def test_alert_when_it_comes_by_get_then_405(anonymous):
    assert refused(anonymous.get("/webhook"), 405, "METHOD_NOT_ALLOWED")


def test_cap_when_it_is_set_then_it_counts(make_app):
    client = client_of(make_app(max_content_length=100), x_bot_secret=WEBHOOK_SECRET)

    assert client.post("/webhook", data=b"x" * 101).status_code == 413
