from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain

import pytest

from app.domain.bars import Adjustment, Bar
from app.domain.instruments import AssetClass, Instrument
from app.errors import BrokerUnavailable, InvalidRequest
from app.services.backtest.bar_download import PAUSES_SECONDS, PORTION, BarDownload, QuestionPace, WantedBars

pytestmark = pytest.mark.unit

APPLE, BITCOIN = Instrument("AAPL", AssetClass.EQUITY), Instrument("BTC-USD", AssetClass.CRYPTO)
# A Monday; New York is four hours behind.
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


class Broker:
    """Has a bar at every step that it is asked for, after as many failures as it is given."""

    def __init__(self, *failures: BrokerUnavailable) -> None:
        self.asked: list[tuple[datetime, datetime]] = []
        self.failures = list(failures)

    def bars(self, instrument, start, end, minutes, adjustment):
        self.asked.append((start, end))
        if self.failures:
            raise self.failures.pop(0)
        span = timedelta(minutes=minutes)
        # A day begins at New York's midnight.
        first = start + timedelta(hours=4) if span == DAY else start
        return [bar(first + number * span) for number in range((end - first) // span)]


def bar(at: datetime) -> Bar:
    return Bar(at, *[Decimal(100)] * 4)


def wanted(**changes) -> WantedBars:
    settings = {"instrument": APPLE, "since": MONDAY, "until": MONDAY + DAY, "minutes": 5}
    return WantedBars(**(settings | {"adjustment": Adjustment.RAW, "extended": True} | changes))


def read(broker: Broker, waited: list[float] | None = None, **changes):
    wait = [].append if waited is None else waited.append
    return tuple(chain.from_iterable(BarDownload(broker, QuestionPace(wait)).portions(wanted(**changes))))


def test_bars_when_they_are_many_then_each_is_read_once_and_all_portions_are_told():
    told: list[int] = []
    long = wanted(instrument=BITCOIN, until=MONDAY + 100 * DAY)
    broker = Broker()

    bars = list(chain.from_iterable(BarDownload(broker, QuestionPace([].append)).portions(long, told.append)))

    assert len(bars) == len({each.at for each in bars}) == 100 * 288
    assert sum(told) == long.portions == len(broker.asked) == 3
    assert broker.asked[1][0] == MONDAY + PORTION * timedelta(minutes=5)


def test_bars_when_a_day_of_new_york_goes_on_after_the_end_then_it_is_among_them():
    assert [each.at for each in read(Broker(), minutes=1440)] == [MONDAY + timedelta(hours=4)]


@pytest.mark.parametrize(
    ("minutes", "count", "first"),
    [
        (5, 78, timedelta(hours=13, minutes=30)),
        # The hour in which the exchange opens belongs to its day.
        (60, 7, timedelta(hours=13)),
        (1440, 1, timedelta(hours=4)),
    ],
)
def test_bars_when_only_regular_hours_are_wanted_then_others_are_left_out(minutes, count, first):
    bars = read(Broker(), minutes=minutes, extended=False)

    assert (len(bars), bars[0].at) == (count, MONDAY + first)


def test_bars_when_coins_never_close_then_all_are_regular():
    assert len(read(Broker(), instrument=BITCOIN, extended=False)) == 288


def test_bars_when_the_exchange_is_closed_then_none_is_regular():
    saturday = {"since": MONDAY - 2 * DAY, "until": MONDAY, "extended": False}

    assert read(Broker(), **saturday) == ()


def test_bars_when_the_broker_has_too_many_requests_then_it_is_asked_again_after_a_pause():
    waited: list[float] = []
    busy = BrokerUnavailable("too many requests", is_passing=True)

    assert len(read(Broker(busy, busy), waited)) == 288
    assert waited == list(PAUSES_SECONDS[:2])


def test_bars_when_others_ask_the_broker_too_then_each_question_waits_and_a_refusal_longer():
    waited: list[float] = []
    broker = Broker(BrokerUnavailable("too many requests", is_passing=True))
    long = wanted(instrument=BITCOIN, until=MONDAY + 100 * DAY)

    assert len(list(BarDownload(broker, QuestionPace(waited.append, 2.0, (61.0,))).portions(long))) == 3
    assert waited == [2.0, 61.0, 2.0, 2.0]


@pytest.mark.parametrize(("is_passing", "asked"), [(True, 1 + len(PAUSES_SECONDS)), (False, 1)])
def test_bars_when_the_broker_does_not_tell_then_unavailable(is_passing, asked):
    broker = Broker(*[BrokerUnavailable("no", is_passing=is_passing)] * 9)

    with pytest.raises(BrokerUnavailable):
        read(broker)
    assert len(broker.asked) == asked


@pytest.mark.parametrize(("minutes", "years", "enough"), [(1, 3, 5), (1, 12, 15), (5, 40, 60)])
def test_bars_when_they_are_too_many_then_what_would_do_is_said_and_nobody_is_asked(minutes, years, enough):
    broker = Broker()

    with pytest.raises(InvalidRequest, match=f"bars of {enough} minutes"):
        read(broker, minutes=minutes, since=MONDAY - years * 365 * DAY)
    assert broker.asked == []
