import json
import logging
import socket
import threading
from decimal import Decimal

import pytest

from app.domain.json_codec import from_json
from app.domain.opinions import Mode, Opinion
from app.domain.reasons import Reason
from tests.services.analyst.builders import (
    KEY,
    TOKEN,
    access,
    analyst,
    decision,
    mcp_call,
    message,
    question,
    response,
)
from tests.services.analyst.stub import trickle
from tests.soon import is_soon

pytestmark = pytest.mark.integration

ERROR = {"error": {"message": f"no {KEY} today", "type": "x", "param": None, "code": None}}
HTTP_ERROR = {"type": "http_error", "code": 502, "message": "Bad gateway"}
LISTED = {"type": "mcp_list_tools", "server_label": "optionomics", "tools": [], "error": None}


def test_opine_when_the_model_decides_then_the_opinion_tells_everything(model):
    opinion = analyst(model.url).opine(question())

    assert opinion.failure is None
    assert opinion.decision.notional_usd == Decimal(200)
    assert (opinion.analyst, opinion.model, opinion.prompt_version, opinion.mode) == (
        "openai",
        "gpt-5.5",
        "opinion-2",
        Mode.NONE,
    )
    assert (opinion.usage.requests, opinion.usage.total_tokens, opinion.usage.reasoning_tokens) == (1, 120, 5)


def test_opine_when_stored_then_it_is_read_again_unchanged(model):
    opinion = analyst(model.url).opine(question())

    assert from_json(Opinion, json.loads(json.dumps(opinion.to_json()))) == opinion


def test_request_when_sent_then_it_is_strict_bounded_and_not_stored(model):
    analyst(model.url).opine(question())
    body = model.bodies[0]

    assert body["text"]["format"]["strict"] is True
    assert (body["store"], body["max_output_tokens"], "tools" in body) == (False, 4000, False)
    assert json.loads(body["input"][0]["content"])["proposal"]["symbol"] == "NVDA"


@pytest.mark.parametrize("phase", [None, "final_answer"])
def test_opine_when_a_message_is_commentary_then_the_final_one_counts(model, phase):
    said = message("I will check the evidence first.", phase="commentary")
    model.answers = [(200, response(said, message(json.dumps(decision()), phase=phase), said))]
    opinion = analyst(model.url).opine(question())

    assert (opinion.failure, opinion.decision.notional_usd) == (None, Decimal(200))


def test_request_when_the_setting_says_how_much_a_model_may_say_then_it_may(make_app, model):
    app = make_app(openai_api_key=KEY, openai_base_url=model.url, max_output_tokens=9000)
    app.extensions["gatehouse"].research.analyst.opine(question())

    assert model.bodies[0]["max_output_tokens"] == 9000


def test_opine_when_the_model_advises_against_it_then_the_reason_is_skip(model):
    model.answers = [(200, response(message(json.dumps(decision(action="skip", notional_usd=0)))))]

    assert analyst(model.url).opine(question()).reason is Reason.OPINION_SKIP


FAILURES = {
    "refusal": (response(message("I cannot.", kind="refusal")), Reason.OPINION_REFUSED),
    "out of tokens": (
        response(status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
        Reason.OPINION_INCOMPLETE,
    ),
    "failed": (response(status="failed", error={"message": "server_error"}), Reason.OPINION_FAILED),
    "queued": (response(status="queued"), Reason.OPINION_FAILED),
    "no state": ({"output": []}, Reason.OPINION_FAILED),
    "wrong symbol": (response(message(json.dumps(decision(symbol="TSLA")))), Reason.OPINION_SYMBOL_MISMATCH),
    "prose": (response(message("Buy it!")), Reason.OPINION_UNPARSABLE),
    "two finals": (
        response(message("{}", phase="final_answer"), message("{}", phase="final_answer")),
        Reason.OPINION_UNPARSABLE,
    ),
    "a final and one that may be": (
        response(message(json.dumps(decision())), message(json.dumps(decision()), phase="final_answer")),
        Reason.OPINION_UNPARSABLE,
    ),
    "commentary alone": (
        response(message(json.dumps(decision()), phase="commentary")),
        Reason.OPINION_UNPARSABLE,
    ),
    "unknown phase": (
        response(message(json.dumps(decision()), phase="analysis")),
        Reason.OPINION_UNPARSABLE,
    ),
    "odd phase": (response(message(json.dumps(decision())) | {"phase": []}), Reason.OPINION_UNPARSABLE),
    "two messages": (response(message("{}"), message("{}")), Reason.OPINION_UNPARSABLE),
    "no message": (response({"type": "reasoning"}), Reason.OPINION_UNPARSABLE),
    "unfinished message": (
        response(message(json.dumps(decision())) | {"status": "incomplete"}),
        Reason.OPINION_INCOMPLETE,
    ),
    "no object": ([], Reason.OPINION_UNPARSABLE),
    "torn": (b'{"status": "comp', Reason.OPINION_UNPARSABLE),
    "nested": (b"[" * 100_000, Reason.OPINION_UNPARSABLE),
    "huge": (b" " * (5 << 20), Reason.OPINION_UNPARSABLE),
}


@pytest.mark.parametrize(("body", "reason"), FAILURES.values(), ids=FAILURES)
def test_opine_when_the_answer_is_no_decision_then_it_fails_with_its_reason_and_was_asked_once(
    model, body, reason
):
    model.answers = [(200, body)]
    opinion = analyst(model.url).opine(question())

    assert (opinion.reason, opinion.decision) == (reason, None)
    assert len(model.asked) == 1


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 408, 409, 422, 429, 500, 503])
def test_opine_when_the_server_answers_an_error_then_it_failed_and_was_asked_once(model, status):
    model.answers = [(status, ERROR, {"Location": model.url, "x-should-retry": "true"})]
    opinion = analyst(model.url).opine(question())

    assert opinion.reason is Reason.OPINION_FAILED
    assert str(status) in opinion.failure.message
    assert len(model.asked) == 1


def test_opine_when_the_tools_cannot_be_used_from_there_then_mcp_is_unreachable(model):
    model.answers = [(424, ERROR)]
    tools = access("https://mcp.example/mcp", mode=Mode.HOSTED)

    assert analyst(model.url, tools).opine(question()).reason is Reason.MCP_UNREACHABLE


def test_opine_when_nobody_listens_then_it_failed():
    opinion = analyst("http://127.0.0.1:9").opine(question())

    assert opinion.reason is Reason.OPINION_FAILED


@pytest.mark.parametrize("headers", [True, False])
def test_opine_when_the_server_trickles_then_it_is_cut_off_in_time(model, headers):
    model.answers = [trickle(model, headers=headers)]

    def opine():
        opinion = analyst(model.url, timeout_seconds=0.5).opine(question())
        assert opinion.reason is Reason.OPINION_TIMEOUT

    assert is_soon(opine, 3)


@pytest.fixture
def slow_names(monkeypatch):
    """Let nobody find an address until the test is over."""
    over = threading.Event()

    def look_up(*_: object, **__: object):
        over.wait()
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield
    over.set()


@pytest.mark.usefixtures("slow_names")
@pytest.mark.parametrize("tools", [None, access("https://mcp.example/mcp", mode=Mode.LOCAL)])
def test_opine_when_no_address_is_found_then_it_is_given_up_in_time(tools):
    def opine():
        opinion = analyst("https://model.example", tools, timeout_seconds=0.3).opine(question())
        assert (opinion.reason, opinion.decision) == (Reason.OPINION_TIMEOUT, None)

    assert is_soon(opine, 3)


def test_opine_when_something_unforeseen_happens_then_it_failed_and_the_log_has_it(model, caplog):
    opinion = analyst(model.url).opine(question(matched_criteria={"a": object()}))

    assert opinion.reason is Reason.OPINION_FAILED
    assert "unforeseen" in caplog.text


@pytest.mark.parametrize("status", [400, 401, 500])
def test_opine_when_the_server_quotes_a_secret_then_nobody_reads_it(make_app, model, caplog, status):
    caplog.set_level(logging.DEBUG)
    model.answers = [(status, ERROR)]
    app = make_app(openai_api_key=KEY, openai_base_url=model.url, optionomics_token=TOKEN)
    opinion = app.extensions["gatehouse"].research.analyst.opine(question())

    assert KEY not in json.dumps(opinion.to_json())
    assert opinion.reason is Reason.OPINION_FAILED


class TestHosted:
    @pytest.fixture
    def tools(self):
        return access("https://mcp.example/mcp", mode=Mode.HOSTED, allowed=("get_quote",))

    def test_request_when_sent_then_it_carries_the_server_and_who_we_are(self, model, tools):
        analyst(model.url, tools).opine(question())
        (tool,) = model.bodies[0]["tools"]

        assert tool["server_description"].startswith("Optionomics: ")

        assert tool["headers"] == {"Authorization": tools.authorization}
        assert (tool["allowed_tools"], tool["require_approval"]) == (["get_quote"], "never")

    def test_opine_when_tools_were_called_then_each_call_is_recorded(self, model, tools):
        failed = mcp_call(
            error={"type": "mcp_tool_execution_error", "content": "no such symbol"}, output=None
        )
        model.answers = [(200, response(LISTED, mcp_call(), failed, message(json.dumps(decision()))))]
        first, second = analyst(model.url, tools).opine(question()).tool_calls

        assert (first.name, first.arguments, first.error) == ("get_quote", {"symbol": "NVDA"}, None)
        assert len(first.digest) == 64
        assert (second.digest, second.error) == (None, "no such symbol")

    @pytest.mark.parametrize(
        ("item", "reason"),
        [
            (LISTED | {"error": "HTTP 401"}, Reason.MCP_UNREACHABLE),
            (mcp_call(error=HTTP_ERROR, output=None), Reason.MCP_UNREACHABLE),
            (mcp_call(name="place_order"), Reason.OPINION_FAILED),
        ],
    )
    def test_opine_when_the_tools_were_not_used_as_they_must_be_then_no_decision_counts(
        self, model, tools, item, reason
    ):
        model.answers = [(200, response(item, message(json.dumps(decision()))))]
        opinion = analyst(model.url, tools).opine(question())

        assert (opinion.reason, opinion.decision) == (reason, None)

    def test_opine_when_a_failure_ends_it_then_its_calls_and_its_bill_are_still_told(self, model, tools):
        model.answers = [(200, response(mcp_call(), status="failed", error={"message": "oops"}))]
        opinion = analyst(model.url, tools).opine(question())

        assert (len(opinion.tool_calls), opinion.usage.total_tokens) == (1, 120)
