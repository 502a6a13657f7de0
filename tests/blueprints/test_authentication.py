"""Whose alert it is, where it may come from, and who is the operator."""

import ipaddress

import pytest

from tests.builders import OPERATOR_TOKEN, WEBHOOK_SECRET, bridge_alert, client_of, strategy_alert

pytestmark = pytest.mark.unit


def networks(*names: str) -> tuple:
    return tuple(ipaddress.ip_network(name) for name in names)


@pytest.fixture
def other(operator):
    """A second bot's secret."""
    return operator.post("/api/bots", json={"id": "other"}).json["secret"]


@pytest.mark.parametrize(
    "presented",
    [
        {"json": strategy_alert(secret=WEBHOOK_SECRET)},
        {"json": strategy_alert(token=WEBHOOK_SECRET)},
        {"json": strategy_alert(), "query_string": {"secret": WEBHOOK_SECRET}},
        {"json": strategy_alert(), "headers": {"X-BOT-SECRET": WEBHOOK_SECRET}},
        {"json": strategy_alert(), "headers": {"X-Webhook-Secret": WEBHOOK_SECRET}},
    ],
    ids=["secret", "token", "query", "X-BOT-SECRET", "X-Webhook-Secret"],
)
def test_secret_when_it_comes_in_any_of_its_places_then_it_counts(anonymous, presented):
    assert anonymous.post("/webhook", **presented).status_code == 200


@pytest.mark.parametrize(
    "secret", [None, "", "wrong", 7, ["x"], WEBHOOK_SECRET.upper(), WEBHOOK_SECRET + " "]
)
def test_secret_when_it_is_wrong_then_401_and_nothing_is_stored(anonymous, store, secret):
    response = anonymous.post("/webhook", json=strategy_alert(secret=secret))

    assert (response.status_code, response.json["error"]["code"]) == (401, "NOT_AUTHENTICATED")
    assert list(store.list("inbox/")) == []


def test_secret_when_the_alert_is_malformed_too_then_only_that_it_is_wrong_is_told(anonymous):
    assert anonymous.post("/webhook", json={"strategy_order_id": 7}).status_code == 401


def test_bot_when_none_is_named_then_the_secret_tells_it(anonymous, other, ticket_of):
    response = anonymous.post("/webhook", json=strategy_alert(secret=other))

    assert ticket_of(response)["bot"] == "other"


@pytest.mark.parametrize("path", ["/webhook", "/tradingview/webhook"])
@pytest.mark.parametrize(
    "alert", [{}, {"colour": "red"}, strategy_alert(), bridge_alert(secret=None)], ids=len
)
def test_secret_when_it_is_wrong_then_nothing_is_told_of_the_dialect(anonymous, path, alert):
    response = anonymous.post(path, json=alert | {"secret": "wrong"})

    assert response.json["error"] == {"code": "NOT_AUTHENTICATED", "message": "The secret is wrong."}


@pytest.mark.parametrize("named", ["default", "other"])
def test_bot_when_it_is_named_then_it_must_be_its_own_secret(anonymous, other, named):
    statuses = [
        anonymous.post("/webhook", json=strategy_alert(bot=named, secret=secret)).status_code
        for secret in (WEBHOOK_SECRET, other)
    ]

    assert statuses == ([200, 401] if named == "default" else [401, 200])


def test_fund_when_it_is_named_then_it_must_be_its_own_secret(anonymous, other):
    statuses = [
        anonymous.post("/tradingview/webhook", json=bridge_alert(fund_id="other", secret=secret)).status_code
        for secret in (WEBHOOK_SECRET, other)
    ]

    assert statuses == [401, 200]


@pytest.mark.parametrize(("secret", "status"), [(WEBHOOK_SECRET, 404), ("wrong", 401), (None, 401)])
@pytest.mark.parametrize("name", ["nobody"])
def test_bot_when_it_does_not_exist_then_404_only_with_a_valid_secret(anonymous, name, secret, status):
    response = anonymous.post("/webhook", json=strategy_alert(bot=name, secret=secret))

    assert response.status_code == status


@pytest.mark.parametrize("name", ["../state/trading", "a b", "ä", "x" * 100, "inbox/x"])
def test_bot_when_its_name_is_no_id_then_401(client, name):
    assert client.post("/webhook", json=strategy_alert(bot=name)).status_code == 401


def test_secret_when_the_operators_token_is_presented_then_401(anonymous):
    assert anonymous.post("/webhook", json=strategy_alert(secret=OPERATOR_TOKEN)).status_code == 401


class TestSources:
    """Requests come from 127.0.0.1; what a proxy says counts only when it is trusted."""

    @pytest.fixture
    def post(self, make_app):
        def send(*, allowed=("10.0.0.0/8",), hops=0, forwarded=None):
            app = make_app(allowed_source_ips=networks(*allowed), trusted_proxy_count=hops)
            headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
            client = client_of(app, x_bot_secret=WEBHOOK_SECRET)
            return client.post("/webhook", json=strategy_alert(), headers=headers)

        return send

    def test_source_when_it_is_not_allowed_then_403(self, post, store):
        response = post()

        assert (response.status_code, response.json["error"]["code"]) == (403, "SOURCE_NOT_ALLOWED")
        assert list(store.list("inbox/")) == []

    def test_source_when_it_is_allowed_then_the_alert_is_taken(self, post):
        assert post(allowed=("127.0.0.1", "10.0.0.0/8")).status_code == 200

    def test_source_when_no_proxy_is_trusted_then_the_header_is_not_believed(self, post):
        assert post(forwarded="10.1.2.3").status_code == 403

    @pytest.mark.parametrize(
        ("forwarded", "status"),
        [
            ("10.1.2.3", 200),
            ("6.6.6.6, 10.1.2.3", 200),
            ("10.1.2.3, 6.6.6.6", 403),
            ("::ffff:10.1.2.3", 200),
            ("::ffff:6.6.6.6", 403),
            ("::10.1.2.3", 403),
            ("garbage", 403),
            (None, 403),
        ],
    )
    def test_source_when_one_proxy_is_trusted_then_only_its_entry_counts(self, post, forwarded, status):
        assert post(hops=1, forwarded=forwarded).status_code == status

    @pytest.mark.parametrize(
        ("forwarded", "status"),
        [
            ("6.6.6.6, 10.1.2.3, 35.0.0.1", 200),
            ("10.1.2.3, 6.6.6.6, 35.0.0.1", 403),
            ('10.1.2.3, "x, 6.6.6.6, 35.0.0.1', 403),
            ("10.1.2.3", 403),
        ],
        ids=["honest", "spoofed", "spoofed with a quote", "too short"],
    )
    def test_source_when_two_proxies_are_trusted_then_the_second_from_the_right_counts(
        self, post, forwarded, status
    ):
        assert post(hops=2, forwarded=forwarded).status_code == status

    def test_operator_when_sources_are_limited_then_he_is_not(self, make_app):
        app = make_app(allowed_source_ips=networks("10.0.0.0/8"))

        assert client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}").get("/api/bots").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer wrong",
        f"Basic {OPERATOR_TOKEN}",
        OPERATOR_TOKEN,
        f"Bearer {WEBHOOK_SECRET}",
        "Bearer é",
    ],
)
def test_operator_when_the_token_is_not_his_then_401(anonymous, header):
    response = anonymous.get("/api/bots", headers={"Authorization": header})

    assert (response.status_code, response.json["error"]["code"]) == (401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({}, "Send the header Authorization: Bearer <OPERATOR_TOKEN>."),
        ({"Authorization": "Bearer wrong"}, "The operator's token is wrong."),
        ({"Authorization": ""}, "The operator's token is wrong."),
    ],
)
def test_operator_when_he_is_refused_then_missing_and_wrong_are_told_apart(anonymous, headers, sentence):
    assert anonymous.get("/api/bots", headers=headers).json["error"]["message"] == sentence


def test_operator_when_the_scheme_is_written_in_small_letters_then_it_counts(anonymous):
    response = anonymous.get("/api/bots", headers={"Authorization": f"bearer {OPERATOR_TOKEN}"})

    assert response.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/tickets?limit=1&limit=2",
        "/api/trades?state=open&state=closed",
        "/status?fresh=true&fresh=true",
        "/auth-url?redirect=0&redirect=1",
    ],
)
def test_query_when_a_parameter_comes_twice_then_it_is_refused_by_name(operator, path):
    response = operator.get(path)
    name = path.partition("?")[2].partition("=")[0]

    assert (response.status_code, response.json["error"]["code"]) == (400, "REQUEST_INVALID")
    assert response.json["error"]["message"] == f"`{name}` comes 2 times in the query; give it once."


def test_secret_when_the_address_has_two_then_neither_counts(anonymous):
    path = f"/webhook?secret={WEBHOOK_SECRET}&secret=another"
    response = anonymous.post(path, json=strategy_alert())

    assert response.status_code == 401
    assert response.json["error"]["message"] == "The address has more than one secret; give it once."


def test_operator_when_his_body_is_larger_than_an_alerts_then_it_is_read(operator):
    response = operator.put("/api/paper/prices", data=b'{"SPY": "600"}'.ljust(100_000))

    assert response.status_code == 200
