"""Every structure as Alpaca reads it: legs, sign and intents of both directions, or why it is not sent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.brokers.alpaca.structures.checks import structure_refusal
from app.brokers.alpaca.structures.payload import structure_payload
from app.domain.structures.kinds import StructureKind, recognise
from app.domain.structures.legs import Leg, Structure
from tests.brokers.paper.structures.builders import contract, enter, leave, structure

pytestmark = pytest.mark.unit
SHARES, BARE, SIGN = "takes no shares", "to be covered", "is due"
LATER = date(2025, 4, 17)


def calendar(kind):
    return Structure("AAPL", (Leg(contract(f"{kind}100"), -1), Leg(contract(f"{kind}100", LATER), 1)))


# The structure, the net price of an entry, and what is wrong with it at Alpaca.
TABLE = {
    StructureKind.LONG_CALL: (structure("+C100"), "2.50", None),
    StructureKind.LONG_PUT: (structure("+P100"), "2.50", None),
    StructureKind.COVERED_CALL: (structure("+100S", "-C105"), "98.50", SHARES),
    StructureKind.CASH_SECURED_PUT: (structure("-P95"), "-1.20", None),
    StructureKind.BULL_CALL_SPREAD: (structure("+C100", "-C105"), "2.10", None),
    StructureKind.BEAR_PUT_SPREAD: (structure("-P95", "+P100"), "2.10", None),
    StructureKind.BULL_PUT_SPREAD: (structure("+P90", "-P95"), "-0.85", None),
    StructureKind.BEAR_CALL_SPREAD: (structure("-C105", "+C110"), "-0.85", None),
    StructureKind.LONG_STRADDLE: (structure("+P100", "+C100"), "5", None),
    StructureKind.LONG_STRANGLE: (structure("+P95", "+C105"), "2.40", None),
    StructureKind.SHORT_STRADDLE: (structure("-P100", "-C100"), "-5", BARE),
    StructureKind.SHORT_STRANGLE: (structure("-P95", "-C105"), "-2.40", BARE),
    StructureKind.IRON_CONDOR: (structure("+P90", "-P95", "-C105", "+C110"), "-1.70", None),
    StructureKind.IRON_BUTTERFLY: (structure("+P95", "-P100", "-C100", "+C105"), "-3.10", None),
    StructureKind.LONG_IRON_CONDOR: (structure("-P90", "+P95", "+C105", "-C110"), "1.70", None),
    StructureKind.CALL_BUTTERFLY: (structure("+C95", "-2C100", "+C105"), "1.20", None),
    StructureKind.PUT_BUTTERFLY: (structure("+P95", "-2P100", "+P105"), "1.20", None),
    StructureKind.CALL_CALENDAR: (calendar("C"), "1.10", None),
    StructureKind.PUT_CALENDAR: (calendar("P"), "1.10", None),
    StructureKind.JADE_LIZARD: (structure("-P90", "-C105", "+C110"), "-1.30", BARE),
    StructureKind.COLLAR: (structure("+100S", "+P95", "-C105"), "100", SHARES),
}


def test_table_when_a_structure_is_added_then_it_is_here():
    assert set(TABLE) == set(StructureKind) - {StructureKind.CUSTOM}
    assert all(recognise(wanted) is kind for kind, (wanted, _, _) in TABLE.items())


@pytest.mark.parametrize("kind", TABLE)
def test_entry_when_alpaca_takes_it_then_signed_and_named_else_refused_unsent(kind):
    wanted, limit, told = TABLE[kind]
    order = enter(wanted, limit, units=3)
    refusal = structure_refusal(order)
    if told is not None:
        assert told in refusal
        return
    body = structure_payload(order)

    assert refusal is None
    assert (body["qty"], body["type"], body["time_in_force"]) == ("3", "limit", "day")
    assert body["client_order_id"] == order.client_order_id
    if len(wanted.legs) == 1:
        # A plain order has no sign: its side says which way the money goes.
        assert Decimal(body["limit_price"]) == abs(Decimal(limit))
        assert body["position_intent"] == f"{body['side']}_to_open"
        assert "order_class" not in body
        assert "legs" not in body
    else:
        assert (body["order_class"], Decimal(body["limit_price"])) == ("mleg", Decimal(limit))
        assert set(body) & {"symbol", "side", "position_intent"} == set()
        assert body["legs"] == [
            {
                "symbol": leg.instrument.symbol,
                "ratio_qty": str(abs(leg.ratio)),
                "side": "buy" if leg.ratio > 0 else "sell",
                "position_intent": "buy_to_open" if leg.ratio > 0 else "sell_to_open",
            }
            for leg in wanted.legs
        ]


@pytest.mark.parametrize("kind", [kind for kind, row in TABLE.items() if row[2] is not SHARES])
def test_exit_when_it_leaves_anything_then_it_closes_and_the_sign_is_turned(kind):
    wanted, limit, _ = TABLE[kind]
    order = leave(wanted, -Decimal(limit), units=2)
    body = structure_payload(order)
    legs = body.get("legs", [body])

    assert structure_refusal(order) is None
    assert [leg["side"] for leg in legs] == ["sell" if leg.ratio > 0 else "buy" for leg in wanted.legs]
    assert all(leg["position_intent"] == f"{leg['side']}_to_close" for leg in legs)
    if len(legs) > 1:
        assert Decimal(body["limit_price"]) == -Decimal(limit)


@pytest.mark.parametrize("kind", [kind for kind, row in TABLE.items() if row[2] is None])
def test_price_when_its_sign_is_wrong_then_nothing_is_sent(kind):
    # Alpaca fills a credit that is asked for as a debit at once, and gives the difference away.
    wanted, limit, _ = TABLE[kind]

    assert SIGN in structure_refusal(enter(wanted, -Decimal(limit)))


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (enter(structure("+C100", "-C105"), "2.105"), "2 decimal places"),
        (enter(structure("+C100", "-C105"), "NaN"), "2 decimal places"),
        (enter(structure("+C100", "-C105"), "2.10", units=0), "units"),
        (enter(structure("+C100"), "0"), "positive price"),
        (replace(enter(structure("+C100"), "1"), client_order_id="x" * 129), "128 characters"),
        # What is bought for sooner covers nothing that is sold for later.
        (enter(calendar("C").opposite(), "-1"), "to be covered"),
        (enter(structure("+C95", "-2C100"), "1"), "to be covered"),
    ],
)
def test_order_when_it_cannot_be_taken_then_refused_with_why(order, told):
    assert told in structure_refusal(order)


def test_price_when_it_is_round_then_plain_digits():
    body = structure_payload(enter(structure("+P100", "+C100"), "100.00"))

    assert body["limit_price"] == "100"


def test_ratios_when_not_one_then_each_leg_says_its_own():
    body = structure_payload(enter(structure("+C95", "-2C100", "+C105"), "1.20", units=10))

    assert body["qty"] == "10"
    assert [leg["ratio_qty"] for leg in body["legs"]] == ["1", "2", "1"]
