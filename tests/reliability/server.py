"""A real server in a process group of its own, on a port and in a folder of its own."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.reliability.documents import Database
from tests.warm.process import begin

ROOT = Path(__file__).parents[2]
GATEHOUSE = (sys.executable, "main.py")
WEBHOOK_SECRET = "secret-of-the-default-bot"
OPERATOR_TOKEN = "token-of-the-operator"
# On a machine that stands still for seconds, a server starts and answers late.
START_SECONDS, ANSWER_SECONDS = 60, 60


class Lost(Exception):
    """The connection ended without an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` is None when it is not JSON."""

    status: int
    body: Any
    etag: str | None = None


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def ask(
    port: int,
    method: str,
    path: str,
    body: bytes = b"",
    *,
    headers: dict[str, str] | None = None,
    timeout_seconds: float = ANSWER_SECONDS,
) -> Answer:
    """Ask once on a new connection; raise Lost when no answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request(method, path, body, {"Content-Type": "text/plain"} | (headers or {}))
        return read_answer(connection)
    except (OSError, http.client.HTTPException) as error:
        raise Lost(str(error)) from error
    finally:
        connection.close()


def read_answer(connection: http.client.HTTPConnection) -> Answer:
    """Read the answer to what a connection has been asked."""
    response = connection.getresponse()
    text = response.read()
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    return Answer(response.status, body, response.headers.get("ETag"))


class Service(ABC):
    """What its owner sees of it, be it served by one server or by several."""

    # Where its documents are read behind its back.
    database: Database

    @property
    @abstractmethod
    def port(self) -> int:
        """Where it can be asked."""

    @property
    @abstractmethod
    def logs(self) -> list[Path]:
        """What each of its servers has printed."""

    @property
    @abstractmethod
    def activity_logs(self) -> list[Path]:
        """What each of its servers has done, in words."""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Ask as the operator."""
        data = b"" if body is None else json.dumps(body).encode()
        known = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
        return ask(self.port, method, path, data, headers=known | headers)

    def configure_bot(self, bot: str, **configuration: Any) -> None:
        """Change a bot through the API."""
        etag = self.call("GET", f"/api/bots/{bot}").etag
        answer = self.call("PATCH", f"/api/bots/{bot}", configuration, **{"If-Match": str(etag)})
        assert answer.status == 200, answer

    def create_bot(self, bot: str, **configuration: Any) -> str:
        """Make a bot through the API and return its secret."""
        answer = self.call("POST", "/api/bots", {"id": bot, **configuration})
        assert answer.status == 201, answer
        secret: str = answer.body["secret"]
        return secret

    def tracebacks(self) -> int:
        """Count the tracebacks in the logs."""
        texts = (log.read_text(errors="replace") for log in self.logs if log.exists())
        return sum(text.count("Traceback (most recent call last)") for text in texts)


class Server(Service):
    """A server process that can be started, killed and drained again and again.

    `settings` are environment variables; nothing else of our own environment reaches the server.
    """

    # It begins warm.
    begin: Callable[..., Any] = staticmethod(begin)

    def __init__(self, folder: Path, command: Sequence[str] = GATEHOUSE, **settings: str) -> None:
        self._port = free_port()
        self.folder = folder
        self.database: Path = folder / "gatehouse.sqlite3"
        self.log = folder / "server.log"
        self.command = command
        self.settings = {
            "PATH": os.environ["PATH"],
            "PYTHON_DOTENV_DISABLED": "1",
            "DATABASE_PATH": str(self.database),
            "PORT": str(self.port),
            "WEBHOOK_SECRET": WEBHOOK_SECRET,
            "OPERATOR_TOKEN": OPERATOR_TOKEN,
            "RATE_LIMIT_PER_SECOND": "0",
            "STORE_TIMEOUT_SECONDS": "30",
        } | settings
        self._process: Any = None

    @property
    def pid(self) -> int:
        """The process that was started last."""
        assert self._process is not None
        return self._process.pid

    def launch(self, **settings: str) -> None:
        """Start the process and do not wait for it."""
        with self.log.open("ab") as log:
            self._process = self.begin(
                self.command,
                cwd=ROOT,
                env=self.settings | settings,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self, **settings: str) -> None:
        """Start the process and wait until it answers."""
        self.launch(**settings)
        self.wait_until_healthy()

    def wait_until_healthy(self) -> None:
        """Wait for the first 200 on /health."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.is_running:
            with contextlib.suppress(Lost):
                if ask(self.port, "GET", "/health").status == 200:
                    return
            time.sleep(0.005)
        self.kill()
        raise RuntimeError(f"The server did not start: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """Kill the whole process group at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        assert self._process is not None
        self._process.wait()
        while self._is_listening():
            time.sleep(0.002)

    def drain(self) -> int:
        """Ask the server to finish and end; return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout=30)
        finally:
            self.kill()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    @property
    def logs(self) -> list[Path]:
        """What it has printed."""
        return [self.log]

    @property
    def activity_logs(self) -> list[Path]:
        """What it has done, in words."""
        return [self.folder / "logs" / "activity.log"]

    @property
    def is_running(self) -> bool:
        """True until the process ended."""
        return self._process is not None and self._process.poll() is None

    def _is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class ColdServer(Server):
    """A server that begins as its owner's does: with a fresh interpreter."""

    begin = staticmethod(subprocess.Popen)
