"""Tickets by month: a partition for each, made before its first day.

What comes for a month that has none lies in a partition for all others, so that no write ever fails for want
of one. A start makes the month's partition then, and moves it there.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from app.domain.ticket_terms import TICKETS
from app.errors import StoreUnavailable
from app.storage.postgres_connection import Connections
from app.storage.postgres_session import DatabaseError, DatabaseSession

PARENT, OTHERS = "documents_tickets", "documents_tickets_other"
MONTHS_AHEAD = 2
# Moving a month that was imported takes a while; who writes tickets of that month waits for it.
_PATIENCE_SECONDS = 600

# The lock of who makes them; the first number is Gatehouse's own word, see `postgres_migration.py`.
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(1734440037, 1)"
# Whoever writes a ticket queues behind the one who waits for a table of its own, so that one waits briefly.
_LIMITS = f"SET LOCAL statement_timeout = '{_PATIENCE_SECONDS}s'; SET LOCAL lock_timeout = '300ms'"
_LOCKED = "55P03"
_READ_FOR_LONG = (
    "A month has no partition yet, since something reads the tickets for long, as a backup does: "
    "they are written nevertheless, and the clock tries again, as flask database migrate does."
)
_MADE = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'documents_tickets'::regclass"
# A ticket's key begins with the folder and the month.
_OTHERS = "SELECT DISTINCT left(key, 15) FROM documents_tickets_other ORDER BY 1"
_MONTH = re.compile(rf"{TICKETS}(\d{{4}})-(0[1-9]|1[0-2])")
_MAKE = """
CREATE TABLE {name} (LIKE documents INCLUDING ALL);
LOCK TABLE {others} IN ACCESS EXCLUSIVE MODE;
WITH moved AS (DELETE FROM {others} WHERE key >= '{first}' AND key < '{end}' RETURNING *)
    INSERT INTO {name} SELECT * FROM moved;
ALTER TABLE {parent} ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{end}');
"""


def make_partitions(connections: Connections, now: datetime, *, also_past: bool = False) -> int:
    """Make the partitions of this month and the next ones; return how many were made.

    `also_past` makes those too of which there are tickets already, and moves these.
    """
    wanted = list(_months_from(now))
    with connections.turn() as session:
        made = partitions(session)
        if also_past:
            wanted = [*_months_without(session), *wanted]
    missing = [month for month in dict.fromkeys(wanted) if _name(month) not in made]
    if not missing:
        return 0
    with connections.beside(patience_seconds=_PATIENCE_SECONDS) as session, _told_apart():
        return sum(_make(session, month) for month in missing)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Raise StoreUnavailable with a sentence of its own where a table is in use."""
    try:
        yield
    except DatabaseError as error:
        if error.sqlstate == _LOCKED:
            raise StoreUnavailable(_READ_FOR_LONG) from error
        raise


def partitions(session: DatabaseSession) -> set[str]:
    """Return the names of the partitions that there are."""
    return {name for (name,) in session.execute(_MADE).fetchall()}


def _months_from(now: datetime) -> Iterator[str]:
    year, month = now.year, now.month
    for _ in range(MONTHS_AHEAD + 1):
        yield f"{year:04}-{month:02}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004  # December


def _months_without(session: DatabaseSession) -> Iterator[str]:
    """Yield the months of tickets that have no partition of their own."""
    for (start,) in session.execute(_OTHERS).fetchall():
        if (found := _MONTH.fullmatch(start)) is not None:
            yield f"{found[1]}-{found[2]}"


def _name(month: str) -> str:
    return f"{PARENT}_{month.replace('-', '_')}"


def _make(session: DatabaseSession, month: str) -> bool:
    """Make one in a transaction of its own, unless another process is just doing it."""
    with session.transaction():
        session.execute(_LIMITS, prepare=False)
        ((is_ours,),) = session.execute(_TRY_LOCK).fetchall()
        if not is_ours or _name(month) in partitions(session):
            return False
        year, number = int(month[:4]), int(month[5:])
        end = f"{year + number // 12:04}-{number % 12 + 1:02}"
        bounds = {"first": TICKETS + month, "end": TICKETS + end}
        statements = _MAKE.format(name=_name(month), parent=PARENT, others=OTHERS, **bounds)
        session.execute(statements, prepare=False)
        return True
