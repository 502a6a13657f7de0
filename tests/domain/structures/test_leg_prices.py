from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.reasons import Reason
from app.domain.structures.leg_prices import leg_limits, leg_prices, net_of
from app.domain.structures.legs import Leg, StructureRefused, compose
from app.domain.structures.net_quotes import LegQuote, net_quote

pytestmark = pytest.mark.unit
TICK = Decimal("0.05")
SHAPES = {
    "spread": (1, -1),
    "butterfly": (1, -2, 1),
    "lizard": (-1, -1, 1),
    "straddle": (-1, -1),
    "one": (-1,),
}


def made(ratios):
    legs = []
    for place, ratio in enumerate(ratios):
        terms = OptionContract("NIFTY", date(2026, 7, 21), Decimal(25000 + 100 * place), "call", Decimal(1))
        legs.append(Leg(Instrument(f"C{place}", AssetClass.OPTION, "nse", terms, Decimal(65), TICK), ratio))
    return compose(legs)[0]


ticks = st.integers(1, 4000)


@given(
    st.sampled_from(sorted(SHAPES)),
    st.lists(st.tuples(ticks, ticks), min_size=3, max_size=3),
    st.integers(0, 40),
)
def test_limits_when_any_quotes_then_on_the_tick_and_never_worse_than_the_net(shape, sides, step):
    wanted = made(SHAPES[shape])
    quotes = {
        leg.instrument.symbol: LegQuote(bid * TICK, (bid + wide) * TICK)
        for leg, (bid, wide) in zip(wanted.legs, sides, strict=False)
    }
    quote = net_quote(wanted, quotes)
    net = quote.mid + quote.spread / 2 * step / 40
    limits = leg_limits(wanted, quotes, net)

    assert all(price % TICK == 0 and price >= TICK for price in limits.values())
    assert net - TICK < net_of(wanted, limits) <= net


def test_limits_when_at_the_natural_price_then_each_leg_meets_its_market():
    wanted = made((1, -2, 1))
    sides = (("10", "10.4"), ("5", "5.05"), ("2", "2.3"))
    quotes = {
        leg.instrument.symbol: LegQuote(*map(Decimal, side))
        for leg, side in zip(wanted.legs, sides, strict=True)
    }

    assert list(leg_limits(wanted, quotes, net_quote(wanted, quotes).natural).values()) == [
        Decimal("10.4"),
        Decimal(5),
        Decimal("2.3"),
    ]


def test_limits_when_no_price_is_left_for_a_leg_then_refused():
    quotes = {"C0": LegQuote(TICK, TICK * 2), "C1": LegQuote(TICK, TICK * 2)}

    with pytest.raises(StructureRefused) as refused:
        leg_limits(made((1, 1)), quotes, TICK)

    assert refused.value.reason is Reason.PRICE_IMPOSSIBLE


def test_prices_when_shared_then_they_add_up_exactly():
    wanted = made((1, -2, 1))
    quotes = {f"C{place}": LegQuote(Decimal(10 - place), Decimal(11 - place)) for place in range(3)}

    assert net_of(wanted, leg_prices(wanted, quotes, Decimal("0.37"))) == Decimal("0.37")
