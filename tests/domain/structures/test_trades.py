from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.json_codec import from_json, to_json
from app.domain.orders import OrderRole, OrderStatus
from app.domain.structures.kinds import StructureKind
from app.domain.structures.ladder import Rung
from app.domain.structures.orders import StructureReceipt
from app.domain.structures.trades import (
    ExitCause,
    LadderWork,
    StopLook,
    StructureTrade,
    TradeState,
    count_receipt,
    without_work,
)
from tests.domain.structures.builders import legs

pytestmark = pytest.mark.unit
NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
TICKET = UUID("01899a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b")
CONDOR = legs("+P90", "-P95", "-C105", "+C110")


def working(role=OrderRole.ENTRY, units=10, name="bot-1", **changes):
    rungs = (Rung(Decimal("-1.5"), 10), Rung(Decimal("-1.4"), 20))
    return LadderWork(
        role=role,
        structure=CONDOR if role is OrderRole.ENTRY else CONDOR.opposite(),
        ticket=TICKET,
        units=units,
        rungs=rungs,
        place=10,
        client_order_id=name,
        began_at=NOW,
        **changes,
    )


def trade(**changes):
    terms = {
        "id": "t",
        "number": 7,
        "bot": "spreads",
        "broker": "paper",
        "kind": StructureKind.IRON_CONDOR,
        "structure": CONDOR,
        "state": TradeState.OPENING,
        "created_at": NOW,
        "tickets": (TICKET,),
        "work": working(),
    }
    return StructureTrade(**terms | changes)


def receipt(filled, net, name="bot-1", fees="0"):
    status = OrderStatus.FILLED if filled else OrderStatus.ACCEPTED
    average = None if net is None else Decimal(net)
    return StructureReceipt(
        name, "b", "paper", status, NOW, 10, Decimal("-1.5"), filled, average, fees=Decimal(fees)
    )


def held(units=10, net="-1.5"):
    return trade(
        state=TradeState.OPEN,
        work=None,
        entered_units=units,
        entered_value=Decimal(net) * units,
        legs={leg.instrument.symbol: Decimal(leg.ratio * units) for leg in CONDOR.legs},
    )


def test_entry_when_it_fills_in_parts_then_each_unit_counts_once():
    after = trade()
    for filled, net, fees in ((4, "-1.5", "2"), (4, "-1.5", "2"), (10, "-1.44", "5"), (10, "-1.44", "5")):
        after = count_receipt(after, receipt(filled, net, fees=fees), NOW)

    assert (after.units, after.entry_net, after.fees) == (10, Decimal("-1.44"), 5)
    assert after.legs == {leg.instrument.symbol: leg.ratio * 10 for leg in CONDOR.legs}
    assert after.work.units == 0
    assert after.entered_at == NOW


def test_exit_when_it_fills_then_the_gain_is_what_entry_and_exit_leave():
    closing = replace(held(), state=TradeState.CLOSING, work=working(OrderRole.EXIT))
    half = count_receipt(closing, receipt(4, "0.5"), NOW)
    done = without_work(count_receipt(half, receipt(10, "0.41"), NOW), NOW)

    assert (half.units, half.realized) == (6, (Decimal("1.5") - Decimal("0.5")) * 400)
    assert (done.units, done.state, done.legs) == (0, TradeState.CLOSED, {})
    assert done.realized == (Decimal("1.5") - Decimal("0.41")) * 1000


def test_receipt_when_of_another_order_then_refused():
    with pytest.raises(ValueError, match="bot-2"):
        count_receipt(trade(), receipt(1, "-1.5", name="bot-2"), NOW)


def test_ladder_when_it_ends_without_a_fill_then_the_trade_is_over():
    ended = without_work(trade(), NOW)
    assert (ended.state, ended.closed_at, ended.units) == (TradeState.CLOSED, NOW, 0)


@pytest.mark.parametrize(
    ("net", "mark", "gain", "fraction"),
    [
        ("-1.5", "-0.5", "1000", "0.6666666666666666666666666667"),
        ("-1.5", "-3", "-1500", "-1"),
        ("1.5", "3", "1500", "1"),
        ("0", "-1", "-1000", None),
    ],
)
def test_gain_when_marked_then_by_the_signs_of_both_prices(net, mark, gain, fraction):
    one = held(net=net)
    assert one.open_gain(Decimal(mark)) == Decimal(gain)
    assert one.gain_fraction(Decimal(mark)) == (None if fraction is None else Decimal(fraction))


def test_largest_loss_when_held_then_of_all_its_units():
    assert held(units=3).largest_loss == 3 * 350


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(-300, 0)), max_size=6))
def test_entry_when_receipts_come_in_any_order_then_units_never_shrink(seen):
    after, most = trade(), 0
    for filled, cents in seen:
        after = count_receipt(after, receipt(filled, Decimal(cents) / 100 if filled else None), NOW)
        most = max(most, filled)
        assert after.units == most


def test_trade_when_stored_then_it_comes_back_the_same():
    full = replace(
        held(),
        state=TradeState.CLOSING,
        work=working(OrderRole.EXIT, cause=ExitCause.STOP_LOSS, resume_at=NOW),
        looks=(StopLook(NOW, is_beyond=True),),
        best_gain=Decimal("0.3"),
    )
    assert from_json(StructureTrade, to_json(full)) == full
