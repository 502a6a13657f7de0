from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from app.domain.approvals import ApprovalDecision, PendingApproval
from app.errors import Conflict
from app.repositories.approvals import PendingApprovals

pytestmark = pytest.mark.unit

TICKET = UUID(int=1)


def unrecorded(_decided):
    return nullcontext()


@pytest.fixture
def pending(store):
    return PendingApprovals(store)


@pytest.fixture
def question(clock):
    ticket = {"id": str(TICKET), "orders": []}
    asked = PendingApproval(ticket, clock(), clock() + timedelta(seconds=60), "buy 10 AAPL")
    return replace(asked, broker="paper", value=Decimal(1000), quantity=Decimal(10))


def test_question_when_it_is_asked_twice_then_the_first_stays(pending, question):
    asked = pending.ask(TICKET, question), pending.ask(TICKET, replace(question, summary="another"))

    assert (asked, pending.find(TICKET), pending.undecided()) == ((True, False), question, {TICKET: question})


def test_decision_when_it_is_written_then_it_waits_no_more(pending, question):
    pending.ask(TICKET, question)
    step = partial(replace, verdict=ApprovalDecision.APPROVED, by="me")
    pending.decide(TICKET, step, unrecorded)

    assert (pending.find(TICKET).by, pending.undecided()) == ("me", {})


def test_decision_when_somebody_was_faster_then_it_fails(pending, question):
    pending.ask(TICKET, question)

    def slowly(waiting):
        step = partial(replace, verdict=ApprovalDecision.REJECTED, by="other")
        pending.decide(TICKET, step, unrecorded)
        return replace(waiting, verdict=ApprovalDecision.APPROVED, by="me")

    with pytest.raises(Conflict):
        pending.decide(TICKET, slowly, unrecorded)
    assert pending.find(TICKET).by == "other"


def test_question_when_its_ticket_ends_then_it_is_forgotten(pending, question, store):
    pending.ask(TICKET, question)
    store.apply(pending.forgetting(TICKET))

    assert (pending.find(TICKET), pending.forgetting(TICKET)) == (None, [])
