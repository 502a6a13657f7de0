"""Commands that fail with one sentence and exit code 1."""

import json
from decimal import Decimal
from typing import Any

import click
from flask.cli import AppGroup

from app.errors import AppError


class Command(click.Command):
    """A command that tells our own errors in a sentence."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except AppError as error:
            raise click.ClickException(error.message) from error


class Group(AppGroup):
    """Commands of this kind, each run inside the application."""

    command_class = Command

    def invoke(self, context: click.Context) -> Any:
        """Run the command, or what the group does by itself."""
        try:
            return super().invoke(context)
        except AppError as error:
            raise click.ClickException(error.message) from error


def show_table(headings: tuple[str, ...], rows: list[tuple[Any, ...]], *, none: str = "") -> None:
    """Print rows in columns as wide as they need to be; `none` is said where there are no rows."""
    if none and not rows:
        click.echo(none)
        return
    texts = [headings, *(tuple("" if cell is None else str(cell) for cell in row) for row in rows)]
    widths = [max(len(row[place]) for row in texts) for place in range(len(headings))]
    for row in texts:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def show_fields(record: dict[str, Any]) -> None:
    """Print one `name  value` line for each field."""
    width = max(map(len, record))
    for name, value in record.items():
        click.echo(f"{name.ljust(width)}  {value if isinstance(value, str) else json.dumps(value)}")


def rounded(figure: str | None) -> str | None:
    """Four decimals are enough to look at, eight for what is worth less than one; the API tells all."""
    if figure is None:
        return None
    value = Decimal(figure)
    return f"{round(value, 4 if abs(value) >= 1 else 8).normalize():f}"
