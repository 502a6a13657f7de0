"""`docs/reasons.md`, from `app/domain/reasons.py` and `app/errors.py`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from app import errors
from app.domain.gates import GATES
from app.domain.gates.gate import Gate, GateGroup
from app.domain.reasons import Reason
from app.domain.tickets import Ticket, TicketStatus
from app.services.intake.answers import answer_for

HEAD = """# Reason and error codes

Written by `make docs` from the code. The same codes stand in answers, tickets, metrics and logs.

## Why a ticket is not plainly done

A gate's refusal is `denied`. The HTTP status is that of the first answer; a repeated alert gets the same
one, except that a bridge alert gets 409.

| code | meaning | ticket | HTTP |
|---|---|---|---|
"""
GATES_HEAD = """
## The gates, in the order in which they are asked

Groups that do not concern an alert are not asked and leave one line in its ticket. The first refusal counts.

| group | gate | what it does | refuses with | exits |
|---|---|---|---|---|
"""
ERRORS_HEAD = """
## Why a request was not taken up

The answer is `{"status", "error": {"code", "message"}, "request_id"}`. HTTP itself adds `METHOD_NOT_ALLOWED`
(405) and `HTTP_ERROR`; a fault of ours is `INTERNAL_ERROR` (500). `SETTINGS_INVALID` stops the start.

| code | meaning | HTTP |
|---|---|---|
"""
FAMILIES = {errors.AppError, errors.AlertRefused, errors.StoreError, errors.BrokerError}
# What is not a gate's refusal.
OUTCOMES = {
    Reason.ALERT_EXPIRED: TicketStatus.EXPIRED,
    Reason.BROKER_REJECTED: TicketStatus.REJECTED,
    Reason.OUTCOME_UNKNOWN: TicketStatus.UNKNOWN,
    Reason.ORDER_NOT_PLACED: TicketStatus.FAILED,
    Reason.ORDER_NONE: TicketStatus.SKIPPED,
    Reason.POSITION_NONE: TicketStatus.SKIPPED,
    Reason.POSITION_REACHED: TicketStatus.SKIPPED,
    Reason.MCP_UNREACHABLE: TicketStatus.SKIPPED,
    **{reason: TicketStatus.SKIPPED for reason in Reason if reason.startswith("OPINION_")},
    Reason.OPINION_UNAVAILABLE: TicketStatus.DENIED,
    Reason.OPINION_CONFIDENCE_LOW: TicketStatus.DENIED,
    Reason.OPINION_DIRECTION_MISMATCH: TicketStatus.DENIED,
    Reason.ALERT_OVERTAKEN: TicketStatus.SKIPPED,
    Reason.IDEA_NEUTRAL: TicketStatus.SKIPPED,
    Reason.APPROVAL_EXPIRED: TicketStatus.EXPIRED,
    Reason.RECOVERED_PARTLY: TicketStatus.FAILED,
    Reason.INTERNAL_ERROR: TicketStatus.FAILED,
}


def reasons_page() -> str:
    """Return docs/reasons.md."""
    reasons = "".join(_reason_row(reason) for reason in Reason)
    gates = "".join(_gate_row(group, gate) for group in GATES for gate in group.gates)
    return HEAD + reasons + GATES_HEAD + gates + ERRORS_HEAD + "".join(_error_rows())


def _reason_row(reason: Reason) -> str:
    status = OUTCOMES.get(reason, TicketStatus.DENIED)
    now = datetime.now(UTC)
    ticket = Ticket(UUID(int=0), "", "", now, {}, status, reason)
    answer = answer_for(ticket, "")
    return f"| `{reason.value}` | {reason.meaning} | {status.value} | {answer.status} |\n"


def _gate_row(group: GateGroup, gate: Gate) -> str:
    codes = ", ".join(f"`{code.value}`" for code in gate.codes)
    exits = "asked" if gate.asks_exits else "pass"
    return f"| {group.name} | `{gate.name}` | {gate.meaning} | {codes} | {exits} |\n"


def _error_rows() -> Iterator[str]:
    for error in _raised(errors.AppError):
        if error is not errors.SettingsError:
            meaning = (error.__doc__ or "").splitlines()[0]
            yield f"| `{error.code}` | {meaning} | {error.status} |\n"


def _raised(root: type[errors.AppError]) -> Iterator[type[errors.AppError]]:
    """Yield what is raised itself, and not the families that only stand for what is below them."""
    if root not in FAMILIES:
        yield root
    for child in root.__subclasses__():
        yield from _raised(child)
