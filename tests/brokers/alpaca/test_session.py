"""The session that the SDK sends through."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import requests
import responses

from app.brokers.alpaca.session import AlpacaSession
from tests.brokers.alpaca.harness import ACCOUNT, ORDERS, STOCK_QUOTES, TRADING

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nSet-Cookie: a=b\r\n"
KEYS = {"APCA-API-KEY-ID": "PKTESTKEY"}


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@contextmanager
def listener(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Answer the requests of one connection; yield an address and what arrives there."""
    arrived: list[bytes] = []

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            for answer in answers:
                arrived.append(connection.recv(65536))
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", arrived
        thread.join()


def whole(body: bytes = b"{}") -> bytes:
    return ANSWER + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def get(line: AlpacaSession, url: str, **query: str) -> requests.Response:
    return line.request("GET", url, headers=KEYS, allow_redirects=False, params=query)


@pytest.mark.unit
def test_request_when_there_are_parameters_then_they_are_escaped(api):
    api.get(STOCK_QUOTES, json={})
    get(AlpacaSession(TRADING, 1), STOCK_QUOTES, symbols="BRK/B, X")

    assert api.calls[0].request.url == f"{STOCK_QUOTES}?symbols=BRK%2FB%2C+X"


@pytest.mark.unit
def test_request_when_there_is_a_body_then_it_is_json_of_known_length(api):
    api.post(ORDERS, json={})
    AlpacaSession(TRADING, 1).request("POST", ORDERS, headers=KEYS, allow_redirects=False, json={"qty": "1"})
    sent = api.calls[0].request

    assert (sent.body, sent.headers["Content-Length"]) == (b'{"qty": "1"}', "12")
    assert (sent.headers["Content-Type"], sent.headers["APCA-API-KEY-ID"]) == (
        "application/json",
        "PKTESTKEY",
    )


@pytest.mark.integration
def test_request_when_repeated_then_connection_is_kept_and_cookies_are_not():
    with listener(whole(), whole()) as (url, arrived):
        line = AlpacaSession(url, 1)
        get(line, f"{url}/v2/account")
        get(line, f"{url}/v2/clock")

    assert [request.split(b" ")[1] for request in arrived] == [b"/v2/account", b"/v2/clock"]
    assert b"cookie" not in arrived[1].lower()


@pytest.mark.integration
def test_request_when_environment_names_a_proxy_then_it_is_asked(monkeypatch):
    with listener(whole(b'{"by": "proxy"}')) as (proxy, arrived):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("http_proxy", proxy)
        answer = get(AlpacaSession(TRADING, 1), ACCOUNT)

    assert answer.json() == {"by": "proxy"}
    assert arrived[0].startswith(f"GET {ACCOUNT} ".encode())


@pytest.mark.integration
def test_request_when_answer_breaks_off_then_it_fails():
    with (
        listener(ANSWER + b"Content-Length: 100\r\n\r\n{") as (url, _),
        pytest.raises(requests.RequestException),
    ):
        get(AlpacaSession(url, 1), f"{url}/v2/account")
