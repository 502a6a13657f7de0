"""What came in and what went out: `logs.jsonl` for machines, `activity.log` for people."""

import fcntl
import logging
import os
from contextlib import suppress
from json import JSONEncoder
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, TextIO
from uuid import UUID

from app.clock import Clock, system_clock
from app.dataclass import dataclass
from app.logs import escape, mask, mask_known, utc_text
from app.services.observability.log_archive import LogArchive

MAX_BYTES = 20 * 1024 * 1024
KEPT_FILES = 5
# How long a process may go on writing to a file that another process has just put away.
_LOOK_SECONDS = 1.0

_logger = logging.getLogger(__name__)
REFUSED = "refused"
SERVER_ERROR = 500
_encode = JSONEncoder(separators=(",", ":"), default=str).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """What a log line tells of an alert: `outcome` is accepted, duplicate or refused, `reason` a code."""

    bot: str | None
    dialect: str | None
    outcome: str
    status: int
    reason: str | None
    ticket: UUID | str | None
    milliseconds: float

    def shown(self) -> dict[str, Any]:
        """Return it as it stands in a line."""
        return {
            "ticket": self.ticket,
            "bot": self.bot,
            "dialect": self.dialect,
            "outcome": self.outcome,
            "status": self.status,
            "reason": self.reason,
            "milliseconds": round(self.milliseconds, 3),
        }


class Journal:
    """Appends redacted records to the files in a folder; without a folder it writes none.

    An `archive` gets the same lines. `console` repeats the human ones, far cheaper than a log line each would
    be; `cloud` gets a structured line of every alert, and where there is no folder also what would stand in
    one. A record that cannot be written is given up with one warning per outage: it never stops an order.
    """

    def __init__(
        self,
        directory: Path | None,
        *,
        clock: Clock = system_clock,
        console: TextIO | None = None,
        cloud: logging.Logger | None = None,
        archive: LogArchive | None = None,
    ) -> None:
        self._clock = clock
        self._archive = archive
        self._console = console
        self._cloud = cloud
        self._machine = AppendFile(directory / "logs.jsonl") if directory is not None else None
        self._people = AppendFile(directory / "activity.log") if directory is not None else None

    def alert(self, line: AlertLine, *, alert: Any, source: str | None) -> None:
        """Write an alert, redacted by the caller already, and what became of it."""
        known = line.shown()
        self._record("alert", {"event": "alert", **known, "source": source, "alert": alert})
        if self._cloud is not None:
            # Where there is no file the line has what would stand there; else the alert stays in its ticket.
            more = {"source": source, "alert": alert} if self._machine is None else {}
            level = _level(line.status) if line.outcome == REFUSED else logging.INFO
            self._cloud.log(level, "alert %s", line.outcome, extra={"event": "alert", **known, **more})

    def refusal(self, *, again: int = 0, **known: Any) -> None:
        """Write a request that was turned away and is no alert, or how many more like one there were."""
        record = {"event": "refusal", **known, **({"again": again} if again else {})}
        self._record("refusal", record)
        more = f"{again} more like this" if again else "a request"
        where = f"{known['path'] or 'several addresses'} from {known['address']}"
        sentence = f"door: {more} refused at {where}: {known['code'] or 'several codes'}"
        if self._cloud is not None:
            self._cloud.log(_level(known["status"] or 0), "%s", escape(mask(sentence)), extra=record)
        self._tell_people(sentence)

    def exchange(
        self, *, ticket: UUID | str | None, broker: str, request: Any, response: Any, milliseconds: float
    ) -> None:
        """Write what a broker was asked, what it answered and how long that took.

        `request` and `response` are our own records; a broker's raw words go through `redact` first.
        """
        known = {"ticket": ticket, "broker": broker, "milliseconds": round(milliseconds, 3)}
        record = {**known, "request": request, "response": response}
        self._record("exchange", record)
        if self._cloud is not None and self._machine is None:
            self._cloud.info("exchange with %s", broker, extra={"event": "exchange", **record})

    def activity(self, line: str) -> None:
        """Write a sentence for people, with the time in UTC."""
        if self._cloud is not None and self._people is None:
            # The time is the line's own there.
            self._cloud.info("%s", escape(mask(line)), extra={"event": "activity"})
        self._tell_people(line)

    def _tell_people(self, line: str) -> None:
        if self._people is None and self._console is None and self._archive is None:
            return
        text = f"{utc_text(self._clock())} {escape(mask(line))}\n"
        if self._people is not None:
            self._people.append(text.encode("utf-8"))
        if self._archive is not None:
            self._archive.people.append(text.encode("utf-8"))
        if self._console is not None:
            with suppress(OSError, ValueError):
                self._console.write(text)
                self._console.flush()

    def close(self) -> None:
        """Let go of the files; safe to call twice."""
        for file in (self._machine, self._people):
            if file is not None:
                file.close()

    def _record(self, kind: str, record: dict[str, Any]) -> None:
        if self._machine is None and self._archive is None:
            return
        try:
            line = _encode({"at": utc_text(self._clock()), "kind": kind, **record})
        except (TypeError, ValueError, RecursionError) as error:
            _logger.warning("A record of kind %s cannot be written as JSON: %s", kind, error)
            return
        content = mask_known(line).encode("ascii") + b"\n"
        if self._machine is not None:
            self._machine.append(content)
        if self._archive is not None:
            self._archive.machine.append(content)


def _level(status: int) -> int:
    """Return how loud a refusal is: what we could not do is louder than what we would not."""
    return logging.ERROR if status >= SERVER_ERROR else logging.WARNING


class AppendFile:
    """A file to which several processes and threads append whole lines.

    At `max_bytes` it becomes `name.1` (and so on, up to `kept`), by whichever process comes first.
    """

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES, kept: int = KEPT_FILES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._kept = kept
        self._lock = Lock()
        self._descriptor: int | None = None
        self._next_look = 0.0
        self._room = 0
        self._failing = False
        self._torn = False

    def append(self, line: bytes) -> None:
        """Append one line in one write; give it up when that fails."""
        with self._lock:
            try:
                self._write(line)
            except OSError as error:
                self._give_up(error)
            else:
                self._failing = False

    def close(self) -> None:
        """Let go of the file; the next line opens it again."""
        with self._lock:
            self._drop()

    def _write(self, line: bytes) -> None:
        now = monotonic()
        if self._descriptor is None or now >= self._next_look or self._room <= 0:
            self._descriptor = self._look()
            self._next_look = now + _LOOK_SECONDS
        # A line that the disk cut short must not swallow the next one.
        whole = b"\n" + line if self._torn else line
        # One write for each line: appended so, lines of several processes do not run into each other.
        written = os.write(self._descriptor, whole)
        self._torn = written < len(whole) and (written > 0 or self._torn)
        self._room -= written
        if written < len(whole):
            raise OSError("the line was cut short")

    def _look(self) -> int:
        descriptor = self._current()
        if os.fstat(descriptor).st_size >= self._max_bytes:
            descriptor = self._rotate(descriptor)
        # Too large still (the folder is not ours to rename in) is better than silent.
        size = os.fstat(descriptor).st_size
        self._room = self._max_bytes - (size if size < self._max_bytes else 0)
        return descriptor

    def _current(self) -> int:
        if self._descriptor is not None and not self._is_current(self._descriptor):
            self._drop()
        if self._descriptor is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(
                self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640
            )
        return self._descriptor

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(descriptor))
        except FileNotFoundError:
            return False

    def _rotate(self, descriptor: int) -> int:
        # The lock is on the file itself: who waited for it finds that the path has moved on.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            if self._is_current(descriptor):
                self._put_away()
        except OSError as error:
            self._give_up(error)
        self._drop()
        return self._current()

    def _put_away(self) -> None:
        for number in range(self._kept - 1, 0, -1):
            with suppress(FileNotFoundError):
                self._numbered(number).rename(self._numbered(number + 1))
        self._path.rename(self._numbered(1))

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def _drop(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _give_up(self, error: OSError) -> None:
        if not self._failing:
            _logger.warning("%s cannot be written or put away: %s", self._path.name, error)
        self._failing = True
