"""Processes that begin warm: forked from one that has imported the whole application already.

A fresh interpreter spends most of a server's start on imports, and the tests start hundreds of servers.
Whatever a test is about happens in a process of its own all the same, with the environment that it is given;
only what the interpreter itself reads at its start, `PYTHONPATH` for one, comes too late. Where the start
itself is tested, `subprocess.Popen` begins it cold.
"""

import atexit
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Self

ROOT = Path(__file__).parents[2]
SOURCE = (sys.executable, "-m", "tests.warm.source")
PIPE, STDOUT, DEVNULL = subprocess.PIPE, subprocess.STDOUT, subprocess.DEVNULL
# How a process ended, as `Popen.returncode` tells it.
ENDED = struct.Struct("i")
LARGEST_ANSWER = 64
LONGEST_RUN_SECONDS = 60
LONGEST_END_SECONDS = 5
KEPT = ("PATH", "PYTHONDONTWRITEBYTECODE")


class WarmProcess:
    """A process that was forked for us; it is waited for and signalled as a `Popen` is."""

    def __init__(self, pid: int, ending: int, streams: Sequence[IO[Any] | None]) -> None:
        self.pid, self.returncode = pid, None
        self.stdin, self.stdout, self.stderr = streams
        self._ending, self._lock = ending, threading.Lock()

    def poll(self) -> int | None:
        """Return how it ended, or None while it goes on."""
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return how it ended; raise TimeoutExpired."""
        if (code := self._ended_within(timeout)) is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal if it goes on."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream is not None:
                stream.close()
        self.wait()

    def __del__(self) -> None:
        os.close(self._ending)

    def _ended_within(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            looking = select.poll()
            looking.register(self._ending, select.POLLIN)
            if not looking.poll(None if seconds is None else seconds * 1000):
                return None
            with self._lock:
                if self.returncode is None:
                    # A source that is gone has taken its processes with it.
                    told = os.read(self._ending, ENDED.size) or ENDED.pack(-signal.SIGKILL)
                    (self.returncode,) = ENDED.unpack(told)
        return self.returncode


@dataclass(frozen=True, slots=True)
class Done:
    """How a program ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


class Source:
    """The process that others are forked from, one after the other; it ends when we do."""

    def __init__(self) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [*SOURCE, str(theirs.fileno())],
                cwd=ROOT,
                env={name: os.environ[name] for name in KEPT if name in os.environ},
                stdin=DEVNULL,
                stdout=DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        atexit.register(self._end)

    def _end(self) -> None:
        """Hang up, and hear that it has ended."""
        self._channel.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LONGEST_END_SECONDS)

    def fork(self, request: dict[str, Any], files: list[int]) -> int:
        """Begin a process whose input, output, errors and ending are these files; return its number."""
        with self._lock:
            socket.send_fds(self._channel, [json.dumps(request).encode()], files)
            told = self._channel.recv(LARGEST_ANSWER)
        if not told:
            raise RuntimeError("What processes are forked from has ended.")
        return int(told)


@cache
def _source_of(_process: int) -> Source:
    return Source()


def begin(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    text: bool = False,
    start_new_session: bool = False,
) -> Any:
    """Begin what `Popen` would: `command` is our own interpreter, then a file, `-m` or `-c`."""
    if not hasattr(os, "pidfd_open"):
        streams = {"stdin": stdin, "stdout": stdout, "stderr": stderr, "text": text}
        return subprocess.Popen(command, env=env, cwd=cwd, start_new_session=start_new_session, **streams)
    interpreter, *words = command
    assert interpreter == sys.executable, command
    request = {
        "words": words,
        "environment": dict(os.environ if env is None else env),
        "folder": str(cwd),
        "session": start_new_session,
    }
    with ExitStack() as theirs:
        ours, files = [], []
        for number, wanted in enumerate((stdin, stdout, files if stderr == STDOUT else stderr)):
            end, file = _ends(number, wanted, theirs)
            ours.append(None if end is None else _stream(end, number, text=text))
            files.append(file)
        ending, told = os.pipe()
        theirs.callback(os.close, told)
        pid = _source_of(os.getpid()).fork(request, [*files, told])
    return WarmProcess(pid, ending, ours)


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    timeout_seconds: float = LONGEST_RUN_SECONDS,
) -> Done:
    """Run a program to its end."""
    with TemporaryFile("w+", encoding="utf-8") as out, TemporaryFile("w+", encoding="utf-8") as errors:
        process = begin(command, env=env, cwd=cwd, stdin=DEVNULL, stdout=out, stderr=errors)
        try:
            code = process.wait(timeout_seconds)
        finally:
            process.kill()
        written = [file.seek(0) or file.read() for file in (out, errors)]
    return Done(code, *written)


def _ends(number: int, wanted: Any, theirs: ExitStack) -> tuple[int | None, int]:
    """Return our end of a stream, where there is one, and the process's."""
    if wanted is None:
        return None, number
    if wanted == PIPE:
        ends = os.pipe() if number else os.pipe()[::-1]
        theirs.callback(os.close, ends[1])
        return ends
    if wanted == DEVNULL:
        file = os.open(os.devnull, os.O_RDWR)
        theirs.callback(os.close, file)
        return None, file
    # Errors that go where the output goes.
    if isinstance(wanted, list):
        return None, wanted[1]
    return None, wanted if isinstance(wanted, int) else wanted.fileno()


def _stream(end: int, number: int, *, text: bool) -> IO[Any]:
    mode = "r" if number else "w"
    return open(end, mode, encoding="utf-8") if text else open(end, f"{mode}b", buffering=-1 if number else 0)
