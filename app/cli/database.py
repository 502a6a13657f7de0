"""`flask database`: the PostgreSQL that DATABASE_URL names, brought up to date and looked over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING

import click

from app.cli.commands import Group, show_table
from app.config import Settings, StateHome
from app.errors import InvalidRequest
from app.wiring.container import bare

if TYPE_CHECKING:
    from app.storage.postgres_connection import Connections

# A person waits, and a count over a long ledger takes longer than an alert may.
PATIENCE_SECONDS = 60.0
# Its locks have a session of their own in each process.
SESSIONS_BESIDE = 1


@click.group("database", cls=Group)
def database() -> None:
    """Bring the PostgreSQL database up to date, or look whether it is as it should be."""


@database.command("migrate")
@click.option("--index", "anew", is_flag=True, help="Also write the index of all tickets anew.")
def migrate_database(*, anew: bool) -> None:
    """Make or change tables, the index and the months' partitions; every start does the same.

    It may run twice, also at the same time: the second waits for the first and finds nothing to do.
    """
    from app.storage.postgres_migration import migrate, prepare
    from app.storage.postgres_partitions import make_partitions

    with _connections(bare().settings) as connections:
        prepare(connections)
        make_partitions(connections, bare().clock().astimezone(UTC), also_past=True)
        if anew:
            migrate(connections, anew=True)
    click.echo("The database is up to date.")


@database.command("check")
def check_database() -> None:
    """Say what the database is, and exit 1 when something has to be done about it."""
    from app.storage.postgres_check import look

    settings = bare().settings
    wanted = settings.web_concurrency * (settings.database_connections + SESSIONS_BESIDE)
    with _connections(settings) as connections:
        findings = list(look(connections, wanted_connections=wanted))
    show_table(("WHAT", "FOUND"), [(finding.name, finding.found) for finding in findings])
    problems = [f"{finding.name}: {finding.problem}." for finding in findings if finding.problem is not None]
    if problems:
        raise InvalidRequest("\n".join(problems))
    click.echo("Nothing has to be done.")


@contextmanager
def _connections(settings: Settings) -> Iterator["Connections"]:
    if settings.state_home is not StateHome.DATABASE or settings.database_url is None:
        raise InvalidRequest(
            f"DATABASE_URL is not set: the state is where {settings.state_home.setting} says."
        )
    from app.storage.postgres_connection import Connections

    connections = Connections(settings.database_url, timeout_seconds=PATIENCE_SECONDS, size=2)
    try:
        yield connections
    finally:
        connections.close()
