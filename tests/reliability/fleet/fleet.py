"""Several servers as if on several machines: a port and a folder each, and one store for all of them."""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.reliability.documents import Database
from tests.reliability.server import Lost, Server, Service, ask

START_SECONDS = 60.0
PAUSE_SECONDS = 0.05


class Fleet(Service):
    """`settings` are those of each server; `database` is where all of them store, read past every line.

    `deaths` are the moments, in epoch seconds, at which processes that were killed had died.
    """

    def __init__(
        self, folder: Path, command: Sequence[str], database: Database, settings: Sequence[dict[str, str]]
    ) -> None:
        self.database = database
        self.deaths: dict[int, float] = {}
        self.servers: list[Server] = []
        for number, its in enumerate(settings):
            own = folder / f"server-{number}"
            own.mkdir()
            self.servers.append(Server(own, command, **{"LOG_DIR": str(own / "logs")} | its))

    @property
    def port(self) -> int:
        """Where one of them answers at this moment."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            for server in self.servers:
                if _is_healthy(server):
                    return server.port
            time.sleep(PAUSE_SECONDS)
        raise RuntimeError("No server answers.")

    @property
    def ports(self) -> list[int]:
        """Where all of them listen."""
        return [server.port for server in self.servers]

    @property
    def logs(self) -> list[Path]:
        """What each has printed."""
        return [log for server in self.servers for log in server.logs]

    @property
    def activity_logs(self) -> list[Path]:
        """What each has done, in words."""
        return [log for server in self.servers for log in server.activity_logs]

    def start(self, *servers: Server, **settings: str) -> None:
        """Start these, or all, and those again that gave up because their database was away."""
        chosen = servers or tuple(self.servers)
        for server in chosen:
            server.launch(**settings)
        deadline = time.monotonic() + START_SECONDS
        while not all(map(_is_healthy, chosen)):
            if time.monotonic() > deadline:
                said = [server.log.read_text(errors="replace")[-400:] for server in chosen]
                raise RuntimeError(f"A server does not start: {said}")
            for server in chosen:
                if not server.is_running:
                    server.launch(**settings)
            time.sleep(PAUSE_SECONDS)

    def kill(self, *servers: Server) -> list[int]:
        """Kill these, or all, with everything that they have forked; return who died."""
        dead = []
        for server in servers or self.servers:
            ending = family(server.pid)
            self.deaths |= dict.fromkeys(ending, time.time())
            dead += ending
            server.kill()
        return dead

    def drain(self, server: Server) -> int:
        """Ask one to finish and end; return its exit code."""
        ending = family(server.pid)
        code = server.drain()
        self.deaths |= dict.fromkeys(ending, time.time())
        return code

    def kill_worker(self, server: Server) -> list[int]:
        """Kill what a server has forked, which it then forks anew."""
        dead = family(server.pid)[1:]
        for pid in dead:
            os.kill(pid, signal.SIGKILL)
        self.deaths |= dict.fromkeys(dead, time.time())
        return dead

    def freeze(self, server: Server) -> None:
        """Let a server stand still, as a machine does whose host is busy."""
        os.killpg(server.pid, signal.SIGSTOP)

    def thaw(self, server: Server) -> None:
        """Let it go on where it stood."""
        os.killpg(server.pid, signal.SIGCONT)


def family(pid: int) -> list[int]:
    """Return a process and what it has forked."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return [pid]
    return [pid, *(member for child in children.split() for member in family(int(child)))]


def _is_healthy(server: Server) -> bool:
    if not server.is_running:
        return False
    try:
        answer: Any = ask(server.port, "GET", "/health", timeout_seconds=2)
    except Lost:
        return False
    return bool(answer.status == 200)
