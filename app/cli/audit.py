"""`flask audit`: who changed what."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import click
from flask.cli import with_appcontext

from app.cli.commands import Group, show_table
from app.domain.audit import Deed
from app.domain.json_codec import to_json
from app.repositories.audit import AuditLine, AuditQuery
from app.schemas.operator import AuditQuerySchema, load
from app.wiring.container import operations

QUERY = AuditQuerySchema()
HEADINGS = ("WHEN", "WHO", "WHAT", "SUBJECT", "BEFORE", "AFTER")


@click.group("audit", cls=Group, invoke_without_command=True)
@click.pass_context
@with_appcontext
def audit(context: click.Context) -> None:
    """See who changed what, and what was ordered by hand."""
    if context.invoked_subcommand is None:
        context.invoke(list_audit)


@audit.command("list")
@click.option("--who", help="Only what they did: operator, `command line`, `circuit breaker`, …")
@click.option("--what", type=click.Choice([deed.value for deed in Deed]), help="Only this.")
@click.option("--subject", help="Only what concerns this: a bot's id, an order's, broker/SYMBOL.")
@click.option("--date", help="Only of one UTC day, like 2026-06-02.")
@click.option("--limit", default=20, show_default=True, help="How many, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print each line whole, as JSON.")
def list_audit(*, as_json: bool = False, **given: Any) -> None:
    """List changes, newest first."""
    query = load(QUERY, {name: value for name, value in given.items() if value is not None})
    limit, wanted = query["limit"], {name: query[name] for name in ("who", "what", "subject")}
    lines = list(islice(_lines(AuditQuery(**wanted, day=query["date"]), limit), limit))
    if as_json:
        for line in lines:
            click.echo(json.dumps(to_json(line), ensure_ascii=False))
    else:
        show_table(HEADINGS, [_row(line) for line in lines], none="No such changes.")


def _lines(query: AuditQuery, limit: int) -> Iterator[AuditLine]:
    after: UUID | None = None
    while True:
        page = operations().audit.page(query, after=after, limit=limit)
        yield from page.lines
        if page.next is None:
            return
        after = page.next


def _row(line: AuditLine) -> tuple[Any, ...]:
    when = f"{line.at:%Y-%m-%d %H:%M:%S}"
    return (when, line.who, line.what, line.subject, _told(line.before), _told(line.after))


def _told(fields: dict[str, Any] | None) -> str | None:
    """Write what is told of a thing; what has no value there is left out."""
    return " ".join(f"{name}={value}" for name, value in (fields or {}).items() if value is not None) or None
