"""The index of terms in PostgreSQL: what a write says of it, and the alerts that it knows to wait."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.storage.base import JSON, NAMED, Change, Create, Document, Replace, Waiting, decode
from app.storage.postgres_connection import Connections
from app.storage.postgres_statements import Row
from app.storage.terms import ALERTS, terms_of

WAITING = "waiting"
# An index entry of PostgreSQL's holds some 2,700 bytes, the key among them.
_LONGEST_TERM = 500
# Keys are printable ASCII: this sorts behind each of them.
HIGHEST = "\x7f"

# The keys first, then each document by its own: no statistics, or want of them, lead astray.
DOCUMENTS_OF = """
WITH found AS MATERIALIZED ({keys})
SELECT held.key, held.value, held.version FROM found CROSS JOIN LATERAL (
    SELECT key, value, version FROM documents WHERE documents.key = found.key OFFSET 0
) AS held ORDER BY held.key {order}
"""
# Few at any time, so that their texts can be looked through.
WITHOUT_ANSWER = f"""
SELECT held.key, held.value, held.version FROM (
    SELECT key FROM terms WHERE term = '{WAITING}' AND key >= %s AND key < %s OFFSET 0
) AS found CROSS JOIN LATERAL (
    SELECT key, value, version FROM documents WHERE documents.key = found.key OFFSET 0
) AS held WHERE strpos(held.value, %s) > 0 OR strpos(held.value, %s) = 0
"""  # noqa: S608  # our own text


def index_changes(change: Change) -> dict[str, Any]:
    """Return what a change means for the index, as the function that writes it reads it."""
    if isinstance(change, Create):
        return _said(indexed_terms(change.key, change.value), (), change.key)
    before = indexed_terms(change.document.key, change.document.value)
    if isinstance(change, Replace):
        after = indexed_terms(change.document.key, change.value)
        return _said(after, before - after, change.document.key)
    return _said((), before, "")


def read_waiting(connections: Connections, wanted: Waiting) -> list[Row]:
    """Read the alerts that wait for their answer; one that was taken over late may have it."""
    return connections.ask(f"{WITHOUT_ANSWER} ORDER BY held.key", values_of(wanted))


def values_of(wanted: Waiting) -> tuple[str, ...]:
    """Return what `WITHOUT_ANSWER` is asked with."""
    prefix, instrument = wanted
    # An empty text is found in every other one.
    named = "" if instrument is None else f'{NAMED}{instrument}"'
    return prefix, prefix + HIGHEST, named, NAMED


def documents_of(rows: list[Row]) -> Iterator[Document]:
    """Yield the documents that rows hold."""
    for key, text, version in rows:
        yield Document(key, decode(text)[0], version)


def indexed_terms(key: str, value: JSON) -> frozenset[str]:
    """Return a document's terms; an alert waits until its answer, with the ticket behind it, is written."""
    if key.startswith(ALERTS):
        return frozenset((WAITING,)) if _is_alert(key) else frozenset()
    return frozenset(filter(is_indexed, terms_of(key, value)))


def _is_alert(key: str) -> bool:
    return key.count("/") == 2  # noqa: PLR2004  # the folder, the bot, the alert


def is_indexed(term: str) -> bool:
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
