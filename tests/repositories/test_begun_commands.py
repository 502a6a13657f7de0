from decimal import Decimal
from uuid import UUID

import pytest

from app.domain.orders import OrderChange, OrderRole
from app.repositories.begun_commands import AmendmentIntent, BegunCommands, Concerned

pytestmark = pytest.mark.unit

TICKET = UUID(int=1)
FIRST, SECOND = (Concerned(name, OrderRole.ENTRY, UUID(int=2)) for name in ("one", "two"))
INTENT = AmendmentIntent("AAPL", (FIRST,), OrderChange(limit_price=Decimal("100.5")), {"notional": "5"})


@pytest.fixture
def begun(store):
    return BegunCommands(store)


def test_command_when_it_begins_then_it_is_found_as_it_was(begun):
    begun.begin(TICKET, INTENT)

    assert begun.find(TICKET) == INTENT


def test_command_when_it_begins_again_then_nothing_begun_earlier_is_lost(begun):
    begun.begin(TICKET, INTENT)
    whole = begun.begin(TICKET, AmendmentIntent("AAPL", (SECOND,)))

    assert (whole.orders, whole.entry) == ((FIRST, SECOND), {"notional": "5"})
    assert begun.find(TICKET) == whole


def test_command_when_its_ticket_ends_then_it_is_forgotten(begun, store):
    begun.begin(TICKET, INTENT)
    store.apply(begun.ending(TICKET))

    assert (begun.find(TICKET), begun.ending(TICKET)) == (None, [])
