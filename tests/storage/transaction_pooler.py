"""A pooler as PgBouncer is with pool_mode = transaction: all clients share one session with the server."""

import os
import socket
import struct
import threading
from contextlib import suppress

import psycopg

_ENCRYPTION = {80877103, 80877104}
_TOLD = {
    "server_version": "18.0",
    "server_encoding": "UTF8",
    "client_encoding": "UTF8",
    "standard_conforming_strings": "on",
    "default_transaction_read_only": "off",
    "in_hot_standby": "off",
}


class TransactionPooler:
    """Takes clients on `port`; each has the session for as long as its transaction."""

    def __init__(self, url: str) -> None:
        self._session = psycopg.connect(f"{url}?sslmode=disable", autocommit=True)
        self._server = socket.socket(fileno=os.dup(self._session.pgconn.socket))
        self._server.setblocking(True)
        self._turn = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take nobody any more, and leave the server."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._server.close()
        self._session.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError, EOFError):
            _greet(client)
            while True:
                said = [_message(client)]
                with self._turn:
                    while self._answer(client, said) != b"I":
                        said = [_message(client)]

    def _answer(self, client: socket.socket, said: list[bytes]) -> bytes:
        """Hand on what a client says up to its question's end, and the answer; return how that leaves us."""
        while said[-1][:1] not in {b"Q", b"S"}:
            if said[-1][:1] == b"X":
                raise EOFError
            said.append(_message(client))
        self._server.sendall(b"".join(said))
        while (answer := _message(self._server))[:1] != b"Z":
            client.sendall(answer)
        client.sendall(answer)
        return answer[-1:]


def _greet(client: socket.socket) -> None:
    """Let anybody in."""
    while True:
        (length,) = struct.unpack("!I", _exactly(client, 4))
        (code,) = struct.unpack("!I", _exactly(client, length - 4)[:4])
        if code not in _ENCRYPTION:
            break
        client.sendall(b"N")
    told = [_made(b"S", f"{name}\0{value}\0".encode()) for name, value in _TOLD.items()]
    key = _made(b"K", struct.pack("!II", 1, 1))
    client.sendall(_made(b"R", struct.pack("!I", 0)) + b"".join(told) + key + _made(b"Z", b"I"))


def _made(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def _message(end: socket.socket) -> bytes:
    head = _exactly(end, 5)
    return head + _exactly(end, struct.unpack("!I", head[1:])[0] - 4)


def _exactly(end: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        more = end.recv(count - len(got))
        if not more:
            raise EOFError
        got += more
    return got
