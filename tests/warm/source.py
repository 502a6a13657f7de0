"""The process that others are forked from: it imports the application, and does nothing else.

`python -m tests.warm.source CHANNEL` reads requests from a socket that it was given, until that ends.
"""

import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.warm.process import ENDED

# It decides at its import whether processes count together.
LATE = "prometheus_client"
SERVED_BY = ("main", "app.server", "gunicorn.workers.gthread", "flask.cli")
# What is imported only where a setting asks for it.
SDKS = {"GCS_BUCKET_NAME": "google.cloud.storage"}
LARGEST_REQUEST = 1 << 20
FILES = 4


class Forker:
    """Forks what it is asked for, and tells how each ended."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._events = selectors.DefaultSelector()
        self._events.register(channel, selectors.EVENT_READ)
        # By the file that tells of its end: a process, and where that is told.
        self._alive: dict[int, tuple[int, int]] = {}

    def run(self) -> dict[str, Any] | None:
        """Fork until nobody asks any more; in a process that was forked, return what it is to do."""
        while True:
            for key, _ in self._events.select():
                if key.fd in self._alive:
                    self._bury(key.fd)
                    continue
                asked, files, *_ = socket.recv_fds(self._channel, LARGEST_REQUEST, FILES)
                if not asked:
                    return None
                request = json.loads(asked)
                _import_for(request)
                if self._is_forked(request, files):
                    return request

    def kill(self) -> None:
        """Leave nobody behind."""
        for pid, _ in self._alive.values():
            os.kill(pid, signal.SIGKILL)

    def _is_forked(self, request: dict[str, Any], files: list[int]) -> bool:
        *streams, ending = files
        pid = os.fork()
        if pid:
            alive = os.pidfd_open(pid)
            self._events.register(alive, selectors.EVENT_READ)
            self._alive[alive] = pid, ending
            for file in streams:
                os.close(file)
            return False
        if request["session"]:
            os.setsid()
        for number, file in enumerate(streams):
            os.dup2(file, number)
            os.close(file)
        # By now its whole group can be killed.
        self._channel.send(str(os.getpid()).encode())
        self._forget(ending)
        return True

    def _bury(self, alive: int) -> None:
        self._events.unregister(alive)
        pid, ending = self._alive.pop(alive)
        _, status = os.waitpid(pid, 0)
        # Whoever asked may have lost interest.
        with suppress(BrokenPipeError):
            os.write(ending, ENDED.pack(os.waitstatus_to_exitcode(status)))
        os.close(ending)
        os.close(alive)

    def _forget(self, ending: int) -> None:
        """Keep nothing of what belongs to the others."""
        self._events.close()
        self._channel.close()
        for file in (ending, *self._alive, *(told for _, told in self._alive.values())):
            os.close(file)


def _import_for(request: dict[str, Any]) -> None:
    """Import what a program imports, but not the program: each process runs that anew."""
    needed = [module for setting, module in SDKS.items() if setting in request["environment"]]
    if request["words"][0] == "-m":
        needed.append(request["words"][1])
    for name in needed:
        importlib.import_module(name)
    gc.freeze()


def _become(request: dict[str, Any]) -> None:
    """Run a program as a fresh interpreter would."""
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    first, *others = request["words"]
    if first == "-m":
        name = others[0]
        sys.path[0], sys.argv = request["folder"], others
        if not hasattr(sys.modules[name], "__path__"):
            del sys.modules[name]
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    elif first == "-c":
        sys.path[0], sys.argv = "", ["-c", *others[1:]]
        module = sys.modules["__main__"] = ModuleType("__main__")
        exec(compile(others[0], "<string>", "exec"), vars(module))
    else:
        sys.path[0], sys.argv = str(Path(first).resolve().parent), [first, *others]
        runpy.run_path(first, run_name="__main__")


def _import_application() -> None:
    import app

    for found in pkgutil.walk_packages(app.__path__, "app."):
        importlib.import_module(found.name)
    for name in SERVED_BY:
        importlib.import_module(name)
    assert LATE not in sys.modules
    _compile_ahead()


def _compile_ahead() -> None:
    """Look for what each dataclass compiles when it is looked for: once, and not in every process."""
    ours = [vars(module) for name, module in sys.modules.items() if name.startswith("app.")]
    for kind in (value for names in ours for value in names.values() if isinstance(value, type)):
        _ = kind.__init__


def main() -> None:
    """Import, then fork."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    _import_application()
    forker = Forker(channel)
    if (request := forker.run()) is None:
        forker.kill()
    else:
        _become(request)


if __name__ == "__main__":
    main()
