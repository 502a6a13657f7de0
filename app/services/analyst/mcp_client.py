"""A small client of the Model Context Protocol: what an opinion needs of it, and no more."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from json import dumps
from typing import Any, Self

import requests

from app.dataclass import dataclass
from app.services.analyst.base import quoted
from app.services.analyst.mcp_transport import McpRefused, McpTransport, McpTrouble, McpUnreachable, Reply

PROTOCOL = "2025-11-25"
PROTOCOLS = frozenset({PROTOCOL, "2025-06-18", "2025-03-26", "2024-11-05"})
MOST_PAGES, MOST_TOOLS = 10, 128
GOODBYE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as its server describes it."""

    name: str
    description: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool said; `is_error` where the tool itself failed."""

    text: str
    is_error: bool


class McpClient:
    """One session at a server; every method may raise McpTrouble.

    `seconds` tells how long one request may take.
    """

    def __init__(self, line: McpTransport, seconds: Callable[[], float]) -> None:
        self._line = line
        self._seconds = seconds
        self._ids = count(1)
        self._session: dict[str, str] = {}
        self._protocol: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._line.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        # A server that does not let sessions end answers 405; one that is gone needs no goodbye.
        if self._session:
            with suppress(McpTrouble):
                seconds = min(self._seconds(), GOODBYE_SECONDS)
                self._line.send(None, self._session | self._protocol, seconds=seconds, method="DELETE")
        self._line.__exit__(*error)

    def initialize(self) -> str:
        """Shake hands; return the server's name."""
        self._session, self._protocol = {}, {}
        client = {"name": "gatehouse", "version": "1"}
        params = {"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client}
        reply, result = self._ask("initialize", params)
        version = result.get("protocolVersion")
        if not isinstance(version, str) or version not in PROTOCOLS:
            raise McpUnreachable(f"The MCP server speaks a protocol that we do not: {quoted(version)}.")
        self._protocol = {"MCP-Protocol-Version": version}
        if reply.session is not None:
            self._session = {"Mcp-Session-Id": reply.session}
        self._post({"jsonrpc": "2.0", "method": "notifications/initialized"})
        server = result.get("serverInfo")
        return quoted(server.get("name")) if isinstance(server, dict) else "unnamed"

    def tools(self) -> Iterator[Tool]:
        """Yield the tools that the server lists, page after page."""
        cursor: dict[str, Any] = {}
        # A list without an end must not use up the time of an opinion.
        for _ in range(MOST_PAGES):
            result = self._request("tools/list", cursor)
            listed = result.get("tools")
            if not isinstance(listed, list) or len(listed) > MOST_TOOLS:
                raise McpUnreachable("The MCP server does not list its tools.")
            yield from (tool for tool in map(_tool, listed) if tool is not None)
            if not isinstance(result.get("nextCursor"), str):
                return
            cursor = {"cursor": result["nextCursor"]}
        raise McpUnreachable("The MCP server's list of tools does not end.")

    def call(self, name: str, arguments: dict[str, Any]) -> ToolResult:
        """Call a tool."""
        result = self._request("tools/call", {"name": name, "arguments": arguments})
        content = result.get("content")
        parts = [_part(item) for item in content] if isinstance(content, list) else []
        if not parts and "structuredContent" in result:
            parts = [dumps(result["structuredContent"])]
        return ToolResult("\n".join(parts), result.get("isError") is True)

    def _request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._ask(method, params)[1]
        except McpUnreachable as error:
            if error.status != requests.codes.not_found or not self._session:
                raise
        # The server has forgotten the session, and so has not done what was asked.
        self.initialize()
        return self._ask(method, params)[1]

    def _ask(self, method: str, params: dict[str, Any]) -> tuple[Reply, dict[str, Any]]:
        message = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}
        reply = self._post(message)
        answer = reply.message
        if answer is not None and isinstance(answer.get("error"), dict):
            error = answer["error"]
            raise McpRefused(
                f"The MCP server says: {quoted(error.get('message'))} ({quoted(error.get('code'))})."
            )
        if answer is None or not isinstance(answer.get("result"), dict):
            raise McpUnreachable(
                f"The MCP server does not answer {method} in a form that we know.", status=200
            )
        return reply, answer["result"]

    def _post(self, message: dict[str, Any]) -> Reply:
        reply = self._line.send(message, self._session | self._protocol, seconds=self._seconds())
        if reply.status not in {requests.codes.ok, requests.codes.accepted}:
            said = f": {reply.quote}" if reply.quote else ""
            raise McpUnreachable(f"The MCP server answers HTTP {reply.status}{said}", status=reply.status)
        return reply


def _tool(item: Any) -> Tool | None:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        return None
    schema, description = item.get("inputSchema"), item.get("description")
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return None
    return Tool(item["name"], description if isinstance(description, str) else "", schema)


def _part(item: Any) -> str:
    if isinstance(item, dict) and isinstance(item.get("text"), str):
        text: str = item["text"]
        return text
    kind = item.get("type") if isinstance(item, dict) else None
    return f"[{quoted(kind)} left out]"
