"""A plain client of MCP over Streamable HTTP, as a hosted model has one."""

import json
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Self

import requests

VERSION = "2025-06-18"
TIMEOUT_SECONDS = 30.0
MOST_PAGES = 20
MESSAGE = dict[str, Any]


class HttpFailed(Exception):
    """The server answered with an HTTP error, or not at all (424)."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(message or f"HTTP {status}")
        self.status = status

    @property
    def in_words(self) -> str:
        known = {status.value for status in HTTPStatus}
        return f"{self.status} ({HTTPStatus(self.status).phrase if self.status in known else 'Unknown'})"


class ProtocolFailed(Exception):
    """The server answered with a JSON-RPC error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class McpSession:
    """One conversation with a server; opens with the handshake, raises HttpFailed or ProtocolFailed."""

    def __init__(
        self, url: str, headers: dict[str, str], *, version: str = VERSION, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self.url, self.timeout = url, timeout
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers.update({"Accept": "application/json, text/event-stream", **headers})
        self.offered, self.negotiated = version, ""
        self._last_id = 0

    def __enter__(self) -> Self:
        try:
            self.open()
        except BaseException:
            self.http.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if "Mcp-Session-Id" in self.http.headers:
            with suppress(HttpFailed):  # the server forgets it in time
                self._send("DELETE")
        self.http.close()

    def open(self) -> None:
        """Shake hands, anew when the server has forgotten us."""
        for name in ("Mcp-Session-Id", "MCP-Protocol-Version"):
            self.http.headers.pop(name, None)
        offer = {"protocolVersion": self.offered, "capabilities": {}}
        result = self.ask("initialize", offer | {"clientInfo": {"name": "openai-mcp", "version": "1.0.0"}})
        self.negotiated = str(result["protocolVersion"])
        self.http.headers["MCP-Protocol-Version"] = self.negotiated
        self._send("POST", {"jsonrpc": "2.0", "method": "notifications/initialized"})

    def tools(self) -> list[MESSAGE]:
        """List every tool, page after page."""
        found: list[MESSAGE] = []
        cursor = None
        for _ in range(MOST_PAGES):
            page = self.ask("tools/list", {} if cursor is None else {"cursor": cursor})
            found.extend(page.get("tools", []))
            cursor = page.get("nextCursor")
            if cursor is None:
                break
        return found

    def call(self, name: str, arguments: MESSAGE) -> MESSAGE:
        return self.ask("tools/call", {"name": name, "arguments": arguments})

    def ask(self, method: str, params: MESSAGE) -> MESSAGE:
        """Send a request and return its result."""
        self._last_id += 1
        message = {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params}
        response = self._send("POST", message)
        if "Mcp-Session-Id" in response.headers:
            self.http.headers["Mcp-Session-Id"] = response.headers["Mcp-Session-Id"]
        answer = next((each for each in messages_of(response) if each.get("id") == self._last_id), None)
        if answer is None:
            raise ProtocolFailed(-32603, "The server sent no answer")
        if "error" in answer:
            raise ProtocolFailed(int(answer["error"].get("code", 0)), str(answer["error"].get("message", "")))
        result: MESSAGE = answer["result"]
        return result

    def _send(self, method: str, message: MESSAGE | None = None) -> requests.Response:
        try:
            response = self.http.request(method, self.url, json=message, timeout=self.timeout)
        except requests.RequestException as error:
            raise HttpFailed(424, type(error).__name__) from error
        if method == "POST" and not response.ok:
            raise HttpFailed(response.status_code, response.text)
        return response


def messages_of(response: requests.Response) -> list[MESSAGE]:
    """Return the JSON-RPC messages of an answer, be it JSON or an event stream."""
    try:
        if response.headers.get("Content-Type", "").startswith("text/event-stream"):
            return [json.loads(data) for data in events_of(response.content.decode())]
        answer = response.json()
    except ValueError as error:
        raise ProtocolFailed(-32700, "The server sent no JSON") from error
    return answer if isinstance(answer, list) else [answer]


def events_of(stream: str) -> list[str]:
    blocks = stream.replace("\r\n", "\n").split("\n\n")
    lines = [
        [line[5:].lstrip() for line in block.split("\n") if line.startswith("data:")] for block in blocks
    ]
    return ["\n".join(data) for data in lines if data and data != [""]]
