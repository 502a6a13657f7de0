"""`flask tickets`: what became of alerts."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import click

from app.cli.commands import Group, show_fields, show_table
from app.domain.approvals import ApprovalDecision
from app.domain.audit import Actor
from app.domain.tickets import TicketStatus
from app.errors import NotFound
from app.repositories.open_orders import OPERATOR
from app.schemas.operator import load
from app.schemas.tickets import TicketQuerySchema
from app.wiring.container import intake, operations, portfolio

QUERY = TicketQuerySchema()
STATUS = click.Choice([status.value for status in TicketStatus])

tickets = Group("tickets", help="See what became of alerts.")


@tickets.command("list")
@click.option("--status", type=STATUS, help="Only tickets that stand like this.")
@click.option("--bot", help="Only this bot's; `operator` for what you closed yourself.")
@click.option("--date", help="Only those of one UTC day, like 2026-06-02.")
@click.option("--limit", default=20, show_default=True, help="How many, the newest first.")
def list_tickets(**given: Any) -> None:
    """List tickets, newest first."""
    query = load(QUERY, {name: value for name, value in given.items() if value is not None})
    rows = [_row(ticket) for ticket in _found(query)]
    if not rows:
        _refuse_unknown(query["bot"])
    show_table(("ID", "ARRIVED", "BOT", "SYMBOL", "STATUS", "REASON"), rows, none="No such tickets.")


@tickets.command("show")
@click.argument("ticket")
@click.option("--json", "as_json", is_flag=True, help="Print everything, as GET /api/tickets/ID answers it.")
def show_ticket(ticket: str, *, as_json: bool) -> None:
    """Show what became of one alert: opinion, orders, refusals and times."""
    found = operations().ledger.find(_ticket_id(ticket))
    if found is None:
        raise NotFound(f"There is no ticket {ticket}.")
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        show_sheet(found)


@tickets.command("approve")
@click.argument("ticket")
def approve_ticket(ticket: str) -> None:
    """Let an order that waits for a person go; it is judged once more."""
    _decide(ticket, ApprovalDecision.APPROVED)


@tickets.command("reject")
@click.argument("ticket")
def reject_ticket(ticket: str) -> None:
    """Turn down an order that waits for a person."""
    _decide(ticket, ApprovalDecision.REJECTED)


@tickets.command("end")
@click.argument("ticket")
def end_pursuit(ticket: str) -> None:
    """Give up an exit that is being pursued; the position stays as it is."""
    ended = portfolio().pursuits.end(_ticket_id(ticket), Actor.COMMAND_LINE)
    click.echo(f"{ticket} is {ended['status']}; {ended['reason']}")


def _decide(ticket: str, verdict: ApprovalDecision) -> None:
    answer = intake().approvals.decide(_ticket_id(ticket), verdict, Actor.COMMAND_LINE, "-").body
    why = f"; {answer['error']['code']}: {answer['error']['message']}" if "error" in answer else ""
    click.echo(f"{ticket} is {answer['status']}{why}")


def _ticket_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(f"There is no ticket {text}.") from error


def _refuse_unknown(bot: str | None) -> None:
    """A bot that is gone still has its tickets; a name without either is a slip."""
    if bot not in {None, OPERATOR} and operations().bots.find(str(bot)) is None:
        raise NotFound(f"There is no bot {bot}.")


def _found(query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    wanted = operations().ledger.newest_first(day=query["day"], bot=query["bot"], status=query["status"])
    return islice(wanted, query["limit"])


def _row(ticket: dict[str, Any]) -> tuple[Any, ...]:
    arrived = ticket["created_at"][:19].replace("T", " ")
    return ticket["id"], arrived, ticket["bot"], ticket["symbol"], ticket["status"], ticket["reason"]


FIELDS = ("id", "status", "bot", "dialect", "reason", "message")
ORDER_HEADINGS = (
    "ORDER",
    "SIDE",
    "QUANTITY",
    "SYMBOL",
    "TYPE",
    "PRICE",
    "STATUS",
    "FILLED",
    "AT",
    "CLIENT ORDER ID",
)


def show_sheet(ticket: dict[str, Any]) -> None:
    """Print a ticket without the gates that it passed."""
    opinion = _opinion(ticket["opinion"] or {})
    show_fields({name: ticket[name] for name in FIELDS if ticket[name] is not None} | opinion)
    click.echo()
    show_table(ORDER_HEADINGS, [_order(order) for order in ticket["orders"]], none="No order.")
    click.echo()
    _show_gates(ticket["gates"])
    click.echo()
    stages = [
        (stage["at"][:23].replace("T", " "), stage["stage"], stage["detail"]) for stage in ticket["timeline"]
    ]
    show_table(("WHEN", "STAGE", "DETAIL"), stages, none="No stages.")


def _opinion(opinion: dict[str, Any]) -> dict[str, str]:
    """Tell who said what; an opinion is without a decision where the analyst failed."""
    decision, failure = opinion.get("decision"), opinion.get("failure")
    if decision is not None:
        said = f"{decision['action']} at confidence {decision['confidence']}: {decision['rationale']}"
        return {"opinion": f"{opinion['analyst']}, {said}"}
    return {"opinion": f"{opinion['analyst']}, none: {failure['code']}"} if failure is not None else {}


def _order(order: dict[str, Any]) -> tuple[Any, ...]:
    """Show an order that was sent, or would have been."""
    size = order["quantity"] or f"{order['notional']} in money"
    price = order.get("limit_price") or order.get("stop_price")
    outcome = (
        order.get(name) for name in ("status", "filled_quantity", "average_fill_price", "client_order_id")
    )
    return (order["role"], order["side"], size, order["symbol"], order["type"], price, *outcome)


def _show_gates(gates: list[dict[str, Any]]) -> None:
    refused = [
        (gate["gate"], gate["order"], gate["code"], gate["detail"]) for gate in gates if not gate["passed"]
    ]
    if refused:
        show_table(("REFUSED BY", "ORDER", "REASON", "DETAIL"), refused)
    passed = len(gates) - len(refused)
    click.echo(f"{passed} gates passed; --json shows each." if gates else "No gate was asked.")
