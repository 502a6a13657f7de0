"""`/api/tickets` and `/api/preview`: what became of alerts, and what would."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import current_app, jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.blueprints.authentication import bot_of
from app.blueprints.once import once
from app.blueprints.request_context import request_id
from app.blueprints.webhook import read_body, same_bot
from app.domain.approvals import ApprovalDecision
from app.domain.audit import Actor
from app.domain.bots import Bot
from app.domain.json_codec import to_json
from app.domain.signals import SECRET_FIELDS
from app.domain.ticket_views import row_of
from app.errors import InvalidRequest, MalformedAlert, NotFound
from app.logs import redact
from app.logs.foreign_secrets import hide_foreign
from app.repositories.bots import DEFAULT_BOT
from app.repositories.ticket_query import TicketQuery
from app.schemas.alerts import Posted, read_posted, read_previewed
from app.schemas.body import within
from app.schemas.bot_command import number_of
from app.schemas.entry import DialectEntry
from app.schemas.operator import load
from app.schemas.tickets import FULL, TicketQuerySchema
from app.wiring.container import intake, operations, portfolio, services

QUERY = TicketQuerySchema()


@bp.get("/tickets")
def list_tickets() -> ResponseReturnValue:
    """List tickets, newest first; `next` continues behind the last one.

    `q` finds symbols, bots, states, dialects and reasons by an index, ids exactly, and else looks into the
    text of the newest ones: that page may be short although more follow. `view=rows` leaves out the alert
    and everything else that lists do not show.
    """
    query = load(QUERY, request.args)
    after, limit, view = (query.pop(name) for name in ("after", "limit", "view"))
    bots = tuple(operations().bots.others(""))
    page = operations().ledger.page(TicketQuery(**query, bots=bots), before=after, limit=limit)
    rows = page.tickets if view == FULL else [row_of(ticket) for ticket in page.tickets]
    return jsonify({"tickets": rows, "next": page.next})


@bp.get("/tickets/<uuid:ticket>")
def show_ticket(ticket: UUID) -> ResponseReturnValue:
    """Show one ticket."""
    found = operations().ledger.find(ticket)
    if found is None:
        raise NotFound(f"There is no ticket {ticket}.")
    return jsonify(found)


@bp.post("/tickets/<uuid:ticket>/approve")
@once
def approve(ticket: UUID) -> ResponseReturnValue:
    """Let an order that waits for a person go, unless its time is over; it is judged once more."""
    return _decide(ticket, ApprovalDecision.APPROVED)


@bp.post("/tickets/<uuid:ticket>/reject")
@once
def reject(ticket: UUID) -> ResponseReturnValue:
    """Turn down an order that waits for a person."""
    return _decide(ticket, ApprovalDecision.REJECTED)


@bp.post("/tickets/<uuid:ticket>/end")
@once
def end_pursuit(ticket: UUID) -> ResponseReturnValue:
    """Give up an exit that is being pursued; what was sent for it is not taken back."""
    return jsonify(portfolio().pursuits.end(ticket, Actor.OPERATOR))


@bp.post("/preview")
def preview() -> ResponseReturnValue:
    """Run the whole pipeline on an alert without an order and without storing anything.

    Alerts of other services and lines of text are recognised too; `?dialect=` and `?bot=` say what a
    webhook's address would.
    """
    posted = _posted()
    entry = posted.told()
    alert = hide_foreign(posted.alert, shared=entry.is_foreign)
    signal = read_previewed(entry, alert)
    ticket = intake().alerts.preview(signal, _bot(entry, posted.alert), to_json(redact(alert)))
    return jsonify(ticket | {"recognised": entry.recognised})


def _posted() -> Posted:
    # An operator's request may be larger; an alert that a webhook would not take is not previewed either.
    body = within(read_body(), current_app.config["MAX_CONTENT_LENGTH"])
    try:
        return read_posted(body, request.args.get("dialect"))
    except MalformedAlert as error:
        raise InvalidRequest(error.message) from error


def _decide(ticket: UUID, verdict: ApprovalDecision) -> ResponseReturnValue:
    answer = intake().approvals.decide(ticket, verdict, Actor.OPERATOR, request_id())
    # The request was carried out, whatever became of the order.
    return jsonify(answer.body), 202 if answer.status == HTTPStatus.ACCEPTED else 200


def _commanded(alert: dict[str, Any]) -> Bot:
    """Return the bot of a command: the number that it is named by, or that of its trade."""
    number, trade = number_of(alert.get("bot")), number_of(alert.get("trade"))
    return services().structures.targets.bot_of(number, trade)


def _bot(entry: DialectEntry, alert: dict[str, Any]) -> Bot:
    """Return the named bot, else the one that a pasted secret of ours tells, else the default one."""
    if entry.names_bot_by_number:
        return _commanded(alert)
    bots, named = operations().bots, same_bot(request.args.get("bot"), alert.get(entry.bot_field))
    if not named and not entry.is_foreign and any(alert.get(field) for field in SECRET_FIELDS):
        return bot_of(bots, alert, None, entry)
    bot, _ = bots.get(str(named) if named else DEFAULT_BOT)
    return bot
