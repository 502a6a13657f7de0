"""The index of terms in PostgreSQL: what a write says of it, and the pages that are read by it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from app.storage.base import JSON, Change, Create, Document, Page, Replace
from app.storage.postgres_connection import Connections
from app.storage.postgres_statements import Row
from app.storage.terms import ALERTS, MOST_ENTRIES, carries, page_down_to, page_of, terms_of

WAITING = "waiting"
# An index entry of PostgreSQL's holds some 2,700 bytes, the key among them.
_LONGEST_TERM = 500
# Keys are printable ASCII: this sorts behind each of them.
HIGHEST = "\x7f"
_decode = json.JSONDecoder().raw_decode

_NEWEST = """
SELECT key, value, version FROM documents WHERE key >= %s AND key < %s ORDER BY key DESC LIMIT %s
"""
# The keys first, then each document by its own: no statistics, or want of them, lead astray.
_WITH_TERM = """
WITH found AS MATERIALIZED (
    SELECT key FROM terms WHERE term = %s AND key >= %s AND key < %s {others}
    ORDER BY key {order} LIMIT %s
)
SELECT held.key, held.value, held.version FROM found CROSS JOIN LATERAL (
    SELECT key, value, version FROM documents WHERE documents.key = found.key OFFSET 0
) AS held ORDER BY held.key {order}
"""
_AND_TERM = "AND EXISTS (SELECT 1 FROM terms AS other WHERE other.term = %s AND other.key = terms.key) "
# How many documents carry a term, beyond so many it makes no difference; and the last of so many entries as
# are looked at under further terms.
_HOW_MANY = """
SELECT wanted.term, (
    SELECT count(*) FROM (
        SELECT 1 FROM terms WHERE term = wanted.term AND key >= %s AND key < %s LIMIT 20000
    ) AS found
), (
    SELECT key FROM terms WHERE term = wanted.term AND key >= %s AND key < %s
    ORDER BY key DESC LIMIT 1 OFFSET %s
) FROM json_array_elements_text(%s) AS wanted(term) ORDER BY 2
"""


def index_changes(change: Change) -> dict[str, Any]:
    """Return what a change means for the index, as the function that writes it reads it."""
    if isinstance(change, Create):
        return _said(indexed_terms(change.key, change.value), (), change.key)
    before = indexed_terms(change.document.key, change.document.value)
    if isinstance(change, Replace):
        after = indexed_terms(change.document.key, change.value)
        return _said(after, before - after, change.document.key)
    return _said((), before, "")


def read_waiting(connections: Connections, prefix: str) -> list[Row]:
    """Read the alerts that wait for their answer; one that was taken over late may have it."""
    query = _WITH_TERM.format(others="", order="ASC")
    return connections.ask(query, (WAITING, prefix, prefix + HIGHEST, None))


def read_page(
    connections: Connections, prefix: str, terms: Sequence[str], bounds: tuple[str, str], limit: int
) -> Page:
    """Read documents from the last key down; one that does not carry what the index says is passed over.

    Of several terms so many entries are looked at and no more: such a page may be short.
    The bounds are the first key that counts and the one behind the last, where they are not empty.
    """
    since, before = bounds
    start, end = max(prefix, since), min(before or prefix + HIGHEST, prefix + HIGHEST)
    if not all(map(_is_indexed, terms)):
        return page_of([], limit)
    ordered, lowest = _rarest_first(connections, terms, start, end)
    if not ordered and terms:
        return page_of([], limit)
    start = lowest or start
    found: list[Document] = []
    while len(found) <= limit:
        wanted = limit + 1 - len(found)
        rows = _rows(connections, ordered, start, end, wanted)
        found += [document for document in documents_of(rows) if carries(document, terms)]
        if len(rows) < wanted:
            break
        end = rows[-1][0]
    return page_down_to(lowest, found, limit)


def documents_of(rows: list[Row]) -> Iterator[Document]:
    """Yield the documents that rows hold."""
    for key, text, version in rows:
        yield Document(key, _decode(text)[0], version)


def indexed_terms(key: str, value: JSON) -> frozenset[str]:
    """Return a document's terms; an alert waits until its answer, with the ticket behind it, is written."""
    if key.startswith(ALERTS):
        return frozenset((WAITING,)) if _is_alert(key) else frozenset()
    return frozenset(filter(_is_indexed, terms_of(key, value)))


def _is_alert(key: str) -> bool:
    return key.count("/") == 2  # noqa: PLR2004  # the folder, the bot, the alert


def _is_indexed(term: str) -> bool:
    """Tell whether PostgreSQL takes a term: nobody looks for one that it does not."""
    return len(term) <= _LONGEST_TERM and term.isprintable()


def _said(adds: Sequence[str] | frozenset[str], drops: Sequence[str] | frozenset[str], key: str) -> JSON:
    said: JSON = {}
    if adds:
        said["adds"] = sorted(adds)
    if drops:
        said["drops"] = sorted(drops)
    if key.startswith(ALERTS) and not _is_alert(key):
        said["answers"] = key.rpartition("/")[0]
    return said


def _rarest_first(
    connections: Connections, terms: Sequence[str], start: str, end: str
) -> tuple[Sequence[str], str]:
    """Put first the term that the fewest documents carry: each of them is looked up under the others.

    Return with it the last of so many entries as are looked at, empty if there are fewer; and no term at
    all where nothing carries one of them.
    """
    if len(terms) < 2:  # noqa: PLR2004  # nothing to choose from
        return terms, ""
    bounds = (start, end)
    found = connections.ask(_HOW_MANY, (*bounds, *bounds, MOST_ENTRIES - 1, json.dumps(list(terms))))
    return [term for term, _, _ in found] if found[0][1] else [], found[0][2] or ""


def _rows(connections: Connections, terms: Sequence[str], start: str, end: str, limit: int) -> list[Row]:
    if not terms:
        return connections.ask(_NEWEST, (start, end, limit))
    query = _WITH_TERM.format(others=_AND_TERM * (len(terms) - 1), order="DESC")
    return connections.ask(query, (terms[0], start, end, *terms[1:], limit))
