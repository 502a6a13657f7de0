"""`docs/reasons.md`, from `app/domain/reasons.py` and `app/errors.py`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from app import errors
from app.domain.gates import GATES
from app.domain.gates.gate import Gate, GateGroup
from app.domain.reasons import Reason
from app.domain.signals import Dialect
from app.domain.tickets import FOLLOWED, Ticket, TicketStatus
from app.services.intake.answers import answer_for

HEAD = """# Reason and error codes

Written by `make docs` from the code. The same codes stand in answers, tickets, metrics and logs.

## Why a ticket is not plainly done

A gate's refusal is `denied`. The HTTP status is that of the first answer, by the alert's dialect; a repeated
alert gets the same one, except that a bridge alert gets 409. A code may also stand beside the 200 of a
reversal that did its exit and was refused its entry, and beside the 202 of an exit that is `pursuing`, which
it keeps waiting. A trade idea is answered with 200 and `queued`, and what
the analyst is asked about with 202, before anything is decided: there the code stands in the ticket alone.

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
PLAIN = (Dialect.STRATEGY, Dialect.BRIDGE)
# The dialects whose answers carry codes, by the columns of the table.
COLUMNS = {
    "HTTP (strategy, bridge)": PLAIN,
    "HTTP (option, bot command)": (Dialect.OPTION, Dialect.BOT_COMMAND),
}
FAMILIES = {errors.AppError, errors.AlertRefused, errors.StoreError, errors.BrokerError}
# What a broker refuses with a reason of its own; what it is asked before may fail for the same.
_BY_BROKER = (TicketStatus.DENIED, TicketStatus.REJECTED)
# An order that is canceled and one that expires end a ticket alike.
_FOLLOWED = tuple(dict.fromkeys(FOLLOWED.values()))
# How a ticket ends with a code; what does not stand here is a gate's refusal alone.
ENDS: dict[Reason, tuple[TicketStatus, ...]] = {
    **{reason: (TicketStatus.SKIPPED,) for reason in Reason if reason.startswith("OPINION_")},
    **dict.fromkeys(
        (
            Reason.BUYING_POWER_INSUFFICIENT,
            Reason.QUANTITY_EXCEEDS_FREEZE,
            Reason.QUANTITY_NOT_LOT,
            Reason.MARKET_CLOSED,
            Reason.SYMBOL_UNKNOWN,
            Reason.RATE_LIMIT_REACHED,
            Reason.BROKER_ADDRESS_REFUSED,
            Reason.BROKER_CREDENTIALS_REFUSED,
            Reason.BROKER_LOGIN_REQUIRED,
        ),
        _BY_BROKER,
    ),
    Reason.ALERT_EXPIRED: (TicketStatus.EXPIRED,),
    Reason.BROKER_REJECTED: (TicketStatus.REJECTED,),
    Reason.PRICE_BEYOND_CIRCUIT: (TicketStatus.REJECTED,),
    Reason.OUTCOME_UNKNOWN: (TicketStatus.UNKNOWN,),
    Reason.ORDER_NOT_PLACED: (TicketStatus.FAILED,),
    Reason.EXIT_GIVEN_UP: (TicketStatus.FAILED,),
    Reason.EXIT_ENDED: (TicketStatus.FAILED,),
    Reason.ORDER_CANCELED: (TicketStatus.CANCELED,),
    Reason.ORDER_EXPIRED: (TicketStatus.CANCELED,),
    Reason.EXIT_NOT_FILLED: (TicketStatus.ORDERED, *_FOLLOWED),
    Reason.ORDER_NONE: (TicketStatus.SKIPPED,),
    Reason.POSITION_NONE: (TicketStatus.SKIPPED, TicketStatus.CANCELED),
    Reason.TRADE_CLOSING: (TicketStatus.SKIPPED, TicketStatus.DENIED),
    Reason.LADDER_EXHAUSTED: (TicketStatus.CANCELED,),
    Reason.POSITION_REACHED: (TicketStatus.SKIPPED,),
    Reason.POSITION_MISSING: (TicketStatus.DENIED,),
    Reason.MCP_UNREACHABLE: (TicketStatus.SKIPPED,),
    Reason.OPINION_SYMBOL_MISMATCH: (TicketStatus.SKIPPED, TicketStatus.DENIED),
    Reason.OPINION_UNAVAILABLE: (TicketStatus.DENIED,),
    Reason.OPINION_CONFIDENCE_LOW: (TicketStatus.DENIED,),
    Reason.OPINION_DIRECTION_MISMATCH: (TicketStatus.DENIED,),
    Reason.ALERT_OVERTAKEN: (TicketStatus.SKIPPED,),
    Reason.IDEA_NEUTRAL: (TicketStatus.SKIPPED,),
    Reason.APPROVAL_EXPIRED: (TicketStatus.EXPIRED,),
    Reason.RECOVERED_PARTLY: (TicketStatus.FAILED,),
    Reason.INTERNAL_ERROR: (TicketStatus.FAILED,),
}
# Beside these a code says why the rest of a reversal was not done, or what an exit waits for.
BESIDE = frozenset(
    {
        TicketStatus.ORDERED,
        TicketStatus.PARTIALLY_FILLED,
        TicketStatus.FILLED,
        TicketStatus.DRY_RUN,
        TicketStatus.PURSUING,
    }
)


def ends_with(reason: Reason) -> tuple[TicketStatus, ...]:
    """Return how tickets with a code end, as the page says."""
    return ENDS.get(reason, (TicketStatus.DENIED,))


def is_documented(reason: Reason, status: TicketStatus) -> bool:
    """Tell whether the page says that a ticket may end so."""
    return status in BESIDE or status in ends_with(reason)


def http_statuses(reason: Reason, dialect: Dialect) -> list[int]:
    """Return what an alert of a dialect is answered with a code, as the page says."""
    return sorted({_answered(reason, status, dialect) for status in ends_with(reason)})


def reasons_page() -> str:
    """Return docs/reasons.md."""
    columns = " | ".join(COLUMNS)
    reasons = f"| code | meaning | ticket | {columns} |\n|---|---|---|---|---|\n"
    reasons += "".join(_reason_row(reason) for reason in Reason)
    gates = "".join(_gate_row(group, gate) for group in GATES for gate in group.gates)
    return HEAD + reasons + GATES_HEAD + gates + ERRORS_HEAD + "".join(_error_rows())


def _reason_row(reason: Reason) -> str:
    ends = ", ".join(status.value for status in ends_with(reason))
    told = (" or ".join(map(str, http_statuses(reason, kinds[0]))) for kinds in COLUMNS.values())
    return f"| `{reason.value}` | {reason.meaning} | {ends} | {' | '.join(told)} |\n"


def _answered(reason: Reason, status: TicketStatus, dialect: Dialect) -> int:
    ticket = Ticket(UUID(int=0), "", dialect.name, datetime.now(UTC), {}, status, reason)
    return answer_for(ticket, "").status


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
