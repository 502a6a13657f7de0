"""One POST of MCP's Streamable HTTP: a JSON-RPC message out, its answer back, in bounded time and size."""

import json
import socket
from collections.abc import Iterator
from typing import Any, Self

import requests
from urllib3.exceptions import HTTPError

from app.dataclass import dataclass
from app.services.analyst.base import quoted
from app.services.analyst.deadline import Authorization, Deadline, watched_session

LARGEST_ANSWER = 1 << 20
BLOCK = 1 << 16
EVENTS = "text/event-stream"
HEADERS = {
    "Content-Type": "application/json",
    "Accept": f"application/json, {EVENTS}",
    # What is counted is what arrives: no small answer unfolds into a huge one.
    "Accept-Encoding": "identity",
}


class McpTrouble(Exception):
    """An MCP server did not do what was asked; the sentence holds no secret."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class McpUnreachable(McpTrouble):
    """No answer got through; `status` is that of HTTP, where there was one."""


class McpRefused(McpTrouble):
    """The server answered with a JSON-RPC error."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `message` is None where nothing was to be answered, or nothing usable was."""

    status: int
    session: str | None
    message: dict[str, Any] | None
    quote: str


class McpTransport:
    """The connection to one server, for one conversation."""

    def __init__(self, url: str, authorization: str | None) -> None:
        self._url = url
        self._authorization = Authorization(authorization)
        self._session = watched_session(self._watch)
        self._sockets: list[socket.socket] = []
        self._deadline: Deadline | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._session.close()

    def send(
        self, message: dict[str, Any] | None, headers: dict[str, str], *, seconds: float, method: str = "POST"
    ) -> Reply:
        """Send a message and return the answer with its id; raise McpUnreachable."""
        with Deadline(seconds) as deadline:
            self._deadline = deadline
            for known in self._sockets:
                deadline.watch(known)
            try:
                reply = self._exchange(method, message, headers, seconds)
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                raise _unreachable(deadline, type(error).__name__) from error
            if reply.message is None and deadline.is_over:
                raise _unreachable(deadline, "cut")
            return reply

    def _exchange(
        self, method: str, message: dict[str, Any] | None, headers: dict[str, str], seconds: float
    ) -> Reply:
        response = self._session.request(
            method,
            self._url,
            data=None if message is None else json.dumps(message),
            headers=HEADERS | headers,
            auth=self._authorization,
            timeout=seconds,
            # Read piece by piece, so that what is too large is never here as a whole.
            stream=True,
            # A redirect would carry the token to an address that nobody has set.
            allow_redirects=False,
        )
        with response:
            found, quote = None, ""
            if response.status_code == requests.codes.ok and message is not None and "id" in message:
                found = _answer(response, message["id"])
            elif response.status_code >= requests.codes.multiple_choices:
                quote = quoted(next(_blocks(response), b"").decode(errors="replace"))
            return Reply(response.status_code, response.headers.get("Mcp-Session-Id"), found, quote)

    def _watch(self, connection: socket.socket) -> None:
        self._sockets.append(connection)
        if self._deadline is not None:
            self._deadline.watch(connection)


def _answer(response: requests.Response, wanted: int) -> dict[str, Any] | None:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != EVENTS:
        return _matching(b"".join(_blocks(response)), wanted)
    found = (_matching(event, wanted) for event in _events(response))
    return next((message for message in found if message is not None), None)


def _matching(text: bytes, wanted: int) -> dict[str, Any] | None:
    """Return the answer in a text; notifications and requests of the server are none."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_ours = isinstance(message, dict) and message.get("id") == wanted and "method" not in message
    return message if is_ours else None


def _events(response: requests.Response) -> Iterator[bytes]:
    data: list[bytes] = []
    for line in _lines(response):
        if line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
        elif not line and data:
            yield b"\n".join(data)
            data = []
    if data:
        yield b"\n".join(data)


def _lines(response: requests.Response) -> Iterator[bytes]:
    rest = b""
    for block in _blocks(response):
        *lines, rest = (rest + block).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in lines)


def _blocks(response: requests.Response) -> Iterator[bytes]:
    """Yield what has arrived; an open stream is not waited for."""
    total = 0
    while block := response.raw.read1(BLOCK):
        total += len(block)
        if total > LARGEST_ANSWER:
            raise McpUnreachable(f"The MCP server answers with more than {LARGEST_ANSWER} bytes.")
        yield block


def _unreachable(deadline: Deadline, how: str) -> McpUnreachable:
    if deadline.is_over:
        return McpUnreachable("The MCP server did not answer in time.")
    return McpUnreachable(f"The MCP server cannot be reached ({how}).")
