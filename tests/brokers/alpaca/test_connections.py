"""Kept connections against real sockets."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from app.brokers.alpaca.connections import HttpConnections

pytestmark = pytest.mark.integration

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CLOSING = ANSWER.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")


def ask(connections: HttpConnections, seconds: float = 1.0):
    timeout = SimpleNamespace(connect_timeout=seconds)
    return connections.urlopen(method="GET", url="/v2/clock", body=None, headers={}, timeout=timeout)


@contextmanager
def server(*behaviours, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Let each behaviour treat one connection, one after the other; yield the address."""

    def serve() -> None:
        for behave in behaviours:
            connection, _ = listener.accept()
            try:
                with context.wrap_socket(connection, server_side=True) if context else connection as line:
                    behave(line)
            except OSError:
                continue

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        scheme = "https" if context else "http"
        yield f"{scheme}://localhost:{listener.getsockname()[1]}"
        thread.join(60)


def answers(*texts: bytes):
    def behave(line: socket.socket) -> None:
        for text in texts:
            assert line.recv(65536)
            line.sendall(text)

    return behave


def silent(line: socket.socket) -> None:
    line.recv(65536)
    line.recv(65536)  # until the other side gives up


def test_connection_when_the_server_has_closed_it_then_the_next_request_takes_a_new_one():
    with server(answers(ANSWER), answers(ANSWER)) as url:
        connections = HttpConnections(url, verify=True)
        ask(connections)
        connections._idle[0].sock.recv(1)  # wait until the end of the first connection has arrived

        assert ask(connections).body == b"{}"


def test_connection_when_the_server_says_close_then_it_is_not_kept():
    with server(answers(CLOSING)) as url:
        connections = HttpConnections(url, verify=True)

        assert ask(connections).status == 200
        assert connections._idle == []


def test_request_when_nobody_listens_then_it_is_proved_that_nothing_was_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(MaxRetryError) as failed:
        ask(HttpConnections(url, verify=True))

    assert isinstance(failed.value.reason, NewConnectionError)


def test_request_when_no_answer_comes_then_it_may_have_arrived():
    with server(silent) as url, pytest.raises(ReadTimeoutError):
        ask(HttpConnections(url, verify=True), seconds=0.1)


def test_request_when_the_answer_breaks_off_then_it_may_have_arrived():
    with server(answers(ANSWER[:-1])) as url, pytest.raises(ProtocolError):
        ask(HttpConnections(url, verify=True))


def test_request_when_an_answer_was_late_then_the_next_one_does_not_get_it():
    with server(silent, answers(ANSWER)) as url:
        connections = HttpConnections(url, verify=True)
        with pytest.raises(ReadTimeoutError):
            ask(connections, seconds=0.1)

        assert connections._idle == []
        assert ask(connections).status == 200


def test_request_when_the_connection_is_not_taken_in_time_then_it_says_so(monkeypatch):
    def late(_connection):
        raise TimeoutError

    monkeypatch.setattr("http.client.HTTPConnection.connect", late)
    with pytest.raises(MaxRetryError) as failed:
        ask(HttpConnections("http://127.0.0.1:9", verify=True))

    assert type(failed.value.reason) is ConnectTimeoutError


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that nobody else trusts, and a server's context with it."""
    folder = tmp_path_factory.mktemp("certificate")
    pem, key = folder / "certificate.pem", folder / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = subprocess.run([*command, "-keyout", key, "-out", pem], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("openssl makes no certificate here")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    return pem, context


def test_request_when_the_certificate_is_trusted_then_it_is_answered(certificate):
    pem, context = certificate
    with server(answers(ANSWER, ANSWER), context=context) as url:
        connections = HttpConnections(url, verify=str(pem))

        assert [ask(connections).status for _ in range(2)] == [200, 200]


def test_request_when_the_certificate_is_trusted_by_a_folder_then_it_is_answered(certificate, tmp_path):
    pem, context = certificate
    hashed = subprocess.run(
        ["openssl", "x509", "-hash", "-noout", "-in", pem], capture_output=True, text=True, check=True
    )
    (tmp_path / f"{hashed.stdout.strip()}.0").write_bytes(pem.read_bytes())
    with server(answers(ANSWER), context=context) as url:
        assert ask(HttpConnections(url, verify=str(tmp_path))).status == 200


def test_request_when_nobody_vouches_for_the_certificate_then_nothing_is_sent(certificate):
    with server(silent, context=certificate[1]) as url, pytest.raises(MaxRetryError) as failed:
        ask(HttpConnections(url, verify=True))

    assert isinstance(failed.value.reason, NewConnectionError)
