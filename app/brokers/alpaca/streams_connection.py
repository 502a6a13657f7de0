"""One websocket that is kept: opened again whenever it ends, and believed only while it answers."""

import json
import logging
import os
import time
from threading import Event, Lock, Thread
from typing import Any, Protocol

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from app.brokers.alpaca.environment import believing

BEAT_SECONDS = 0.5
FRESH_SECONDS = 2.0
OPEN_SECONDS = 5.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 30.0
# What was good for so long may be opened again at once; the next failure counts from the start.
_GOOD_SECONDS = 60.0
_WAITING_FRAMES = 4096

log = logging.getLogger(__name__)


class StreamEnded(Exception):
    """Alpaca refused what was said, or answers no more; the stream begins anew after a pause."""


class Line:
    """Messages both ways on one open connection."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self._socket.send(json.dumps(message))

    def receive(self, seconds: float = OPEN_SECONDS) -> Any:
        """Return the next message, of a text or a binary frame; raise TimeoutError."""
        return json.loads(self._socket.recv(timeout=max(seconds, 0)))

    def close(self) -> None:
        """Hang up; whoever waits for a message is told."""
        self._socket.close()

    def ping(self) -> Event:
        """Ask for a sign of life; the event is set once it came."""
        return self._socket.ping()


class Talk(Protocol):
    """What is said and understood on a connection; everything is called by its one thread."""

    name: str

    @property
    def url(self) -> str:
        """Where it is spoken."""

    def begin(self, line: Line) -> None:
        """Log in and ask for what shall come; raise StreamEnded."""

    def take(self, message: Any) -> None:
        """Take one message in."""

    def beat(self, line: Line) -> None:
        """Do what is due; called about twice a second."""

    def end(self) -> None:
        """Forget everything: nobody tells any more what changes."""


class KeptStream:
    """A thread that keeps a connection open, in the process that asked for it."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._lock = Lock()
        self._stopping = Event()
        self._thread: Thread | None = None
        self._line: Line | None = None
        self._process: int | None = None
        self._answered_at: float | None = None
        self._reported = ""

    @property
    def is_fresh(self) -> bool:
        """True when the other side answered a ping of the last moment, and all that it said was taken in."""
        at = self._answered_at
        return at is not None and time.monotonic() - at < FRESH_SECONDS and self._process == os.getpid()

    def start(self) -> None:
        """Begin once in each process; a forked one has a copy of what was known and nobody who listens."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process == os.getpid():
                return
            self._answered_at, self._stopping = None, Event()
            self._thread = Thread(target=self._keep, name=f"alpaca-{self._talk.name}", daemon=True)
            self._thread.start()
            self._process = os.getpid()

    def close(self) -> None:
        """End the thread; it is not begun again."""
        if self._thread is not None and self._process == os.getpid():
            self._stopping.set()
            line = self._line
            if line is not None:
                line.close()
            self._thread.join(FRESH_SECONDS)

    def _keep(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            began = time.monotonic()
            # In a forked process what its parent knew is here too, and has a gap.
            self._talk.end()
            try:
                # Without compression, which costs more than it saves here.
                with connect(
                    self._talk.url,
                    ssl=believing() if self._talk.url.startswith("wss:") else None,
                    compression=None,
                    open_timeout=OPEN_SECONDS,
                    ping_interval=None,
                    close_timeout=1,
                    max_queue=_WAITING_FRAMES,
                ) as socket:
                    self._line = Line(socket)
                    self._listen(self._line)
            except (OSError, WebSocketException, StreamEnded) as error:
                self._report(str(error))
            except Exception:
                # A message that is not what was promised proves that we do not understand what happens; and
                # nobody begins this thread again.
                log.exception("Alpaca's %s are not understood, and begin anew", self._talk.name)
            finally:
                self._answered_at = self._line = None
                self._talk.end()
            was_good = time.monotonic() - began > _GOOD_SECONDS
            pause = 0.0 if was_good else min(pause * 2, _LONGEST_PAUSE_SECONDS)
            pause = pause or _FIRST_PAUSE_SECONDS

    def _report(self, sentence: str) -> None:
        if not self._stopping.is_set():
            level = logging.INFO if sentence == self._reported else logging.WARNING
            log.log(level, "Alpaca's %s ended, and begin anew: %s", self._talk.name, sentence)
            self._reported = sentence

    def _listen(self, line: Line) -> None:
        self._talk.begin(line)
        pong, asked_at, wait = line.ping(), time.monotonic(), 0.05
        while not self._stopping.is_set():
            is_all = self._take(line, time.monotonic() + wait)
            wait = BEAT_SECONDS
            # Looked at before the rest is taken in: what was said before a pong has come before it.
            is_answered = pong.is_set()
            if is_all and is_answered and self._take(line, time.monotonic()):
                self._answered_at = asked_at
                pong, asked_at = line.ping(), time.monotonic()
            elif not is_answered and time.monotonic() - asked_at > FRESH_SECONDS:
                raise StreamEnded("no answer to a ping")
            self._talk.beat(line)

    def _take(self, line: Line, until: float) -> bool:
        """Take in what comes before a time and what waits by then; False when more waits than can be."""
        while (left := until - time.monotonic()) > -BEAT_SECONDS:
            try:
                message = line.receive(left)
            except TimeoutError:
                return True
            self._talk.take(message)
        return False
