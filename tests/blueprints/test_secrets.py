"""Secrets never leave: not in tickets, files, errors, metrics or the store."""

import pytest

from tests.builders import ACCOUNT_SECRET, OPERATOR_TOKEN, WEBHOOK_SECRET, bridge_alert, strategy_alert

pytestmark = pytest.mark.unit

WRONG_UUID = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def other(operator):
    """The secret of a bot that the environment does not know."""
    return operator.post("/api/bots", json={"id": "other"}).json["secret"]


@pytest.fixture
def rotated(operator):
    """An account secret that the environment does not know."""
    return operator.post("/api/account/secret").json["secret"]


@pytest.fixture
def busy(anonymous, other, rotated):
    """Send each secret by every way there is, rightly and wrongly; return all the answers."""
    answers = [anonymous.get("/api/bots", headers={"Authorization": f"Bearer {OPERATOR_TOKEN}x"})]
    for secret in (WEBHOOK_SECRET, other, "a-wrong-guess-of-it"):
        answers += [
            anonymous.post("/webhook", json=strategy_alert(secret=secret)),
            anonymous.post("/webhook", json=strategy_alert(token=secret)),
            anonymous.post("/webhook", json=strategy_alert(secret=secret, symbol=None)),
            anonymous.post(f"/webhook?secret={secret}", json=strategy_alert()),
            anonymous.post("/webhook", json=strategy_alert(), headers={"X-Bot-Secret": secret}),
            anonymous.post("/tradingview/webhook", json=bridge_alert(secret=secret, colour="red")),
            anonymous.post("/webhook", data=f'{{"secret": "{secret}"'),
        ]
    for secret in (ACCOUNT_SECRET, rotated, "a-wrong-guess-of-it", WRONG_UUID):
        path = f"/webhook/{secret}"
        # Rightly, to addresses that are none, with the wrong method, and spelt in other ways.
        answers += [
            anonymous.get(f"{path}/{rest}") for rest in ("bots", "trades", "bots/", "bot", "enter", "")
        ]
        answers += [anonymous.post(f"{path}/enter/1", json={"idempotency_key": f"a {secret} b"})]
        answers += [anonymous.post(f"{path}/exit", json={"bot": secret, "close": secret, secret: secret})]
        answers += [
            anonymous.post(f"{path}/exit", json={"bot": 1, "close": "all", "idempotency_key": secret})
        ]
        answers += [anonymous.post(f"{path}/enter", json={"bot": 1, "legs": [{"symbol": secret}]})]
        answers += [anonymous.post(f"{path}/exit/{secret}"), anonymous.post(f"{path}/exit/1?{secret}=1")]
        answers += [anonymous.get(f"/webhok/{secret}/bots"), anonymous.get(f"{path}/bots?secret={secret}")]
        answers += [
            anonymous.post(f"{path}/{rest}", json={"a": secret}) for rest in ("bots", "entr", "exits/1")
        ]
    return answers


@pytest.fixture
def secrets(other, rotated):
    guesses = ["a-wrong-guess-of-it", WRONG_UUID]
    return [WEBHOOK_SECRET, other, OPERATOR_TOKEN, ACCOUNT_SECRET, rotated, *guesses]


def found(secrets: list[str], text: str) -> list[str]:
    return [secret for secret in secrets if secret in text]


def test_answers_when_secrets_were_sent_then_they_have_none(busy, secrets):
    text = "".join(answer.text + str(answer.headers) for answer in busy)

    assert found(secrets, text) == []


def test_store_when_secrets_were_sent_then_it_has_none(busy, secrets, store):
    assert found(secrets, "".join(str(document) for document in store.list(""))) == []


@pytest.mark.parametrize(
    "path", ["/api/tickets?limit=500", "/api/orders", "/api/bots", "/metrics", "/status", "/readyz"]
)
def test_operators_views_when_secrets_were_sent_then_they_have_none(busy, secrets, operator, path):
    response = operator.get(path)

    assert response.status_code == 200
    assert found(secrets, response.text) == []


@pytest.mark.parametrize("name", ["logs.jsonl", "activity.log"])
def test_journals_when_secrets_were_sent_then_they_have_none(busy, secrets, settings, name):
    text = (settings.log_folder / name).read_text(encoding="utf-8")

    assert len(text.splitlines()) > 10
    assert found(secrets, text) == []


def test_log_when_secrets_were_sent_then_it_has_none(busy, secrets, caplog, anonymous, other):
    caplog.set_level("DEBUG")
    anonymous.post(f"/webhook?secret={other}", json=strategy_alert())
    for secret in secrets:
        for rest in ("bots", "bot", "trades/7", "bots?a=b"):
            anonymous.get(f"/webhook/{secret}/{rest}")
            anonymous.get(f"/webhooks/{secret}/{rest}")

    assert "POST /webhook 200" in caplog.text
    assert found(secrets, caplog.text) == []


def test_secret_when_it_stands_in_a_text_of_the_alert_then_it_is_masked(client, ticket_of):
    response = client.post("/webhook", json=strategy_alert(strategy_order_comment=f"my {WEBHOOK_SECRET}"))

    assert found([WEBHOOK_SECRET], str(ticket_of(response))) == []


def test_bots_secret_when_it_stands_in_a_text_of_the_alert_then_it_is_masked(anonymous, other, ticket_of):
    alert = strategy_alert(secret=other, strategy_order_comment=f"my {other}")

    assert found([other], str(ticket_of(anonymous.post("/webhook", json=alert)))) == []
