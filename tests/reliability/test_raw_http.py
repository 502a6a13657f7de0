"""What reaches the server is not always HTTP: it answers or hangs up, never fails, and keeps nothing."""

import contextlib
import json
import re
import socket

import pytest

from tests.reliability.alerts import strategy_alert
from tests.reliability.documents import count_documents
from tests.reliability.server import Server

pytestmark = pytest.mark.integration

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
BODY = strategy_alert("raw").body
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def post(headers: bytes, body: bytes = b"", path: bytes = b"/webhook") -> bytes:
    return b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n" + body


def sized(body: bytes) -> bytes:
    return post(b"Content-Length: %d\r\n" % len(body), body)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


MALFORMED = {
    "chunk size is no number": post(CHUNKED, b"zz\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk size is negative": post(CHUNKED, b"-5\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk is longer than told": post(CHUNKED, b"5\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk is shorter than told": post(CHUNKED, b"ffff\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "last chunk is missing": post(CHUNKED, chunk(BODY)),
    "chunk size is enormous": post(CHUNKED, b"f" * 400 + b"\r\n" + BODY),
    "chunks and a length": post(CHUNKED + b"Content-Length: 5\r\n", chunk(BODY) + b"0\r\n\r\n"),
    "coding is unknown": post(b"Transfer-Encoding: magic\r\n", BODY),
    "length is no number": post(b"Content-Length: many\r\n", BODY),
    "length is negative": post(b"Content-Length: -1\r\n", BODY),
    "length stands twice": post(b"Content-Length: 3\r\nContent-Length: 4\r\n", BODY),
    "length is enormous": post(b"Content-Length: " + b"9" * 30 + b"\r\n", BODY),
    "length is too large": post(b"Content-Length: 5000\r\n", b"x" * 5000),
    "body is cut short": post(b"Content-Length: %d\r\n" % (len(BODY) + 10), BODY),
    "body is half an alert": sized(BODY[: len(BODY) // 2]),
    "body is not UTF-8": sized(BODY.replace(b"raw", b"\xff\xfe\x80")),
    "body is UTF-16": sized(BODY.decode().encode("utf-16")),
    "body is empty": sized(b""),
    "body is missing": post(b""),
    "body is nested deeply": sized(b"[" * 4000),
    "header is huge": post(b"X-Padding: " + b"x" * 100_000 + b"\r\n", BODY),
    "headers are many": post(b"".join(b"X-%d: y\r\n" % number for number in range(500)), BODY),
    "header has no colon": post(b"nonsense\r\n", BODY),
    "header has a NUL": post(b"X-Bad: a\x00b\r\n", BODY),
    "path is not ASCII": post(b"Content-Length: 2\r\n", b"{}", path=b"/webhook/\xff\xfe"),
    "path is a traversal": post(b"Content-Length: 2\r\n", b"{}", path=b"/webhook/%2e%2e/%00"),
    "version is unknown": sized(BODY).replace(b"HTTP/1.1", b"HTTP/9.9", 1),
    "method is unknown": sized(BODY).replace(b"POST", b"BREW", 1),
    "it is no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50,
    "it is nothing": b"",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("raw"))
    server.start()
    server.configure_bot("default", notional="5")
    yield server
    server.kill()


@pytest.fixture
def exchange(server):
    """Send bytes, say that there are no more, and return everything that comes back."""

    def send(data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            with contextlib.suppress(ConnectionError):
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            return b"".join(received(connection))

    return send


def received(connection):
    with contextlib.suppress(ConnectionError):
        while data := connection.recv(65536):
            yield data


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in STATUS.findall(answer)]


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_server_when_a_request_is_malformed_then_it_refuses_and_stores_nothing(server, exchange, data):
    before = count_documents(server.database, "inbox/", "tickets/")

    answer = exchange(data)

    assert all(400 <= status < 500 or status == 501 for status in statuses(answer)), answer[:200]
    assert count_documents(server.database, "inbox/", "tickets/") == before


@pytest.mark.parametrize("size", [1, 7, 100])
def test_alert_when_it_comes_in_small_chunks_then_it_is_accepted(exchange, size):
    body = strategy_alert(f"chunks of {size}").body
    chunks = b"".join(chunk(body[start : start + size]) for start in range(0, len(body), size))

    assert statuses(exchange(post(CHUNKED, chunks + b"0\r\n\r\n"))) == [200]


def test_alerts_when_they_are_pipelined_then_each_is_answered_in_turn(exchange):
    bodies = [strategy_alert(f"pipelined {number}").body for number in range(3)]

    answer = exchange(b"".join(map(sized, bodies)))

    assert statuses(answer) == [200, 200, 200]
    assert len(set(re.findall(rb'"ticket":"([^"]+)"', answer))) == 3


def test_alert_when_the_sender_hangs_up_then_it_is_stored_whole_or_not_at_all(server, exchange):
    body = strategy_alert("hung up").body
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(sized(body))

    answer = exchange(sized(body))

    assert statuses(answer) == [200]
    assert json.loads(answer.rpartition(b"\r\n\r\n")[2])["status"] == "filled"


def test_server_when_all_this_is_over_then_it_is_well_and_its_log_has_no_traceback(server):
    assert server.call("GET", "/readyz").status == 200
    assert server.tracebacks() == 0
