from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest

from app.brokers.fyers.limiter import WINDOWS, Limiter, urgently
from app.domain.instruments import AssetClass, Instrument
from app.errors import BrokerUnavailable

pytestmark = pytest.mark.integration
CHAIN = "GET /data/options-chain-v3"


def test_expiries_when_asked_then_by_the_list_and_without_a_request(desk, fyers_contracts, fake):
    assert desk.expiries("NIFTY") == fyers_contracts.expiries("NIFTY")
    assert fake.counts() == {}


def test_expiries_when_the_last_day_has_closed_then_it_is_not_among_them(desk, fyers_contracts, fake):
    first = fyers_contracts.expiries("NIFTY")[0]
    fake.clock.set(
        fake.clock.now().replace(day=first.day, month=first.month, hour=15, minute=30), frozen=True
    )

    assert first not in desk.expiries("NIFTY")


def test_chain_when_read_then_quotes_greeks_and_lots_of_listed_contracts(desk, days):
    chain = desk.chain("NIFTY", days[:1])
    one = next(each for each in chain.of("call", days[0]) if each.strike == chain.price)

    assert chain.price == 25000
    assert one.quote.ask - one.quote.bid == Decimal("0.1")
    assert (one.is_computed, one.open_interest, one.volume) == (False, 64_000, 125_000)
    assert one.delta == Decimal("0.5")
    assert one.implied_volatility == Decimal("0.16")
    assert (one.instrument.quantity_increment, one.instrument.freeze_quantity) == (65, 1800)


def test_chain_when_a_strike_is_far_away_then_it_is_there_without_a_quote(desk, days, contracts):
    chain = desk.chain("NIFTY", days[:1])
    quoted = [one for one in chain.contracts if one.quote.is_two_sided]

    assert len(chain.contracts) == len(contracts.options("NIFTY", days[0]))
    assert len(quoted) == 2 * 101


def test_chain_when_fyers_counts_no_greeks_then_ours_and_marked(desk, days, fake):
    fake.data.gives_greeks = False
    one = next(each for each in desk.chain("NIFTY", days[:1]).of("put", days[0]) if each.strike == 24900)

    assert one.is_computed
    assert Decimal("-0.5") < one.delta < Decimal("-0.3")
    assert Decimal("0.1") < one.implied_volatility < Decimal("0.25")


def test_chain_when_asked_again_then_few_requests(desk, days, fake):
    # A chain is fresh for three seconds, which a busy machine may take to read one.
    fake.clock.set(fake.clock.now(), frozen=True)
    first = desk.chain("NIFTY", days[:2])
    desk.chain("NIFTY", days[:2])
    # The first is about the nearest day, whose numbers tell how to ask for the others.
    assert fake.counts() == {CHAIN: 3}

    fake.clock.advance(5)
    later = desk.chain("NIFTY", days[:2])
    assert fake.counts() == {CHAIN: 5}
    assert later.at - first.at == timedelta(seconds=5)


def test_chain_when_the_underlying_has_no_price_then_none(desk, days, fake):
    fake.market.move("NSE:NIFTY50-INDEX", None)

    assert desk.chain("NIFTY", days[:1]) is None


def test_chain_when_the_answer_is_another_then_unavailable(desk, days, fake):
    fake.inject("html", methods=("GET",))

    with pytest.raises(BrokerUnavailable):
        desk.chain("NIFTY", days[:1])


def test_quotes_when_many_then_fifty_a_request(desk, contracts, days, fake):
    many = list(contracts.options("NIFTY", days[0]).values())[:120]

    assert len(desk.quotes(many)) == 120
    assert fake.counts() == {"GET /data/quotes": 3}


def test_underlying_when_an_index_then_it_has_the_exchange_of_its_contracts(desk):
    assert desk.underlying("NIFTY") == Instrument("NIFTY", AssetClass.EQUITY, "nse")
    assert desk.underlying("AAPL") is None


def test_reads_when_the_minute_is_nearly_spent_then_room_for_exits_is_left(make_desk, contracts, days, fake):
    desk = make_desk()
    # On a clock of its own, or a slow machine would see the next minute begin.
    desk._transport._limiter = Limiter(WINDOWS, clock=lambda: 0.0, wait=lambda _: None)
    one = list(contracts.options("NIFTY", days[0]).values())[:1]
    reads = 0
    with suppress(BrokerUnavailable):
        while reads < 300:
            desk.quotes(one)
            fake.clock.advance(5)
            reads += 1

    assert reads <= 170
    with urgently():
        desk.chain("NIFTY", days[1:2])
