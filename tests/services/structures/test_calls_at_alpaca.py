"""How many calls a look costs at Alpaca, which takes two hundred a minute."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.structures.kinds import recognise
from app.domain.structures.trades import ExitCause, StructureTrade, TradeState
from tests.brokers.paper.structures.builders import structure
from tests.services.structures.conftest import TICKET
from tests.simulators.alpaca.chains import EXPIRIES, list_chain

pytestmark = pytest.mark.integration
MONDAY = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
TRADES, LEAVING = 100, 10
STRIKES = [Decimal(strike) for strike in range(40, 180)]


@pytest.fixture
def fake(alpaca_simulator, clock):
    clock.now = MONDAY
    alpaca_simulator.set_clock(clock())
    alpaca_simulator.market.move("AAPL", Decimal(100))
    list_chain(alpaca_simulator, "AAPL", Decimal(100), EXPIRIES[1:2], STRIKES)
    return alpaca_simulator


@pytest.fixture
def broker(fake, connect_alpaca):
    return connect_alpaca()


@pytest.fixture
def app(make_app, broker):
    return make_app(brokers={"alpaca": broker}, default_broker="alpaca", dry_run=False)


@pytest.fixture(autouse=True)
def _price():
    """The simulator has its own prices."""


@pytest.fixture
def trades(services, wing, fake):
    """Hold a hundred spreads, no two of which share a contract."""
    made = []
    for number in range(TRADES):
        strike = 41 + number
        wanted = structure(f"+P{strike}", f"-C{strike + 1}")
        trade = StructureTrade(
            id=f"t{number}",
            number=wing.trades.number(),
            bot="default",
            broker="alpaca",
            kind=recognise(wanted),
            structure=wanted,
            state=TradeState.OPEN,
            created_at=MONDAY,
            tickets=(TICKET,),
            entered_units=1,
            entered_value=Decimal(-1),
            legs={leg.instrument.symbol: Decimal(leg.ratio) for leg in wanted.legs},
        )
        services.store.apply(wing.trades.opening(trade))
        for leg in wanted.legs:
            asset = fake.exchange.catalogue.find(leg.instrument.symbol)
            fake.exchange.account.trade(asset, Decimal(leg.ratio), Decimal(1))
        made.append(trade)
    return made


@pytest.fixture
def asked(fake):
    """Count what is asked by method while something is done."""

    def count(go):
        before = len(fake.requests)
        go()
        return Counter(request.method for request in list(fake.requests)[before:])

    return count


@pytest.fixture
def climb(wing, asked, clock, fake):
    """Let ladders climb for so many seconds; return the calls of each."""

    def go(seconds):
        looks = []
        for _ in range(seconds):
            looks.append(asked(wing.ladders.run))
            clock.move(seconds=1)
            fake.set_clock(clock())
        return looks

    return go


@pytest.fixture
def leaving(trades, wing):
    for trade in trades[:LEAVING]:
        wing.exits.begin(trade, TICKET, ExitCause.COMMAND)


def test_watch_when_a_hundred_trades_are_open_then_a_hundred_contracts_a_call(trades, wing, asked):
    assert asked(wing.watch.run) == {"GET": TRADES * 2 / 100}


def test_watch_when_every_trade_stops_at_its_underlying_then_that_is_asked_about_once(
    trades, wing, asked, configure
):
    configure(underlying="AAPL", structure="custom", stop_on_underlying="0.001")

    assert asked(wing.watch.run) == {"GET": TRADES * 2 / 100 + 1}


def test_ladders_when_ten_begin_then_their_quotes_are_one_call(leaving, wing, asked):
    assert asked(wing.ladders.run) == {"GET": 1, "POST": LEAVING}


def test_ladders_when_ten_are_climbed_then_a_look_is_a_call_and_a_step_two_more_for_each(
    leaving, wing, asked, clock, fake
):
    looks = []
    for _ in range(16):
        looks.append(asked(wing.ladders.run))
        clock.move(seconds=1)
        fake.set_clock(clock())

    # The first one of all asks for three by themselves, before it is seen that there are several.
    assert all(look["GET"] <= 4 for look in looks)
    assert sum(look["GET"] for look in looks) <= len(looks) + 4
    assert sum(look["DELETE"] for look in looks) == 3 * LEAVING
    assert sum(look["POST"] for look in looks) == 4 * LEAVING


def test_ladders_when_thirty_are_climbed_then_no_minute_takes_more_calls_than_alpaca_does(
    trades, wing, climb
):
    for trade in trades[: 3 * LEAVING]:
        wing.exits.begin(trade, TICKET, ExitCause.COMMAND)
    calls = [sum(look.values()) for look in climb(75)]

    # Alpaca takes 200; without pacing it was 295.
    assert max(sum(calls[at : at + 60]) for at in range(15)) < 200
    # Nobody is forgotten: each has had an order, and the market has taken some.
    assert all(stored.trade.work is None or stored.trade.work.is_sent for stored in wing.trades.every())


def test_ladders_when_there_is_little_room_then_what_is_bare_goes_first_and_entries_last(
    trades, wing, broker
):
    causes = [ExitCause.PROFIT_TARGET, ExitCause.STOP_LOSS, ExitCause.BROKEN]
    for trade, cause in zip(trades, causes, strict=False):
        wing.exits.begin(trade, TICKET, cause)
    waiting = [stored for stored in wing.trades.every() if stored.trade.work is not None]
    turns = wing.ladders.pacing.in_turn(waiting)

    assert [stored.trade.work.cause for stored in turns] == causes[::-1]
    for _ in range(50):
        wing.ladders.pacing.sent(broker)
    rooms = [wing.ladders.pacing.has_room(broker, stored.trade.work) for stored in turns]
    assert rooms == [True, True, False]
