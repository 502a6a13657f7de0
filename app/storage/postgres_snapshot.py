"""Everything in the database as of one moment, read while others go on writing."""

from collections.abc import Iterator

from app.storage.base import Document
from app.storage.postgres_connection import Connections
from app.storage.postgres_terms import documents_of

# Whoever reads may take his time over what he has, and a million rows must not be sorted anew.
_BEGIN = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL enable_sort = off
"""
_EVERYTHING = "SELECT key, value, version FROM documents ORDER BY key"
_BATCH = 500


def everything(connections: Connections) -> Iterator[Document]:
    """Yield every document in key order, by a session and a transaction of its own."""
    with connections.beside() as session, session.transaction():
        session.execute(_BEGIN, prepare=False)
        with session.cursor(name="everything") as cursor:
            cursor.execute(_EVERYTHING)
            while rows := cursor.fetchmany(_BATCH):
                yield from documents_of(rows)
