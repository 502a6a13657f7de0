"""Pages of tickets by the index of terms inside SQLite."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from app.domain.ticket_terms import Wanted, choices_of
from app.storage.base import Document, Page, decode
from app.storage.terms import MOST_COUNTED, Choice, carries, most_entries, page_down_to, page_of

_HIGHEST = "\U0010ffff"
_NEWEST = """
SELECT key, value, version FROM documents WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT ?
"""
_CARRYING = """
SELECT documents.key, documents.value, documents.version
FROM (SELECT entry.key FROM {entries} {others}ORDER BY entry.key DESC LIMIT ?) AS found
CROSS JOIN documents ON documents.key = found.key ORDER BY found.key DESC
"""
_OF_ONE = "terms AS entry WHERE entry.term = ? AND entry.key >= ? AND entry.key < ?"
# No more of each than of all together: the newest of all are among them.
_NEWEST_OF = """
SELECT key FROM (SELECT key FROM terms WHERE term = ? AND key >= ? AND key < ? ORDER BY key DESC LIMIT ?)
"""
_AND_ONE = (
    "AND EXISTS (SELECT 1 FROM terms AS other WHERE other.term IN ({terms}) AND other.key = entry.key) "
)
# The last entry that is looked at where there are more.
_LOWEST = "SELECT entry.key FROM {entries} ORDER BY entry.key DESC LIMIT 1 OFFSET ?"
_HOW_MANY = "SELECT count(*) FROM (SELECT 1 FROM terms WHERE term = ? AND key >= ? AND key < ? LIMIT ?)"

Values = tuple[Any, ...]


def read_page(
    connection: sqlite3.Connection, prefix: str, terms: Wanted, bounds: tuple[str, str], limit: int
) -> Page:
    """Read documents from the last key down; an entry that its document has outgrown is passed over.

    Of several terms so many entries are looked at and no more: such a page may be short.
    The bounds are the first key that counts and the one behind the last, where they are not empty.
    """
    since, before = bounds
    start, end = max(prefix, since), min(before or prefix + _HIGHEST, prefix + _HIGHEST)
    choices = _rarest_first(connection, choices_of(terms), start, end)
    if not all(choices):
        return page_of([], limit)
    lowest = _lowest(connection, choices, start, end)
    start = lowest or start
    found: list[Document] = []
    while len(found) <= limit:
        wanted = limit + 1 - len(found)
        rows = _rows(connection, choices, start, end, wanted)
        documents = (Document(key, decode(text)[0], version) for key, text, version in rows)
        found += [document for document in documents if carries(document, terms)]
        if len(rows) < wanted:
            break
        end = rows[-1][0]
    return page_down_to(lowest, found, limit)


def _rarest_first(
    connection: sqlite3.Connection, choices: list[Choice], start: str, end: str
) -> list[Choice]:
    """Put first what the fewest documents carry: each of them is looked up under the others.

    Terms that none carries are left out, and with them a choice may become empty.
    """
    if sum(map(len, choices)) <= 1:
        return choices  # Nothing to choose from.
    counted = []
    for choice in choices:
        most = max(1, MOST_COUNTED // len(choice))
        counts = {
            term: connection.execute(_HOW_MANY, (term, start, end, most)).fetchone()[0] for term in choice
        }
        counted.append((sum(counts.values()), tuple(term for term in choice if counts[term])))
    return [choice for _, choice in sorted(counted, key=lambda item: item[0])]


def _lowest(connection: sqlite3.Connection, choices: Sequence[Choice], start: str, end: str) -> str:
    """Return the last of so many entries as are looked at under further terms; empty if there are fewer."""
    if len(choices) < 2:  # noqa: PLR2004  # whatever is looked at is found
        return ""
    most = most_entries(choices[1:])
    entries, values = _entries(choices[0], start, end, most)
    row = connection.execute(_LOWEST.format(entries=entries), (*values, most - 1)).fetchone()
    return "" if row is None else str(row[0])


def _rows(
    connection: sqlite3.Connection, choices: Sequence[Choice], start: str, end: str, limit: int
) -> list[tuple[str, str, int]]:
    if not choices:
        return connection.execute(_NEWEST, (start, end, limit)).fetchall()
    rarest, *others = choices
    entries, values = _entries(rarest, start, end, most_entries(others) if others else limit)
    conditions = "".join(_AND_ONE.format(terms=", ".join("?" * len(choice))) for choice in others)
    query = _CARRYING.format(entries=entries, others=conditions)
    named = (term for choice in others for term in choice)
    return connection.execute(query, (*values, *named, limit)).fetchall()


def _entries(choice: Choice, start: str, end: str, most: int) -> tuple[str, Values]:
    """Return where the entries of a choice are read, the newest `most` at least, and the values for that."""
    if len(choice) == 1:
        return _OF_ONE, (choice[0], start, end)
    union = " UNION ".join([_NEWEST_OF] * len(choice))
    return f"({union}) AS entry WHERE true", tuple(
        value for term in choice for value in (term, start, end, most)
    )
