"""Kept connections to one server, of the standard library, which costs less than urllib3's pools do."""

import select
import weakref
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from app.brokers.alpaca.environment import believing
from app.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer; its connection is free already."""

    status: int
    reason: str
    headers: HTTPMessage
    body: bytes


class HttpConnections:
    """Stands in for a pool of urllib3: raises its errors, which say at which step a request ended."""

    def __init__(self, root: str, verify: bool | str) -> None:  # noqa: FBT001  # as requests names it
        address = urlsplit(root)
        self._host, self._port = address.hostname or "", address.port
        self._context = believing(verify) if address.scheme == "https" else None
        self._idle: list[HTTPConnection] = []
        weakref.finalize(self, _close, self._idle)

    def urlopen(
        self, *, method: str, url: str, body: bytes | None, headers: Mapping[str, str], timeout: Any, **_: Any
    ) -> HttpAnswer:
        """Send once and read the whole answer within the time that each step may take."""
        connection = self._connection(url, timeout.connect_timeout)
        try:
            connection.request(method, url, body, dict(headers))
            response = connection.getresponse()
            answer = HttpAnswer(response.status, response.reason, response.headers, response.read())
        except TimeoutError as error:
            connection.close()
            # urllib3 wants its pool here, for nothing but to show it.
            raise ReadTimeoutError(None, url, "no answer in time") from error  # type: ignore[arg-type]
        except (HTTPException, OSError) as error:
            connection.close()
            raise ProtocolError("The connection broke off.", error) from error
        except BaseException:
            # A connection with half an answer on it must never carry another request.
            connection.close()
            raise
        if not response.will_close:
            self._idle.append(connection)
        return answer

    def _connection(self, url: str, seconds: float) -> HTTPConnection:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            if _is_alive(connection):
                connection.sock.settimeout(seconds)
                return connection
            connection.close()
        connection = self._new(seconds)
        try:
            connection.connect()
        except TimeoutError as error:
            late = ConnectTimeoutError(f"{self._host} did not take the connection in time")
            raise MaxRetryError(None, url, late) from error  # type: ignore[arg-type]
        except OSError as error:
            # Nothing of a request can have arrived, a failed handshake included.
            refused = NewConnectionError(None, f"{self._host}: {error}")  # type: ignore[arg-type]
            raise MaxRetryError(None, url, refused) from error  # type: ignore[arg-type]
        return connection

    def _new(self, seconds: float) -> HTTPConnection:
        if self._context is None:
            return HTTPConnection(self._host, self._port, timeout=seconds)
        return HTTPSConnection(self._host, self._port, timeout=seconds, context=self._context)


def _close(connections: list[HTTPConnection]) -> None:
    for connection in connections:
        connection.close()


def _is_alive(connection: HTTPConnection) -> bool:
    """Tell whether a kept connection is still open: one that can be read while nothing was asked is not."""
    if connection.sock is None:
        return False
    look = select.poll()
    look.register(connection.sock, select.POLLIN)
    return not look.poll(0)
