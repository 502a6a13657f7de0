"""How the simulator listens: on uvicorn, without its pauses and its log."""

import asyncio
import socket
import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from types import FrameType

import uvicorn

from tests.simulators.optionomics.gate import Gate

SHUTDOWN_SECONDS = 1
LOOK_SECONDS = 0.002
# More of the loop's turns than a connection takes to begin or to end.
TURNS = 8


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
        await self._let_nobody_in()
        for server in [*self.servers, *(sockets or [])]:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = time.monotonic() + SHUTDOWN_SECONDS
        while self._is_busy() and time.monotonic() < deadline:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(LOOK_SECONDS)
        for task in self.server_state.tasks:
            task.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await turns()
        await self.lifespan.shutdown()

    async def _let_nobody_in(self) -> None:
        """Stop accepting, and let whoever was accepted become a connection.

        In a server that was closed meanwhile that fails before Python 3.12, and leaves its socket open.
        """
        loop = asyncio.get_running_loop()
        for listener in (listener for server in self.servers for listener in server.sockets):
            loop.remove_reader(listener.fileno())
        await turns()

    def _is_busy(self) -> bool:
        return bool(self.server_state.connections or self.server_state.tasks)


async def turns() -> None:
    """Let the loop do what is due, and what follows from that."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


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
