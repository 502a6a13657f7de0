"""What a torture run did and found, and how it is printed."""
# ruff: noqa: T201  # its result is what it prints

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.reliability.audit import Drain, Findings
from tests.reliability.evidence import Evidence
from tests.reliability.sender import Sent

SHOWN_FINDINGS = 20


@dataclass(slots=True)
class Report:
    """What happened and what was found; `struck` is how often each kind of a broker's faults did.

    `done` are further figures of a stage, by name.
    """

    seed: int
    kills: int = 0
    drains: list[Drain] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    evidence: Evidence | None = None
    struck: Counter[str] = field(default_factory=Counter)
    tracebacks: int = 0
    findings: Findings = field(default_factory=Findings)
    found: list[Any] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    @property
    def tickets(self) -> list[Any]:
        """Every ticket that was found."""
        if self.found:
            return self.found
        if self.evidence is None:
            return []
        return [ticket for found in self.evidence.tickets.values() for ticket in found]


def show(report: Report) -> None:
    """Print the figures, how the tickets ended, then each finding."""
    tickets = report.tickets
    for name, figure in (figures(report, tickets) | report.done).items():
        print(f"{name:24}{figure:>8}")
    for (status, reason), count in Counter(
        (item["status"], item["reason"]) for item in tickets
    ).most_common():
        print(f"{count:10} {status} {reason or ''}")
    for kind, count in report.struck.most_common():
        print(f"{count:10} times {kind}")
    for name in Findings.__slots__:
        for finding in getattr(report.findings, name)[:SHOWN_FINDINGS]:
            print(f"{name}: {finding}")


def figures(report: Report, tickets: list[Any]) -> dict[str, int]:
    """Return the result by name."""
    findings = report.findings
    others = (findings.disagreeing, findings.unbalanced, findings.failures)
    return {
        "seed": report.seed,
        "kills": report.kills,
        "drained stops": len(report.drains),
        "alerts": len(report.sent),
        "attempts": sum(len(item.attempts) for item in report.sent),
        "acknowledged": sum(item.is_acknowledged for item in report.sent),
        "tickets": len(tickets),
        "broker orders": len(report.evidence.orders) if report.evidence is not None else 0,
        "recovered": sum(_was_recovered(ticket) for ticket in tickets),
        "expired": sum(ticket["status"] == "expired" for ticket in tickets),
        "faults": report.struck.total(),
        "lost": len(findings.lost),
        "doubled": len(findings.doubled),
        "orders without ticket": len(findings.strays),
        "naked": len(findings.naked),
        "orphans": len(findings.orphans),
        "opened by an exit": len(findings.opened),
        "dropped while draining": len(findings.dropped),
        "limits exceeded": len(findings.exceeded),
        "two leaders": len(findings.leaders),
        "too late": len(findings.late),
        "other findings": sum(map(len, others)),
        "tracebacks in the log": report.tracebacks,
    }


def _was_recovered(ticket: Any) -> bool:
    return any(stage["stage"] == "resumed after a crash" for stage in ticket["timeline"])
