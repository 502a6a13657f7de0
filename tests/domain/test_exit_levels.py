from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bots import BotConfiguration
from app.domain.exit_levels import ExitTerms, Levels, better, exit_levels, exit_terms, reached
from app.domain.instruments import AssetClass, Instrument
from app.domain.orders import Side
from tests.domain.builders import APPLE, BITCOIN, CALL, decimals

pytestmark = pytest.mark.unit

INFY = Instrument("INFY", AssetClass.EQUITY, price_tick=Decimal("0.05"))
BUY, SELL = Side.BUY, Side.SELL
HUNDRED = Decimal(100)


def terms(**changes) -> ExitTerms:
    return ExitTerms(**decimals(changes))


PAIR = terms(stop_loss="0.01", take_profit="0.02")


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({}, None),
        ({"attach_sl_tp": True}, PAIR),
        ({"trailing_stop_pct": "0.05"}, terms(trailing="0.05")),
        ({"break_even_pct": "0.05"}, terms(break_even="0.05")),
        (
            {"attach_sl_tp": True, "use_avg_fill_for_sl_tp": False},
            terms(stop_loss="0.01", take_profit="0.02", by_fill=False),
        ),
    ],
)
def test_terms_when_a_bot_asks_for_exits_then_they_say_which(configuration, expected):
    assert exit_terms(BotConfiguration(**decimals(configuration))) == expected


@pytest.mark.parametrize(
    ("instrument", "side", "basis", "stop", "target"),
    [
        (APPLE, BUY, "100", "99", "102"),
        (APPLE, SELL, "100", "101", "98"),
        # towards the price, so that neither level is further than asked
        (APPLE, BUY, "33.33", "33", "33.99"),
        (APPLE, SELL, "33.33", "33.66", "32.67"),
        (INFY, BUY, "1500.02", "1485.05", "1530"),
        (BITCOIN, BUY, "0.00001", "0.0000099", "0.0000102"),
        # never onto it
        (APPLE, BUY, "0.005", "0.0049", "0.0051"),
        # in cents from a dollar on, which is all that a broker takes there
        (APPLE, BUY, "0.9999", "0.99", "1.01"),
    ],
)
def test_exits_when_placed_around_a_price_then_stand_on_ticks_beyond_it(
    instrument, side, basis, stop, target
):
    levels = exit_levels(PAIR, instrument, side, Decimal(basis))

    assert levels == (Decimal(stop), Decimal(target))


def test_exits_when_short_aims_at_all_of_it_then_target_is_one_tick():
    assert exit_levels(terms(take_profit=1), APPLE, SELL, HUNDRED).target == Decimal("0.01")


@given(
    st.sampled_from([APPLE, BITCOIN, CALL]),
    st.sampled_from(Side),
    st.decimals(1, 10**6, places=4),
    st.decimals(Decimal("0.0001"), 1, places=4),
    st.decimals(Decimal("0.0001"), 100, places=4),
)
def test_exits_when_configured_anyhow_then_enclose_the_price(instrument, side, basis, stop, target):
    levels = exit_levels(terms(stop_loss=stop, take_profit=target), instrument, side, basis)

    assert (basis - levels.stop) * side.sign > 0
    assert (levels.target - basis) * side.sign > 0
    assert min(levels) > 0


@pytest.mark.parametrize(
    ("wanted", "side", "best", "stop"),
    [
        ({"trailing": "0.05"}, BUY, None, "95"),
        ({"trailing": "0.05"}, BUY, "120", "114"),
        ({"trailing": "0.05"}, SELL, "80", "84"),
        # the tighter of the two holds
        ({"trailing": "0.05", "stop_loss": "0.01"}, BUY, "102", "99"),
        ({"trailing": "0.05", "stop_loss": "0.01"}, BUY, "120", "114"),
        ({"break_even": "0.1"}, BUY, "109.99", None),
        ({"break_even": "0.1"}, BUY, "110", "100"),
        ({"break_even": "0.1", "stop_loss": "0.02"}, SELL, "90", "100"),
        ({"break_even": "0.1", "stop_loss": "0.02"}, SELL, "91", "102"),
        ({"stop_price": "97.5", "stop_loss": "0.01"}, BUY, None, "97.5"),
    ],
)
def test_stop_when_the_market_has_moved_then_it_follows(wanted, side, best, stop):
    best = best and Decimal(best)
    levels = exit_levels(terms(**wanted), APPLE, side, HUNDRED, best)

    assert levels.stop == (stop and Decimal(stop))


@given(st.sampled_from(Side), st.lists(st.decimals(50, 200, places=2), min_size=1, max_size=20))
def test_stop_when_best_only_improves_then_it_never_goes_back(side, prices):
    ordered = sorted(prices, reverse=side is SELL)
    wanted = terms(trailing="0.03", stop_loss="0.05", break_even="0.02")
    stops = [exit_levels(wanted, APPLE, side, HUNDRED, best).stop for best in ordered]

    assert stops == sorted(stops, reverse=side is SELL)


@pytest.mark.parametrize(
    ("side", "price", "expected"),
    [
        (BUY, "98", "-sl"),
        (BUY, "97", "-sl"),
        (BUY, "98.01", None),
        (BUY, "104", "-tp"),
        (SELL, "98", "-tp"),
        (SELL, "104", "-sl"),
        (SELL, "100", None),
        (BUY, None, None),
        # what is not known, or no longer listed, may be shown as nothing
        (BUY, "0", None),
        (SELL, "0", None),
    ],
)
def test_level_when_price_reaches_it_then_its_suffix_is_told(side, price, expected):
    stop, target = (Decimal(98), Decimal(104))[:: side.sign]

    assert reached(Levels(stop, target), side, price and Decimal(price)) == expected


@pytest.mark.parametrize("price", [None, Decimal(0)])
def test_best_price_when_there_is_none_now_then_it_stays(price):
    assert better(HUNDRED, price, SELL) == HUNDRED
