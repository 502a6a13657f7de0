"""The command line: what the operator does, without a network between."""

import os
import sys
from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

# Each is what the file of its name defines: `send-alert` is `send_alert` in send_alert.py.
NAMES = (
    *("account", "audit", "backtest", "backup", "bots", "chat", "circuit-breaker", "cleanup", "dashboard"),
    *("database", "ideas", "login", "migrate-store", "opinions", "options", "orders", "paper", "positions"),
    *("preview", "refusals", "replay", "restore", "send-alert", "status", "symbols", "tickets", "trades"),
    *("trading-state", "verify"),
)
BARE_NAMES = frozenset({"migrate-store", "restore", "database"})


class Commands(AppGroup):
    """The commands by name; a server runs none, so each is imported only when it is run or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all."""
        return sorted({*super().list_commands(ctx), *NAMES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one by its name, or none."""
        if cmd_name not in NAMES:
            return super().get_command(ctx, cmd_name)
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"app.cli.{name}"), name)
        return command


def register_commands(app: Flask) -> None:
    """Give an application its commands."""
    app.cli = Commands(app.name)


def is_bare_command() -> bool:
    """True inside `flask …` for a command that must find its stores as they are."""
    return next((word for word in sys.argv[1:] if word in NAMES), None) in BARE_NAMES


def is_running_a_command() -> bool:
    """True inside `flask …`, unless that serves: a command must not start the clock."""
    return os.environ.get("FLASK_RUN_FROM_CLI") == "true" and "run" not in sys.argv[1:]
