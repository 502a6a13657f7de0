"""The stores that a fleet can share, and what can happen to each."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Protocol

from tests.reliability.documents import Database
from tests.reliability.fleet.blows import Blow, DatabaseBlows
from tests.reliability.fleet.fleet import Fleet
from tests.reliability.fleet.line import STRUCK_SHARE, Line, LineLoop
from tests.reliability.fleet.pair import Pair


class Ground(Protocol):
    """What the servers share; `on_return` hears when it was there again, in epoch seconds."""

    database: Database

    def settings(self, number: int) -> dict[str, str]:
        """Return what leads a server to it."""

    def kinds(self, fleet: Fleet, random: Random, on_return: Callable[[float], None]) -> dict[Blow, float]:
        """Return the blows that it may get, with their weights."""

    def spoil(self) -> None:
        """Let what leads there fail from now on."""

    def heal(self) -> dict[str, int]:
        """Let it be whole again; return how often which trouble struck, since the beginning."""

    def close(self, kept: Path) -> None:
        """Remove it; what it said is kept in a folder."""


class SqliteGround(Ground):
    """One file for all of them, on one machine; nothing happens to it."""

    def __init__(self, folder: Path) -> None:
        self.database: Database = folder / "gatehouse.sqlite3"

    def settings(self, number: int) -> dict[str, str]:  # one file for all
        """Return what leads a server to it."""
        return {"DATABASE_PATH": str(self.database)}

    def kinds(
        self,
        fleet: Fleet,
        random: Random,
        on_return: Callable[[float], None],
    ) -> dict[Blow, float]:
        """Nothing strikes a file."""
        return {}

    def spoil(self) -> None:
        """Nothing leads to a file."""

    def heal(self) -> dict[str, int]:
        """Nothing has struck."""
        return {}

    def close(self, kept: Path) -> None:
        """The file stays where it is."""


class PostgresGround(Ground):
    """Two servers of PostgreSQL, and for each of ours a line of its own to each of the two."""

    def __init__(self, servers: int, seed: int) -> None:
        self._pair = Pair()
        self._pair.start()
        self.database: Database = self._pair.url
        self._loop = LineLoop()
        self._lines = [
            [
                Line(self._loop, node.port, Random(f"{seed}-{number}-{place}"))
                for place, node in enumerate(self._pair.nodes)
            ]
            for number in range(servers)
        ]

    def settings(self, number: int) -> dict[str, str]:
        """Return what leads a server to whichever of the two is the primary."""
        hosts = ",".join(f"127.0.0.1:{line.port}" for line in self._lines[number])
        url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
        return {"DATABASE_URL": url}

    def kinds(self, fleet: Fleet, random: Random, on_return: Callable[[float], None]) -> dict[Blow, float]:
        """Return the blows that it may get, with their weights."""
        return DatabaseBlows(fleet, self._pair, self._lines, random, on_return).kinds()

    def spoil(self) -> None:
        """Let the lines lose answers, hang and break off."""
        self._set(STRUCK_SHARE)

    def heal(self) -> dict[str, int]:
        """Let the lines be whole again; return how often they were not."""
        self._set(0)
        struck: dict[str, int] = {}
        for line in self._all():
            for kind, times in line.struck.items():
                struck[kind] = struck.get(kind, 0) + times
        return struck

    def close(self, kept: Path) -> None:
        """Remove it; what the two said is kept in a folder."""
        self._loop.close()
        for node in self._pair.nodes:
            shutil.copy(node.folder / "server.log", kept / f"postgres-{node.port}.log")
        self._pair.close()

    def _set(self, share: float) -> None:
        for line in self._all():
            line.share = share

    def _all(self) -> list[Line]:
        return [line for lines in self._lines for line in lines]


def wait_until_all_acknowledge(
    count: Callable[[int], int], ports: list[int], longest_seconds: float
) -> float:
    """Wait until each port has acknowledged one more alert than before; return how long that took."""
    before, started = {port: count(port) for port in ports}, time.monotonic()
    while time.monotonic() - started < longest_seconds:
        if all(count(port) > before[port] for port in ports):
            break
        time.sleep(0.01)
    return time.monotonic() - started
