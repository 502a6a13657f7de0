from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.review import ASSUMED
from app.domain.tickets import Ticket
from app.schemas.alerts import read_stored_signal
from tests.builders import fresh_ticket_id
from tests.past_opinions import idea_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def weigh(services, clock):
    """Weigh an idea under other rules; return the case."""

    def weigh(**rules):
        previews = services.intake.trading.previews
        ticket = Ticket(fresh_ticket_id(clock()), "default", "trade_idea", clock(), idea_alert())
        signal = read_stored_signal("trade_idea", ticket.alert)
        bot = services.operations.bots.find("default")
        return previews.under(replace(previews.rules, **rules)).weigh(ticket, signal, bot, ASSUMED)

    return weigh


def test_weigh_when_rules_are_as_they_are_then_the_order_is_what_would_be_sent(weigh):
    assert weigh().entry_value == Decimal(250)


def test_weigh_when_other_rules_hold_then_they_count(weigh, services):
    assert weigh(idea_notional=Decimal(100)).entry_value == Decimal(100)
    assert services.intake.trading.previews.rules.idea_notional == Decimal(250)


def test_weigh_when_done_then_nothing_is_stored_or_sent(weigh, store, broker, services):
    services.operations.bots.find("default")
    before = {document.key: document.version for document in store.list("")}
    weigh()

    assert {document.key: document.version for document in store.list("")} == before
    assert broker.positions() == broker.open_orders() == []
