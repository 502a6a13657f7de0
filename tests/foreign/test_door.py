"""Where foreign alerts come in: addresses, pins, whose secret counts, and what a preview says."""

import pytest

from app.domain.signals import own_words
from app.schemas.dialects import DIALECTS
from app.schemas.foreign.registry import FOREIGN
from app.schemas.moments import Moment
from tests.builders import WEBHOOK_SECRET, client_of, strategy_alert
from tests.foreign.other_rows import CUSTOM, NESTED, OPENALGO, TUTORIAL, WEBHOOKS_BOT
from tests.foreign.pickmytrade_rows import BASE as PICKMYTRADE
from tests.foreign.rows import changed
from tests.foreign.traderspost_rows import BASE as TRADERSPOST

pytestmark = pytest.mark.integration

ADDRESS = f"/webhook?secret={WEBHOOK_SECRET}"
BARE = {"ticker": "AAPL", "action": "buy"}
SERVICES = {
    "traderspost": ("TradersPost", TRADERSPOST),
    "pickmytrade": ("PickMyTrade", PICKMYTRADE),
    "openalgo": ("OpenAlgo", OPENALGO),
    "threecommas": ("3Commas", CUSTOM),
    "webhooks_bot": ("tradingview-webhooks-bot", WEBHOOKS_BOT),
    "tutorial": ("the tutorials' payload", TUTORIAL | {"strategy": NESTED}),
    "text": ("a line of text", "buy AAPL 10"),
    "strategy": ("Gatehouse", strategy_alert()),
}
# The field of each service's own secret.
SECRETS = {"pickmytrade": "token", "openalgo": "apikey", "threecommas": "secret", "webhooks_bot": "key"}


@pytest.fixture(autouse=True)
def market(operator):
    operator.put("/api/paper/prices", json={"AAPL": "190", "BTCUSD": "64000"})


def body(alert):
    return {"data": alert} if isinstance(alert, str) else {"json": alert}


def message(answer):
    return answer.json["error"]["message"]


@pytest.mark.parametrize("dialect", SERVICES)
def test_preview_when_an_alert_is_pasted_then_it_says_whose_it_is(dialect, operator):
    service, alert = SERVICES[dialect]
    ticket = operator.post("/api/preview", **body(alert)).json

    assert ticket["recognised"] == {"dialect": dialect, "service": service}
    assert (ticket["dialect"], ticket["status"]) == (dialect, "ordered")


@pytest.mark.parametrize("dialect", [name for name in SERVICES if name != "strategy"])
def test_preview_when_a_tickets_own_alert_is_tried_again_then_it_is_read_by_its_dialect(
    dialect, client, operator, ticket_of
):
    kept = ticket_of(client.post("/webhook", **body(SERVICES[dialect][1])))["alert"]
    alert = {name: value for name, value in kept.items() if value != "***"}
    ticket = operator.post(f"/api/preview?dialect={dialect}", json=alert | {"bot": "default"}).json

    assert ticket["recognised"]["dialect"] == dialect


@pytest.mark.parametrize(
    ("alert", "taken"),
    [
        (changed(TRADERSPOST, quantity="many"), "TradersPost (dialect traderspost)"),
        (changed(PICKMYTRADE, data="hold"), "PickMyTrade (dialect pickmytrade)"),
        (strategy_alert(strategy_order_action="hold"), "Gatehouse (dialect strategy)"),
    ],
)
def test_preview_when_it_is_refused_then_it_says_whose_the_alert_was_taken_for(alert, taken, operator):
    answer = operator.post("/api/preview", json=alert)

    assert answer.status_code == 400
    assert message(answer).endswith(f"It was taken for an alert of {taken}.")


def test_preview_when_the_address_names_a_bot_then_it_is_that_bots(operator):
    operator.post("/api/bots", json={"id": "swing"})
    ticket = operator.post("/api/preview?bot=swing", data="buy AAPL 10").json

    assert (ticket["bot"], ticket["status"]) == ("swing", "ordered")


def test_tickets_when_a_service_is_searched_then_its_alerts_are_found(client, operator):
    client.post("/webhook", json=TRADERSPOST)
    found = operator.get("/api/tickets?q=traderspost").json["tickets"]

    assert [ticket["dialect"] for ticket in found] == ["traderspost"]


def test_reports_when_alerts_of_other_services_came_then_they_count(client, operator):
    client.post("/webhook", json=TRADERSPOST)

    assert operator.get("/api/analytics/refusals").json["alerts"] == 1


def test_preview_when_a_dialect_is_named_then_it_is_read_by_it(operator):
    ticket = operator.post("/api/preview?dialect=traderspost", json=BARE).json

    assert ticket["recognised"]["dialect"] == "traderspost"


@pytest.mark.parametrize(
    ("alert", "service"), [(BARE, "traderspost"), ({"symbol": "AAPL", "action": "buy"}, "openalgo")]
)
def test_bare_alert_when_nothing_says_whose_it_is_then_refused_with_the_address_to_use(
    alert, service, anonymous, store
):
    answer = anonymous.post(ADDRESS, json=alert)

    assert (answer.status_code, answer.json["error"]["code"]) == (400, "ALERT_MALFORMED")
    assert f"/webhook?dialect={service}" in message(answer)
    assert list(store.list("inbox/")) == []


def test_bare_alert_when_its_dialect_is_pinned_then_it_is_read(anonymous):
    assert anonymous.post(f"{ADDRESS}&dialect=traderspost", json=BARE).json["status"] == "filled"


@pytest.mark.parametrize(
    "query", ["dialect=nobody", "dialect=bridge", "dialect=text&dialect=traderspost", "dialect="]
)
def test_pin_when_it_names_no_dialect_that_is_taken_then_refused_with_the_names(query, anonymous):
    answer = anonymous.post(f"{ADDRESS}&{query}", json=TRADERSPOST)

    assert (answer.status_code, "traderspost" in message(answer)) == (400, True)


def test_pin_when_the_secret_is_wrong_then_nothing_is_told(anonymous):
    answer = anonymous.post("/webhook?secret=wrong-secret&dialect=nobody", json=TRADERSPOST)

    assert (answer.status_code, "dialect" in message(answer)) == (401, False)


@pytest.mark.parametrize("dialect", SECRETS)
def test_foreign_secret_when_it_is_ours_and_none_is_in_the_address_then_not_let_in(dialect, anonymous, store):
    alert = SERVICES[dialect][1] | {SECRETS[dialect]: WEBHOOK_SECRET}
    answer = anonymous.post("/webhook", json=alert)

    assert (answer.status_code, "?secret=" in message(answer)) == (401, True)
    assert list(store.list("inbox/")) == []


@pytest.mark.parametrize("dialect", SECRETS)
def test_foreign_secret_when_ours_came_in_a_header_then_it_is_taken_for_none(dialect, client):
    assert client.post("/webhook", **body(SERVICES[dialect][1])).status_code == 200


def test_text_when_no_secret_is_in_the_address_then_not_let_in(anonymous):
    assert anonymous.post("/webhook", data="buy AAPL 10").status_code == 401


def test_native_alert_when_its_secret_is_in_the_body_then_let_in_as_before(anonymous):
    assert anonymous.post("/webhook", json=strategy_alert(secret=WEBHOOK_SECRET)).status_code == 200


def test_bot_in_the_address_when_it_is_its_secret_then_that_bot_trades(app, operator):
    made = operator.post("/api/bots", json={"id": "swing"}).json
    answer = client_of(app).post(f"/webhook/swing?secret={made['secret']}", json=TRADERSPOST)

    assert answer.status_code == 200, answer.json
    assert operator.get(f"/api/tickets/{answer.json['ticket']}").json["bot"] == "swing"


@pytest.mark.parametrize("path", ["/webhook/swing", "/webhook/nobody", "/webhook/No%20Bot", "/webhook/bots"])
def test_bot_in_the_address_when_the_secret_is_another_bots_then_not_let_in(path, anonymous, operator):
    operator.post("/api/bots", json={"id": "swing"})
    answer = anonymous.post(f"{path}?secret={WEBHOOK_SECRET}", json=TRADERSPOST)

    assert answer.status_code in {401, 404}


def test_bot_in_the_address_when_the_alert_names_another_then_refused(anonymous):
    answer = anonymous.post(f"/webhook/default?secret={WEBHOOK_SECRET}", json=TRADERSPOST | {"bot": "swing"})

    assert (answer.status_code, answer.json["error"]["code"]) == (400, "BOT_NAMED_TWICE")


def test_native_alert_when_its_bot_is_in_the_address_then_it_is_read(anonymous):
    answer = anonymous.post(f"/webhook/default?secret={WEBHOOK_SECRET}", json=strategy_alert())

    assert answer.status_code == 200


def test_alert_with_two_services_marks_when_posted_then_refused_and_both_are_named(anonymous, store):
    both = PICKMYTRADE | TUTORIAL | {"strategy": NESTED}
    answer = anonymous.post(ADDRESS, json=both)

    assert answer.status_code == 400
    assert all(name in message(answer) for name in ("PickMyTrade", "tutorials", "?dialect="))
    assert list(store.list("inbox/")) == []


def test_alert_with_two_services_marks_when_it_is_pinned_then_read_by_that_one(anonymous, ticket_of):
    both = PICKMYTRADE | {"apikey": "another", "exchange": "NSE"}
    answer = anonymous.post(f"{ADDRESS}&dialect=pickmytrade", json=both)

    assert anonymous.post(ADDRESS, json=both).status_code == 400
    assert ticket_of(answer)["dialect"] == "pickmytrade"


@pytest.mark.parametrize("again", ["same key", "another key"])
def test_foreign_alert_when_it_has_a_key_of_ours_then_that_tells_repeats(again, client):
    first = client.post("/webhook", json=OPENALGO | {"idempotency_key": "same key"})
    second = client.post(
        "/webhook", json=OPENALGO | {"idempotency_key": again, "time": "2026-06-02T14:22:00Z"}
    )

    assert (second.json == first.json) is (again == "same key")


@pytest.mark.parametrize(("dialect", "name"), [("pickmytrade", "date"), ("threecommas", "timestamp")])
def test_foreign_alert_when_it_is_sent_anew_with_its_key_then_its_own_time_makes_no_other(
    dialect, name, anonymous
):
    alert = FOREIGN[dialect].sample | {"idempotency_key": "one"}
    times = ("2026-06-02T14:22:00Z", "2026-06-02T14:22:09Z")
    first, second = (anonymous.post(ADDRESS, json=alert | {name: at}) for at in times)

    assert second.json == first.json
    assert second.headers["Idempotent-Replay"] == "true"


@pytest.mark.parametrize("entry", [*DIALECTS.values(), *FOREIGN.values()], ids=lambda entry: entry.name)
def test_alert_when_its_own_time_is_another_then_its_words_are_the_same(entry):
    times = [name for name, field in entry.schema.fields.items() if isinstance(field, Moment)]

    assert own_words(dict.fromkeys(times, "2026-06-02T14:22:00Z")) == {}


@pytest.mark.parametrize("dialect", SERVICES)
def test_foreign_alert_when_it_comes_again_then_the_first_answer_is_given(dialect, client):
    first, second = (client.post("/webhook", **body(SERVICES[dialect][1])) for _ in range(2))

    assert second.json == first.json
    assert second.headers["Idempotent-Replay"] == "true"
