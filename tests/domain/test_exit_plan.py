from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.exit_levels import ExitTerms, Levels
from app.domain.exit_plan import (
    CancelOrders,
    CloseAtMarket,
    ExitPlan,
    Holding,
    PlaceExits,
    ReplaceExits,
    Sending,
    covered_by,
    live_legs,
    next_step,
)
from app.domain.json_codec import from_json, to_json
from app.domain.orders import OrderChange, OrderStatus, OrderType, Receipt, Side
from tests.domain.builders import NOW, TICKET

pytestmark = pytest.mark.unit
CENT = Decimal("0.01")
LEVELS = Levels(Decimal(98), Decimal(104))


def leg(suffix: str, quantity="10", family="bot-x", **changes) -> Receipt:
    is_stop = suffix == "-sl"
    receipt = Receipt(
        client_order_id=family + suffix,
        broker_order_id=family + suffix,
        broker="paper",
        symbol="AAPL",
        side=Side.SELL,
        type=OrderType.STOP if is_stop else OrderType.LIMIT,
        status=OrderStatus.ACCEPTED,
        created_at=NOW,
        quantity=Decimal(quantity),
        stop_price=LEVELS.stop if is_stop else None,
        limit_price=None if is_stop else LEVELS.target,
    )
    return replace(receipt, **changes)


def pair(quantity="10", **changes) -> tuple[Receipt, ...]:
    return leg("-tp", quantity, **changes), leg("-sl", quantity, **changes)


def holding(share="10", price="100", restable=None, legs=(), **changes) -> Holding:
    units = Decimal(share)
    return Holding(
        share=units,
        held=changes.pop("held", abs(units)),
        price=price and Decimal(price),
        restable=abs(units) if restable is None else Decimal(restable),
        legs=tuple(legs),
        **changes,
    )


BUYING = leg("", type=OrderType.LIMIT, side=Side.BUY)
HELD = {"status": OrderStatus.HELD}


@pytest.mark.parametrize(
    ("seen", "step"),
    [
        (holding(), PlaceExits(Decimal(10), LEVELS)),
        (holding(legs=pair()), None),
        # Alpaca holds the stop while the target works, and both while their entry does.
        (holding(legs=(leg("-tp"), leg("-sl", **HELD))), None),
        (holding(legs=pair(**HELD), is_filling=True), None),
        (holding(legs=pair("6")), CancelOrders(pair("6"))),
        (holding(legs=pair("20")), CancelOrders(pair("20"))),
        (holding(legs=[leg("-tp")]), CancelOrders((leg("-tp"),))),
        (holding("0", legs=pair(), is_flat=True), CancelOrders(pair())),
        (holding("0", legs=pair()), None),
        (holding("0"), None),
        # a fraction cannot rest: it is watched
        (holding("10.5", restable="10", legs=pair()), None),
        (holding("10.5", "97", restable="10", legs=pair()), CloseAtMarket(Decimal("0.5"), "-sl")),
        (holding("0.5", "105", restable="0"), CloseAtMarket(Decimal("0.5"), "-tp")),
        (holding("0.5", None, restable="0"), None),
        (holding("4", "97", waiting=(BUYING,), is_filling=True), CancelOrders((BUYING,))),
        (holding("4", "100", waiting=(BUYING,), is_filling=True), None),
        # what an order at the market closes already is not closed twice
        (holding("10", "97", held=Decimal(0), restable="0"), None),
    ],
)
def test_step_when_the_position_stands_so_then_it_is_the_next_one(seen, step):
    assert next_step(seen, LEVELS, CENT) == step


@pytest.mark.parametrize(
    ("price", "legs", "step"),
    [
        ("100", [], PlaceExits(Decimal(10), Levels(LEVELS.stop, None))),
        ("100", [leg("-sl")], None),
        ("97", [leg("-sl")], None),
        ("105", [leg("-sl")], CancelOrders((leg("-sl"),))),
        ("105", [], CloseAtMarket(Decimal(10), "-tp")),
    ],
)
def test_step_when_the_stop_rests_alone_then_the_target_is_watched(price, legs, step):
    assert next_step(holding(price=price, legs=legs), LEVELS, CENT, lone_stop=True) == step


def test_step_when_a_stop_is_off_then_only_it_is_moved():
    stop = leg("-sl", stop_price=Decimal(97))
    step = next_step(holding(legs=(leg("-tp"), stop)), LEVELS, CENT)

    assert step == ReplaceExits(((stop, OrderChange(stop_price=LEVELS.stop)),))


def test_step_when_a_trailing_stop_is_off_by_little_then_it_stays():
    legs = (leg("-tp"), leg("-sl", stop_price=Decimal("97.9")))

    assert next_step(holding(legs=legs), LEVELS, Decimal("0.25")) is None


@given(
    st.decimals(-50, 50, places=2),
    st.decimals(90, 110, places=2),
    st.lists(st.tuples(st.integers(1, 30), st.sampled_from(["-sl", "-tp", "both"])), max_size=3),
)
def test_step_when_anything_rests_then_no_exit_is_for_more_than_is_left(share, price, families):
    legs = [
        leg(suffix, str(size), family=f"bot-{place}")
        for place, (size, suffixes) in enumerate(families)
        for suffix in (("-tp", "-sl") if suffixes == "both" else (suffixes,))
    ]
    seen = holding(str(share), str(price), restable=str(abs(share) // 1), legs=legs)
    step = next_step(seen, LEVELS, CENT)

    if isinstance(step, CloseAtMarket | PlaceExits):
        assert covered_by(live_legs(legs)) + step.quantity <= abs(share)


def test_protection_when_stored_then_it_comes_back_the_same():
    sending = Sending("bot-x", Side.SELL, Decimal(10), NOW, *LEVELS)
    terms = ExitTerms(stop_loss=CENT, trailing=CENT)
    protection = ExitPlan("bot", "paper", "AAPL", TICKET, terms, Decimal(100), sending=sending)

    assert from_json(ExitPlan, to_json(protection)) == protection


@pytest.mark.parametrize(("paired", "step"), [(True, None), (False, CancelOrders)])
def test_next_step_when_a_mate_is_larger_than_what_is_left_then_only_a_broker_of_pairs_sees_to_it(
    paired, step
):
    legs = leg("-sl", filled_quantity=Decimal(4)), leg("-tp")
    found = next_step(holding("6", legs=legs), LEVELS, CENT, paired=paired)

    assert type(found) is (step or type(None))
