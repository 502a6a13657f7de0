"""Work in a process of its own: it takes no time from alerts, reaches no store, and can be ended at once.

The work goes there pickled, by a pipe that only the two hold. What comes back are lines of JSON: how far it
is, then what came of it, or why nothing did.
"""

import json
import logging
import os
import pickle
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from subprocess import DEVNULL, PIPE, Popen
from threading import Thread
from typing import Any, Protocol, TextIO

from app.errors import AppError, RequestRefused
from app.services.jobs.progress import Progress
from app.services.jobs.service import WEIGHT
from app.starting import undisturbed

ROOT = Path(__file__).parents[3]
# How often it is looked whether the job shall end, and how often the other process says how far it is.
LOOK_SECONDS = 0.5
TOLD_SECONDS = 0.2

Tell = Callable[[int, int], None]


class Work(Protocol):
    """What can be sent to another process: it hears `tell` of done and total steps, and answers JSON."""

    def __call__(self, tell: Tell) -> dict[str, Any]:
        """Do it; raise AppError where it cannot be done."""


def run_apart(work: Work, progress: Progress) -> dict[str, Any]:
    """Do a work over there; raise what `progress` raises, or RequestRefused with what the work refused."""
    process = Popen(
        [sys.executable, "-m", "app.services.jobs.apart"],
        cwd=ROOT,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
    )
    lines: SimpleQueue[bytes | None] = SimpleQueue()
    talk = Thread(target=_talk, args=(process, pickle.dumps(work), lines), name="job's process", daemon=True)
    talk.start()
    try:
        said = _said(lines, progress)
    finally:
        process.kill()
        process.wait()
        talk.join()
    if said is None:
        raise RuntimeError(f"the process of the job ended with {process.returncode}, without a word")
    if "refused" in said:
        raise RequestRefused(said["refused"])
    if "failed" in said:
        raise RuntimeError(said["failed"])
    progress(said["total"], said["total"])
    outcome: dict[str, Any] = said["outcome"]
    return outcome


def _talk(process: Popen[bytes], work: bytes, lines: "SimpleQueue[bytes | None]") -> None:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  # both are pipes
    with suppress(OSError), process.stdin:
        process.stdin.write(work)
    with process.stdout:
        for line in process.stdout:
            lines.put(line)
    lines.put(None)


def _said(lines: "SimpleQueue[bytes | None]", progress: Progress) -> dict[str, Any] | None:
    """Return what the other process says in the end; meanwhile it is told how far it is."""
    done = total = 0
    while True:
        progress(done, total)
        try:
            line = lines.get(timeout=LOOK_SECONDS)
        except Empty:
            continue
        if line is None:
            return None
        said: dict[str, Any] = json.loads(line)
        if "done" not in said:
            return said
        done, total = said["done"], said["total"]


def main() -> None:
    """Do the work that comes by the standard input; whoever asked for it is gone when nobody listens."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # What anybody prints is nothing that is awaited.
    sys.stdout = sys.stderr
    logging.disable()
    with suppress(OSError, AttributeError):
        os.nice(WEIGHT)
    # Where memory runs out, Linux shall end this process and not the one that takes alerts.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with undisturbed():
        # Our own, by a pipe that nobody else holds.
        work = pickle.load(sys.stdin.buffer)  # noqa: S301
    speaker = _Speaker(told)
    try:
        speaker.say({"outcome": work(speaker.tell), "total": speaker.total})
    except AppError as error:
        speaker.say({"refused": error.message})
    except BrokenPipeError:
        raise
    except Exception:  # noqa: BLE001  # it is told, and logged by who asked
        speaker.say({"failed": traceback.format_exc()})


class _Speaker:
    """Says how far the work is, a few times a second."""

    def __init__(self, told: TextIO) -> None:
        self.total = 0
        self._told = told
        self._last = 0.0

    def tell(self, done: int, total: int) -> None:
        self.total = total
        now = time.monotonic()
        if now - self._last >= TOLD_SECONDS:
            self._last = now
            self.say({"done": done, "total": total})

    def say(self, words: dict[str, Any]) -> None:
        self._told.write(json.dumps(words) + "\n")
        self._told.flush()


if __name__ == "__main__":
    main()
