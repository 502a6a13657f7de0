"""What makes a gate of a check."""

from collections.abc import Callable
from functools import wraps

from app.domain.order_check import Proposal, Verdict
from app.domain.orders import OrderRole
from app.domain.reasons import Reason

Gate = Callable[[Proposal], Verdict]
Check = Callable[[Proposal], tuple[Reason | None, str]]


def gate(check: Check) -> Gate:
    """Turn a check (the reason for refusing or None, and the figures) into a gate of the same name."""
    name = check.__name__

    @wraps(check)
    def judged(proposal: Proposal) -> Verdict:
        code, detail = check(proposal)
        return Verdict(name, code is None, code, detail)

    return judged


def entry_gate(check: Check) -> Gate:
    """Turn a check into a gate that exits pass."""
    name = check.__name__
    passed = Verdict(name, True, None, "exits pass")

    @wraps(check)
    def judged(proposal: Proposal) -> Verdict:
        if proposal.role is OrderRole.EXIT:
            return passed
        code, detail = check(proposal)
        return Verdict(name, code is None, code, detail)

    return judged
