"""What a broker took before an expiry, unseen, is booked as the account shows it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.reasons import Reason
from app.domain.structures.exchange_switches import Switches
from app.domain.structures.trades import TradeState
from tests.builders import services_of

pytestmark = pytest.mark.integration
CLOSE = datetime(2025, 3, 21, 20, tzinfo=UTC)
PUT = {
    "underlying": "AAPL",
    "structure": "cash_secured_put",
    "days_to_expiry": 18,
    "strike_by": "percent",
    "strike_value": "0.05",
    "contracts": 4,
    "ladder_give_pct": "1",
    "let_expire": True,
}


@pytest.fixture
def sold(configure, enter, tick, wing, clock):
    """Hold four sold puts at 95, seen a last time an hour before their close."""
    configure(**PUT)
    enter()
    tick(30)
    clock.now = CLOSE.replace(hour=19)
    (trade,) = [stored.trade for stored in wing.trades.every()]
    assert {leg.option.strike for leg in trade.structure.legs} == {Decimal(95)}
    assert [*trade.legs.values()] == [-4]
    return trade


@pytest.fixture
def happens(sold, broker, clock, tick):
    """Let the broker close or assign what is sold while nobody looks; it ends at a price."""

    def unseen(switches, close):
        broker.set_prices({"AAPL": Decimal(close)})
        tick(1)
        clock.now = CLOSE.replace(hour=19, minute=31)
        broker.set_switches(switches)
        broker.positions()
        broker.set_switches(Switches())
        clock.now = CLOSE
        clock.move(minutes=1)

    return unseen


@pytest.fixture
def closed(services, sold):
    return lambda: services.portfolio.trades.closed.numbered(sold.number)


@pytest.fixture
def shares(wing):
    return lambda: {one.symbol: one.quantity for one in wing.settling.shares.at("paper")}


def test_expiry_when_the_broker_had_closed_it_unseen_then_no_shares_are_booked(
    happens, tick, closed, shares, held
):
    happens(Switches(closes_shorts=True), close=90)
    tick(20)

    assert (shares(), held()) == ({}, {})
    history = closed().structure
    assert (history.state, history.reason) == (TradeState.EXPIRED, Reason.CLOSED_BY_BROKER)


def test_expiry_when_it_was_assigned_unseen_then_the_shares_are_booked_though_it_ended_outside(
    happens, sold, tick, closed, shares, held
):
    happens(Switches(early_assignment=tuple(sold.legs)), close=97)
    tick(20)

    assert shares() == held() == {"AAPL": Decimal(400)}
    assert (closed().structure.state, closed().structure.reason) == (
        TradeState.ASSIGNED,
        Reason.LEG_ASSIGNED,
    )
    # Ninety-five was paid for what is booked at ninety-seven.
    assert closed().realized_pnl == (2 - sold.entry_net) * 400


def test_expiry_when_it_ended_as_the_price_says_then_it_is_booked_at_the_first_look(
    happens, tick, closed, shares, held
):
    happens(Switches(), close=90)
    tick(1)

    assert shares() == held() == {"AAPL": Decimal(400)}
    assert (closed().structure.state, closed().structure.reason) == (TradeState.ASSIGNED, None)


def test_expiry_when_a_restart_lies_between_the_looks_then_it_is_booked_no_later(
    happens, services, make_app, wing, clock
):
    happens(Switches(closes_shorts=True), close=90)
    services.supervisor.tick(everything=True)
    assert len([*wing.trades.every()]) == 1
    clock.move(seconds=10)
    restarted = services_of(make_app())
    restarted.portfolio.snapshots.run()
    restarted.structures.settling.run()

    assert [*wing.trades.every()] == []
