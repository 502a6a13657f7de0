"""What is refused at the door is seen: by the operator, in the logs, in a message; guessing is slowed."""

import ipaddress
import json
import logging

import pytest

from app.services.intake.wrong_secrets import ALLOWED
from tests.builders import (
    OPERATOR_TOKEN,
    WEBHOOK_SECRET,
    BrokenStore,
    bridge_alert,
    client_of,
    services_of,
    strategy_alert,
    trade_idea,
)

pytestmark = pytest.mark.unit

STRANGER, TRADINGVIEW = "203.0.113.7", "52.89.214.238"
IDEAS = "/webhooks/optionomics/trade-ideas"


@pytest.fixture
def come(app):
    """Send a request from an address, as a stranger unless headers say more."""

    def send(path: str = "/webhook", *, address: str = STRANGER, method: str = "POST", **request):
        caller = {"REMOTE_ADDR": address}
        return client_of(app).open(path, method=method, environ_overrides=caller, **request)

    return send


@pytest.fixture
def refusals(operator):
    def read(query: str = "") -> list[dict]:
        return operator.get(f"/api/refusals{query}").json["refusals"]

    return read


def wrong(**changes) -> dict:
    return {"json": strategy_alert(secret="a-wrong-guess") | changes}


def right(**changes) -> dict:
    return {"json": strategy_alert(secret=WEBHOOK_SECRET, **changes)}


REFUSED = {
    "malformed JSON": ({"data": "{buy AAPL"}, "/webhook", 400, "ALERT_MALFORMED", None),
    "malformed JSON of a known bot": (
        {"data": "{buy AAPL", "query_string": {"secret": WEBHOOK_SECRET}},
        "/webhook",
        400,
        "ALERT_MALFORMED",
        "default",
    ),
    "too large of a known bot": (
        {"data": "x" * 5000, "headers": {"X-Bot-Secret": WEBHOOK_SECRET}},
        "/webhook",
        413,
        "BODY_TOO_LARGE",
        "default",
    ),
    "no object": ({"data": "[]"}, "/webhook", 400, "ALERT_MALFORMED", None),
    "unknown dialect": (
        {"json": {"secret": WEBHOOK_SECRET, "ticker": "AAPL"}},
        "/webhook",
        400,
        "ALERT_MALFORMED",
        "default",
    ),
    "schema": (right(symbol=None), "/webhook", 400, "ALERT_MALFORMED", "default"),
    "wrong address for the dialect": (
        {"json": bridge_alert()},
        "/webhook",
        400,
        "ALERT_MALFORMED",
        "default",
    ),
    "idea": ({"json": {"secret": WEBHOOK_SECRET, "direction": 7}}, IDEAS, 422, "IDEA_MALFORMED", "default"),
    "wrong secret": (wrong(), "/webhook", 401, "NOT_AUTHENTICATED", None),
    "no secret": ({"json": strategy_alert()}, "/webhook", 401, "NOT_AUTHENTICATED", None),
    "wrong secret of a known bot": (wrong(bot="default"), "/webhook", 401, "NOT_AUTHENTICATED", "default"),
    "wrong secret of a made-up bot": (wrong(bot="x" * 40), "/webhook", 401, "NOT_AUTHENTICATED", None),
    "wrong secret, bridge": (
        {"json": bridge_alert(secret="a-wrong-guess")},
        "/tradingview/webhook",
        401,
        "NOT_AUTHENTICATED",
        "default",
    ),
    "wrong secret, idea": ({"json": trade_idea(secret="x")}, IDEAS, 401, "NOT_AUTHENTICATED", None),
    "unknown bot": (right(bot="nobody"), "/webhook", 404, "NOT_FOUND", None),
    "too large": (right(strategy_order_comment="x" * 5000), "/webhook", 413, "BODY_TOO_LARGE", None),
    "operator": (
        {"headers": {"Authorization": "Bearer a-wrong-guess"}},
        "/api/bots/<bot>/secret",
        401,
        "NOT_AUTHENTICATED",
        None,
    ),
    "misspelt address": (right(), "(no such address)", 404, "NOT_FOUND", None),
    "wrong method": ({"json": {}}, "(no such address)", 405, "METHOD_NOT_ALLOWED", None),
}
PLACES = {
    "operator": "/api/bots/default/secret",
    "misspelt address": f"/webhok/{WEBHOOK_SECRET}",
    "wrong method": "/health",
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusal_when_it_happens_then_the_list_has_time_address_route_code_and_bot(
    come, refusals, clock, case
):
    request, path, status, code, bot = REFUSED[case]
    answer = come(PLACES.get(case, path), **request)
    (row,) = refusals()

    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)
    assert (row["address"], row["path"], row["status"], row["code"]) == (STRANGER, path, status, code)
    assert (row["bot"], row["count"]) == (bot, 1)
    assert row["at"].startswith(f"{clock():%Y-%m-%dT%H:%M:%S}")


@pytest.mark.parametrize("case", REFUSED)
def test_refusal_when_it_is_written_down_then_neither_body_nor_secret_is(
    come, operator, services, store, case, settings
):
    request, path, *_ = REFUSED[case]
    come(PLACES.get(case, path), **request)
    services.observability.refusals.flush()
    (stored,) = store.list("refusals/")
    logs = settings.database_path.parent / "logs"
    written = [json.dumps(stored.value), operator.get("/api/refusals").text, operator.get("/status").text]
    written += [path.read_text() for path in logs.iterdir()]

    for secret in ("a-wrong-guess", WEBHOOK_SECRET, "AAPL", "NVDA"):
        assert secret not in "".join(written[:3])
    for secret in ("a-wrong-guess", WEBHOOK_SECRET):
        assert secret not in "".join(written)


@pytest.mark.parametrize("path", ["/webhook", "/tradingview/webhook", IDEAS])
def test_source_when_it_is_not_allowed_then_the_refusal_is_seen(make_app, path):
    lists = dict.fromkeys(("allowed_source_ips", "idea_source_ips"), (ipaddress.ip_network(TRADINGVIEW),))
    app = make_app(**lists)
    client_of(app).post(path, json=strategy_alert(), environ_overrides={"REMOTE_ADDR": STRANGER})
    status = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}").get("/status").json

    assert [(row["path"], row["code"], row["status"]) for row in status["refusals"]] == [
        (path, "SOURCE_NOT_ALLOWED", 403)
    ]


def test_rate_when_it_is_passed_then_the_refusal_is_seen_with_its_bot(make_app):
    app = make_app(rate_limit_per_second=1)
    for _ in range(2):
        client_of(app).post("/webhook", **right())
    (row,) = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}").get("/api/refusals").json["refusals"]

    assert (row["status"], row["code"], row["bot"]) == (429, "TOO_MANY_REQUESTS", "default")


def test_alert_when_the_store_is_away_then_that_it_was_not_stored_is_seen(make_app, store):
    broken = BrokenStore(store)
    app = make_app(store=broken)
    broken.broken = {"get", "list", "create", "apply", "replace"}
    answer = client_of(app).post("/webhook", **right())
    broken.broken = set()
    (row,) = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}").get("/api/refusals").json["refusals"]

    assert answer.status_code == 503
    assert (row["status"], row["code"]) == (503, "STORE_UNAVAILABLE")


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, "198.51.100.1", STRANGER),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "<script>" * 50, "unknown"),
    ],
)
def test_address_when_there_are_proxies_then_it_is_the_one_that_the_trusted_hop_tells(
    make_app, hops, forwarded, address
):
    app = make_app(trusted_proxy_count=hops)
    came = {"REMOTE_ADDR": STRANGER}
    headers = {"X-Forwarded-For": forwarded}
    client_of(app).post("/webhook", **wrong(), headers=headers, environ_overrides=came)
    (row,) = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}").get("/api/refusals").json["refusals"]

    assert row["address"] == address


def test_list_when_there_are_many_then_the_newest_is_first_and_limits_hold(come, refusals, operator, clock):
    for number in range(30):
        come(address=f"10.0.0.{number}", **wrong())
        clock.move(seconds=3)

    assert [row["address"] for row in refusals("?limit=2")] == ["10.0.0.29", "10.0.0.28"]
    assert len(refusals()) == 30
    assert len(operator.get("/status").json["refusals"]) == 20
    assert operator.get("/api/refusals?limit=201").status_code == 400


def test_list_when_a_bot_is_named_then_only_what_concerns_it_is_shown(come, refusals):
    come(**wrong())
    come(**right(symbol=None))

    assert [row["bot"] for row in refusals("?bot=default")] == ["default"]


def test_list_when_a_stranger_asks_then_401(anonymous):
    assert anonymous.get("/api/refusals").status_code == 401


def test_refusal_when_tradingview_sent_it_then_its_sender_is_named(come, refusals):
    come(address=TRADINGVIEW, data="{")

    assert refusals()[0]["sender"] == "TradingView"


def test_visitor_when_he_looks_for_what_is_not_there_then_nothing_is_noted(come, refusals):
    for path in ("/wp-login.php", "/.env"):
        assert come(path, method="GET").status_code == 404

    assert refusals() == []


@pytest.mark.parametrize(
    ("path", "route", "code"),
    [
        ("/approvals/forged-link", "/approvals/<token>", "APPROVAL_LINK_REFUSED"),
        ("/auth-callback?state=forged-link", "/auth-callback", "FYERS_NOT_CONFIGURED"),
    ],
)
def test_link_when_it_is_forged_then_it_is_listed_and_fills_no_log(come, refusals, caplog, path, route, code):
    caplog.set_level(logging.INFO)
    for _ in range(20):
        come(path, method="GET")
    (row,) = refusals()

    assert (row["path"], row["code"], row["count"]) == (route, code, 20)
    assert [record for record in caplog.records if "forged" in record.getMessage()] == []
    assert len(caplog.records) <= 1


def test_operator_when_he_errs_with_the_right_token_then_nothing_is_noted(operator, refusals):
    operator.post("/api/no-such-thing", json={})
    operator.put("/api/trading-state", data="{")
    operator.get("/api/bots/nobody")

    assert refusals() == []


class TestSlowing:
    def test_guesses_when_they_are_more_than_ten_then_429_says_when_to_come_back(self, come):
        answers = [come(**wrong()) for _ in range(ALLOWED + 1)]

        assert [answer.status_code for answer in answers] == [401] * ALLOWED + [429]
        assert answers[-1].json["error"]["code"] == "TOO_MANY_WRONG_SECRETS"
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60

    def test_guesses_when_webhook_and_operator_are_tried_then_they_count_together(self, come):
        guess = {"headers": {"Authorization": "Bearer a-wrong-guess"}, "method": "GET"}
        for _ in range(5):
            come(**wrong())
            come("/api/bots", **guess)

        assert (come(**wrong()).status_code, come("/metrics", **guess).status_code) == (429, 429)

    @pytest.mark.parametrize("address", [STRANGER, "198.51.100.1", TRADINGVIEW])
    def test_right_secret_when_somebody_guesses_then_it_is_taken_from_every_address(self, come, address):
        for _ in range(50):
            come(**wrong())
        operator = {"headers": {"Authorization": f"Bearer {OPERATOR_TOKEN}"}, "method": "GET"}

        assert come(address=address, **right()).status_code == 200
        assert come("/api/bots", address=address, **operator).status_code == 200

    def test_guesses_when_they_come_from_tradingview_then_they_are_not_slowed(self, come):
        assert {come(address=TRADINGVIEW, **wrong()).status_code for _ in range(50)} == {401}

    def test_guesses_when_another_address_makes_one_then_it_is_401(self, come):
        for _ in range(50):
            come(**wrong())

        assert come(address="198.51.100.1", **wrong()).status_code == 401

    def test_browser_when_it_is_not_signed_in_then_it_always_hears_that(self, come):
        assert {come("/api/bots", method="GET").status_code for _ in range(30)} == {401}


class TestFlood:
    """Two clients with wrong secrets wrote 75 MB of logs in 45 s."""

    @pytest.fixture
    def size(self, settings):
        def read() -> int:
            return sum(path.stat().st_size for path in (settings.database_path.parent / "logs").iterdir())

        return read

    def test_logs_when_a_thousand_guesses_come_then_they_stay_small(
        self, come, size, services, store, refusals, caplog
    ):
        caplog.set_level(logging.INFO)
        operator = {"headers": {"Authorization": "Bearer a-wrong-guess"}, "method": "GET"}
        for _ in range(500):
            come(**wrong(strategy_order_comment="x" * 500))
            come("/api/bots", **operator)
        stored = list(store.list("refusals/"))
        services.observability.refusals.close()

        assert stored == []
        assert size() < 5_000
        assert len(caplog.records) == 0
        assert sum(row["count"] for row in refusals()) == 1_000

    def test_metrics_when_requests_are_refused_then_they_are_counted_by_code(self, come, operator):
        for _ in range(12):
            come(**wrong())
        text = operator.get("/metrics").text

        assert 'gatehouse_refusals_total{code="NOT_AUTHENTICATED"} 10.0' in text
        assert 'gatehouse_refusals_total{code="TOO_MANY_WRONG_SECRETS"} 2.0' in text


class TestMessages:
    @pytest.fixture
    def sent(self):
        return []

    @pytest.fixture
    def app(self, make_app, sent):
        return make_app(notification_url="json://127.0.0.1:9", notify=sent.append)

    def messages(self, app, sent) -> list[str]:
        services_of(app).observability.notifier.close(60)
        return [f"{event.title}: {event.message}" for event in sent]

    def test_message_when_alerts_were_refused_then_one_tells_how_many_and_why(self, app, come, clock, sent):
        for _ in range(12):
            come(**wrong())
        for _ in range(2):
            come(address=TRADINGVIEW, data="{")
        services_of(app).supervisor.tick(everything=True)
        clock.move(minutes=2)
        services_of(app).supervisor.tick(everything=True)

        (message,) = self.messages(app, sent)
        assert message.startswith("Refused at the door: 14 alerts were refused at the door since ")
        assert "malformed from TradingView, 12" in message
        assert "An exit may be among them." in message

    def test_message_when_a_browser_was_not_signed_in_then_none(self, app, come, sent):
        come("/api/bots", method="GET")
        services_of(app).supervisor.tick(everything=True)

        assert self.messages(app, sent) == []


class TestLines:
    """One line an alert, in `logs.jsonl` and, with USE_CLOUD_LOGGING, in Cloud Logging."""

    FIELDS = ("event", "bot", "dialect", "outcome", "status", "reason", "ticket")

    @pytest.fixture
    def lines(self, settings):
        def read() -> list[dict]:
            file = settings.database_path.parent / "logs" / "logs.jsonl"
            found = [json.loads(line) for line in file.read_text().splitlines()]
            return [line for line in found if line["kind"] == "alert"]

        return read

    def test_line_when_an_alert_is_taken_repeated_denied_and_refused_then_each_has_its_own(
        self, client, lines, come
    ):
        alert = strategy_alert()
        first = client.post("/webhook", json=alert).json["ticket"]
        client.post("/webhook", json=alert)
        denied = client.post("/webhook", json=strategy_alert(symbol="ES1!")).json["ticket"]
        client.post("/webhook", json=strategy_alert(symbol=None))
        told = [[line[name] for name in self.FIELDS] for line in lines()]

        assert told[0] == ["alert", "default", "strategy", "accepted", 200, None, first]
        assert told[1] == ["alert", "default", "strategy", "duplicate", 200, None, first]
        assert told[2][3:5] == ["accepted", 400]
        assert (told[2][5].startswith("SYMBOL_"), told[2][6]) == (True, denied)
        assert told[3] == ["alert", "default", "strategy", "refused", 400, "ALERT_MALFORMED", None]
        assert all(line["milliseconds"] > 0 for line in lines())

    def test_line_when_a_bridge_alert_comes_again_then_the_first_ones_ticket_is_named(self, client, lines):
        alert = bridge_alert()
        first = client.post("/tradingview/webhook", json=alert).json["ticket"]
        client.post("/tradingview/webhook", json=alert)

        assert [(line["outcome"], line["status"], line["ticket"]) for line in lines()] == [
            ("accepted", 200, first),
            ("duplicate", 409, first),
        ]

    def test_line_when_the_logs_go_to_the_cloud_then_it_is_structured_there(self, make_app, caplog):
        caplog.set_level(logging.INFO)
        app = make_app(use_cloud_logging=True)
        ticket = client_of(app).post("/webhook", **right()).json["ticket"]
        client_of(app).post("/webhook", **wrong())
        told = [vars(record) for record in caplog.records if record.name == "gatehouse.alerts"]

        assert [[line[name] for name in self.FIELDS] for line in told] == [
            ["alert", "default", "strategy", "accepted", 200, None, ticket],
            ["alert", None, "strategy", "refused", 401, "NOT_AUTHENTICATED", None],
        ]
        assert WEBHOOK_SECRET not in str(told)

    @pytest.mark.parametrize(
        ("path", "sent", "dialect"),
        [
            ("/webhook", wrong(), "strategy"),
            ("/webhook", {"json": bridge_alert()}, "bridge"),
            ("/webhook", {"data": "{"}, None),
            ("/webhook", right(bot="nobody"), "strategy"),
            ("/tradingview/webhook", {"json": bridge_alert(secret="a-wrong-guess")}, "bridge"),
            ("/tradingview/webhook", {"data": "{"}, "bridge"),
            (IDEAS, {"json": trade_idea(secret="a-wrong-guess")}, "trade_idea"),
            (f"/webhook/{'0' * 36}/exit", {"json": {}}, "bot_command"),
        ],
    )
    def test_line_when_an_alert_is_refused_then_its_dialect_stands_in_it_where_it_is_known(
        self, come, lines, path, sent, dialect
    ):
        come(path, **sent)

        assert [(line["outcome"], line["dialect"]) for line in lines()] == [("refused", dialect)]

    def test_line_when_a_source_is_refused_then_the_dialect_stands_in_it(self, make_app, lines):
        client_of(make_app(allowed_source_ips=(ipaddress.ip_network("10.0.0.1"),))).post(
            "/webhook", **right()
        )

        assert [(line["reason"], line["dialect"]) for line in lines()] == [("SOURCE_NOT_ALLOWED", "strategy")]

    def test_line_when_a_stranger_is_refused_then_his_words_are_not_in_it(self, come, lines):
        come(**wrong())

        assert [(line["source"], line["alert"]) for line in lines()] == [(STRANGER, None)]
