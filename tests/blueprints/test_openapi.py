import json
import re
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from jsonschema_rs import Draft202012Validator, meta

from app.blueprints.api.openapi.document import NO_API, build_document, routes
from app.blueprints.api.openapi.examples import BOT_CHANGE, NEW_BOT, PRICES, SWITCH
from app.blueprints.api.openapi.operation import alert_component
from app.blueprints.api.openapi.operations import OPERATIONS
from app.domain.reasons import Reason
from app.errors import MalformedAlert
from app.schemas.body import read_object
from app.schemas.dialects import DIALECTS
from app.schemas.reading import read_signal
from tests.builders import ACCOUNT_SECRET, WEBHOOK_SECRET, bridge_alert, client_of, strategy_alert
from tests.past_opinions import NOON, past_ticket, said, write

pytestmark = pytest.mark.unit

STRATEGY = DIALECTS["strategy"].sample
ANY_VERSION = {"If-Match": "*"}


@pytest.fixture(scope="module")
def documents() -> dict[str, dict]:
    return {}


@pytest.fixture
def document(operator, documents):
    """Read the document once: every application has the same."""
    if not documents:
        documents["open"] = operator.get("/api/openapi.json").json
        documents["closed"] = _closed(documents["open"])
    return documents["open"]


@pytest.fixture
def check(document, documents):
    """Validate an answer against what the document says of its path, method and status."""

    def validate(response, path=None) -> dict:
        closed = documents["closed"]
        described = closed["paths"][path or response.request.path][response.request.method.lower()]
        answer = described["responses"][str(response.status_code)]
        schema = {"components": closed["components"], **_schema(answer, response)}
        Draft202012Validator(schema).validate(response.json)
        return response.json

    return validate


def _closed(schema):
    """Refuse fields that the document does not name, so that it cannot fall behind."""
    if isinstance(schema, dict):
        closed = {name: _closed(part) for name, part in schema.items()}
        return closed | {"additionalProperties": False} if "required" in closed else closed
    return [_closed(part) for part in schema] if isinstance(schema, list) else schema


def _schema(answer, response) -> dict:
    return answer["content"][response.mimetype]["schema"] if response.data else {"type": "null"}


def _operations(document) -> dict:
    return {
        (path, method): described
        for path, item in document["paths"].items()
        for method, described in item.items()
    }


def test_document_when_compared_with_the_url_map_then_both_name_the_same_routes(app, document):
    assert set(_operations(document)) == {(path, method) for path, method, _ in routes(app)}


def test_operations_when_compared_with_the_views_then_none_is_left_over(app):
    assert set(OPERATIONS) == {name for name in app.view_functions if not name.startswith(NO_API)}


def test_document_when_read_then_every_operation_is_complete_and_its_id_unique(document):
    operations = _operations(document)

    assert all(described["summary"] and described["responses"] for described in operations.values())
    assert len({described["operationId"] for described in operations.values()}) == len(operations)


def test_document_when_read_then_every_parameter_of_a_path_is_described(document):
    for (path, _), described in _operations(document).items():
        named = {item["name"] for item in described.get("parameters", []) if item["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


def test_document_when_references_are_followed_then_each_leads_somewhere(app, document):
    references = re.findall(r'#/components/schemas/(\w+)"', app.json.dumps(document))

    assert set(references) <= set(document["components"]["schemas"])


def test_components_when_checked_then_each_is_a_json_schema(document):
    for schema in document["components"]["schemas"].values():
        meta.validate(schema)


def test_patterns_when_read_then_each_holds_for_the_whole_of_a_text(document):
    patterns = set(re.findall(r'"pattern": "((?:[^"\\\\]|\\\\.)*)"', json.dumps(document)))

    # Of a text in which there is something, anything may be that.
    assert {one for one in patterns if (one[0], one[-1]) != ("^", "$")} == {r"\\S"}


def test_document_when_dialects_are_known_then_each_has_an_alert(document):
    components = document["components"]["schemas"]

    assert {alert_component(entry) for entry in DIALECTS.values()} <= set(components)


def test_commands_when_described_then_each_dialect_has_one_with_a_sound_sample(document):
    for entry in (entry for entry in DIALECTS.values() if entry.command is not None):
        component = document["components"]["schemas"][f"{entry.name.title()}Command"]
        Draft202012Validator(component).validate(entry.command_sample)
        assert read_signal(entry, entry.command_sample).dialect is entry.dialect
        assert component["examples"] == [entry.command_sample]


@pytest.mark.parametrize(
    ("dialect", "alert", "fits"),
    [
        ("strategy", STRATEGY | {"market_position_size": 2}, False),
        ("strategy", STRATEGY | {"market_position_size": 2, "market_position": None}, False),
        ("strategy", STRATEGY | {"market_position_size": 2, "market_position": "long"}, True),
        ("strategy", STRATEGY | {"stop_loss": "95", "take_profit": 110, "order_type": "market"}, True),
        ("strategy", STRATEGY, True),
        ("bot_command", {"command": "exit", "trade": "7"}, True),
        ("bot_command", {"command": "exit", "trade": "about 7"}, False),
        ("bot_command", {"command": "exit", "bot": 1, "close": "all"}, True),
        ("bot_command", {"command": "exit", "bot": 1, "close": ""}, False),
        ("bot_command", {"command": "exit", "trade": None, "trim": None}, False),
        ("bot_command", {"command": "exit"}, False),
        ("bot_command", {"command": "enter", "bot": 1}, True),
    ],
)
def test_alert_when_it_fits_the_document_then_its_shape_is_taken(document, dialect, alert, fits):
    name = alert_component(DIALECTS[dialect])
    component = Draft202012Validator(document["components"]["schemas"][name])

    assert component.is_valid(alert) is fits
    with nullcontext() if fits else pytest.raises(MalformedAlert):
        read_signal(DIALECTS[dialect], read_object(json.dumps(alert).encode()))


def test_reasons_when_listed_then_they_are_those_of_the_domain(document):
    reason = document["components"]["schemas"]["AlertAnswer"]["properties"]["reason"]

    assert reason["enum"] == [reason.value for reason in Reason]


def test_examples_when_validated_then_they_have_the_shape_that_they_show(document):
    for described in _operations(document).values():
        for content in described.get("requestBody", {"content": {}})["content"].values():
            schema = {"components": document["components"], **content["schema"]}
            Draft202012Validator(schema).validate(content["example"])


@pytest.mark.parametrize("name", ["operator", "anonymous"])
def test_security_when_operations_are_called_then_only_the_public_ones_let_everybody_in(
    request, app, document, name
):
    caller = request.getfixturevalue(name)
    for (path, method), described in _operations(document).items():
        if method == "get" and "{" not in path:
            is_open = name == "operator" or {"operator": []} not in described["security"]
            is_open = is_open or {} in described["security"]
            assert (caller.get(path).status_code != 401) is is_open, path


def test_changes_when_described_then_each_tells_what_a_session_may_be_refused_for(document):
    told = {
        (path, method): described["responses"]["403"]["description"]
        for (path, method), described in _operations(document).items()
        if method != "get" and {"session": []} in described["security"]
    }

    assert len(told) > 20
    assert all("ROLE_VIEWER" in words and "REQUEST_CROSS_SITE" in words for words in told.values())
    asking = {call for call, words in told.items() if "TOKEN_AGAIN" in words}
    assert asking == {
        ("/api/bots", "post"),
        ("/api/bots/{bot}", "patch"),
        ("/api/bots/{bot}/secret", "post"),
        ("/api/circuit-breaker", "put"),
        ("/api/bots/{bot}/trading-state", "put"),
        ("/api/trading-state", "put"),
        ("/api/account/secret", "post"),
    }


def test_document_when_nobody_has_logged_in_then_it_is_kept(anonymous):
    assert anonymous.get("/api/openapi.json").status_code == 401


@pytest.mark.parametrize(
    "changes",
    [{}, {"symbol": "SPX"}, {"symbol": None}, {"strategy_order_action": "sell"}, {"symbol": "ES1!"}],
)
def test_alert_when_answered_then_the_answer_has_its_shape(client, check, changes):
    check(client.post("/webhook", json=strategy_alert(**changes)))


@pytest.mark.parametrize("order", ["all", "default-1763654400000-00000000-0000-5000-8000-000000000000-sl"])
def test_command_when_answered_then_the_answer_has_its_shape(client, check, order):
    check(client.post("/webhook", json={"command": "cancel", "order": order, "symbol": "AAPL"}))


def test_bridge_alert_when_sent_twice_then_both_answers_have_their_shape(client, check):
    alert = bridge_alert()

    assert check(client.post("/tradingview/webhook", json=alert))["status"] == "filled"
    assert check(client.post("/tradingview/webhook", json=alert))["error"] == "duplicate_idempotency_key"


def test_bridge_alert_when_described_then_the_duplicate_names_the_first_ticket(client, document):
    alert = bridge_alert()
    first, again = (client.post("/tradingview/webhook", json=alert) for _ in range(2))
    described = document["paths"]["/tradingview/webhook"]["post"]["responses"]["409"]["headers"]

    assert set(described) == {"X-Ticket"}
    assert again.headers["X-Ticket"] == first.json["ticket"]


def test_alert_when_secret_is_missing_then_the_envelope_has_its_shape(anonymous, check):
    assert check(anonymous.post("/webhook", json=strategy_alert()))["error"]["code"] == "NOT_AUTHENTICATED"


def test_reversal_when_answered_then_both_orders_have_their_shape(make_app, check):
    client = client_of(make_app(allow_short_selling=True), x_bot_secret=WEBHOOK_SECRET)
    client.post("/webhook", json=strategy_alert())
    reversal = strategy_alert(strategy_order_id="sell", strategy_order_action="sell")

    assert len(check(client.post("/webhook", json=reversal))["orders"]) == 2


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/api/audit",
            "/api/bots",
            "/api/tickets",
            "/api/orders",
            "/api/positions",
            "/api/trades",
            "/api/trading-state",
            "/api/changes",
            "/api/overview",
            "/api/brokers",
            "/api/logs",
            "/api/settings",
            "/api/reasons",
            "/api/bots/schema",
        ),
        "/api/tickets?view=rows",
        *("/api/account", "/api/account?fresh=true", "/status?fresh=true"),
        *("/api/paper/prices", "/api/openapi.json", "/health", "/readyz", "/status"),
    ],
)
def test_reading_when_something_was_traded_then_the_answer_has_its_shape(client, operator, check, path):
    client.post("/webhook", json=strategy_alert())
    client.post("/webhook", json=strategy_alert(symbol="SPX"))

    assert check(operator.get(path))


def test_bot_when_made_changed_and_removed_then_the_answers_have_their_shapes(operator, check):
    path = "/api/bots/{bot}"

    assert check(operator.post("/api/bots", json=NEW_BOT))["secret"]
    assert check(operator.patch("/api/bots/swing", json=BOT_CHANGE, headers=ANY_VERSION), path)
    assert check(operator.get("/api/bots/swing"), path)["id"] == "swing"
    assert check(operator.post("/api/bots/swing/secret"), f"{path}/secret")
    check(operator.delete("/api/bots/swing", headers=ANY_VERSION), path)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("put", "/api/trading-state", SWITCH),
        ("put", "/api/paper/prices", PRICES),
        ("post", "/api/preview", strategy_alert()),
        ("post", "/api/preview", bridge_alert(symbol="SPX")),
        ("post", "/tasks/tick", {}),
        ("post", "/cleanup", {}),
        ("put", "/api/trading-state", {"state": "ASLEEP"}),
    ],
)
def test_operation_when_called_then_the_answer_has_its_shape(operator, check, method, path, body):
    check(operator.open(path, method=method.upper(), json=body))


def test_position_when_closed_then_the_ticket_has_its_shape(client, operator, check):
    client.post("/webhook", json=strategy_alert())

    closed = operator.delete("/api/positions/paper/AAPL")
    assert check(closed, "/api/positions/{broker}/{symbol}")["status"] == "filled"


def test_ticket_when_shown_then_it_has_its_shape(client, operator, check):
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]

    assert check(operator.get(f"/api/tickets/{ticket}"), "/api/tickets/{ticket}")["id"] == ticket


def test_trade_when_shown_then_it_has_its_shape(client, operator, check):
    client.post("/webhook", json=strategy_alert())
    operator.delete("/api/positions/paper/AAPL")
    number = operator.get("/api/trades").json["trades"][0]["number"]

    assert check(operator.get(f"/api/trades/{number}"), "/api/trades/{number}")["state"] == "closed"


def test_build_when_only_routes_are_there_then_no_store_is_needed():
    from flask import Flask

    from app.blueprints import register_blueprints

    app = Flask("routes")
    register_blueprints(app)
    assert build_document(app)["paths"]["/webhook"]


def test_report_on_opinions_when_it_has_some_then_it_is_as_described(check, operator, store, clock):
    write(store, past_ticket(), past_ticket(opinion=said(None)))
    clock.now = NOON + timedelta(days=2)

    assert len(check(operator.get("/api/opinions/report"))["opinions"]) == 2


CONDOR = {"underlying": "AAPL", "structure": "iron_condor", "strike_by": "percent", "strike_value": "0.05"}


def test_bot_commands_when_answered_then_each_answer_has_its_shape(client, anonymous, operator, check, clock):
    clock.now = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
    operator.put("/api/paper/prices", json={"AAPL": "100"})
    operator.post("/api/bots", json={"id": "condors", "wing_width": "5"} | CONDOR)
    client.post("/webhook", json=strategy_alert())
    answered = {}
    for send, rest, body, path in (
        (anonymous.post, "enter/2", {}, "enter/{bot}"),
        (anonymous.post, "enter/1", {}, "enter/{bot}"),
        (anonymous.post, "enter", {"bot": 2, "legs": []}, "enter"),
        (anonymous.post, "exit/99", {}, "exit/{trade}"),
        (anonymous.post, "exit", {"bot": 2, "close": "all"}, "exit"),
        (anonymous.get, "bots", None, "bots"),
        (anonymous.get, "trades", None, "trades"),
    ):
        answer = send(f"/webhook/{ACCOUNT_SECRET}/{rest}", json=body)
        check(answer, f"/webhook/{{secret}}/{path}")
        answered[rest] = answer.status_code

    wanted = {"enter/2": 200, "enter/1": 400, "enter": 400, "exit/99": 404, "exit": 200}
    assert answered == wanted | {"bots": 200, "trades": 200}
    assert check(operator.post("/api/account/secret"))["secret"]
    assert check(operator.post("/api/preview", json={"command": "enter", "bot": 2}))["status"] == "ordered"
