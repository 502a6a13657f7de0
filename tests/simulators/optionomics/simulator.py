"""A loopback Optionomics: the MCP server on a thread of its own, with switches and a record of calls."""

import asyncio
import socket
import threading
import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from types import FrameType
from typing import Any, Self

import uvicorn

from tests.simulators.optionomics.gate import Arrival, Gate, bearer
from tests.simulators.optionomics.mcp_server import Call, ToolServer
from tests.simulators.optionomics.switches import Switches

SHUTDOWN_SECONDS = 1
LOOK_SECONDS = 0.002
STOP_SECONDS = 10


class Server(uvicorn.Server):
    """Begins and ends at once: uvicorn's own looks up ten times a second, twice before it ends."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending: Future[None] = Future()

    def end(self) -> None:
        """Let serving end, from any thread."""
        self.should_exit = True
        with suppress(InvalidStateError):
            self._ending.set_result(None)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.end()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await asyncio.wrap_future(self._ending)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in [*self.servers, *(sockets or [])]:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = time.monotonic() + SHUTDOWN_SECONDS
        while self._is_busy() and time.monotonic() < deadline:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(LOOK_SECONDS)
        for task in self.server_state.tasks:
            task.cancel()
        await self.lifespan.shutdown()

    def _is_busy(self) -> bool:
        return bool(self.server_state.connections or self.server_state.tasks)


class FakeOptionomics:
    """An account's MCP server on a loopback port; use as a context manager and read `url`.

    Turn `switches` at any time; `calls` and `requests` hold what arrived, oldest first.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        email: str = "trader@example.com",
        token: str = "simulated-token",
        **switches: Any,
    ) -> None:
        self.email, self.token = email, token
        self.switches = Switches(**switches)
        self.requests: list[Arrival] = []
        self._stopping = threading.Event()
        self.tools = ToolServer(self.switches, self._stopping)
        self._gate = Gate(self, self.tools.application())
        self._socket = listening(port)
        self._server = Server(quiet(self._gate))
        self._thread = threading.Thread(target=self.serve, daemon=True)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/mcp"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.end()
        self._thread.join(STOP_SECONDS)
        self._socket.close()

    @property
    def authorization(self) -> str:
        """The Authorization header that is right."""
        return bearer(self.email, self.token)

    @property
    def calls(self) -> list[Call]:
        """The tool calls so far, oldest first."""
        return self.tools.calls

    @property
    def called(self) -> list[str]:
        """The names of the tools called so far, oldest first."""
        return [call.tool for call in list(self.calls)]

    def serve(self) -> None:
        """Serve until the context ends."""
        self._server.run(sockets=[self._socket])

    def expire_sessions(self) -> None:
        """Let every session so far be unknown from now on."""
        self._gate.expire_sessions()


def listening(port: int) -> socket.socket:
    """Listen before the thread runs, so that nobody needs to wait for it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # asyncio only does so for sockets that name their protocol; without it an answer waits 40 ms for an ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def quiet(gate: Gate) -> uvicorn.Config:
    return uvicorn.Config(
        gate,
        ws="none",  # it would import what nobody here speaks
        log_config=None,
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
