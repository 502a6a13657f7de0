"""Entries know position and quote from Alpaca's streams where these prove them; everything else is read."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.accounts import MarketSnapshot
from app.domain.instruments import AssetClass, Instrument
from app.errors import OutcomeUnknown
from tests.brokers.builders import APPLE, BITCOIN, buy, limit, sell
from tests.simulators.alpaca.driving import Driver

pytestmark = pytest.mark.integration
MICROSOFT = Instrument("MSFT", AssetClass.EQUITY)
POSITION, QUOTE = "/v2/positions/AAPL", "/v2/stocks/quotes/latest"


def eventually(is_so: Callable[[], object], seconds: float = 60) -> None:
    """Wait for what another thread does."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@pytest.fixture
def fake(alpaca_simulator):
    return alpaca_simulator


@pytest.fixture
def connect(connect_alpaca):
    """Build an adapter that listens, by the real time that the simulated quotes have."""
    brokers = []

    def make(**changes):
        real = {"clock": lambda: datetime.now(UTC), "streams": True}
        brokers.append(connect_alpaca(**(real | changes)))
        return brokers[-1]

    yield make
    for broker in brokers:
        broker.close()


@pytest.fixture
def broker(connect, fake):
    """Ten shares of Apple, bought while both streams listened and told so by them."""
    broker = connect()
    fake.market.move("MSFT", "400")
    # The first order begins to listen; its own end may have come before that.
    broker.submit(buy(1, instrument=MICROSOFT))
    eventually(lambda: look(broker).is_told)
    broker.submit(buy(10, client_order_id="bot-ten"))
    eventually(lambda: look(broker).is_told)
    return broker


def look(broker, *, for_entry: bool = True) -> MarketSnapshot:
    return broker.snapshot(APPLE, for_entry=for_entry)


def reads(fake, path: str) -> int:
    return sum(request.path == path for request in fake.requests)


def sells_elsewhere(fake, quantity: int) -> None:
    """Sell as the owner does, by another program."""
    assert Driver(fake).submit(side="sell", qty=str(quantity)).status_code == 200


def fresh(_broker, _fake) -> None:
    pass


def dropped(broker, fake) -> None:
    fake.streams.is_down = True
    fake.streams.drop()
    sells_elsewhere(fake, 4)
    eventually(lambda: not look(broker).is_told)


def stalled(broker, fake) -> None:
    fake.streams.stall()
    eventually(lambda: not look(broker).is_told)
    sells_elsewhere(fake, 4)


def delayed(broker, fake) -> None:
    fake.streams.hold()
    broker.submit(buy(5))


def lost(broker, fake) -> None:
    fake.streams.lose(3)
    broker.submit(buy(5))


def doubled(broker, fake) -> None:
    fake.streams.copies = 2
    broker.submit(buy(5))
    eventually(lambda: look(broker).is_told)


def reordered(broker, fake) -> None:
    fake.inject("partial_fill", times=1, fraction=Decimal("0.4"))
    fake.streams.hold()
    broker.submit(buy(5))
    fake.market.move("AAPL", "100")
    fake.streams.release(reversed_order=True)


def elsewhere(broker, fake) -> None:
    sells_elsewhere(fake, 4)
    eventually(lambda: look(broker).position == 6 and look(broker).is_told)


def unnoticed(broker, fake) -> None:
    """A trade of which no event came; the clock's own look at all positions finds it."""
    fake.streams.lose(3)
    sells_elsewhere(fake, 4)
    broker.positions()


def working(broker, _fake) -> None:
    """An order that waits may fill at any moment."""
    broker.submit(buy(1, **limit(90)))


def reconnected(broker, fake) -> None:
    fake.streams.is_down = True
    fake.streams.drop()
    sells_elsewhere(fake, 4)
    eventually(lambda: not look(broker).is_told)
    fake.streams.is_down = False
    eventually(lambda: look(broker).is_told)


SCENES = {
    fresh: ("10", True),
    dropped: ("6", False),
    stalled: ("6", False),
    delayed: ("15", False),
    lost: ("15", False),
    doubled: ("15", True),
    reordered: ("15", False),
    elsewhere: ("6", True),
    unnoticed: ("6", False),
    working: ("10", False),
    reconnected: ("6", True),
}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_position_when_a_stream_proves_it_then_an_entry_alone_does_not_read_it(broker, fake, scene):
    position, is_proven = SCENES[scene]
    scene(broker, fake)
    if is_proven:
        # A machine that stands still for two seconds ends the proof, until the next one.
        eventually(lambda: look(broker).is_told)
    for for_entry in (True, False):
        before = reads(fake, POSITION)
        seen = look(broker, for_entry=for_entry)

        assert seen.position == Decimal(position)
        assert not seen.is_told or (is_proven and for_entry)
        assert reads(fake, POSITION) - before == (not seen.is_told)


def test_position_when_another_process_sends_too_then_no_stream_proves_it(connect):
    processes = [1]
    broker = connect(processes=lambda: processes[-1])
    broker.submit(buy(1))
    eventually(lambda: look(broker).is_told)
    processes.append(2)
    assert not look(broker).is_told
    processes.append(1)

    eventually(lambda: look(broker).is_told)


@pytest.mark.parametrize("scene", [delayed, reordered, unnoticed], ids=lambda scene: scene.__name__)
def test_position_when_it_was_doubted_then_it_is_believed_once_it_fits_again(broker, fake, scene):
    scene(broker, fake)
    expected = look(broker).position
    fake.streams.release()
    eventually(lambda: look(broker).is_told)

    assert look(broker).position == expected


def test_position_when_the_outcome_is_unknown_then_it_is_read(broker, fake):
    fake.inject("torn", times=1, methods=("POST",))
    with pytest.raises(OutcomeUnknown):
        broker.submit(buy(5))

    assert look(broker).position == 15


def test_position_when_it_is_a_coin_then_it_is_read(broker, fake):
    broker.submit(buy("0.1", instrument=BITCOIN))

    assert not broker.snapshot(BITCOIN, for_entry=True).is_told


@pytest.mark.parametrize("for_entry", [True, False], ids=["entry", "exit"])
def test_quote_when_it_is_fresh_then_nobody_reads_it(broker, fake, for_entry):
    eventually(lambda: fake.streams.markets and "AAPL" in fake.streams.markets[0].quotes)

    def is_told() -> bool:
        fake.market.move("AAPL", "100", bid="99.9", ask="100.1")
        before = reads(fake, QUOTE)
        assert look(broker, for_entry=for_entry).quote.price == 100
        return reads(fake, QUOTE) == before

    eventually(is_told)


@pytest.mark.parametrize(
    "sides",
    [{"bid": "90", "ask": "110"}, {"bid": "101", "ask": "99"}],
    ids=["wide", "crossed"],
)
def test_quote_when_it_tells_no_price_then_it_is_read(broker, fake, sides):
    eventually(lambda: fake.streams.markets and "AAPL" in fake.streams.markets[0].quotes)
    time.sleep(0.6)  # a pong by then
    fake.market.move("AAPL", "100", **sides)
    before = reads(fake, QUOTE)
    look(broker)

    assert reads(fake, QUOTE) == before + 1


def test_quote_when_the_plan_allows_few_symbols_then_the_latest_are_told(broker, fake):
    fake.streams.most_symbols = 2
    names = ["MSFT", "AAPL", "NVDA", "TSLA"]
    for name in names:
        fake.market.move(name, "100")
        broker.snapshot(Instrument(name, AssetClass.EQUITY))

    def subscribed() -> set[str]:
        return set(fake.streams.markets[0].quotes) if fake.streams.markets else set()

    eventually(lambda: len(subscribed()) <= 2 and look(broker) and "AAPL" in subscribed())


def test_streams_when_another_listens_to_quotes_then_only_these_are_read(broker, connect, fake):
    other = connect()
    other.submit(buy(1, instrument=MICROSOFT))
    eventually(lambda: [session.feed for session in fake.streams.markets if session.is_authenticated])
    eventually(lambda: look(other).is_told)

    assert sum(session.is_authenticated for session in fake.streams.markets) == 1
    assert look(other).quote.price == 100


def test_streams_when_nothing_was_sent_then_nobody_listens(connect, fake):
    broker = connect()
    look(broker)
    broker.positions()

    assert fake.streams.accounts == fake.streams.markets == []


def test_streams_when_they_are_closed_then_all_is_read(broker, fake):
    broker.close()

    assert not look(broker).is_told
    assert look(broker).position == 10
    eventually(lambda: not fake.streams.accounts)


def test_streams_when_an_order_is_rejected_then_the_position_stays_proven(broker, fake):
    broker.submit(sell(10))
    eventually(lambda: look(broker).is_told)

    assert look(broker).position == 0


def test_account_when_alerts_come_then_none_waits_for_it(broker, fake):
    look(broker)
    eventually(lambda: reads(fake, "/v2/account"))
    time.sleep(1.2)
    before = reads(fake, "/v2/account")
    look(broker)

    assert reads(fake, "/v2/account") == before
