"""Lives: advisory locks of one number, each held by the session by which a process lives."""

from app.dataclass import dataclass
from app.storage.postgres_connection import Connections
from app.storage.postgres_session import DatabaseSession

# A life is known by 64 bits, of which these sixteen are the first and the process's own the others.
_LIVES, _LIFE_BITS = 0x6761, 48

_LIVE = "SELECT pg_advisory_lock(%s::bigint)"
_LIVING = """
SELECT (classid::bigint << 32) | objid::bigint,
    coalesce(extract(epoch FROM backend_start), 0),
    extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())
FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND classid::bigint >> 16 = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
# A session of ours that the server has not given up yet would keep us from living in another.
_END_FORMER = """
SELECT pg_terminate_backend(pid)
FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND (classid::bigint << 32) | objid::bigint = %s AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True, slots=True)
class Living:
    """Who lives, and since when; for how long the server has run, and our own session since it was lost last.

    Moments are the server's, in epoch seconds; 0 where it does not tell.
    """

    born: dict[int, float]
    server_seconds: float
    session_seconds: float


def begin_life(session: DatabaseSession, life: int) -> None:
    """Live in a session from now on, and in no other; raise psycopg's errors."""
    number = (_LIVES << _LIFE_BITS) | life
    session.execute(_END_FORMER, (number,))
    session.execute(_LIVE, (number,))


def read_living(connections: Connections, *, session_seconds: float) -> Living:
    """Return who lives; raise StoreUnavailable."""
    rows = connections.ask(_LIVING, (_LIVES,))
    born = {number & ((1 << _LIFE_BITS) - 1): float(at) for number, at, _ in rows}
    return Living(born, float(rows[0][2]) if rows else 0.0, session_seconds)


def is_anybody_alive(connections: Connections) -> bool:
    """Tell, to one that has no life itself, whether a process lives on this database."""
    return bool(connections.ask(_LIVING, (_LIVES,)))
