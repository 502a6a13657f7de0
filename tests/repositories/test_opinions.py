from dataclasses import replace
from uuid import UUID

import pytest

from app.domain.opinions import Opinion
from app.repositories.opinions import GivenOpinions

pytestmark = pytest.mark.unit

TICKET = UUID(int=1)
OPINION = Opinion(analyst="rules", model="none")


@pytest.fixture
def given(store):
    return GivenOpinions(store)


def test_opinion_when_another_is_given_then_the_first_stays(given):
    kept = given.keep(TICKET, OPINION), given.keep(TICKET, replace(OPINION, analyst="another"))

    assert (kept, given.find(TICKET)) == ((True, False), OPINION)


def test_opinion_when_its_ticket_ends_then_it_is_forgotten(given, store):
    given.keep(TICKET, OPINION)
    store.apply(given.forgetting(TICKET))

    assert (given.find(TICKET), given.forgetting(TICKET)) == (None, [])
