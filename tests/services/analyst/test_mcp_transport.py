import pytest

from app.services.analyst.mcp_transport import McpRefused, McpUnreachable
from tests.services.analyst.builders import access
from tests.services.analyst.stub import trickle
from tests.soon import is_soon

pytestmark = pytest.mark.integration

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "serverInfo": {"name": "sim", "version": "1"}}
TOOL = {"name": "get_quote", "description": "A quote", "inputSchema": {"type": "object", "properties": {}}}


def result(number: int, value: dict, **headers: str):
    return (200, {"jsonrpc": "2.0", "id": number, "result": value}, headers)


HANDSHAKE = [result(1, HELLO, **{"Mcp-Session-Id": "session-1"}), (202, b"")]


@pytest.fixture
def client(mcp):
    with access(mcp.url).client(lambda: 5.0) as client:
        yield client
        mcp.answers = [(200, b"")]


def events(*texts: str):
    return (200, "".join(texts).encode(), {"Content-Type": "text/event-stream"})


def test_initialize_when_the_server_agrees_then_session_and_protocol_go_with_what_follows(client, mcp):
    mcp.answers = [*HANDSHAKE, result(2, {"tools": [TOOL]})]
    name, tools = client.initialize(), list(client.tools())

    assert (name, [tool.name for tool in tools]) == ("sim", ["get_quote"])
    assert [asked.body["method"] for asked in mcp.asked] == [
        "initialize",
        "notifications/initialized",
        "tools/list",
    ]
    sent = mcp.asked[-1].headers
    assert (sent["Mcp-Session-Id"], sent["MCP-Protocol-Version"]) == ("session-1", "2025-06-18")


def test_initialize_when_sent_then_it_says_who_we_are_and_takes_both_kinds_of_answers(client, mcp):
    mcp.answers = list(HANDSHAKE)
    client.initialize()
    sent = mcp.asked[0].headers

    assert sent["Authorization"].startswith("Bearer ")
    assert sent["Accept"] == "application/json, text/event-stream"


def test_client_when_left_then_the_session_is_ended(mcp):
    mcp.answers = [*HANDSHAKE, (200, b"")]
    with access(mcp.url).client(lambda: 5.0) as client:
        client.initialize()

    assert (mcp.asked[-1].method, mcp.asked[-1].headers["Mcp-Session-Id"]) == ("DELETE", "session-1")


def test_client_when_left_and_the_session_cannot_end_then_nothing_is_raised(mcp):
    mcp.answers = [*HANDSHAKE, (405, b"")]
    with access(mcp.url).client(lambda: 5.0) as client:
        client.initialize()

    assert mcp.asked[-1].method == "DELETE"


def test_answer_when_it_comes_as_events_then_the_one_with_our_id_counts(client, mcp):
    mcp.answers = [
        events(
            ": a comment\r\n\r\n",
            'event: message\r\ndata: {"method":"notifications/progress","params":{}}\r\n\r\n',
            'data: {"jsonrpc":"2.0","id":99,"result":{}}\n\n',
            'data: {"jsonrpc":"2.0","id":1,\ndata: "result":{"content":[{"type":"text","text":"hi"}]}}\n\n',
        )
    ]

    assert client.call("get_quote", {}).text == "hi"


def test_answer_when_the_stream_stays_open_then_it_is_not_waited_for(client, mcp):
    def write(handler):
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        handler.wfile.write(b'data: {"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}\n\n')
        handler.wfile.flush()
        mcp.released.wait()

    mcp.answers = [write]

    assert client.call("get_quote", {}).is_error
    mcp.released.set()


def test_tools_when_the_list_has_pages_then_all_are_read(client, mcp):
    mcp.answers = [
        result(1, {"tools": [TOOL], "nextCursor": "more"}),
        result(2, {"tools": [TOOL | {"name": "get_flow"}]}),
    ]

    assert [tool.name for tool in client.tools()] == ["get_quote", "get_flow"]
    assert mcp.bodies[1]["params"] == {"cursor": "more"}


def test_tools_when_the_list_never_ends_then_it_is_given_up(client, mcp):
    mcp.answers = [result(number, {"tools": [], "nextCursor": "more"}) for number in range(1, 20)]

    with pytest.raises(McpUnreachable, match="does not end"):
        list(client.tools())


def test_call_when_the_session_is_forgotten_then_a_new_one_is_opened_and_the_call_repeated(client, mcp):
    said = {"content": [{"type": "text", "text": "142"}, {"type": "image", "data": "x"}]}
    again = [result(3, HELLO, **{"Mcp-Session-Id": "session-2"}), (202, b"")]
    mcp.answers = [*HANDSHAKE, (404, {"error": {}}), *again, result(4, said)]
    client.initialize()

    assert client.call("get_quote", {"symbol": "NVDA"}).text == "142\n[image left out]"
    assert mcp.asked[-1].headers["Mcp-Session-Id"] == "session-2"


def test_call_when_the_session_is_forgotten_again_then_it_is_given_up(client, mcp):
    again = [result(3, HELLO, **{"Mcp-Session-Id": "session-2"}), (202, b"")]
    mcp.answers = [*HANDSHAKE, (404, b""), *again, (404, b"")]
    client.initialize()

    with pytest.raises(McpUnreachable, match="404"):
        client.call("get_quote", {})


def test_call_when_only_structured_content_comes_then_it_is_the_text(client, mcp):
    mcp.answers = [result(1, {"content": [], "structuredContent": {"price": 142}})]

    assert client.call("get_quote", {}).text == '{"price": 142}'


def test_call_when_the_server_refuses_then_that_is_told(client, mcp):
    mcp.answers = [(200, {"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "Unknown tool"}})]

    with pytest.raises(McpRefused, match="Unknown tool"):
        client.call("nope", {})


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"not json"),
        (200, []),
        (200, {"jsonrpc": "2.0", "id": 2, "result": {}}),
        (200, {"jsonrpc": "2.0", "id": 1, "result": []}),
        (200, b"[" * 100_000),
        (200, b" " * (2 << 20)),
        events("data: nothing\n\n"),
        (302, b"", {"Location": "http://127.0.0.1:9"}),
        (500, b"oops"),
    ],
)
def test_call_when_the_answer_is_no_answer_then_the_server_is_unreachable(client, mcp, answer):
    mcp.answers = [answer]

    with pytest.raises(McpUnreachable):
        client.call("get_quote", {})


@pytest.mark.parametrize("version", ["2031-01-01", None, [], {}])
def test_initialize_when_the_protocol_is_unknown_then_the_server_is_unreachable(client, mcp, version):
    mcp.answers = [result(1, HELLO | {"protocolVersion": version})]

    with pytest.raises(McpUnreachable, match="a protocol that we do not"):
        client.initialize()


@pytest.mark.parametrize("headers", [True, False])
def test_call_when_the_server_trickles_then_it_is_cut_off_in_time(mcp, headers):
    mcp.answers = [trickle(mcp, headers=headers)]

    def call():
        with access(mcp.url).client(lambda: 0.4) as client, pytest.raises(McpUnreachable, match="in time"):
            client.call("get_quote", {})

    assert is_soon(call, 3)


def test_client_when_a_call_was_cut_off_then_the_next_one_works(mcp):
    mcp.answers = [result(1, {"content": []}), trickle(mcp, headers=False), result(3, {"content": []})]
    with access(mcp.url).client(lambda: 0.5) as client:
        client.call("get_quote", {})
        with pytest.raises(McpUnreachable):
            client.call("get_quote", {})

        assert not client.call("get_quote", {}).is_error
