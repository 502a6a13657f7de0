from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.ideas import Idea
from app.domain.opinions import Direction
from app.domain.orders import Side
from app.domain.signals import ContractWords, Dialect, Intent
from app.domain.structures.directions import (
    BEARISH,
    BULLISH,
    direction_of,
    leaves_structure,
    may_enter_structure,
    meaning_of,
)
from app.domain.structures.kinds import StructureKind
from app.domain.structures.payoff import value_at_expiry
from tests.brokers.paper.structures.builders import structure
from tests.domain.builders import signal, targeting

pytestmark = pytest.mark.unit
BULL, BEAR, NEUTRAL = (
    StructureKind.BULL_PUT_SPREAD,
    StructureKind.BEAR_CALL_SPREAD,
    StructureKind.IRON_CONDOR,
)
BUY, SELL = Side.BUY, Side.SELL


def idea(direction):
    intent = Intent.ENTER_SHORT if direction is Direction.BEARISH else Intent.ENTER_LONG
    side = SELL if direction is Direction.BEARISH else BUY
    return replace(signal(intent, side), idea=Idea(direction, triggered_at=datetime(2026, 6, 2, tzinfo=UTC)))


def option(intent, side, kind):
    words = ContractWords("weekly", "ATM", kind)
    return replace(signal(intent, side, quantity=65), dialect=Dialect.OPTION, contract=words)


SIGNALS = {
    "enter_long": signal(Intent.ENTER_LONG, BUY),
    "enter_short": signal(Intent.ENTER_SHORT, SELL),
    "exit_long": signal(Intent.EXIT_LONG, SELL),
    "exit_short": signal(Intent.EXIT_SHORT, BUY),
    "close_buy": signal(Intent.CLOSE, BUY),
    "close_sell": signal(Intent.CLOSE, SELL),
    "order_buy": signal(Intent.ORDER, BUY, quantity=5),
    "order_sell": signal(Intent.ORDER, SELL, quantity=5),
    "cover": signal(Intent.COVER, BUY, quantity=5),
    "to_long": targeting(BUY, 1, 0),
    "to_long_from_short": targeting(BUY, 1, -1),
    "trim_long": targeting(SELL, 1, 1, 5, 10),
    "to_short": targeting(SELL, -1, 0),
    "trim_short": targeting(BUY, -1, -1, 5, 10),
    "flat_by_sell": targeting(SELL, 0, 1),
    "flat_by_buy": targeting(BUY, 0, -1),
    "idea_bullish": idea(Direction.BULLISH),
    "idea_bearish": idea(Direction.BEARISH),
    "idea_neutral": idea(Direction.NEUTRAL),
    "option_sell_call": option(Intent.ORDER, SELL, "call"),
    "option_sell_put": option(Intent.ORDER, SELL, "put"),
    "option_cover_call": option(Intent.COVER, BUY, "call"),
    "option_cover_put": option(Intent.COVER, BUY, "put"),
    "cancel": signal(Intent.CANCEL, BUY),
    "modify": signal(Intent.MODIFY, BUY),
}
TABLE = {
    # What it means to a bullish, a bearish and a neutral structure.
    "enter_long": ("enter", "exit", "enter"),
    "enter_short": ("exit", "enter", "enter"),
    "exit_long": ("exit", "POSITION_NONE", "exit"),
    "exit_short": ("POSITION_NONE", "exit", "exit"),
    "close_buy": ("exit", "exit", "exit"),
    "close_sell": ("exit", "exit", "exit"),
    "order_buy": ("enter", "exit", "enter"),
    "order_sell": ("exit", "enter", "exit"),
    "cover": ("POSITION_NONE", "exit", "exit"),
    "to_long": ("enter", "exit", "enter"),
    "to_long_from_short": ("enter", "exit", "enter"),
    "trim_long": ("POSITION_REACHED", "POSITION_REACHED", "POSITION_REACHED"),
    "to_short": ("exit", "enter", "enter"),
    "trim_short": ("POSITION_REACHED", "POSITION_REACHED", "POSITION_REACHED"),
    "flat_by_sell": ("exit", "POSITION_NONE", "exit"),
    "flat_by_buy": ("POSITION_NONE", "exit", "exit"),
    "idea_bullish": ("enter", "exit", "enter"),
    "idea_bearish": ("exit", "enter", "enter"),
    "idea_neutral": ("IDEA_NEUTRAL", "IDEA_NEUTRAL", "enter"),
    "option_sell_call": ("exit", "enter", "enter"),
    "option_sell_put": ("enter", "exit", "enter"),
    "option_cover_call": ("POSITION_NONE", "exit", "exit"),
    "option_cover_put": ("exit", "POSITION_NONE", "exit"),
    "cancel": ("ORDER_OF_LADDER",) * 3,
    "modify": ("ORDER_OF_LADDER",) * 3,
}
CASES = [
    (name, kind, means)
    for name, row in TABLE.items()
    for kind, means in zip((BULL, BEAR, NEUTRAL), row, strict=True)
]


@pytest.mark.parametrize(("name", "kind", "means"), CASES)
def test_signal_when_a_bot_has_a_structure_then_it_enters_leaves_or_does_nothing(name, kind, means):
    wish = meaning_of(SIGNALS[name], kind)
    said = wish.move or wish.skip or wish.refusal

    assert said == means
    assert may_enter_structure(SIGNALS[name], kind, cover_only=True) is (means == "enter")
    assert leaves_structure(SIGNALS[name], kind, cover_only=True) is (means == "exit")


def test_cover_when_the_bot_is_not_cover_only_then_it_is_a_plain_buy():
    cover = SIGNALS["cover"]
    kinds = (BULL, BEAR, NEUTRAL)
    assert [meaning_of(cover, kind, cover_only=False).move for kind in kinds] == ["enter", "exit", "enter"]


def test_kind_when_named_then_it_has_one_direction():
    assert not BULLISH & BEARISH
    assert direction_of(StructureKind.CUSTOM) is Direction.NEUTRAL
    assert {direction_of(kind) for kind in StructureKind} == set(Direction)


@pytest.mark.parametrize(
    ("legs", "kind"),
    [
        (["+C100"], "long_call"),
        (["+P100"], "long_put"),
        (["-P95"], "cash_secured_put"),
        (["+C100", "-C105"], "bull_call_spread"),
        (["-P95", "+P100"], "bear_put_spread"),
        (["+P90", "-P95"], "bull_put_spread"),
        (["-C105", "+C110"], "bear_call_spread"),
        (["+P100", "+C100"], "long_straddle"),
        (["+P90", "-P95", "-C105", "+C110"], "iron_condor"),
    ],
)
def test_direction_when_held_against_the_payoff_then_it_says_which_way_it_gains(legs, kind):
    held = structure(*legs)
    low, middle, high = (value_at_expiry(held, Decimal(price)) for price in (50, 100, 150))
    one_way = low != high and (low <= middle <= high or low >= middle >= high)
    expected = (Direction.BULLISH if low < high else Direction.BEARISH) if one_way else Direction.NEUTRAL
    assert direction_of(StructureKind(kind)) is expected
