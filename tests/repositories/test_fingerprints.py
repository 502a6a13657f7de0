from dataclasses import replace
from uuid import UUID

import pytest

from app.domain.tickets import Ticket
from app.repositories.fingerprints import Fingerprints, KnownIdea, remembering

pytestmark = pytest.mark.unit


@pytest.fixture
def idea(clock):
    ticket = Ticket(UUID(int=1), "default", "trade_idea", clock(), {})
    ticket.fingerprint = "abc"
    return ticket


def test_idea_when_it_was_taken_in_then_it_is_known_to_its_bot_alone(store, clock, idea):
    store.apply(remembering(idea))
    known = Fingerprints(store)

    assert known.find("default", "abc") == KnownIdea(idea.id, clock())
    assert known.find("other", "abc") is None


def test_idea_when_it_comes_again_then_its_first_ticket_stays(store, idea):
    store.apply([*remembering(idea), *remembering(replace(idea, id=UUID(int=2)))])

    assert Fingerprints(store).find("default", "abc").ticket == UUID(int=1)


def test_alert_when_it_is_no_idea_then_nothing_is_remembered(idea):
    idea.fingerprint = None

    assert remembering(idea) == []
