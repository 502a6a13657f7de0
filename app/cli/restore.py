"""`flask restore`: a backup into an empty store of any kind, and proof that it is there."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.commands import Command
from app.cli.store_moves import carry_out, opened
from app.errors import InvalidRequest, NotFound
from app.first_start import secrets_file
from app.repositories.store_moves import Origin
from app.repositories.tokens import KEY as TOKENS
from app.services.operator.backups import made_at
from app.storage.backup_files import are_lines, database_of_lines
from app.storage.base import Store
from app.storage.sqlite_files import check, count_in, document_in, documents_in
from app.wiring.backup_places import BucketPlace
from app.wiring.container import bare
from app.wiring.store_addresses import StoreAddress, of_settings
from app.wiring.store_signs import sign_of_life


@click.command("restore", cls=Command)
@click.argument("backup")
@click.option("--resume", is_flag=True, help="Go on with a restore that was cut off.")
@with_appcontext
def restore(backup: str, *, resume: bool) -> None:
    """Fill the empty store that the settings name from a backup.

    BACKUP is a file, gs://BUCKET/backups/NAME, or gs://BUCKET for the newest one there.
    """
    target = of_settings(bare().settings)
    with _database(backup) as (name, path), opened(target, whole=False) as store:
        origin = Origin(name, count_in(path), lambda: documents_in(path), TOKENS, document_in(path, TOKENS))
        carry_out(origin, target, store, lambda: _refuse_running(target, store), resume=resume)
    _advise(target)


@contextmanager
def _database(backup: str) -> Iterator[tuple[str, Path]]:
    """Give the backup as a database, and its name; one that is lines is written out beside others' eyes."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-") as folder:
        name, path = backup, Path(backup)
        if backup.startswith("gs://"):
            name, path = _fetched(backup, Path(folder) / "fetched")
        if not path.is_file():
            raise NotFound(f"There is no file {path}.")
        if are_lines(path):
            database_of_lines(path, Path(folder) / "backup.sqlite3")
            path = Path(folder) / "backup.sqlite3"
        check(path)
        yield name, path


def _fetched(address: str, path: Path) -> tuple[str, Path]:
    bucket, _, name = address.removeprefix("gs://").partition("/")
    place = BucketPlace(bucket, "")
    try:
        wanted = name.removeprefix("backups").strip("/") or _newest(place)
        place.fetch(wanted, path)
    finally:
        place.close()
    return f"{place.shown}/{wanted}", path


def _newest(place: BucketPlace) -> str:
    names = sorted(name for name in place.names() if made_at(name) is not None)
    if not names:
        raise NotFound(f"There is no backup in {place.shown}.")
    return names[-1]


def _refuse_running(target: StoreAddress, store: Store) -> None:
    sign = sign_of_life(target.settings, store, bare().clock)
    if sign is not None:
        raise InvalidRequest(f"{target.shown} is in use. {sign} Stop the service first.")


def _advise(target: StoreAddress) -> None:
    click.echo(
        "Before you start: the broker may hold orders and positions that the backup does not know. "
        "`flask trading-state HALTED --reason restored` stops alerts until you have compared."
    )
    kept = secrets_file(target.settings)
    if target.home.is_local and not kept.exists():
        click.echo(
            f"Put {kept.name} beside the database, or set the secrets: else the start makes new ones, and "
            "those in your alerts end."
        )
