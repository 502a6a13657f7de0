"""Whether sessions are our own: a pooler of transactions lends each of them to anybody."""

from app.errors import SettingsError
from app.storage.postgres_connection import Connections
from app.storage.postgres_session import DatabaseSession

# A pooler may by chance give the same twice, or others for once.
_ROUNDS = 3
_WHO = "SELECT pg_backend_pid()"
_SHARED = (
    "DATABASE_URL leads to a pooler that lends a session for one transaction, so that no lock would hold: "
    "name the server itself, or let the pooler (PgBouncer: pool_mode = session) lend whole sessions"
)


def check_sessions(connections: Connections) -> None:
    """Raise SettingsError where two sessions are not two servers' processes, and the same ones throughout."""
    with connections.turn() as session, connections.beside() as other:
        seen = [(_who(session), _who(other)) for _ in range(_ROUNDS)]
    first, second = seen[0]
    if first == second or set(seen) != {(first, second)}:
        raise SettingsError(_SHARED)


def _who(session: DatabaseSession) -> int:
    ((pid,),) = session.execute(_WHO, prepare=False).fetchall()
    return int(pid)
