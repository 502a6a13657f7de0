"""What is believed of a position, event by event, without a connection."""

import logging
from decimal import Decimal

import pytest

from app.brokers.alpaca.streams_positions import OLDEST_SECONDS, KnownPositions
from app.domain.accounts import Position
from app.errors import BrokerUnavailable
from tests.brokers.builders import APPLE, BITCOIN

pytestmark = pytest.mark.unit
OVER = {"fill": "filled", "partial_fill": "partially_filled"}


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def known(clock) -> KnownPositions:
    """Ten shares of Apple, read while a stream is listened to."""
    known = KnownPositions(clock)
    read(known)
    return known


def read(known, quantity: object = 10, orders: tuple = (), during=lambda: None) -> None:
    def positions() -> list[Position]:
        during()
        held = [Position("AAPL", Decimal(str(quantity)), Decimal(100), instrument=APPLE)]
        return [*held, Position("BTC-USD", Decimal(1), Decimal(50_000), instrument=BITCOIN)]

    known.read(lambda: orders, positions)


def event(kind: str, quantity: object = 0, position: object = 0, **changes) -> dict:
    """An event of a purchase; `order`, `execution_id` and what the order tells by keyword."""
    name = changes.pop("order", "order-1")
    row = {"id": name, "client_order_id": f"ours-{name}", "symbol": "AAPL", "asset_class": "us_equity"}
    row |= {"side": "buy", "status": OVER.get(kind, kind), "filled_qty": str(quantity)}
    execution = changes.pop("execution_id", f"{name}-{position}")
    fill = {"qty": str(quantity), "position_qty": str(position), "execution_id": execution}
    return {"event": kind, **fill, "order": row | changes}


@pytest.mark.parametrize(
    ("events", "position"),
    [
        ([], "10"),
        ([event("new")], None),
        ([event("new"), event("fill", 5, 15)], "15"),
        ([event("new"), event("canceled")], "10"),
        ([event("new"), event("partial_fill", 2, 12)], None),
        ([event("new"), event("partial_fill", 2, 12), event("canceled")], "12"),
        ([event("partial_fill", 2, 12), event("fill", 3, 15)], "15"),
        ([event("fill", 10, 0, side="sell")], "0"),
        ([event("fill", 15, -5, side="sell")], "-5"),
        ([event("fill", 5, 15), event("fill", 5, 15)], "15"),
        ([event("fill", 5, 15), event("new")], "15"),
        ([event("fill", 5, 15, execution_id=None)] * 2, "15"),
        ([event("fill", 5, 20)], None),
        ([event("fill", 3, 15), event("partial_fill", 2, 12)], None),
        ([event("fill", 5, 15), event("trade_bust", status="filled")], None),
        ([event("fill", 5, 15, asset_class="us_option")], "10"),
        ([event("a_new_word", status="filled")], "10"),
    ],
    ids=lambda value: "+".join(each["event"] for each in value) if isinstance(value, list) else str(value),
)
def test_position_when_events_come_then_it_is_proven_or_not(known, events, position):
    for each in events:
        known.take(each)

    assert known.of("AAPL") == (None if position is None else Decimal(position))


def test_position_when_nothing_is_held_then_it_is_nothing(known):
    assert known.of("MSFT") == 0


def test_position_when_nothing_was_read_yet_then_it_is_unknown(clock):
    known = KnownPositions(clock)
    known.take(event("fill", 5, 15))

    assert known.of("AAPL") is None


def test_position_when_there_was_a_gap_then_it_is_unknown_until_it_is_read(known):
    known.forget()
    assert known.of("AAPL") is None

    read(known, 12)
    assert known.of("AAPL") == 12


def test_position_when_the_read_is_long_ago_then_it_is_unknown(known, clock):
    clock.now += OLDEST_SECONDS + 1

    assert known.of("AAPL") is None


def test_position_when_an_order_of_ours_is_on_its_way_then_it_is_unknown(known):
    with known.sending("AAPL"):
        assert known.of("AAPL") is None
        assert known.of("MSFT") == 0

    assert known.of("AAPL") == 10


@pytest.mark.parametrize("name", ["order-1", "ours-order-1"])
def test_position_when_an_order_was_answered_then_its_end_is_waited_for(known, name):
    known.expect("AAPL", name)
    known.take(event("new"))
    assert known.of("AAPL") is None

    known.take(event("fill", 5, 15))
    assert known.of("AAPL") == 15


def test_position_when_the_end_came_before_the_answer_then_nothing_is_waited_for(known):
    known.take(event("fill", 5, 15))
    known.expect("AAPL", "order-1")

    assert known.of("AAPL") == 15


def test_position_when_an_event_comes_during_the_read_then_it_is_read_again(known, clock):
    read(known, 15, during=lambda: known.take(event("fill", 5, 15)))
    assert known.of("AAPL") is None

    clock.now += 1
    assert known.is_due()
    read(known, 15)
    assert known.of("AAPL") == 15


def test_position_when_the_connection_broke_during_the_read_then_the_read_counts_for_nothing(known):
    read(known, 15, during=known.forget)

    assert known.of("AAPL") is None


def test_position_when_an_order_is_open_then_it_is_unknown(known):
    read(known, orders=({"id": "order-9", "client_order_id": "x", "symbol": "AAPL"},))

    assert known.of("AAPL") is None
    assert known.of("MSFT") == 0


@pytest.mark.parametrize(("seconds", "position"), [(1, None), (10, 15)])
def test_position_when_an_end_was_never_told_then_a_later_read_settles_it(known, clock, seconds, position):
    known.expect("AAPL", "order-1")
    clock.now += seconds
    read(known, 15)

    assert known.of("AAPL") == position


def test_position_when_somebody_reads_otherwise_then_it_is_doubted_and_logged(known, clock, caplog):
    with caplog.at_level(logging.WARNING):
        known.check([Position("AAPL", Decimal(7), Decimal(100), instrument=APPLE)])

    assert known.of("AAPL") is None
    assert "AAPL" in caplog.text
    clock.now += 1
    assert known.is_due()


def test_position_when_somebody_reads_the_same_then_it_stays_proven(known):
    known.check([Position("AAPL", Decimal(10), Decimal(100), instrument=APPLE)])

    assert known.of("AAPL") == 10
    assert not known.is_due()


def test_read_when_alpaca_does_not_answer_then_what_was_known_stays_and_it_is_tried_again(known, clock):
    def fails() -> list:
        raise BrokerUnavailable("no answer")

    with pytest.raises(BrokerUnavailable):
        known.read(fails, list)

    assert known.of("AAPL") == 10
    clock.now += 5
    assert known.is_due()
