"""How ladders end where the store is lost just while their tickets are written."""

import pytest

from tests.option_bots import FAST_CONDOR
from tests.storage.cut_short import CutShort

pytestmark = pytest.mark.integration


@pytest.fixture
def store() -> CutShort:
    return CutShort()


def test_entry_when_its_ticket_could_not_be_written_as_it_ended_then_it_is_written_soon(
    wing, configure, enter, store, ticket_by_id, tick
):
    configure(**FAST_CONDOR)
    ticket = enter()
    store.breaks = lambda key, _value: key.startswith("tickets/")
    tick(60)
    unwritten = ticket_by_id(ticket.id)["status"], [one.trade.work for one in wing.trades.every()]
    store.breaks = lambda _key, _value: False
    tick(2)

    assert unwritten == ("ordered", [None])
    assert ticket_by_id(ticket.id)["status"] == "filled"
