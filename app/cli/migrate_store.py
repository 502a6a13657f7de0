"""`flask migrate-store`: everything into another store, and proof that it is there."""

import os

import click
from flask.cli import with_appcontext

from app.cli.commands import Command
from app.cli.store_moves import carry_out, opened, origin_of
from app.config import StateHome
from app.domain.trading_state import TradingState
from app.errors import InvalidRequest
from app.first_start import secrets_file
from app.repositories.trading_state import global_switch
from app.storage.base import Store
from app.wiring.container import bare
from app.wiring.store_addresses import StoreAddress, of_address, of_settings
from app.wiring.store_signs import sign_of_life


@click.command("migrate-store", cls=Command)
@click.option(
    "--to",
    "address",
    required=True,
    metavar="ADDRESS",
    help="postgresql://…, sqlite:///PATH, gs://BUCKET, or env:NAME for a variable that holds one.",
)
@click.option("--resume", is_flag=True, help="Go on with a copy that was cut off.")
@with_appcontext
def migrate_store(address: str, *, resume: bool) -> None:
    """Copy everything from the store that the settings name into an empty one.

    The service must not run. Documents are compared one by one at the end, until both sides are equal; until
    then nothing starts on the new store. The old one is left as it is.
    """
    settings = bare().settings
    source, target = of_settings(settings), of_address(address, settings, os.environ)
    if source.shown == target.shown:
        raise InvalidRequest(f"{source.shown} is the store that the settings name already.")
    if source.home.is_local and not settings.database_path.exists():
        raise InvalidRequest(f"DATABASE_PATH: there is no {settings.database_path} to be moved.")
    with opened(source, whole=True) as held:
        _refuse_running(source, held)
        _warn(source, held)
        origin = origin_of(source, held)
        with opened(target, whole=False) as new:
            carry_out(origin, target, new, lambda: _refuse_running(source, held), resume=resume)
    _tell(source, target)


def _refuse_running(source: StoreAddress, store: Store) -> None:
    sign = sign_of_life(source.settings, store, bare().clock)
    if sign is not None:
        raise InvalidRequest(f"{source.shown} is in use. {sign} Stop the service first.")


def _warn(source: StoreAddress, store: Store) -> None:
    """What an instance without a clock carries out after the end would be left behind."""
    if source.home is not StateHome.BUCKET or global_switch(store).at(bare().clock()) is TradingState.HALTED:
        return
    click.echo(
        "No process shows itself, but one without a clock, or one that an alert wakes, cannot be seen from "
        "here, and trading is not HALTED. What it writes until the end is found and copied; what it writes "
        "later stays behind: see to it that it is stopped.",
        err=True,
    )


def _tell(source: StoreAddress, target: StoreAddress) -> None:
    click.echo("Now set, and start again:")
    for line in _settings(source, target):
        click.echo(f"  {line}")
    click.echo(f"{source.shown} is left as it is; remove it when you trust the new one.")


def _settings(source: StoreAddress, target: StoreAddress) -> list[str]:
    lines = [_names[target.home](target)]
    lines += [f"leave {home.setting} out" for home in _left_out(source, target)]
    if target.keeps_tokens_apart:
        lines.append("GCS_BUCKET_NAME may stay: Fyers' tokens and the archive are in it then")
    if source.home.is_local and not target.home.is_local:
        kept = secrets_file(source.settings)
        if kept.exists():
            lines.append(f"WEBHOOK_SECRET, OPERATOR_TOKEN and ACCOUNT_SECRET as they stand in {kept}")
    return lines


_names = {
    StateHome.FILE: lambda target: f"DATABASE_PATH={target.settings.database_path.resolve()}",
    StateHome.BUCKET: lambda target: f"GCS_BUCKET_NAME={target.settings.gcs_bucket_name}",
    StateHome.DATABASE: lambda target: f"DATABASE_URL={target.shown} (with its password)",
}


def _left_out(source: StoreAddress, target: StoreAddress) -> list[StateHome]:
    """A bucket may stay beside a database: tokens and archives are in it then."""
    if target.home is StateHome.DATABASE:
        return []
    chosen = [StateHome.BUCKET, StateHome.DATABASE]
    return [home for home in chosen if home is source.home and home is not target.home]
