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
from app.repositories.bots import DEFAULT_BOT
from app.schemas.alerts import dialect_of, read_signal
from app.schemas.body import read_object, within
from app.schemas.bot_command import number_of
from app.wiring.container import intake, operations, services

ORDER_FIELDS = ("role", "side", "quantity", "symbol", "type", "limit_price", "stop_loss", "take_profit")
ORDER_HEADINGS = ("ORDER", "SIDE", "QUANTITY", "SYMBOL", "TYPE", "LIMIT", "STOP-LOSS", "TAKE-PROFIT")


@click.command("preview", cls=Command)
@click.argument("file", metavar="FILE|-", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="Print what POST /api/preview answers.")
@with_appcontext
def preview(file: BinaryIO, *, as_json: bool) -> None:
    """Judge an alert without sending anything.

    The alert comes from a file, or for - from the input, and needs no secret. The status is what its ticket
    would have; `ordered` means that the orders would be sent. Nothing is stored.
    """
    alert = read_object(within(file.read(), current_app.config["MAX_CONTENT_LENGTH"]))
    ticket = _preview(alert)
    if as_json:
        click.echo(json.dumps(ticket, indent=2, ensure_ascii=False))
    else:
        _show(ticket)


def _preview(alert: dict[str, Any]) -> dict[str, Any]:
    entry = dialect_of(alert)
    signal = read_signal(entry, alert)
    bot = _commanded(alert) if entry.names_bot_by_number else _bot(alert, alert.get(entry.bot_field))
    return intake().alerts.preview(signal, bot, to_json(redact(alert)))


def _commanded(alert: dict[str, Any]) -> Bot:
    number, trade = number_of(alert.get("bot")), number_of(alert.get("trade"))
    return services().structures.targets.bot_of(number, trade)


def _bot(alert: dict[str, Any], named: Any) -> Bot:
    """Return the named bot, else the one that a pasted secret tells, else the default one."""
    secrets = [alert[field] for field in SECRET_FIELDS if isinstance(alert.get(field), str)]
    if not named and secrets:
        return operations().bots.authenticate(secrets[0], None)
    return operations().bots.get(str(named or DEFAULT_BOT))[0]


def _show(ticket: dict[str, Any]) -> None:
    names = ("status", "bot", "reason", "message")
    show_fields({name: ticket[name] for name in names if ticket[name] is not None})
    orders = [tuple(order.get(name) for name in ORDER_FIELDS) for order in ticket["orders"]]
    click.echo()
    show_table(ORDER_HEADINGS, orders, none="No order.")
    click.echo()
    gates = [
        (gate["gate"], gate["order"], "passes" if gate["passed"] else gate["code"], gate["detail"])
        for gate in ticket["gates"]
    ]
    show_table(("GATE", "ORDER", "VERDICT", "DETAIL"), gates, none="No gate was asked.")
