"""Where the link in a notification leads: a page that asks, and whose button decides."""

from html import escape
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.blueprints.authentication import public
from app.blueprints.door import note_visitor
from app.blueprints.request_context import request_id
from app.blueprints.security_headers import CONTENT_POLICY, FORM
from app.domain.approvals import ApprovalDecision, PendingApproval
from app.domain.audit import Actor
from app.errors import AppError, ApprovalLinkRefused, InvalidRequest
from app.wiring.container import intake

HEADERS = {CONTENT_POLICY: FORM, "X-Robots-Tag": "noindex"}
VERDICTS = {"approve": ApprovalDecision.APPROVED, "reject": ApprovalDecision.REJECTED}
BUTTON = '<p><button name="verdict" value="{}">{}</button></p>'

bp = Blueprint("approvals", __name__)
# Whoever has the link may decide: it is signed, and good for one decision.
bp.before_request(public)


@bp.get("/approvals/<token>")
def show_question(token: str) -> ResponseReturnValue:
    """Show what waits, with a button for either answer; looking decides nothing."""
    try:
        waiting = intake().approvals.waiting(_ticket(token))
    except AppError as error:
        return _page("Nothing to decide", error.message), error.status
    until = f"Until {waiting.expires_at:%d %B %Y, %H:%M} UTC."
    buttons = BUTTON.format("approve", "Approve") + BUTTON.format("reject", "Reject")
    return _page(
        "May this order be sent?",
        waiting.summary,
        *_reasons(waiting),
        until,
        form=f"<form method=post>{buttons}</form>",
    )


@bp.post("/approvals/<token>")
def decide(token: str) -> ResponseReturnValue:
    """Approve or reject what waits, once."""
    try:
        verdict = VERDICTS.get(request.form.get("verdict", ""))
        if verdict is None:
            raise InvalidRequest("Say approve or reject.")
        answer = intake().approvals.decide(_ticket(token), verdict, Actor.LINK, request_id())
    except AppError as error:
        return _page("Not decided", error.message), error.status
    reason = answer.body.get("error", {}).get("message", "")
    return _page(f"The ticket is {answer.body['status']}", f"Ticket {answer.body['ticket']}", reason)


def _reasons(waiting: PendingApproval) -> list[str]:
    """Return what the analyst said in words, if there is an opinion."""
    decision = (waiting.ticket["opinion"] or {}).get("decision") or {}
    return [decision.get("rationale", ""), *decision.get("risk_notes", [])]


def _ticket(token: str) -> UUID:
    try:
        return intake().approvals.approvals.read_link(token)
    except ApprovalLinkRefused as error:
        note_visitor(error)
        raise


def _page(title: str, *texts: str, form: str = "") -> Response:
    told = "".join(f"<p>{escape(text)}</p>" for text in texts if text)
    shown = escape(title)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{shown}</title>'
    body = f"<!doctype html><html lang=en>{head}<h1>{shown}</h1>{told}{form}</html>\n"
    return Response(body, content_type="text/html; charset=utf-8", headers=HEADERS)
