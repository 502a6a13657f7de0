"""`flask backup`: a copy of everything, whatever keeps the state, also while the service runs."""

from datetime import timedelta
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.commands import Command
from app.config import Settings
from app.errors import InvalidRequest
from app.first_start import secrets_file
from app.services.operator.backups import Backup
from app.wiring.backup_places import write_file
from app.wiring.backups import everything_of
from app.wiring.container import operations, services


@click.command("backup", cls=Command)
@click.argument("path", required=False)
@click.option("--force", is_flag=True, help="Put the copy in the place of a file that is there.")
@click.option("--keep", type=click.IntRange(min=1), metavar="DAYS", help="Remove older backups there.")
@with_appcontext
def backup(path: str | None, *, force: bool, keep: int | None) -> None:
    """Copy everything, also while the service runs.

    PATH is a file, a folder (where a name that tells the time is made), or gs://BUCKET; without one it is
    BACKUP_TO. In folders a backup is a database that Gatehouse starts on, in a bucket compressed lines;
    `flask restore` takes both.
    """
    age = None if keep is None else timedelta(days=keep)
    if path is None:
        backups = operations().backups
        _tell(backups.take() if age is None else backups.take_to(None, keep=age))
    elif path.startswith("gs://") or path.endswith("/") or Path(path).is_dir():
        _tell(operations().backups.take_to(path, keep=age))
    elif keep is not None:
        raise InvalidRequest("--keep needs a folder or a bucket, not a file.")
    else:
        _tell(_one_file(Path(path), force=force))
    settings = services().settings
    if secrets_file(settings).exists() and settings.state_home.is_local:
        click.echo(f"Keep {secrets_file(settings)} with it: the secrets are not in the copy.")


def _one_file(target: Path, *, force: bool) -> Backup:
    settings = services().settings
    _refuse(settings, target, force=force)
    everything = everything_of(settings, services().store)
    documents = write_file(target, everything, settings)
    return Backup(str(target), documents, everything.unsettled, [])


def _refuse(settings: Settings, target: Path, *, force: bool) -> None:
    if settings.state_home.is_local and target.exists() and target.samefile(settings.database_path):
        raise InvalidRequest(f"{target} is the database itself.")
    if target.exists() and not force:
        raise InvalidRequest(f"{target} is there already; --force overwrites it.")


def _tell(made: Backup) -> None:
    click.echo(f"{made.name} is written, {made.documents} documents.")
    if made.unsettled:
        click.echo(
            f"It is not of one moment: {made.unsettled} documents still changed at the last look. What "
            "starts on it settles that as after a crash."
        )
    if made.removed:
        click.echo(f"Removed: {', '.join(made.removed)}.")
