"""The entry: `python main.py` serves; `main:app` is for another server, `main:application` for `flask`."""

import logging
import os
import sys
from collections.abc import Callable
from typing import Any

from dotenv import load_dotenv

from app.config import Settings
from app.config.early import wants_cloud_logging
from app.errors import AppError, SettingsError, StoreUnavailable
from app.first_start import secrets_file, welcome, with_secrets
from app.logs import catch_everything, configure_logging
from app.starting import undisturbed


def load_settings() -> Settings:
    """Read `.env` (which never overrides the environment) and set up logging."""
    load_dotenv()
    settings = Settings.from_environment()
    configure_logging(
        level=settings.log_level,
        file=settings.log_file,
        file_level=settings.file_log_level,
        cloud=settings.use_cloud_logging,
        cloud_level=settings.cloud_log_level,
        project=os.environ.get("GOOGLE_CLOUD_PROJECT"),
    )
    return settings


def _log_entries(level: str) -> None:
    project = os.environ.get("GOOGLE_CLOUD_PROJECT")
    configure_logging(
        level=level, file=None, file_level=level, cloud=True, cloud_level=level, project=project
    )


def main() -> None:
    """Serve, or say in one sentence why not."""
    load_dotenv()
    in_entries = wants_cloud_logging()
    if in_entries:
        # Before anything can fail: a start that does is told as an entry too.
        _log_entries("INFO")
        catch_everything()
    with undisturbed():
        from app.server import serve

    try:
        serve(load_settings())
    except AppError as error:
        sentence = f"Gatehouse cannot start: {error.message}"
        if not in_entries:
            sys.exit(sentence)
        logging.getLogger("gatehouse").critical("%s", sentence)
        sys.exit(1)


def application() -> Any:
    """Build the application for `flask …`: without the clock's thread, and with a sentence when it fails."""
    with undisturbed():
        return _for_a_command()


def _for_a_command() -> Any:
    import click

    from app import bare_application, create_app
    from app.cli import is_bare_command

    try:
        if is_bare_command():
            return bare_application(Settings.from_environment())
        settings, made = with_secrets(Settings.from_environment())
        built = _built(create_app, settings)
    except AppError as error:
        raise click.ClickException(f"Gatehouse cannot start: {error.message}") from error
    if made:
        # The secrets are shown once, whoever makes them.
        click.echo(welcome(settings, secrets_file(settings), made), err=True)
    return built


def _built(build: Callable[[Settings], Any], settings: Settings) -> Any:
    """Build the application; a store that cannot be opened is told with the setting that names it."""
    try:
        return build(settings)
    except StoreUnavailable as error:
        raise SettingsError(f"{settings.state_home.setting}: {error.message}") from error


def __getattr__(name: str) -> Any:
    """Build `main:app` when it is asked for, and not when this file is run."""
    if name != "app":
        raise AttributeError(name)
    with undisturbed():
        from app import create_app

        return create_app(load_settings(), background=True)


if __name__ == "__main__":
    main()
