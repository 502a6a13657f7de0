"""A server that writes down when it does what only a leader may do.

`python -m tests.reliability.fleet.witness` serves as `main.py` does, or as the moved server does. The file
that LEADERS_FILE names gets a line when a task of the leader's begins, and one when it ends.
"""

import faulthandler
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.reliability.moved_server import TORTURE_FILE

COMMAND = (sys.executable, "-m", "tests.reliability.fleet.witness")
LEADERS_FILE = "LEADERS_FILE"


@dataclass(frozen=True, slots=True)
class Deed:
    """A task of a leader's, in epoch seconds; it ended at its process's death at the latest."""

    pid: int
    task: str
    began: float
    ended: float


def deeds(file: Path, deaths: dict[int, float]) -> list[Deed]:
    """Return what all leaders did, in the order in which it began."""
    begun: dict[tuple[int, str], float] = {}
    done = []
    for line in file.read_text().splitlines() if file.exists() else ():
        pid, task, is_end, at = json.loads(line)
        if is_end:
            done.append(Deed(pid, task, begun.pop((pid, task)), at))
        else:
            begun[pid, task] = at
    done += [Deed(pid, task, at, deaths.get(pid, time.time())) for (pid, task), at in begun.items()]
    return sorted(done, key=lambda deed: deed.began)


def rivals(done: list[Deed]) -> Iterator[str]:
    """Find deeds of two processes that went on at one time."""
    latest: Deed | None = None
    for deed in done:
        if latest is not None and deed.pid != latest.pid and deed.began < latest.ended:
            for_seconds = min(deed.ended, latest.ended) - deed.began
            yield (
                f"two leaders for {for_seconds:.2f} s: {latest.task} of {latest.pid} went on when "
                f"{deed.task} of {deed.pid} began"
            )
        if latest is None or deed.ended > latest.ended:
            latest = deed


def changes(done: list[Deed]) -> int:
    """Count how often another process became the leader."""
    pids = [deed.pid for deed in done]
    return sum(before != after for before, after in pairwise(pids))


def _witnessed(task: Any, file: Path) -> Any:
    def write(*, is_end: bool) -> None:
        with file.open("a") as lines:
            lines.write(json.dumps([os.getpid(), task.name, is_end, time.time()]) + "\n")

    def run() -> int:
        write(is_end=False)
        try:
            done: int = task.run()
        finally:
            write(is_end=True)
        return done

    return task if task.everywhere else replace(task, run=run)


def main() -> None:
    """Serve, and write down."""
    import main as entry
    from app.services.runtime.supervisor import Supervisor
    from tests.reliability import moved_server

    # Where a server stands that does not move: kill -RTMIN.
    faulthandler.register(signal.SIGRTMIN, all_threads=True)
    file, begin = Path(os.environ[LEADERS_FILE]), Supervisor.__init__

    def begin_witnessed(self: Supervisor, tasks: Any, **others: Any) -> None:
        begin(self, [_witnessed(task, file) for task in tasks], **others)

    Supervisor.__init__ = begin_witnessed  # type: ignore[method-assign]
    serve: Callable[[], None] = moved_server.main if TORTURE_FILE in os.environ else entry.main
    serve()


if __name__ == "__main__":
    main()
