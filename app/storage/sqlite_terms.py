"""The index of terms inside SQLite: written with its document in one transaction.

Alerts that wait are kept by triggers alone, whoever writes; so nobody reads the inbox to find them.

A trigger marks every ticket that anybody writes, and the store takes the mark away once it has written the
ticket's terms. What stands marked was written by another version of Gatehouse or before there was an index:
it is caught up with in short transactions, which may be stopped and begun again at any point.
"""

import sqlite3
from collections.abc import Iterable

from app.domain.ticket_terms import TICKETS
from app.storage.base import JSON, decode
from app.storage.terms import EDITION, terms_of

_END = TICKETS[:-1] + chr(ord(TICKETS[-1]) + 1)
_MARK = """
CREATE TRIGGER ticket_{name} AFTER {event} ON documents WHEN new.key >= '{first}' AND new.key < '{end}'
BEGIN INSERT OR IGNORE INTO unindexed VALUES (new.key); END
"""
_TABLES = (
    "CREATE TABLE terms (term TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (term, key)) WITHOUT ROWID",
    "CREATE TABLE unindexed (key TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID",
    _MARK.format(name="created", event="INSERT", first=TICKETS, end=_END),
    _MARK.format(name="changed", event="UPDATE", first=TICKETS, end=_END),
)
# An entry `inbox/{bot}/{hash}` waits until its answer, with a ticket's 36 letters behind it, is written.
_IS_ENTRY = "length({row}.key) - length(replace({row}.key, '/', '')) = 2"
_WAITS = """
CREATE TRIGGER alert_{name} AFTER {event} ON documents WHEN new.key >= 'inbox/' AND new.key < 'inbox0'
BEGIN
    INSERT OR IGNORE INTO terms SELECT 'waiting', new.key WHERE {is_entry};
    DELETE FROM terms WHERE term = 'waiting' AND key = substr(new.key, 1, length(new.key) - 37)
        AND NOT ({is_entry});
END
"""
_ALERTS = (
    _WAITS.format(name="entered", event="INSERT", is_entry=_IS_ENTRY.format(row="new")),
    _WAITS.format(name="changed", event="UPDATE", is_entry=_IS_ENTRY.format(row="new")),
    """
    CREATE TRIGGER alert_removed AFTER DELETE ON documents WHEN old.key >= 'inbox/' AND old.key < 'inbox0'
    BEGIN DELETE FROM terms WHERE term = 'waiting' AND key = old.key; END
    """,
    f"""
    INSERT INTO terms SELECT 'waiting', key FROM documents
    WHERE key >= 'inbox/' AND key < 'inbox0' AND {_IS_ENTRY.format(row="documents")}
    """,  # noqa: S608  # our own text
)
# Of another edition every ticket is marked anew.
_EDITION = ("edition", EDITION)
_MARK_ALL = (
    f"INSERT OR IGNORE INTO unindexed SELECT key FROM documents WHERE key >= '{TICKETS}' AND key < '{_END}'"  # noqa: S608
)
_HAS_TERM = "SELECT 1 FROM terms WHERE term = ? AND key = ?"
_IS_THERE = "SELECT 1 FROM sqlite_master WHERE name = ?"
# The alerts that wait for their answer; one that was taken over late may have it.
WAITS = """
SELECT documents.key, documents.value, documents.version
FROM terms CROSS JOIN documents ON documents.key = terms.key
WHERE terms.term = 'waiting' AND terms.key >= ? AND terms.key < ? ORDER BY terms.key
"""
_ADD = "INSERT OR IGNORE INTO terms VALUES (?, ?)"
_REMOVE = "DELETE FROM terms WHERE term = ? AND key = ?"
_UNMARK = "DELETE FROM unindexed WHERE key = ?"
_IS_MARKED = "SELECT 1 FROM unindexed LIMIT 1"
_MARKED = """
SELECT unindexed.key, documents.value FROM unindexed LEFT JOIN documents USING (key) LIMIT ?
"""
# A batch is written in some twenty milliseconds: who writes meanwhile waits no longer.
_BATCH = 500


def prepare(connection: sqlite3.Connection) -> None:
    """Make the index where there is none, every ticket being marked, in the caller's transaction."""
    for name, statements in (("terms", _TABLES), ("alert_entered", _ALERTS)):
        if connection.execute(_IS_THERE, (name,)).fetchone() is None:
            for statement in statements:
                connection.execute(statement)
    if connection.execute(_HAS_TERM, _EDITION).fetchone() is None:
        connection.execute(_MARK_ALL)
        connection.execute(_ADD, _EDITION)


def index(connection: sqlite3.Connection, key: str, value: JSON, old: JSON | None = None) -> None:
    """Write a document's terms and remove those that it no longer has, in the caller's transaction."""
    if not key.startswith(TICKETS):
        return
    terms = terms_of(key, value)
    connection.executemany(_ADD, [(term, key) for term in terms])
    if old is not None:
        forget(connection, key, terms_of(key, old) - terms)
    connection.execute(_UNMARK, (key,))


def forget(connection: sqlite3.Connection, key: str, terms: Iterable[str]) -> None:
    """Remove terms of a document."""
    connection.executemany(_REMOVE, [(term, key) for term in terms])


def catch_up(connection: sqlite3.Connection) -> bool:
    """Index some of what is marked; tell whether more may be."""
    if connection.execute(_IS_MARKED).fetchone() is None:
        return False
    connection.execute("BEGIN IMMEDIATE")
    try:
        marked = connection.execute(_MARKED, (_BATCH,)).fetchall()
        for key, text in marked:
            index(connection, key, decode(text)[0] if text is not None else {})
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return len(marked) == _BATCH
