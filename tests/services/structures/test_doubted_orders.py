"""An order of a ladder that may be at its broker stays in doubt until that shows it, whatever it answers."""

from dataclasses import replace

import pytest

from app.domain.reasons import Reason
from app.domain.structures.trades import ExitCause, TradeState
from app.errors import BrokerRejected, OutcomeUnknown
from app.services.runtime.turns import as_leader
from tests.services.structures.conftest import CONDOR, TICKET

pytestmark = pytest.mark.integration


@pytest.fixture
def doubt(desk):
    """Lose the answer to the next order, and refuse it when it is sent again before it is shown."""
    sent, submit, find = [], desk.submit, desk.find

    def begin(*, arrives=True):
        def lose(order):
            sent.append(order.client_order_id)
            if arrives:
                submit(order)
            desk.submit = refuse
            raise OutcomeUnknown("no answer")

        def refuse(order):
            sent.append(order.client_order_id)
            if arrives:
                desk.submit, desk.find = submit, find
            raise BrokerRejected("its contracts are held for another order")

        desk.submit, desk.find = lose, lambda _name: None
        return sent

    return begin


def test_exit_when_its_order_is_refused_at_a_second_send_then_what_the_first_filled_is_counted(
    open_trade, climb, wing, clock, doubt, held, services
):
    open_trade(give="1")
    climb(60)
    wing.exits.begin(wing.trades.find("default", "t").trade, TICKET, ExitCause.COMMAND)
    sent = doubt()

    assert climb(120) is None
    assert held() == {}
    assert sent[0] == sent[1]
    assert services.portfolio.trades.closed.numbered(1).quantity == 2


def test_entry_when_its_order_is_refused_at_a_second_send_then_what_the_first_filled_is_counted(
    open_trade, climb, doubt, held
):
    open_trade(give="1")
    doubt()
    trade = climb(60)

    assert (trade.state, trade.units) == (TradeState.OPEN, 2)
    assert held() == {leg.instrument.symbol: leg.ratio * 2 for leg in CONDOR.legs}


def test_entry_when_its_order_never_arrived_then_a_refusal_is_believed_after_ten_seconds(
    open_trade, climb, doubt, services
):
    open_trade(give="1")
    sent = doubt(arrives=False)
    before = climb(8)
    after = climb(4)

    assert (before.state, after, len(set(sent))) == (TradeState.OPENING, None, 1)
    # Not every second: requests are counted.
    assert len(sent) == 3
    assert services.portfolio.trades.closed.numbered(1).structure.reason is Reason.BROKER_REJECTED


@pytest.fixture
def beside(open_trade, services, wing):
    """Write down two trades that are opened, one of which is looked at before the other."""

    def make(**changes):
        opening = open_trade(give="1")
        other = replace(
            opening, id="a", number=2, created_at=opening.created_at.replace(year=2024), **changes
        )
        work = replace(other.work, client_order_id=f"{other.work.client_order_id}-a")
        services.store.apply(wing.trades.opening(replace(other, work=work)))
        return work.client_order_id

    return make


def test_ladders_when_one_is_at_a_broker_that_is_not_set_up_then_the_others_go_on(beside, climb):
    beside(broker="elsewhere")

    assert climb(60).units == 2


def test_ladders_when_one_fails_in_an_unforeseen_way_then_the_others_go_on_and_it_is_told(
    beside, wing, clock, desk
):
    name, find = beside(), desk.find

    def fail(wanted):
        if wanted == name:
            raise KeyError("a slip")
        return find(wanted)

    desk.find = fail
    for _ in range(60):
        with pytest.raises(KeyError, match="a slip"):
            wing.ladders.run()
        clock.move(seconds=1)

    assert wing.trades.find("default", "t").trade.units == 2


def test_ladders_when_a_turn_has_time_for_one_then_each_has_its_turn(beside, wing, clock):
    beside(broker="elsewhere")
    with as_leader(lambda: False):
        for _ in range(120):
            wing.ladders.run()
            clock.move(seconds=1)

    assert wing.trades.find("default", "t").trade.units == 2
