"""What a backup is written into: a database that Gatehouse starts on, or lines where there is no disk.

Lines are JSON, compressed: a heading, a document or a removal each, and a last one with the number of lines
before it and their digest. What is cut off lacks the last one, and is no backup.
"""

import gzip
import hashlib
import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from app.errors import StoreUnavailable
from app.storage.base import JSON, Change, Create, Delete, Document, Gone, Replace, encode
from app.storage.sqlite import SqliteStore

EDITION = 1
BATCH = 500
OWNER_ONLY = 0o600
GZIP = b"\x1f\x8b"


def write_database(documents: Iterable[Document | Gone], path: Path) -> int:
    """Fill a file that is empty, and return how many documents came; what comes again counts at last."""
    store = SqliteStore(path)
    try:
        count = _fill(store, documents)
    finally:
        store.close()
    with closing(sqlite3.connect(path)) as connection:
        _make_one_file(connection)
    return count


def write_lines(documents: Iterable[Document | Gone], stream: IO[bytes], *, heading: JSON) -> int:
    """Write lines into a stream as they come; return how many documents that were."""
    digest, count = hashlib.sha256(), 0
    with gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as packed:
        for value in _values(documents, heading):
            line = f"{encode(value)}\n".encode()
            digest.update(line)
            packed.write(line)
            count += 1
        packed.write(f"{encode({'lines': count, 'sha256': digest.hexdigest()})}\n".encode())
    return count - 1


def database_of_lines(lines: Path, path: Path) -> None:
    """Make the database that lines tell of; raise StoreUnavailable for lines that are not whole."""
    try:
        with gzip.open(lines) as stream:
            write_database(_documents(stream, lines), path)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreUnavailable(f"{lines.name} cannot be read as a backup: {error}.") from error


def copy_database(database: Path, path: Path) -> int:
    """Copy a database that may be in use, as it is at one moment; return how many documents it holds."""
    address = f"{database.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        _make_one_file(copy)
        return int(copy.execute("SELECT count(*) FROM documents").fetchone()[0])


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """Give an empty file beside `path`, readable by its owner only, that gets its name at the end.

    So half a copy never has the name. Raise StoreUnavailable where nothing can be written.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        try:
            yield draft
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StoreUnavailable(f"{path} cannot be written: {reason}.") from error


def are_lines(path: Path) -> bool:
    """Tell by its first bytes whether a file is compressed lines."""
    with path.open("rb") as file:
        return file.read(len(GZIP)) == GZIP


def _make_one_file(connection: sqlite3.Connection) -> None:
    """A copy in write-ahead mode would leave companions beside it when it is looked at."""
    connection.execute("PRAGMA journal_mode=DELETE")


def _values(documents: Iterable[Document | Gone], heading: JSON) -> Iterator[dict[str, Any]]:
    yield {"gatehouse": EDITION, **heading}
    for item in documents:
        yield {"gone": item.key} if isinstance(item, Gone) else {"key": item.key, "value": item.value}


def _documents(stream: Iterable[bytes], path: Path) -> Iterator[Document | Gone]:
    digest = hashlib.sha256()
    for count, line in enumerate(stream):
        item = json.loads(line)
        if "lines" in item:
            if (item["lines"], item["sha256"]) != (count, digest.hexdigest()):
                raise StoreUnavailable(f"{path.name} is damaged: its lines are not those that were written.")
            return
        digest.update(line)
        if count:
            yield Gone(item["gone"]) if "gone" in item else Document(item["key"], item["value"], 0)
        elif item["gatehouse"] != EDITION:
            raise StoreUnavailable(f"{path.name} was written by another version of Gatehouse.")
    raise StoreUnavailable(f"{path.name} is cut off: it was not written to its end.")


def _fill(store: SqliteStore, documents: Iterable[Document | Gone]) -> int:
    batch: dict[str, Document | Gone] = {}
    count = 0
    for item in documents:
        count += 1
        if item.key in batch or len(batch) >= BATCH:
            store.apply([change for each in batch.values() if (change := _change(store, each)) is not None])
            batch = {}
        batch[item.key] = item
    store.apply([change for each in batch.values() if (change := _change(store, each)) is not None])
    return count


def _change(store: SqliteStore, item: Document | Gone) -> Change | None:
    held = store.get(item.key)
    if isinstance(item, Gone):
        return None if held is None else Delete(held)
    return Create(item.key, item.value) if held is None else Replace(held, item.value)
