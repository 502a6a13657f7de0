"""Past prices, through the SDK at a strict simulator."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.bars import Bar
from app.domain.instruments import AssetClass, Instrument
from app.errors import BrokerUnavailable
from tests.brokers.fyers.harness import SHARE, SHARE_TICKER, listed_call, make_fyers, simulated

pytestmark = pytest.mark.integration

# The exchange opens at 3:45 in UTC.
OPENS = datetime(2026, 6, 1, 3, 45, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def fake():
    with simulated() as fake:
        minutes = [(OPENS + number * MINUTE, Decimal(1000 + number)) for number in range(60)]
        fake.history.record(SHARE_TICKER, minutes)
        yield fake


@pytest.fixture
def fyers(fake):
    return make_fyers(fake)


def queries(fake) -> list[dict[str, str]]:
    return [request.query for request in fake.requests if request.path == "/data/history"]


def test_bars_when_there_are_some_then_prices_are_exact_and_the_last_one_ends_by_the_end(fyers):
    bars = fyers.bars(SHARE, OPENS, OPENS + timedelta(minutes=15), 5)

    assert len(bars) == 3
    assert bars[1] == Bar(OPENS + 5 * MINUTE, *map(Decimal, ("1005.0", "1009.0", "1005.0", "1009.0", "500")))


def test_days_when_asked_for_then_are_stamped_as_fyers_does(fyers):
    (bar,) = fyers.bars(SHARE, OPENS - DAY, OPENS + 2 * DAY, 1440)

    assert (bar.at, bar.high) == (datetime(2026, 6, 1, tzinfo=UTC), 1059)


@pytest.mark.parametrize(("minutes", "days", "questions"), [(5, 250, 3), (1440, 800, 3), (60, 100, 1)])
def test_bars_when_the_time_is_long_then_no_question_is_longer_than_fyers_takes(
    fyers, fake, minutes, days, questions
):
    bars = fyers.bars(SHARE, OPENS - (days - 10) * DAY, OPENS + 10 * DAY, minutes)

    assert len(queries(fake)) == questions
    assert len(bars) == {5: 12, 60: 1, 1440: 1}[minutes]


def test_bars_when_nothing_was_traded_then_none(fyers):
    assert fyers.bars(SHARE, OPENS - 9 * DAY, OPENS - 8 * DAY, 1) == []


def test_bars_when_the_symbol_is_unknown_there_then_none(fyers):
    assert fyers.bars(replace(SHARE, symbol="NOSUCH"), OPENS, OPENS + DAY, 1) == []


def test_option_when_it_is_listed_then_has_bars(fake):
    call, listed = listed_call(fake)
    fake.history.record(listed.ticker_of(call), [(OPENS, Decimal(100))])

    assert len(make_fyers(fake, contracts=listed).bars(call, OPENS, OPENS + DAY, 1)) == 1


@pytest.mark.parametrize(
    "other", [Instrument("AAPL", AssetClass.EQUITY), Instrument("BTC-USD", AssetClass.CRYPTO)]
)
def test_bars_when_the_instrument_is_not_said_to_be_indian_then_fyers_is_not_asked(fyers, fake, other):
    assert fyers.bars(other, OPENS, OPENS + DAY, 1) is None
    assert queries(fake) == []


def test_bars_when_fyers_does_not_answer_then_unavailable_for_now():
    with pytest.raises(BrokerUnavailable) as unavailable:
        make_fyers().bars(SHARE, OPENS, OPENS + DAY, 1)

    assert unavailable.value.is_passing
