"""The MCP server itself, made with the protocol's own SDK; switches act as its middleware."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Event
from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.tools import Tool as OwnTool
from mcp_types import (
    CallToolResult,
    ListToolsResult,
    LoggingMessageNotification,
    LoggingMessageNotificationParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel

from tests.simulators.optionomics.switches import Switches, setting_for
from tests.simulators.optionomics.tools import TOOLS

if TYPE_CHECKING:
    from starlette.applications import Starlette

STATELESS_VERSION = "2026-07-28"
TICK_SECONDS = 0.02
ANY_ARGUMENTS = {
    "type": "object",
    "properties": {"symbol": {"type": "string"}, "quantity": {"type": "number"}, "side": {"type": "string"}},
}


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call that reached the server."""

    tool: str
    arguments: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"tool": self.tool, "arguments": self.arguments}


class ToolServer:
    """Lists and carries out tools as the switches say; `calls` holds what was called, oldest first."""

    def __init__(self, switches: Switches, stopping: Event) -> None:
        self.switches, self.stopping = switches, stopping
        self.calls: list[Call] = []
        with unchanged_logging():
            self.server = MCPServer(
                "optionomics-simulator",
                instructions="Simulated market data; every figure is made up.",
                version="1.0",
                middleware=[self._serve],
                tools=described_tools(),
            )

    def application(self) -> "Starlette":
        return self.server.streamable_http_app(streamable_http_path="/mcp", session_idle_timeout=None)

    def follow(self) -> None:
        """Let the next request be answered as the switches say."""
        self.server.session_manager.json_response = self.switches.json_answers
        self.server.session_manager.stateless = self.switches.stateless

    async def _serve(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        if ctx.method == "tools/list":
            page = self._page(await self.server.list_tools(), (ctx.params or {}).get("cursor"))
            return fitting(page, ctx.protocol_version)
        if ctx.method == "tools/call":
            return await self._call(ctx, call_next)
        return await call_next(ctx)

    def _page(self, tools: list[Tool], cursor: str | None) -> ListToolsResult:
        described = [
            tool.model_copy(
                update={"description": self.switches.descriptions.get(tool.name, tool.description)}
            )
            for tool in tools
        ]
        extra = [
            Tool(name=name, description=description, input_schema=ANY_ARGUMENTS)
            for name, description in self.switches.extra_tools.items()
        ]
        listed, begin = [*described, *extra], int(cursor or 0)
        end = begin + (self.switches.tools_per_page or len(listed))
        return ListToolsResult(tools=listed[begin:end], next_cursor=str(end) if end < len(listed) else None)

    async def _call(self, context: ServerRequestContext[Any, Any], pass_on: CallNext) -> HandlerResult:
        params = context.params or {}
        name, switches = str(params.get("name")), self.switches
        self.calls.append(Call(name, dict(params.get("arguments") or {})))
        await self._wait(setting_for(name, switches.delays) or 0)
        if switches.chatty:
            await self._chat(context)
        instead = self._instead(name)
        return await pass_on(context) if instead is None else fitting(instead, context.protocol_version)

    def _instead(self, name: str) -> CallToolResult | None:
        """Return what the switches put in the place of a tool's own result."""
        switches = self.switches
        if (complaint := setting_for(name, switches.failing)) is not None:
            return text_result(complaint, is_error=True)
        if (text := setting_for(name, switches.texts)) is not None:
            return text_result(text)
        if (size := setting_for(name, switches.sizes)) is not None:
            return text_result("x" * size)
        return text_result('{"status": "accepted"}') if name in switches.extra_tools else None

    async def _wait(self, seconds: float) -> None:
        end = anyio.current_time() + seconds
        while anyio.current_time() < end and not self.stopping.is_set():  # noqa: ASYNC110  # of another thread
            await anyio.sleep(min(TICK_SECONDS, seconds))

    async def _chat(self, context: ServerRequestContext[Any, Any]) -> None:
        params = LoggingMessageNotificationParams(level="info", data="looking it up")
        await context.session.send_notification(LoggingMessageNotification(params=params), context.request_id)


@cache
def described_tools() -> list[OwnTool]:
    """Return the tools with the schemas of their arguments, which take longer to make than a server does."""
    look = ToolAnnotations(read_only_hint=True)
    return [OwnTool.from_function(tool, annotations=look, structured_output=False) for tool in TOOLS]


def text_result(text: str, *, is_error: bool = False) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=is_error)


def fitting(result: BaseModel, version: str) -> dict[str, Any]:
    """Leave out what only the stateless revision has: the SDK does so for its own results alone."""
    body = result.model_dump(mode="json", by_alias=True, exclude_none=True)
    hidden = {"resultType", "ttlMs", "cacheScope"} if version < STATELESS_VERSION else set()
    return {name: value for name, value in body.items() if name not in hidden}


@contextmanager
def unchanged_logging() -> Iterator[None]:
    """Keep the SDK from giving the process a root handler of its own."""
    root, placeholder = logging.getLogger(), logging.NullHandler()
    root.addHandler(placeholder)
    try:
        yield
    finally:
        root.removeHandler(placeholder)
