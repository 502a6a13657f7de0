"""A plain client's handshake with the simulated Optionomics, and who may come in."""

import base64
import json

import pytest
import requests

from tests.simulators.openai.mcp_session import McpSession
from tests.simulators.optionomics import FakeOptionomics
from tests.simulators.optionomics.tools import TOOLS

pytestmark = pytest.mark.integration

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2024-11-05",
        "capabilities": {},
        "clientInfo": {"name": "trade-bot-test", "version": "1.0"},
    },
}
STATELESS = {
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": "tools/list",
    "Accept": "application/json, text/event-stream",
}
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"},
}


def initialize(optionomics, **headers):
    return requests.post(optionomics.url, json=INITIALIZE, headers=headers, timeout=5)


def pair(optionomics, **changes):
    return {"X-USER-EMAIL": optionomics.email, "X-USER-TOKEN": optionomics.token} | changes


@pytest.fixture
def session(optionomics):
    with McpSession(optionomics.url, {"Authorization": optionomics.authorization}, timeout=5) as session:
        yield session


def test_initialize_when_the_documented_curl_is_sent_then_200(optionomics):
    answer = initialize(optionomics, **pair(optionomics))

    assert answer.status_code == 200
    assert '"protocolVersion":"2024-11-05"' in answer.text


def test_initialize_when_the_bearer_is_email_and_token_in_base64_then_200(optionomics):
    encoded = base64.b64encode(b"trader@example.com:simulated-token").decode()

    assert initialize(optionomics, Authorization=f"Bearer {encoded}").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer simulated-token"},
        {"Authorization": "Bearer dHJhZGVyQGV4YW1wbGUuY29tOndyb25n"},
        {"Authorization": "Basic dHJhZGVyQGV4YW1wbGUuY29tOnNpbXVsYXRlZC10b2tlbg=="},
        {"X-USER-EMAIL": "trader@example.com"},
        {"X-USER-EMAIL": "trader@example.com", "X-USER-TOKEN": "wrong"},
        {
            "X-USER-EMAIL": "trader@example.com",
            "X-USER-TOKEN": "simulated-token",
            "Authorization": "Bearer x",
        },
    ],
)
def test_initialize_when_any_credential_is_wrong_then_401(optionomics, headers):
    answer = initialize(optionomics, **headers)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_initialize_when_the_plan_has_no_mcp_then_403(optionomics):
    optionomics.switches.mcp_access = False

    assert initialize(optionomics, **pair(optionomics)).status_code == 403


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_handshake_when_the_version_is_known_then_it_is_agreed(optionomics, version):
    with McpSession(optionomics.url, pair(optionomics), version=version) as session:
        assert (session.negotiated, len(session.tools())) == (version, len(TOOLS))


def test_handshake_when_done_then_a_session_was_given(session):
    assert len(session.http.headers["Mcp-Session-Id"]) == 32


def test_tools_when_listed_then_each_says_what_it_takes(session):
    listed = {tool["name"]: tool for tool in session.tools()}

    assert set(listed) == {tool.__name__ for tool in TOOLS}
    assert listed["quote"]["inputSchema"]["required"] == ["symbol"]
    assert all(tool["annotations"]["readOnlyHint"] for tool in listed.values())


@pytest.mark.parametrize("name", [tool.__name__ for tool in TOOLS])
def test_tool_when_called_twice_then_the_same_figures_come(session, name):
    arguments = {} if name == "market_overview" else {"symbol": "NVDA"}
    answers = [session.call(name, arguments) for _ in range(2)]

    assert answers[0] == answers[1]
    assert json.loads(answers[0]["content"][0]["text"])
    assert answers[0]["isError"] is False


def test_tool_when_symbols_differ_then_so_do_the_figures(session):
    texts = {session.call("quote", {"symbol": symbol})["content"][0]["text"] for symbol in ("NVDA", "AMD")}

    assert len(texts) == 2


@pytest.mark.parametrize(("name", "arguments"), [("nope", {}), ("quote", {}), ("quote", {"symbol": 5})])
def test_tool_when_name_or_arguments_are_wrong_then_is_error(session, name, arguments):
    assert session.call(name, arguments)["isError"] is True


def test_call_when_made_then_it_is_written_down(session, optionomics):
    session.call("quote", {"symbol": "NVDA"})

    assert [call.as_json() for call in optionomics.calls] == [
        {"tool": "quote", "arguments": {"symbol": "NVDA"}}
    ]


def test_requests_when_written_down_then_credentials_are_not(optionomics):
    with McpSession(optionomics.url, pair(optionomics, Authorization=optionomics.authorization)) as session:
        session.tools()
    shown = json.dumps([each.as_json() for each in optionomics.requests])

    assert "tools/list" in shown
    assert optionomics.token not in shown
    assert optionomics.authorization.removeprefix("Bearer ") not in shown


def test_tools_when_asked_for_without_a_session_then_400(optionomics):
    message = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    answer = requests.post(optionomics.url, json=message, headers=pair(optionomics), timeout=5)

    assert answer.status_code == 400


def test_accept_when_it_leaves_out_event_streams_then_406(optionomics):
    assert initialize(optionomics, **pair(optionomics, Accept="application/json")).status_code == 406


def test_host_when_it_is_not_ours_then_421(optionomics):
    assert initialize(optionomics, **pair(optionomics, Host="evil.example")).status_code == 421


def test_stateless_revision_when_spoken_then_no_session_is_needed(optionomics):
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": ENVELOPE}}
    headers = STATELESS | pair(optionomics)
    result = requests.post(optionomics.url, json=message, headers=headers, timeout=5).json()["result"]

    assert (len(result["tools"]), result["resultType"]) == (len(TOOLS), "complete")


def test_server_when_closed_then_the_port_is_free_again():
    with FakeOptionomics() as first:
        port = int(first.url.split(":")[2].removesuffix("/mcp"))
    with FakeOptionomics(port=port) as second:
        assert initialize(second, **pair(second)).status_code == 200
