"""Lines of `activity.log`, the newest first, over the files that were put away."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.dataclass import dataclass
from app.services.observability.journal import KEPT_FILES

BLOCK = 64 * 1024
# A search reads no more than this for one page.
MOST_READ = 4 * 1024 * 1024

_LINE = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]+Z) (?:([^:;]{1,60}): )?(.*)")
_TICKET = re.compile(r"\bticket ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")
_ERROR = re.compile(r"\b(?:rejected|failed|unknown|broken|could not)\b", re.IGNORECASE)
_WARNING = re.compile(
    r"\b(?:denied|refused|expired|turned away|HALTED|REDUCING|unavailable|canceled|differs?)\b"
)


class Level(StrEnum):
    """How loud a line is; the file has no levels, so it is told by what happened."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """One line: `source` is a bot, `operator`, `door` or a part of the house; `ticket` what it is about."""

    at: str
    level: Level
    source: str | None
    text: str
    ticket: str | None


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """Lines from the newest down; the next page is asked for behind `next`, None ends the list."""

    lines: list[ActivityLine]
    next: str | None


@dataclass(frozen=True, slots=True)
class ActivityReader:
    """Reads backwards from the end; a cursor names a file by its inode, so it holds while files move on."""

    folder: Path | None

    def page(self, *, words: str | None, level: Level | None, after: str | None, limit: int) -> ActivityPage:
        """Return lines that contain the words, as loud as asked; such a page may be short."""
        found: list[ActivityLine] = []
        read = 0
        for place, raw in self._backwards(after):
            if len(found) == limit or read > MOST_READ:
                return ActivityPage(found, _behind(place, len(raw)))
            read += len(raw) + 1
            line = read_line(raw.decode("utf-8", "replace"))
            if line is not None and _is_wanted(line, words, level):
                found.append(line)
        return ActivityPage(found, None)

    def _backwards(self, after: str | None) -> Iterator[tuple[tuple[int, int], bytes]]:
        """Yield each line with its file's inode and its beginning there."""
        files = list(self._files())
        if after is not None:
            inode, _, end = after.partition("-")
            names = [number for _, number in files]
            place = names.index(int(inode)) if int(inode) in names else len(files)
            first = files[place : place + 1]
            for path, number in first:
                yield from (((number, start), raw) for start, raw in _lines(path, int(end)))
            files = files[place + 1 :]
        for path, number in files:
            yield from (((number, start), raw) for start, raw in _lines(path, None))

    def _files(self) -> Iterator[tuple[Path, int]]:
        if self.folder is None:
            return
        names = ["activity.log", *(f"activity.log.{number}" for number in range(1, KEPT_FILES + 1))]
        for name in names:
            with suppress(OSError):
                path = self.folder / name
                yield path, path.stat().st_ino


def _behind(place: tuple[int, int], length: int) -> str:
    """Return the cursor behind which a line is the first."""
    inode, start = place
    return f"{inode}-{start + length + 1}"


def read_line(text: str) -> ActivityLine | None:
    """Read a line; None for what is none, such as one that the disk cut short."""
    found = _LINE.fullmatch(text)
    if found is None:
        return None
    at, source, said = found.groups()
    ticket = _TICKET.search(said)
    level = Level.ERROR if _ERROR.search(said) else Level.WARNING if _is_warning(source, said) else Level.INFO
    return ActivityLine(at, level, source, said, None if ticket is None else ticket[1])


def _is_warning(source: str | None, said: str) -> bool:
    return source == "door" or _WARNING.search(said) is not None


def _is_wanted(line: ActivityLine, words: str | None, level: Level | None) -> bool:
    text = f"{line.source or ''}: {line.text}".lower()
    return level in {None, line.level} and (words is None or words.lower() in text)


def _lines(path: Path, end: int | None) -> Iterator[tuple[int, bytes]]:
    """Yield the whole lines that end before a place, the last one first, each with where it begins."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        place = file.seek(0, os.SEEK_END)
        place = place if end is None else min(end, place)
        rest = b""
        while place > 0:
            size = min(BLOCK, place)
            place -= size
            file.seek(place)
            block = file.read(size) + rest
            rest, *lines = block.split(b"\n")
            start = place + len(block)
            for line in reversed(lines):
                start -= len(line)
                if line:
                    yield start, line
                start -= 1
        if rest:
            yield 0, rest


def shown(page: ActivityPage) -> dict[str, Any]:
    """Show a page the way the API does."""
    rows = [
        {
            "at": line.at,
            "level": line.level.value,
            "source": line.source,
            "text": line.text,
            "ticket": line.ticket,
        }
        for line in page.lines
    ]
    return {"lines": rows, "next": page.next}
