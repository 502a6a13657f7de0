"""Whether a database is as Gatehouse needs it: what it is, what it allows, and whether its index is whole."""

import json
from collections.abc import Iterator
from typing import Any

from app.dataclass import dataclass
from app.domain.ticket_terms import TICKETS
from app.storage.postgres_connection import Connections
from app.storage.postgres_migration import check_server, read_edition
from app.storage.postgres_partitions import OTHERS, PARENT, partitions
from app.storage.postgres_pooler import check_sessions
from app.storage.postgres_rights import CURE, lacking_rights
from app.storage.postgres_schema import STEPS
from app.storage.postgres_session import DatabaseSession
from app.storage.postgres_terms import HIGHEST, documents_of, indexed_terms
from app.storage.terms import EDITION

_ABOUT = """
SELECT current_setting('server_version'), current_database(), current_user,
    (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()),
    has_schema_privilege(current_schema(), 'CREATE'),
    current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on',
    current_setting('synchronous_standby_names'),
    (SELECT count(*) FROM pg_stat_replication)
"""
_BUDGET = """
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')
"""
_PREFIXES = "SELECT split_part(key, '/', 1), count(*) FROM documents GROUP BY 1 ORDER BY 1"
_OTHER_MONTHS = f"SELECT count(*) FROM {OTHERS} WHERE key ~ '^[^/]+/[0-9]{{4}}-(0[1-9]|1[0-2])-'"  # noqa: S608  # ours
_ENTRIES = "SELECT count(*) FROM terms WHERE key >= %s AND key < %s"
_NEXT = "SELECT key, value, version FROM documents WHERE key > %s AND key < %s ORDER BY key LIMIT %s"
_MISSING = """
SELECT count(*) FROM json_to_recordset(%s) AS wanted(term text, key text)
WHERE NOT EXISTS (SELECT 1 FROM terms WHERE terms.term = wanted.term AND terms.key = wanted.key)
"""
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, what was found, and what is wrong with it, if anything is."""

    name: str
    found: str
    problem: str | None = None


def look(connections: Connections, *, wanted_connections: int) -> Iterator[Finding]:
    """Yield what there is to be said of a database; raise StoreUnavailable or SettingsError."""
    check_sessions(connections)
    with connections.turn() as session:
        check_server(session)
        yield from _about(session)
        edition = read_edition(session)
        behind = None if edition.is_ours else "flask database migrate or the next start brings it up to date"
        shown = f"step {edition.steps} of {len(STEPS)}, index {edition.terms or 'none'} of {EDITION}"
        yield Finding("schema", shown, behind)
        yield _budget(session, wanted_connections)
        if edition.steps < len(STEPS):
            return
        yield _rights(session)
        yield _partitions(session)
        for prefix, count in session.execute(_PREFIXES).fetchall():
            yield Finding(f"documents {prefix}/", str(count))
    yield _index(connections)


def _about(session: DatabaseSession) -> Iterator[Finding]:
    version, database, user, is_encrypted, may_create, is_durable, awaited, standbys = _row(session, _ABOUT)
    yield Finding("server", f"PostgreSQL {version}, {session.info.host}:{session.info.port}")
    yield Finding("database", f"{database}, as {user}, {'' if is_encrypted else 'not '}encrypted")
    yield Finding(
        "may create tables",
        "yes" if may_create else "no",
        None if may_create else "one that may has to run flask database migrate every month",
    )
    yield Finding(
        "durable",
        "yes" if is_durable else "no",
        None if is_durable else "fsync or full_page_writes is off: a power failure loses what was promised",
    )
    follows = f"{standbys}, " + (f"commits wait for {awaited}" if awaited else "commits wait for none")
    yield Finding("standbys", follows if standbys or awaited else "none")


def _budget(session: DatabaseSession, wanted: int) -> Finding:
    allowed, used = _row(session, _BUDGET)
    return Finding(
        "connections",
        f"{wanted} wanted by this machine's processes, {used} of {allowed} in use",
        None if wanted <= allowed else "lower DATABASE_CONNECTIONS, or raise its max_connections",
    )


def _rights(session: DatabaseSession) -> Finding:
    lacking = lacking_rights(session)
    return Finding("may write", f"not {', '.join(lacking)}" if lacking else "yes", CURE if lacking else None)


def _partitions(session: DatabaseSession) -> Finding:
    months = sorted(name.removeprefix(f"{PARENT}_") for name in partitions(session) - {OTHERS})
    (others,) = _row(session, _OTHER_MONTHS)
    shown = f"{len(months)} months, {months[0]} to {months[-1]}" if months else "none"
    cure = "flask database migrate makes those that are missing"
    return Finding(
        "partitions", f"{shown}; {others} tickets of others", cure if others or not months else None
    )


def _index(connections: Connections) -> Finding:
    """Hold every ticket's terms against the index: what is missing there is found by no list."""
    wanted = missing = 0
    last = TICKETS
    while rows := connections.ask(_NEXT, (last, TICKETS + HIGHEST, _BATCH)):
        last = rows[-1][0]
        terms = [
            {"term": term, "key": document.key}
            for document in documents_of(rows)
            for term in indexed_terms(document.key, document.value)
        ]
        ((lost,),) = connections.ask(_MISSING, (json.dumps(terms),))
        wanted, missing = wanted + len(terms), missing + lost
    ((held,),) = connections.ask(_ENTRIES, (TICKETS, TICKETS + HIGHEST))
    outgrown = max(0, held - wanted + missing)
    cure = "flask database migrate --index writes it anew" if missing else None
    return Finding("index", f"{wanted} entries wanted, {missing} missing, {outgrown} outgrown", cure)


def _row(session: DatabaseSession, query: str) -> tuple[Any, ...]:
    row = session.execute(query).fetchone()
    assert row is not None  # noqa: S101  # each of these questions has an answer
    return row
