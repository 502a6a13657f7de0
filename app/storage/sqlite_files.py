"""SQLite files that are read beside the service: a snapshot of its own file, and backups."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from app.errors import StoreUnavailable
from app.storage.base import Document, decode

EVERYTHING = "SELECT key, value, version FROM documents ORDER BY key"
ONE = "SELECT value, version FROM documents WHERE key = ?"
COUNT = "SELECT count(*) FROM documents"
IS_OURS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'documents'"
BATCH = 500


def documents_in(path: Path) -> Iterator[Document]:
    """Yield what a file holds at the moment of the first row, in key order; nothing is written to it.

    Raise StoreUnavailable where it is missing, damaged or none of ours.
    """
    try:
        with closing(_opened(path)) as connection:
            connection.execute("BEGIN")
            rows = connection.execute(EVERYTHING)
            while batch := rows.fetchmany(BATCH):
                for key, text, version in batch:
                    yield Document(key, decode(text)[0], version)
    except (sqlite3.Error, ValueError) as error:
        raise StoreUnavailable(f"{path} cannot be read: {error}.") from error


def document_in(path: Path, key: str) -> Document | None:
    """Return one document of a file; raise StoreUnavailable as `documents_in` does."""
    try:
        with closing(_opened(path)) as connection:
            for text, version in connection.execute(ONE, (key,)):
                return Document(key, decode(text)[0], version)
    except (sqlite3.Error, ValueError) as error:
        raise StoreUnavailable(f"{path} cannot be read: {error}.") from error
    return None


def count_in(path: Path) -> int:
    """Return how many documents a file holds, which `check` found sound."""
    with closing(_opened(path)) as connection:
        return int(connection.execute(COUNT).fetchone()[0])


def check(path: Path) -> None:
    """Raise StoreUnavailable for a file that is missing, damaged or none of ours."""
    try:
        with closing(_opened(path)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            is_ours = connection.execute(IS_OURS).fetchone() is not None
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path} cannot be read: {error}.") from error
    if verdict != "ok":
        raise StoreUnavailable(f"{path} is damaged: {verdict}.")
    if not is_ours:
        raise StoreUnavailable(f"{path} is a database, but none of Gatehouse's.")


def _opened(path: Path) -> sqlite3.Connection:
    # A backup may lie where nothing can be written, and SQLite must leave nothing beside it.
    alone = "" if Path(f"{path}-wal").exists() else "&immutable=1"
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{alone}", uri=True, check_same_thread=False)
