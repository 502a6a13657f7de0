"""Tables, the function that writes them, and the numbered steps that bring a database up to both.

A step is never changed once it was released: another one follows it. All are taken in one transaction, by one
process at a time.
"""

from typing import Any

from app.errors import SettingsError
from app.storage.postgres_connection import Connections
from app.storage.postgres_counts import COUNT_TABLES
from app.storage.postgres_ledger import LEDGER_VIEW
from app.storage.postgres_session import DatabaseSession

OLDEST_SERVER = 14

# Two numbers tell what an advisory lock is about; the first of them is Gatehouse's own word for it.
SCHEMA_LOCK = (0x67617465, 0)
_LOCK_SECONDS = 60

_TABLES = """
CREATE TABLE documents (
    key text COLLATE "C" NOT NULL,
    value text NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (key)
) PARTITION BY RANGE (key);
CREATE TABLE documents_before_tickets PARTITION OF documents FOR VALUES FROM (MINVALUE) TO ('tickets/');
CREATE TABLE documents_after_tickets PARTITION OF documents FOR VALUES FROM ('tickets0') TO (MAXVALUE);
CREATE TABLE documents_tickets PARTITION OF documents FOR VALUES FROM ('tickets/') TO ('tickets0')
    PARTITION BY RANGE (key);
CREATE TABLE documents_tickets_other PARTITION OF documents_tickets DEFAULT;
CREATE TABLE terms (
    term text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    PRIMARY KEY (term, key)
);
"""
# One call writes all changes of a transaction, each with its terms, and tells of each what became of it:
# w (written, or written by an earlier call that was lost sight of), t (taken or moved), g (gone).
_WRITE = """
CREATE FUNCTION gatehouse_write(changes json, durable boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    change record;
    held bigint;
    outcome text;
    outcomes text := '';
BEGIN
    IF NOT durable THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    FOR change IN
        SELECT * FROM json_to_recordset(changes) AS given(
            kind text, key text, value text, old bigint, new bigint, adds text[], drops text[], answers text
        )
    LOOP
        IF change.kind = 'create' THEN
            INSERT INTO documents VALUES (change.key, change.value, change.new) ON CONFLICT DO NOTHING;
        ELSIF change.kind = 'replace' THEN
            UPDATE documents SET value = change.value, version = change.new
            WHERE documents.key = change.key AND version = change.old;
        ELSE
            DELETE FROM documents WHERE documents.key = change.key AND version = change.old;
        END IF;
        outcome := 'w';
        IF NOT FOUND THEN
            SELECT version INTO held FROM documents WHERE documents.key = change.key;
            outcome := CASE WHEN held = change.new THEN 'w' WHEN held IS NULL THEN 'g' ELSE 't' END;
            IF change.kind = 'replace' AND outcome <> 'w' THEN
                RAISE EXCEPTION 'a version has moved' USING ERRCODE = 'GH409', DETAIL = change.key;
            END IF;
        END IF;
        IF outcome = 'w' THEN
            IF change.drops IS NOT NULL THEN
                DELETE FROM terms WHERE term = ANY (change.drops) AND terms.key = change.key;
            END IF;
            IF change.adds IS NOT NULL THEN
                INSERT INTO terms SELECT added, change.key FROM unnest(change.adds) AS added
                ON CONFLICT DO NOTHING;
            END IF;
            IF change.answers IS NOT NULL THEN
                DELETE FROM terms WHERE term = 'waiting' AND terms.key = change.answers;
            END IF;
        END IF;
        outcomes := outcomes || outcome;
    END LOOP;
    RETURN outcomes;
END
$$;
"""
STEPS = (_TABLES + _WRITE + LEDGER_VIEW, COUNT_TABLES)

_IS_THERE = "SELECT to_regclass('gatehouse') IS NOT NULL"
_NOTES = "CREATE TABLE gatehouse (name text PRIMARY KEY, value text NOT NULL)"
_READ = "SELECT value FROM gatehouse WHERE name = 'schema'"
_NOTE = """
INSERT INTO gatehouse VALUES ('schema', %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


def prepare(connections: Connections) -> None:
    """Bring a database up to this version; raise SettingsError when it cannot serve us."""
    with connections.turn() as session:
        _check_server(session)
        if _steps_taken(session) < len(STEPS):
            _migrate(connections)


def _check_server(session: DatabaseSession) -> None:
    version = session.info.server_version // 10000
    if version < OLDEST_SERVER:
        raise SettingsError(f"DATABASE_URL leads to PostgreSQL {version}: {OLDEST_SERVER} or newer is needed")


def _steps_taken(session: DatabaseSession) -> int:
    if not _first(session, _IS_THERE):
        return 0
    return int(_first(session, _READ) or 0)


def _migrate(connections: Connections) -> None:
    with connections.turn(patience_seconds=_LOCK_SECONDS) as session:
        session.execute("SET statement_timeout = 0; SET lock_timeout = 0", prepare=False)
        try:
            with session.transaction():
                session.execute("SELECT pg_advisory_xact_lock(%s, %s)", SCHEMA_LOCK)
                taken = _steps_taken(session)
                if taken > len(STEPS):
                    raise SettingsError(
                        "DATABASE_URL leads to a database that a newer Gatehouse has changed: run that one"
                    )
                _take_steps(session, taken)
        finally:
            # Its limits were lifted: another session begins with them.
            session.close()


def _take_steps(session: DatabaseSession, taken: int) -> None:
    if taken == 0 and not _first(session, _IS_THERE):
        session.execute(_NOTES, prepare=False)
    for step in STEPS[taken:]:
        session.execute(step, prepare=False)
    session.execute(_NOTE, (str(len(STEPS)),))


def _first(session: DatabaseSession, query: str) -> Any:
    row = session.execute(query).fetchone()
    return None if row is None else row[0]
