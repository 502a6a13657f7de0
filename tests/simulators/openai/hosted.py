"""Hosted tools: list and call what a remote MCP server offers, as the API does on its own."""

import ipaddress
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.simulators.openai.mcp_session import HttpFailed, McpSession, ProtocolFailed
from tests.simulators.openai.reading import Item, Turn
from tests.simulators.openai.refusals import tool_list_failed
from tests.simulators.openai.shapes import approval_request, new_id

Tool = dict[str, Any]


@dataclass(slots=True)
class Server:
    """One MCP server of a request, with the tools that were imported from it."""

    tool: Tool
    session: McpSession
    listing: Item
    fresh: bool
    named: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return str(self.tool["server_label"])

    def schema_of(self, name: str) -> dict[str, Any] | None:
        """Return the arguments that a tool takes, None when it was not imported."""
        listed = (each["input_schema"] for each in self.listing["tools"] if each["name"] == name)
        return next(listed, None)

    def needs_approval(self, name: str) -> bool:
        """True when the request wants to be asked before this tool is called; the default is always."""
        rule = self.tool.get("require_approval") or "always"
        if isinstance(rule, str):
            return rule == "always"
        always, never = rule.get("always"), rule.get("never")
        if never is not None:
            return not is_among(self._entry(name), never)
        return always is None or is_among(self._entry(name), always)

    def request_approval(self, name: str, arguments: dict[str, Any]) -> Item:
        return approval_request(self.label, name, json.dumps(arguments))

    def call(self, name: str, arguments: str, approval: str | None = None) -> Item:
        """Call a tool and return the item that tells of it, failed or not."""
        output, error = outcome(self.session, name, json.loads(arguments))
        return {
            "id": new_id("mcp"),
            "type": "mcp_call",
            "approval_request_id": approval,
            "arguments": arguments,
            "error": error,
            "name": name,
            "output": output,
            "server_label": self.label,
            "status": "completed" if error is None else "failed",
        }

    def _entry(self, name: str) -> dict[str, Any]:
        return next(each for each in self.listing["tools"] if each["name"] == name)


@contextmanager
def connected(turn: Turn, *, reaches_loopback: bool, timeout: float) -> Iterator[list[Server]]:
    """Open every MCP server of a request; raise Refused (424) when one cannot list its tools."""
    tools = [tool for tool in turn.body.get("tools") or [] if tool["type"] == "mcp"]
    with ExitStack() as stack:
        yield [connect(tool, turn, stack, timeout, reachable=reaches_loopback) for tool in tools]


def connect(tool: Tool, turn: Turn, stack: ExitStack, timeout: float, *, reachable: bool) -> Server:
    label, url = tool["server_label"], tool.get("server_url", "")
    known = [item for item in turn.of_type("mcp_list_tools") if item["server_label"] == label]
    if url == "" or (is_private(url) and not reachable):
        raise tool_list_failed(label, "424 (Failed Dependency)")
    try:
        session = stack.enter_context(McpSession(url, headers_of(tool), timeout=timeout))
        listing = known[-1] if known else listed(label, session, tool.get("allowed_tools"))
    except HttpFailed as error:
        raise tool_list_failed(label, error.in_words) from error
    except (ProtocolFailed, KeyError, TypeError) as error:
        raise tool_list_failed(label, "424 (Failed Dependency)") from error
    return Server(tool, session, listing, fresh=not known)


def headers_of(tool: Tool) -> dict[str, str]:
    token = tool.get("authorization")
    return {**(tool.get("headers") or {}), **({} if token is None else {"Authorization": f"Bearer {token}"})}


def listed(label: str, session: McpSession, allowed: Any) -> Item:
    """Import the tools that the request allows."""
    tools = [
        {
            "name": tool["name"],
            "description": tool.get("description"),
            "input_schema": tool["inputSchema"],
            "annotations": tool.get("annotations"),
        }
        for tool in session.tools()
    ]
    imported = [tool for tool in tools if allowed is None or is_among(tool, allowed)]
    return {
        "id": new_id("mcpl"),
        "type": "mcp_list_tools",
        "server_label": label,
        "tools": imported,
        "error": None,
    }


def is_among(tool: dict[str, Any], wanted: Any) -> bool:
    """True when a list of names or a filter picks the tool."""
    if isinstance(wanted, list):
        return tool["name"] in wanted
    names, read_only = wanted.get("tool_names"), wanted.get("read_only")
    hint = bool((tool.get("annotations") or {}).get("readOnlyHint", False))
    return (names is None or tool["name"] in names) and (read_only is None or hint == read_only)


def outcome(session: McpSession, name: str, arguments: dict[str, Any]) -> tuple[str | None, Any]:
    """Return a call's output and error, one of them None; a forgotten session is opened once more."""
    for attempt in (1, 2):
        try:
            result = session.call(name, arguments)
            break
        except HttpFailed as error:
            if error.status != 404 or attempt == 2:
                return None, {"type": "http_error", "code": error.status, "message": str(error)[:200]}
            session.open()
        except ProtocolFailed as error:
            return None, {"type": "mcp_protocol_error", "code": error.code, "message": error.message}
    content = result.get("content", [])
    if result.get("isError"):
        return None, {"type": "mcp_tool_execution_error", "content": content}
    return "\n".join(part["text"] for part in content if part.get("type") == "text"), None


def is_private(url: str) -> bool:
    """True when the API could not reach an address from its own network."""
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host
