"""`flask refusals`: what was turned away at the door."""

from datetime import timedelta

import click

from app.cli.commands import Group, show_table
from app.domain.door_refusals import KEPT, RefusalRow
from app.wiring.container import observability, services

HEADINGS = ("LAST AT (UTC)", "TIMES", "ADDRESS", "SENDER", "ROUTE", "HTTP", "CODE", "BOT")
RECENT = timedelta(days=1)

refusals = Group("refusals", help="See what was refused at the door.")


@refusals.command("list")
@click.option("--bot", help="Only those that concern this bot.")
@click.option("--limit", type=click.IntRange(1, KEPT), default=20, show_default=True, help="How many.")
def list_refusals(bot: str | None, limit: int) -> None:
    """List requests that were refused before anything of them was stored, the newest first."""
    found = observability().refusals.last(limit, bot=bot)
    show_table(HEADINGS, [_row(each) for each in found], none="Nothing was refused at the door.")


def show_recent() -> None:
    """Say in one line how many were refused in the last day, and which came last."""
    since = services().clock() - RECENT
    recent = [row for row in observability().refusals.last(KEPT) if row.at >= since]
    if not recent:
        return
    last, count = recent[0], sum(row.count for row in recent)
    told = f"{last.status} {last.code} at {last.path} from {last.sender or last.address}"
    click.echo(
        f"Refused at the door in the last 24 hours: {count}; the last at {last.at:%H:%M} UTC: {told}. "
        "flask refusals list shows them."
    )


def _row(row: RefusalRow) -> tuple[object, ...]:
    at = f"{row.at:%Y-%m-%d %H:%M:%S}"
    code = row.code if row.setting is None else f"{row.code} ({row.setting})"
    return at, row.count, row.address, row.sender, row.path, row.status, code, row.bot
