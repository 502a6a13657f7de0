"""Other services' secrets stand in no file, no answer and no metric, whatever becomes of the alert."""

import json
import logging

import pytest

from tests.builders import OPERATOR_TOKEN, WEBHOOK_SECRET, client_of, strategy_alert
from tests.foreign.rows import AAPL, BTC
from tests.foreign.tables import ROWS

pytestmark = pytest.mark.integration

THEIRS = "Zq7-theirs-0f9e8d7c"
FIELDS = ("token", "secret", "passphrase", "apikey", "key", "code", "api_secret", "password")
ADDRESS = f"/webhook?secret={WEBHOOK_SECRET}"
SAMPLES = [row for row in ROWS if isinstance(row.alert, dict) and not row.names][::7] + [
    row for row in ROWS if isinstance(row.alert, dict) and row.names
][::5]
BROKEN = [
    f'{{"passphrase": "{THEIRS}", "ticker": "AAPL" "action": "buy"}}',
    f'{{"comment": "{THEIRS}" oops, "passphrase": "{THEIRS}"}}',
    f"{{'key': '{THEIRS}', 'symbol': 'AAPL'}}",
    f'{{"code": {THEIRS}, "symbol": "AAPL"}}',
    f"{THEIRS},buy,EURUSD,risk=1",
    f"ENTER-LONG_Bybit_ETHUSDT_{THEIRS}",
    f"buy AAPL 10 token={THEIRS}",
    f"buy AAPL 10 passphrase {THEIRS}",
]


@pytest.fixture
def store(file_store):
    return file_store


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True, rate_limit_per_second=0)


@pytest.fixture
def found(app, tmp_path, settings, operator, caplog):
    """Tell where the secret stands, once all is written."""
    caplog.set_level(logging.DEBUG)
    operator.put("/api/paper/prices", json={"AAPL": AAPL, "BTCUSD": BTC})

    def search(answers):
        told = [answer.get_data(as_text=True) for answer in answers]
        pages = ("/metrics", "/api/tickets", "/api/orders", "/status", "/api/refusals", "/api/logs")
        told += [operator.get(page).get_data(as_text=True) for page in pages]
        told += [caplog.text]
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        places = [str(path) for path in files if THEIRS.encode() in path.read_bytes()]
        assert len(files) > 2
        return places + [text[:300] for text in told if THEIRS in text]

    return search


def with_secrets(alert):
    secrets = {name: THEIRS for name in FIELDS if name in alert}
    nested = {"multiple_accounts": [{"token": THEIRS}]} if "multiple_accounts" in alert else {}
    if not secrets and not nested:
        return alert
    return alert | secrets | nested | {"comment": f"mine is {THEIRS}", "note": {"deep": [THEIRS]}}


def post_all(client, address):
    return [client.post(address, json=with_secrets(row.alert)) for row in SAMPLES]


def test_foreign_secret_when_alerts_are_taken_or_refused_then_it_is_nowhere(anonymous, found):
    answers = post_all(anonymous, ADDRESS)

    assert {answer.status_code for answer in answers} == {200, 400}
    assert found(answers) == []


def test_foreign_secret_when_nobody_is_let_in_then_it_is_nowhere(anonymous, found):
    answers = post_all(anonymous, "/webhook")

    assert {answer.status_code for answer in answers} <= {401, 429}
    assert found(answers) == []


@pytest.mark.parametrize("field", FIELDS)
def test_foreign_secret_when_nobody_can_tell_the_dialect_then_it_is_nowhere(field, anonymous, found):
    alert = {field: THEIRS, "what": f"{THEIRS}!", THEIRS: "a name", "qty": 1}
    answer = anonymous.post(ADDRESS, json=alert)

    assert answer.status_code == 400
    assert found([answer]) == []


@pytest.mark.parametrize("body", BROKEN)
def test_foreign_secret_when_the_body_is_broken_then_it_is_nowhere(body, anonymous, found):
    answer = anonymous.post(ADDRESS, data=body)

    assert answer.status_code == 400
    assert found([answer]) == []


@pytest.mark.parametrize("key", ["{0}", "{0} AAPL", "the same"])
@pytest.mark.parametrize("field", ["key", "code"])
def test_alert_when_another_has_the_same_words_but_what_is_hidden_then_it_is_its_own(field, key, anonymous):
    alert = strategy_alert()
    numbers = ("number 1", "number 2", "number 2")
    tickets = [
        anonymous.post(ADDRESS, json=alert | {field: each, "idempotency_key": key.format(each)}).json[
            "ticket"
        ]
        for each in numbers
    ]

    assert (tickets[0] != tickets[1], tickets[1] == tickets[2]) == (True, True)


@pytest.mark.parametrize("field", ["passphrase", "key"])
def test_foreign_secret_when_it_stands_in_an_alert_of_ours_then_it_is_nowhere(field, anonymous, found):
    alert = strategy_alert(strategy_order_comment=f"by {THEIRS}") | {field: THEIRS}
    answer = anonymous.post(ADDRESS, json=alert)

    assert answer.status_code == 200
    assert found([answer]) == []


def test_foreign_secret_when_it_is_previewed_then_it_is_nowhere(app, found):
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    answers = [operator.post("/api/preview", json=with_secrets(row.alert)) for row in SAMPLES]

    assert found(answers) == []


def test_search_when_something_is_there_then_it_is_found(tmp_path, found, anonymous):
    (tmp_path / "left.txt").write_text(json.dumps({"token": THEIRS}), encoding="utf-8")

    assert len(found([])) == 1
