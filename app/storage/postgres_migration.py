"""How a database is brought up to this version: at each start, by one process at a time, safe to stop."""

from typing import Any

from app.dataclass import dataclass
from app.errors import SettingsError
from app.storage.postgres_connection import Connections, refused
from app.storage.postgres_index import index_anew
from app.storage.postgres_pooler import check_sessions
from app.storage.postgres_rights import check_rights
from app.storage.postgres_schema import STEPS
from app.storage.postgres_session import DatabaseSession
from app.storage.terms import EDITION

OLDEST_SERVER = 14
ENCODING = "UTF8"

# Two numbers tell what an advisory lock is about; the first of them is Gatehouse's own word for it.
SCHEMA_LOCK = (0x67617465, 0)
# Others wait so long for the one that is at work: a long ledger is not indexed in a moment.
_PATIENCE_SECONDS = 900

_WITHOUT_LIMITS = "SET statement_timeout = 0; SET lock_timeout = 0"
_LOCK = "SELECT pg_advisory_lock(%s, %s)"
_IS_THERE = "SELECT to_regclass('gatehouse') IS NOT NULL"
_NOTES = "CREATE TABLE gatehouse (name text PRIMARY KEY, value text NOT NULL)"
_READ = "SELECT name, value FROM gatehouse"
_NOTE = """
INSERT INTO gatehouse VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
_MAY_NOT_CREATE = "42501"
_FOREIGN_TABLE = "42P07"


@dataclass(frozen=True, slots=True)
class Edition:
    """How far a database has come: the steps that were taken, and the edition of its index."""

    steps: int
    terms: str | None

    @property
    def is_ours(self) -> bool:
        """True when nothing is to be done."""
        return (self.steps, self.terms) == (len(STEPS), EDITION)


def prepare(connections: Connections) -> None:
    """Bring a database up to this version; raise SettingsError when it cannot serve us."""
    check_sessions(connections)
    with connections.turn() as session:
        check_server(session)
        edition = read_edition(session)
    if not edition.is_ours:
        migrate(connections)
    with connections.turn() as session:
        check_rights(session)


def migrate(connections: Connections, *, anew: bool = False) -> None:
    """Take the steps that were not taken, and index what the index does not know, or all of it `anew`."""
    with connections.beside(patience_seconds=_PATIENCE_SECONDS) as session:
        session.execute(_WITHOUT_LIMITS, prepare=False)
        session.execute(_LOCK, SCHEMA_LOCK)
        edition = read_edition(session)
        if edition.steps < len(STEPS):
            _take_steps(session, edition.steps)
        if anew or edition.terms != EDITION:
            index_anew(session)
            session.execute(_NOTE, ("terms", EDITION))


def check_server(session: DatabaseSession) -> None:
    """Raise SettingsError for a server that cannot serve us."""
    version = session.info.server_version // 10000
    if version < OLDEST_SERVER:
        raise SettingsError(f"DATABASE_URL leads to PostgreSQL {version}: {OLDEST_SERVER} or newer is needed")
    encoding = session.info.parameter_status("server_encoding")
    if encoding != ENCODING:
        raise SettingsError(
            f"DATABASE_URL leads to a database in {encoding}: make one with ENCODING '{ENCODING}' instead"
        )


def read_edition(session: DatabaseSession) -> Edition:
    """Return how far a database has come; raise SettingsError where a newer Gatehouse has been at work."""
    notes: dict[str, str] = dict(session.execute(_READ).fetchall()) if _first(session, _IS_THERE) else {}
    steps = int(notes.get("schema", 0))
    if steps > len(STEPS):
        raise SettingsError("DATABASE_URL leads to a database of a newer Gatehouse: run that one")
    return Edition(steps, notes.get("terms"))


def _take_steps(session: DatabaseSession, taken: int) -> None:
    sentences = {
        _MAY_NOT_CREATE: "DATABASE_URL: its user may not create tables: GRANT CREATE ON SCHEMA public to it, "
        "or let a user who may run flask database migrate first",
        _FOREIGN_TABLE: "DATABASE_URL leads to tables of another program: "
        "give Gatehouse a database of its own",
    }
    with refused(sentences), session.transaction():
        if not taken:
            session.execute(_NOTES, prepare=False)
        for step in STEPS[taken:]:
            session.execute(step, prepare=False)
        session.execute(_NOTE, ("schema", str(len(STEPS))))


def _first(session: DatabaseSession, query: str) -> Any:
    row = session.execute(query).fetchone()
    return None if row is None else row[0]
