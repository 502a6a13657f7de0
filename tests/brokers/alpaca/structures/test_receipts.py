from decimal import Decimal

import pytest

from app.brokers.alpaca.structures.receipts import structure_receipt
from app.domain.orders import OrderStatus
from app.domain.structures.orders import LegFill
from tests.brokers.alpaca.harness import AT, OTHER, PARENT, row
from tests.brokers.alpaca.structures.rows import BOUGHT, SOLD, leg, spread

pytestmark = pytest.mark.unit


def test_receipt_when_it_works_then_units_and_the_signed_limit():
    receipt = structure_receipt([spread()], "bot-x")

    assert (receipt.status, receipt.units, receipt.limit) == (OrderStatus.ACCEPTED, 3, Decimal("-0.85"))
    assert (receipt.filled_units, receipt.average_net, receipt.legs) == (0, None, ())


def test_receipt_when_filled_then_the_net_is_what_the_legs_cost():
    filled = spread("3", "-0.87", "1.40", "0.53", status="filled", filled_at=AT)
    receipt = structure_receipt([filled], "bot-x")

    assert (receipt.status, receipt.filled_units) == (OrderStatus.FILLED, 3)
    assert receipt.average_net == Decimal("-0.87")
    assert receipt.legs == (
        LegFill(SOLD, Decimal(-3), Decimal("1.40")),
        LegFill(BOUGHT, Decimal(3), Decimal("0.53")),
    )
    assert receipt.filled_at is not None


def test_receipt_when_legs_say_another_sign_than_the_parent_then_the_legs_are_believed():
    # The cash moves by the legs; a net price without its sign would book a credit as a debit.
    receipt = structure_receipt([spread("3", "0.87", "1.40", "0.53", status="filled")], "bot-x")

    assert receipt.average_net == Decimal("-0.87")


def test_receipt_when_a_leg_is_told_later_then_the_parent_is_believed():
    late = spread("2", "-0.87", "1.40", "0.53", status="partially_filled")
    late["legs"][1] = leg(BOUGHT, "buy", "1", "0.53")
    receipt = structure_receipt([late], "bot-x")

    assert (receipt.status, receipt.filled_units) == (OrderStatus.PARTIALLY_FILLED, 2)
    assert receipt.average_net == Decimal("-0.87")


@pytest.mark.parametrize("legs", [[], None])
def test_receipt_when_no_leg_is_told_then_the_parent_is_believed(legs):
    receipt = structure_receipt([spread("3", "-0.87", status="filled", legs=legs)], "bot-x")

    assert (receipt.average_net, receipt.legs) == (Decimal("-0.87"), ())


def test_receipt_when_replaced_by_hand_then_both_orders_fills_count_and_the_last_is_worked_with():
    first = spread("1", "-0.86", "1.40", "0.54", status="replaced", replaced_by=OTHER)
    second = spread("2", "-0.80", "1.30", "0.50", status="filled", id=OTHER, qty="2", limit_price="-0.80")
    for each in second["legs"]:
        each["qty"] = "2"
    receipt = structure_receipt([first, second], "bot-x")

    assert (receipt.broker_order_id, receipt.status) == (OTHER, OrderStatus.FILLED)
    assert (receipt.units, receipt.filled_units) == (3, 3)
    assert receipt.average_net == Decimal("-2.46") / 3


@pytest.mark.parametrize(("side", "sign"), [("buy", 1), ("sell", -1)])
def test_receipt_when_of_one_contract_then_its_side_is_the_sign(side, sign):
    facts = {"symbol": SOLD, "asset_class": "us_option", "order_class": "simple", "type": "limit"}
    fills = {"qty": "4", "filled_qty": "4", "filled_avg_price": "1.25", "status": "filled"}
    receipt = structure_receipt([row("bot-x", **facts | fills, side=side, limit_price="1.30")], "bot-x")

    assert (receipt.broker_order_id, receipt.units, receipt.filled_units) == (PARENT, 4, 4)
    assert (receipt.limit, receipt.average_net) == (sign * Decimal("1.30"), sign * Decimal("1.25"))
    assert receipt.legs == (LegFill(SOLD, Decimal(4 * sign), Decimal("1.25")),)


@pytest.mark.parametrize(
    "broken",
    [
        spread("1.5", "-0.85", "1.40", "0.53"),
        spread("3", None, None, "0.53"),
        spread("3", None, "1.40", "0.53") | {"legs": []},
    ],
)
def test_receipt_when_fills_make_no_sense_then_it_is_no_answer(broken):
    with pytest.raises((ValueError, KeyError)):
        structure_receipt([broken], "bot-x")
