"""What expires is booked at the close's price, whoever comes to book it and however late."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from app.domain.structures.trades import TradeState
from app.errors import BrokerUnavailable
from app.repositories.close_prices import ClosePrices
from app.services.structures.settlement_prices import SettlementPrices

pytestmark = pytest.mark.integration
DAY = date(2025, 3, 21)
CLOSE = datetime(2025, 3, 21, 20, tzinfo=UTC)


@pytest.fixture
def expiring(condor, clock):
    """Hold a condor with sold strikes at 95 and 105, an hour before its close."""
    trade = condor(let_expire=True)
    clock.now = CLOSE.replace(hour=19)
    return trade


@pytest.fixture
def settle(services, broker, clock):
    """Come to book what expired, so long after the close and at another price by then."""

    def go(price=None, **late):
        clock.now = CLOSE
        clock.move(**late)
        if price is not None:
            broker.set_prices({"AAPL": Decimal(price)})
        services.portfolio.snapshots.run()
        services.structures.settling.run()

    return go


@pytest.fixture
def closed(services, expiring):
    return lambda: services.portfolio.trades.closed.numbered(expiring.number)


@pytest.fixture
def shares(services):
    return lambda: [(one.symbol, one.quantity) for one in services.structures.settling.shares.at("paper")]


LATE = pytest.mark.parametrize("late", [{"seconds": 1}, {"days": 3}])


@LATE
def test_expiry_when_the_price_comes_in_after_the_close_then_nothing_is_assigned(
    expiring, settle, closed, shares, held, late
):
    settle(107, **late)

    assert (closed().structure.state, closed().closed_at) == (TradeState.EXPIRED, CLOSE)
    assert closed().realized_pnl == -expiring.entry_net * 100
    assert (shares(), held()) == ([], {})


@LATE
def test_expiry_when_the_price_goes_out_after_the_close_then_shares_are_booked_at_the_close(
    expiring, broker, settle, closed, shares, held, late
):
    broker.set_prices({"AAPL": Decimal(107)})
    settle(100, **late)

    assert (closed().structure.state, closed().closed_at) == (TradeState.ASSIGNED, CLOSE)
    assert closed().realized_pnl == -(expiring.entry_net + 2) * 100
    assert dict(shares()) == held() == {"AAPL": Decimal(-100)}


@pytest.fixture
def prices(services, wing, expiring, broker, monkeypatch):
    """Make what keeps prices, anew at each call, at a broker that tells no settlement prices itself."""
    monkeypatch.setattr(broker.structures, "settlement_price", lambda *_: None)
    known = wing.settling.runtime
    return lambda: SettlementPrices(runtime=known, trades=wing.trades, closes=ClosePrices(services.store))


def test_price_when_the_broker_tells_none_then_the_last_before_the_close_is_kept(
    prices, expiring, broker, clock
):
    watching = prices()
    for second, price in ((30, 101), (58, 107)):
        clock.now = CLOSE.replace(hour=19, minute=59, second=second)
        broker.set_prices({"AAPL": Decimal(price)})
        watching.run()
    clock.now = CLOSE
    broker.set_prices({"AAPL": Decimal(90)})
    watching.run()

    assert prices().of(broker, expiring, DAY) == 107


def test_price_when_nobody_was_there_before_the_close_then_it_is_that_of_now(prices, expiring, broker, clock):
    clock.now = CLOSE
    broker.set_prices({"AAPL": Decimal(90)})
    prices().run()

    assert prices().of(broker, expiring, DAY) == 90


def test_looks_when_the_close_comes_near_then_they_come_closer(prices, expiring, clock):
    watching, looks = prices(), []
    while clock.now < CLOSE:
        looks += [clock.now] * watching.run()
        clock.move(seconds=5)
    pauses = [(later - at).total_seconds() for at, later in pairwise(looks)]

    assert (max(pauses), min(pauses)) == (175, 5)
    assert (CLOSE - looks[-1]).total_seconds() == 5
    assert len(looks) < 100


def test_books_when_the_broker_tells_no_price_then_they_use_what_was_kept(prices, clock, settle, closed):
    clock.now = CLOSE.replace(hour=19, minute=59, second=59)
    prices().run()
    settle(107)

    assert closed().structure.state is TradeState.EXPIRED


@pytest.fixture
def priceless(services, wing, expiring, broker, monkeypatch):
    """Hold beside it a trade on what has no price, which comes first."""
    unquoted = replace(expiring.structure, underlying="ZZZZ")
    other = replace(expiring, id="0", number=expiring.number + 1, structure=unquoted)
    services.store.apply(wing.trades.opening(other))
    quote = broker.quote

    def asked(instrument):
        if instrument.symbol == "ZZZZ":
            raise BrokerUnavailable("Nobody quotes it.")
        return quote(instrument)

    monkeypatch.setattr(broker, "quote", asked)


@pytest.mark.usefixtures("priceless")
def test_price_when_another_underlying_has_none_then_it_is_kept(prices, expiring, broker, clock):
    clock.now = CLOSE.replace(hour=19, minute=59, second=58)
    broker.set_prices({"AAPL": Decimal(107)})
    prices().run()
    clock.now = CLOSE
    broker.set_prices({"AAPL": Decimal(90)})

    assert prices().of(broker, expiring, DAY) == 107


@pytest.mark.usefixtures("priceless")
def test_expiry_when_another_underlying_has_no_price_then_it_is_booked(settle, closed):
    settle(107, seconds=1)

    assert closed().structure.state is TradeState.EXPIRED
