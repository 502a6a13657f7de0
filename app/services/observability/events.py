"""What the owner gets a message about: every kind once, with its title and how loud it is."""

from enum import StrEnum
from typing import Self

from app.dataclass import dataclass


class Severity(StrEnum):
    """How loud a message is, in apprise's words."""

    INFO = "info"
    WARNING = "warning"
    FAILURE = "failure"


class EventKind(StrEnum):
    """One kind of message; a new one is one line here and one call of `Notifier.notify`."""

    heading: str
    severity: Severity

    def __new__(cls, name: str, heading: str, severity: Severity) -> Self:
        """Attach the title and the severity to the name."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.heading, member.severity = heading, severity
        return member

    REJECTED = "rejected", "The broker rejected an order", Severity.FAILURE
    UNKNOWN = "unknown", "An order may be live", Severity.FAILURE
    ORDER_NOT_PLACED = "order_not_placed", "An order was not placed", Severity.FAILURE
    EXIT_NOT_DONE = "exit_not_done", "An exit did not happen", Severity.FAILURE
    ENTRY_DROPPED = "entry_dropped", "The entry of a reversal was not sent", Severity.WARNING
    DENIED_BY_CAP = "denied_by_cap", "A cap refused an entry", Severity.WARNING
    ENTRIES_STOPPED = "entries_stopped", "Entries have ended for today", Severity.WARNING
    RECOVERED = "recovered", "Recovered", Severity.WARNING
    APPROVAL_WANTED = "approval_wanted", "An order waits for you", Severity.WARNING
    EXIT_REJECTED = "exit_rejected", "Exits refused", Severity.WARNING
    ORPHAN_CLEANED = "orphan_cleaned", "Orphaned exits canceled", Severity.INFO
    CIRCUIT_BREAKER = "circuit_breaker", "Circuit breaker", Severity.WARNING
    CIRCUIT_BREAKER_ALARM = "circuit_breaker_alarm", "Circuit breaker", Severity.FAILURE
    POSITION_MISMATCH = "position_mismatch", "Positions differ", Severity.WARNING
    POSITION_MATCH = "position_match", "Positions agree again", Severity.INFO
    ANALYST_FAILING = "analyst_failing", "The analyst keeps failing", Severity.FAILURE
    LOGIN_DUE = "login_due", "Log in", Severity.WARNING
    SYMBOL_MASTER = "symbol_master", "Symbol master", Severity.WARNING
    REFUSED_AT_DOOR = "refused_at_door", "Refused at the door", Severity.WARNING
    STRUCTURE_BROKEN = "structure_broken", "A structure lacks a leg", Severity.FAILURE
    STRUCTURE_SETTLED = "structure_settled", "Options became shares", Severity.WARNING
    EXIT_STUCK = "exit_stuck", "An exit does not get through", Severity.FAILURE
    LOST_LEADER = "lost_leader", "The clock has changed hands", Severity.WARNING
    BACKUP_FAILED = "backup_failed", "No backup", Severity.FAILURE
    TRIAL = "trial", "Gatehouse can reach you", Severity.INFO


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth a message; those of one kind and key are folded into one."""

    kind: EventKind
    message: str
    key: str = ""
    about: str = ""

    @property
    def title(self) -> str:
        """The heading of its kind, and what in particular it is about."""
        return f"{self.kind.heading}: {self.about}" if self.about else self.kind.heading

    @property
    def severity(self) -> Severity:
        """How loud it is."""
        return self.kind.severity
