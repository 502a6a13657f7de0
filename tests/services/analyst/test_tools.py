import hashlib
import json

import pytest

from app.domain.json_codec import from_json
from app.domain.opinions import Mode, Opinion
from app.domain.reasons import Reason
from tests.services.analyst.builders import (
    TOKEN,
    access,
    analyst,
    decision,
    function_call,
    message,
    question,
    response,
)
from tests.services.analyst.stub import trickle
from tests.soon import is_soon

pytestmark = pytest.mark.integration

SCHEMA = {"type": "object", "properties": {"symbol": {"type": "string"}}, "required": ["symbol"]}
TOOLS = [
    {"name": "get_quote", "description": "A quote", "inputSchema": SCHEMA},
    {"name": "place_order", "description": "An order", "inputSchema": SCHEMA},
    {"name": "not a function", "description": "", "inputSchema": SCHEMA},
]
DECIDED = (200, response(message(json.dumps(decision()))))


def wants(*calls: dict):
    return (200, response(*(calls or (function_call(),))))


class Server:
    """What an MCP server does, by method; `said` is a tool's text, or an answer of its own."""

    def __init__(self, mcp, said="142") -> None:
        self.mcp, self.said, self.tools = mcp, said, TOOLS

    @property
    def called(self) -> list[str]:
        bodies = [body for body in self.mcp.bodies if body and body["method"] == "tools/call"]
        return [body["params"]["name"] for body in bodies]

    def __call__(self, handler) -> None:
        body = self.mcp.bodies[-1]
        method = body["method"] if body else "DELETE"
        answers = {
            "initialize": {"protocolVersion": "2025-11-25", "serverInfo": {"name": "sim"}},
            "tools/list": {"tools": self.tools},
            "tools/call": {"content": [{"type": "text", "text": self.said}]},
        }
        if method == "tools/call" and callable(self.said):
            self.said(handler)
        elif method in answers:
            handler._write(200, {"jsonrpc": "2.0", "id": body["id"], "result": answers[method]})
        else:
            handler._write(202, b"")


@pytest.fixture
def server(mcp):
    server = Server(mcp)
    mcp.answers = [server]
    return server


@pytest.fixture
def ask(model, mcp, server):
    """Ask for an opinion with local tools."""

    def ask(*answers, timeout_seconds: float = 20, **changes):
        model.answers = list(answers)
        tools = access(mcp.url, **changes)
        return analyst(model.url, tools, timeout_seconds=timeout_seconds).opine(question())

    return ask


def outputs(body: dict) -> list[dict]:
    return [
        json.loads(item["output"]) for item in body["input"] if item.get("type") == "function_call_output"
    ]


def test_opine_when_the_model_wants_a_tool_then_it_gets_the_answer_and_the_call_is_recorded(
    ask, model, server
):
    opinion = ask(wants(), DECIDED)
    (call,) = opinion.tool_calls

    assert (opinion.mode, opinion.failure, server.called) == (Mode.LOCAL, None, ["get_quote"])
    assert (call.name, call.arguments, call.error) == ("get_quote", {"symbol": "NVDA"}, None)
    assert call.digest == hashlib.sha256(b"142").hexdigest()
    assert outputs(model.bodies[1]) == [{"is_error": False, "data": "142"}]


def test_opine_when_it_took_two_requests_then_the_bill_has_both(ask):
    usage = ask(wants(), DECIDED).usage

    assert (usage.requests, usage.total_tokens) == (2, 240)


def test_request_when_sent_then_the_tools_are_strict_functions(ask, model):
    ask(DECIDED)
    tools = model.bodies[0]["tools"]

    assert [(tool["name"], tool["strict"]) for tool in tools] == [("get_quote", True), ("place_order", True)]
    assert tools[0]["parameters"]["additionalProperties"] is False


def test_request_when_repeated_then_calls_go_back_without_their_ids(ask, model):
    ask(wants(), DECIDED)
    repeated = model.bodies[1]["input"][1]

    assert repeated == {key: value for key, value in function_call().items() if key != "id"}


def test_opine_when_a_tool_is_not_allowed_then_it_is_neither_offered_nor_called(ask, model, server):
    opinion = ask(wants(function_call("place_order")), DECIDED, allowed=("get_quote",))

    assert [tool["name"] for tool in model.bodies[0]["tools"]] == ["get_quote"]
    assert server.called == []
    assert opinion.tool_calls[0].error == "There is no such tool."


@pytest.mark.parametrize(
    "arguments",
    ["{", "[]", '"NVDA"', "", None, '{"a":' * 700, "x" * 5000, '{"a": 1e999}', "[" * 3000 + "]" * 3000],
)
def test_opine_when_arguments_are_no_object_then_the_tool_is_not_called(ask, server, arguments):
    opinion = ask(wants(function_call(arguments=arguments)), DECIDED)

    assert server.called == []
    assert opinion.tool_calls[0].error == "The arguments are not a JSON object."
    json.dumps(opinion.to_json())


def test_opine_when_a_tool_says_too_much_then_the_model_sees_the_beginning_and_that_it_was_cut(
    ask, model, server
):
    server.said = "x" * 20_000
    ask(wants(), DECIDED)

    assert outputs(model.bodies[1])[0]["data"].endswith("… [truncated: 4000 more characters]")


def test_opine_when_a_tool_quotes_our_token_then_neither_model_nor_ticket_sees_it(
    make_app, model, mcp, server, caplog
):
    app = make_app(
        openai_api_key="sk-x-y-z", openai_base_url=model.url, optionomics_email="a@b.example",
        optionomics_token=TOKEN, optionomics_mcp_url=mcp.url,
    )  # fmt: skip
    server.said = f"You are {mcp.url} {TOKEN} {app.extensions['gatehouse'].research.access.authorization}"
    call = function_call(arguments=json.dumps({"symbol": TOKEN, "token": "abcdefg", "price": 1.5}))
    model.answers = [wants(call), DECIDED]
    opinion = app.extensions["gatehouse"].research.analyst.opine(question())
    seen = json.dumps([model.bodies, opinion.to_json()]) + caplog.text

    assert opinion.tool_calls[0].arguments["symbol"] == "***"
    # The model wrote the token into its own call, which goes back to it as it was.
    assert outputs(model.bodies[1])[0]["data"].count("***") == 2
    assert app.extensions["gatehouse"].research.access.authorization.removeprefix("Bearer ") not in seen


def test_opine_when_the_model_never_decides_then_it_is_stopped(ask, model):
    opinion = ask(wants())

    assert opinion.reason is Reason.OPINION_INCOMPLETE
    assert (len(model.asked), model.bodies[-1]["tool_choice"]) == (6, "none")


def test_opine_when_the_model_asks_for_too_much_at_once_then_the_rest_is_refused(ask, server):
    opinion = ask(wants(*[function_call()] * 20), DECIDED)

    assert (len(server.called), opinion.failure) == (12, None)
    assert opinion.tool_calls[-1].error == "No more tools may be used; decide."


def test_opine_when_one_tool_is_slow_then_the_model_is_told_and_decides(ask, mcp, server):
    server.said = trickle(mcp, headers=False)
    quick = function_call("not_there")
    opinion = ask(wants(function_call(), quick), DECIDED, tool_timeout_seconds=0.3)

    assert "in time" in opinion.tool_calls[0].error
    assert opinion.reason is Reason.MCP_UNREACHABLE


def test_opine_when_the_whole_time_is_over_then_it_says_so_whatever_the_tools_do(ask, mcp, server):
    server.said = trickle(mcp, headers=True)

    def opine():
        assert ask(wants(), timeout_seconds=0.6).reason is Reason.OPINION_TIMEOUT

    assert is_soon(opine, 3)


@pytest.mark.parametrize("answer", [(401, b""), (403, b""), (500, b""), (200, b"?")])
def test_opine_when_the_server_does_not_let_us_in_then_the_model_is_not_asked(model, mcp, answer):
    mcp.answers = [answer]
    opinion = analyst(model.url, access(mcp.url)).opine(question())

    assert opinion.reason is Reason.MCP_UNREACHABLE
    assert model.asked == []


def test_opine_when_nothing_is_allowed_that_is_listed_then_the_model_is_asked_without_tools(ask, model):
    opinion = ask(DECIDED, allowed=("get_flow",))

    assert opinion.failure is None
    assert "tools" not in model.bodies[0]


def test_call_when_its_arguments_hold_fractions_then_the_ticket_has_them_as_text(ask):
    call = function_call(arguments='{"strike": 1.50, "tiny": 1e-999999999, "limit": 5, "all": true}')
    opinion = ask(wants(call), DECIDED)

    assert from_json(Opinion, json.loads(json.dumps(opinion.to_json()))) == opinion
    assert opinion.tool_calls[0].arguments == {
        "strike": "1.50",
        "tiny": "1e-999999999",
        "limit": 5,
        "all": True,
    }
