"""`flask preview`: what an alert would become, without an order and without a trace."""

import json
from typing import Any, BinaryIO

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.commands import Command, show_fields, show_table
from app.domain.bots import Bot
from app.domain.json_codec import to_json
from app.domain.signals import SECRET_FIELDS
from app.logs import redact
from app.logs.foreign_secrets import hide_foreign
from app.repositories.bots import DEFAULT_BOT
from app.schemas.alerts import Posted, read_posted, read_previewed
from app.schemas.body import within
from app.schemas.bot_command import number_of
from app.schemas.entry import OURS, DialectEntry
from app.wiring.container import intake, operations, services

ORDER_FIELDS = (
    "role",
    "side",
    "quantity",
    "symbol",
    "type",
    "limit_price",
    "stop_price",
    "stop_loss",
    "take_profit",
)
ORDER_HEADINGS = ("ORDER", "SIDE", "QUANTITY", "SYMBOL", "TYPE", "LIMIT", "STOP", "STOP-LOSS", "TAKE-PROFIT")


@click.command("preview", cls=Command)
@click.argument("file", metavar="FILE|-", type=click.File("rb"))
@click.option(
    "--dialect", metavar="NAME", help="Whose alert it is, as ?dialect= in the address of a webhook says."
)
@click.option("--json", "as_json", is_flag=True, help="Print what POST /api/preview answers.")
@with_appcontext
def preview(file: BinaryIO, dialect: str | None, *, as_json: bool) -> None:
    """Judge an alert without sending anything.

    The alert, of whatever service, comes from a file, or for - from the input, and needs no secret. The
    status is what its ticket would have; `ordered` means that the orders would be sent. Nothing is stored.
    """
    body = within(file.read(), current_app.config["MAX_CONTENT_LENGTH"])
    ticket = _preview(read_posted(body, dialect))
    if as_json:
        click.echo(json.dumps(ticket, indent=2, ensure_ascii=False))
    else:
        _show(ticket)


def _preview(posted: Posted) -> dict[str, Any]:
    entry = posted.told()
    alert = hide_foreign(posted.alert, shared=entry.is_foreign)
    signal = read_previewed(entry, alert)
    ticket = intake().alerts.preview(signal, _bot(entry, posted.alert), to_json(redact(alert)))
    return ticket | {"recognised": entry.recognised}


def _commanded(alert: dict[str, Any]) -> Bot:
    number, trade = number_of(alert.get("bot")), number_of(alert.get("trade"))
    return services().structures.targets.bot_of(number, trade)


def _bot(entry: DialectEntry, alert: dict[str, Any]) -> Bot:
    """Return the named bot, else the one that a pasted secret of ours tells, else the default one."""
    if entry.names_bot_by_number:
        return _commanded(alert)
    named = alert.get(entry.bot_field)
    fields = () if entry.is_foreign else SECRET_FIELDS
    secrets = [alert[field] for field in fields if isinstance(alert.get(field), str)]
    if not named and secrets:
        return operations().bots.authenticate(secrets[0], None)
    return operations().bots.get(str(named or DEFAULT_BOT))[0]


def _show(ticket: dict[str, Any]) -> None:
    names = ("status", "bot", "reason", "message")
    told = {name: ticket[name] for name in names if ticket[name] is not None}
    recognised = ticket["recognised"]
    if recognised["service"] != OURS:
        told["recognised"] = f"{recognised['service']} ({recognised['dialect']})"
    show_fields(told)
    orders = [tuple(order.get(name) for name in ORDER_FIELDS) for order in ticket["orders"]]
    click.echo()
    show_table(ORDER_HEADINGS, orders, none="No order.")
    exits = ticket["exits"] or {}
    behind = {name.replace("_", "-"): exits[name] for name in ("stop_loss", "take_profit") if exits.get(name)}
    if behind and not any(order.get("stop_loss") or order.get("take_profit") for order in ticket["orders"]):
        click.echo("\nPlaced when it has filled:")
        show_fields(behind)
    click.echo()
    gates = [
        (gate["gate"], gate["order"], "passes" if gate["passed"] else gate["code"], gate["detail"])
        for gate in ticket["gates"]
    ]
    show_table(("GATE", "ORDER", "VERDICT", "DETAIL"), gates, none="No gate was asked.")
