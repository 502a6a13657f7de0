from decimal import Decimal
from uuid import UUID

import pytest

from app.domain.orders import OrderRole, client_order_id
from tests.reliability.evidence import Evidence
from tests.reliability.fleet.capped import overruns, reached

pytestmark = pytest.mark.unit


def evidence_of(tmp_path, *tickets: tuple[str, str | None]) -> Evidence:
    """Make what is found of tickets of the bot with a cap of two: their status and reason."""
    evidence = Evidence(tmp_path)
    for number, (status, reason) in enumerate(tickets):
        ticket = UUID(int=number)
        found = {"id": str(ticket), "bot": "capped-2", "status": status, "reason": reason}
        evidence.tickets[str(number)].append(found)
        if reason is None:
            evidence.orders[client_order_id("capped-2", ticket, OrderRole.ENTRY)] = {"quantity": Decimal(1)}
    return evidence


FILLED, DENIED = ("filled", None), ("denied", "DAILY_ORDER_CAP")


@pytest.mark.parametrize(
    ("tickets", "found"),
    [
        ([FILLED, FILLED, DENIED], 0),
        ([FILLED, FILLED, FILLED], 1),
        ([FILLED, DENIED], 1),
        ([FILLED, ("rejected", None), FILLED], 0),
    ],
)
def test_cap_when_it_is_not_met_exactly_then_it_is_found(tmp_path, tickets, found):
    assert len(list(overruns(evidence_of(tmp_path, *tickets), exactly=True))) == found


def test_cap_when_somebody_was_denied_by_it_then_it_was_reached(tmp_path):
    assert reached(evidence_of(tmp_path, FILLED, FILLED, DENIED)) == 1
