"""`flask backup`: a copy of the database, also while the service runs."""

import os
import secrets
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.commands import Command
from app.config import Settings, StateHome
from app.errors import InvalidRequest
from app.first_start import secrets_file
from app.wiring.container import services

OWNER_ONLY = 0o600


@click.command("backup", cls=Command)
@click.argument("path", type=click.Path())
@click.option("--force", is_flag=True, help="Put the copy in the place of a file that is there.")
@with_appcontext
def backup(path: str, *, force: bool) -> None:
    """Copy the database, also while the service runs.

    The copy is whole and of one moment, and readable by its owner only. Where PATH is a folder, or ends in a
    slash and is made, the copy is put into it under a name that tells the time.
    """
    settings = services().settings
    target = _target(path, services().clock())
    _refuse(settings, target, force=force)
    try:
        if path.endswith("/"):
            target.parent.mkdir(exist_ok=True)
        _copy(settings.database_path, target)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidRequest(f"{target} cannot be written: {reason}.") from error
    click.echo(f"{target} is written, {target.stat().st_size} bytes.")
    if secrets_file(settings).exists():
        click.echo(f"Keep {secrets_file(settings)} with it: the secrets are not in the copy.")


def _target(text: str, now: datetime) -> Path:
    path, name = Path(text), f"gatehouse-{now:%Y%m%dT%H%M%SZ}.sqlite3"
    return path / name if text.endswith("/") or path.is_dir() else path


def _refuse(settings: Settings, target: Path, *, force: bool) -> None:
    if settings.state_home is StateHome.BUCKET:
        raise InvalidRequest(
            f"The state is in the bucket {settings.gcs_bucket_name}, not in a file; "
            "object versioning or soft delete keeps it safe there."
        )
    if target.exists() and target.samefile(settings.database_path):
        raise InvalidRequest(f"{target} is the database itself.")
    if target.exists() and not force:
        raise InvalidRequest(f"{target} is there already; --force overwrites it.")


def _copy(database: Path, target: Path) -> None:
    """Write beside the target first, so that half a copy never has its name."""
    draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    try:
        _fill(database, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _fill(database: Path, draft: Path) -> None:
    address = f"{database.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(draft)) as copy:
        source.backup(copy)
        # One file: a copy in write-ahead mode would leave companions beside it when it is looked at.
        copy.execute("PRAGMA journal_mode=DELETE")
