"""The index of terms, written anew from the documents: after a change of what is indexed, or by hand.

Entries are only added: one that its document has outgrown is passed over by whoever reads it.
"""

import json

from app.domain.ticket_terms import TICKETS
from app.storage.base import unanswered
from app.storage.postgres_session import DatabaseSession
from app.storage.postgres_statements import Row
from app.storage.postgres_terms import HIGHEST, WAITING, documents_of, indexed_terms
from app.storage.terms import ALERTS

# A batch is written in some hundredths of a second: who writes one of its tickets meanwhile waits no longer.
_BATCH = 500
_NEXT = """
SELECT key, value, version FROM documents WHERE key > %s AND key < %s ORDER BY key LIMIT %s FOR SHARE
"""
_EVERY = "SELECT key, value, version FROM documents WHERE key >= %s AND key < %s ORDER BY key"
_ADD = """
INSERT INTO terms SELECT term, key FROM json_to_recordset(%s) AS given(term text, key text)
ON CONFLICT DO NOTHING
"""


def index_anew(session: DatabaseSession) -> int:
    """Index every ticket, and every alert that waits; return how many documents were looked at."""
    looked_at, last = 0, TICKETS
    while rows := _index_some(session, last):
        looked_at, last = looked_at + len(rows), rows[-1][0]
    alerts = session.execute(_EVERY, (ALERTS, ALERTS + HIGHEST)).fetchall()
    _add(session, [(WAITING, document.key) for document in unanswered(documents_of(alerts))])
    return looked_at + len(alerts)


def _index_some(session: DatabaseSession, after: str) -> list[Row]:
    """Index a batch; nobody changes its tickets between their being read and their terms being written."""
    with session.transaction():
        rows = session.execute(_NEXT, (after, TICKETS + HIGHEST, _BATCH)).fetchall()
        found = ((document.key, document.value) for document in documents_of(rows))
        _add(session, [(term, key) for key, value in found for term in sorted(indexed_terms(key, value))])
    return rows


def _add(session: DatabaseSession, terms: list[tuple[str, str]]) -> None:
    session.execute(_ADD, (json.dumps([{"term": term, "key": key} for term, key in terms]),))
