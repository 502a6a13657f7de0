"""The line between one process and its database servers: it loses answers, hangs, and breaks off.

A commit whose answer is lost here has happened, or not, and nobody can tell from its connection.
"""

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Coroutine
from random import Random
from typing import Any

from tests.reliability.server import free_port

CHUNK = 1 << 16
# Of what is sent to a server, this share meets with one of the troubles below.
STRUCK_SHARE = 0.002
LONGEST_HANG_SECONDS = 8.0
LONGEST_STALL_SECONDS = 1.5


class _Broken(Exception):
    """The connection is to be cut off now, both ways."""


class Line:
    """A loopback port in front of a server's; `share` of what is sent there is struck.

    A trouble is one of: nothing arrives and the connection breaks; everything arrives, and breaks before the
    answer; nothing moves for a while and it breaks then, perhaps after what was held up has arrived all the
    same; nothing moves for a while, and then all goes on.
    """

    def __init__(self, loop: "LineLoop", target: int, random: Random) -> None:
        self.port = free_port()
        self.share = 0.0
        self.struck: Counter[str] = Counter()
        self._target = target
        self._random = random
        self._open: set[asyncio.StreamWriter] = set()
        self._is_lit = asyncio.Event()
        self._is_lit.set()
        self._loop = loop
        loop.run(self._serve())

    def break_all(self) -> None:
        """Cut off every connection of this moment."""
        self._loop.run(self._break_all())

    def darken(self) -> None:
        """Let the server's machine vanish: nothing moves, nothing breaks off, nobody answers."""
        self._loop.run(self._set_light(is_lit=False))

    def lighten(self) -> None:
        """Let everything move again, and what has broken off meanwhile be seen to."""
        self._loop.run(self._set_light(is_lit=True))

    async def _set_light(self, *, is_lit: bool) -> None:
        if is_lit:
            self._is_lit.set()
        else:
            self._is_lit.clear()

    async def _serve(self) -> None:
        self._loop.servers.append(await asyncio.start_server(self._accept, "127.0.0.1", self.port))

    async def _break_all(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._is_lit.wait()
            if self._is_struck():
                # Somebody accepted, and nobody is behind it.
                self._strike("unheard")
                await asyncio.sleep(self._random.uniform(0, LONGEST_HANG_SECONDS))
                return
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
            await self._carry(reader, writer, server_reader, server_writer)
        except (OSError, asyncio.CancelledError):
            # Nobody listens, or the run is over: Python 3.11 would tell of each connection that ends with it.
            return
        finally:
            writer.transport.abort()
            self._open.discard(writer)

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        server_reader: asyncio.StreamReader,
        server_writer: asyncio.StreamWriter,
    ) -> None:
        flows = _Flows(reader, writer, server_reader, server_writer)
        pumps = [
            asyncio.create_task(self._to_server(flows)),
            asyncio.create_task(_from_server(flows)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            # Before anything is awaited: where the run ends meanwhile, nothing behind that is done.
            server_writer.transport.abort()
            await asyncio.gather(*pumps, return_exceptions=True)
            await self._is_lit.wait()

    async def _to_server(self, flows: "_Flows") -> None:
        while chunk := await flows.reader.read(CHUNK):
            await self._is_lit.wait()
            if self._is_struck():
                kind = self._random.choice([self._cut, self._unanswered, self._hung, self._stalled])
                self._strike(kind.__name__.removeprefix("_"))
                await kind(flows, chunk)
            else:
                await _write(flows.server_writer, chunk)

    async def _cut(self, _flows: "_Flows", _chunk: bytes) -> None:
        raise _Broken

    async def _unanswered(self, flows: "_Flows", chunk: bytes) -> None:
        flows.is_mute = True
        await _write(flows.server_writer, chunk)
        # Long enough for a commit to be done: what breaks sooner may roll it back.
        await asyncio.sleep(self._random.choice([0.0, 0.005, 0.05]))
        raise _Broken

    async def _hung(self, flows: "_Flows", chunk: bytes) -> None:
        flows.moves.clear()
        await asyncio.sleep(self._random.uniform(0, LONGEST_HANG_SECONDS))
        if self._random.random() < 0.5:
            # Late: whoever sent it may have given up, and have sent it again by another connection.
            self._strike("delivered late")
            await _write(flows.server_writer, chunk)
            await asyncio.sleep(0.05)
        raise _Broken

    async def _stalled(self, flows: "_Flows", chunk: bytes) -> None:
        flows.moves.clear()
        await asyncio.sleep(self._random.uniform(0, LONGEST_STALL_SECONDS))
        flows.moves.set()
        await _write(flows.server_writer, chunk)

    def _is_struck(self) -> bool:
        return self._random.random() < self.share

    def _strike(self, kind: str) -> None:
        self.struck[f"line {kind}"] += 1


class _Flows:
    """One connection, both ways; the answers of a mute one are lost, and of one that does not move held."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        server_reader: asyncio.StreamReader,
        server_writer: asyncio.StreamWriter,
    ) -> None:
        self.reader, self.writer = reader, writer
        self.server_reader, self.server_writer = server_reader, server_writer
        self.is_mute = False
        self.moves = asyncio.Event()
        self.moves.set()


async def _from_server(flows: _Flows) -> None:
    while chunk := await flows.server_reader.read(CHUNK):
        await flows.moves.wait()
        if not flows.is_mute:
            await _write(flows.writer, chunk)


async def _write(writer: asyncio.StreamWriter, chunk: bytes) -> None:
    writer.write(chunk)
    await writer.drain()


class LineLoop:
    """The thread that carries what goes over all lines."""

    def __init__(self) -> None:
        self.servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lines", daemon=True)
        self._thread.start()

    def run(self, doing: Coroutine[Any, Any, None]) -> None:
        """Do something there, and wait until it is done."""
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(10)

    def close(self) -> None:
        """End it with everything that it carries."""
        self.run(_cancel_all(self.servers))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _cancel_all(servers: list[asyncio.Server]) -> None:
    for server in servers:
        server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*others, return_exceptions=True)
