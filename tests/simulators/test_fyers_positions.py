"""Positions, money and exits at the simulated Fyers."""

import pytest

from tests.simulators.fyers.orders import CANCELLED, FILLED, PENDING

pytestmark = pytest.mark.integration
POSITIONS = "/api/v3/positions"
SELL = {"side": -1}
EXITS = {"stopLoss": 10, "takeProfit": 20}


def refused(answer):
    return answer.status_code, answer.json()["code"]


def available(fyers):
    return fyers.get("/api/v3/funds")["fund_limit"][-1]["equityAmount"]


def test_short_when_sold_then_the_quantity_is_negative_and_margin_is_bound(fyers):
    fyers.placed(**SELL)
    position = fyers.position()

    assert (position["netQty"], position["qty"], position["side"]) == (-65, 65, -1)
    assert available(fyers) == 1_000_000 - 65 * 25_000 * 0.12


def test_short_when_covered_then_stays_listed_with_nothing_and_its_profit(fyers):
    fyers.placed(**SELL)
    fyers.move("90")
    fyers.placed()
    position = fyers.position()

    assert (position["netQty"], position["side"], position["realized_profit"]) == (0, 0, 650)
    assert available(fyers) == 1_000_650


def test_cover_when_no_money_is_left_then_needs_none(fyers):
    fyers.placed(**SELL)
    fyers.admin("switches", {"cash": 0})

    assert refused(fyers.submit(qty=130)) == (400, -99)
    assert fyers.placed()["status"] == FILLED


def test_products_when_different_then_are_different_positions(fyers):
    fyers.placed()
    fyers.placed(productType="INTRADAY")
    symbol = fyers.option.symbol
    positions = fyers.get(POSITIONS)

    assert [each["id"] for each in positions["netPositions"]] == [f"{symbol}-MARGIN", f"{symbol}-INTRADAY"]
    assert positions["overall"]["count_open"] == 2


@pytest.mark.parametrize("body", [None, {}, {"exit_all": 1}, {"segment": [11], "side": [1, -1]}])
def test_exit_when_all_are_meant_then_nothing_is_open(fyers, body):
    fyers.placed()
    fyers.placed(**SELL, productType="INTRADAY")
    answer = fyers.call("DELETE", POSITIONS, json=body).json()

    assert (answer["code"], fyers.get(POSITIONS)["overall"]["count_open"]) == (200, 0)


def test_exit_when_one_is_meant_then_the_other_stays(fyers):
    fyers.placed()
    fyers.placed(productType="INTRADAY")
    fyers.call("DELETE", POSITIONS, json={"id": f"{fyers.option.symbol}-INTRADAY"})

    assert [each["netQty"] for each in fyers.get(POSITIONS)["netPositions"]] == [65, 0]


def test_exit_when_nothing_is_open_then_refused(fyers):
    assert refused(fyers.call("DELETE", POSITIONS, json={"exit_all": 1})) == (400, -352)
    assert refused(fyers.call("DELETE", POSITIONS, json={"id": "NSE:X-MARGIN"})) == (400, -53)


def test_exit_when_it_does_not_fill_then_201(fyers):
    fyers.placed()
    fyers.fake.inject("mpp_pending")

    assert fyers.call("DELETE", POSITIONS, json={}).json()["code"] == 201
    assert fyers.position()["netQty"] == 65


def test_exit_when_orders_shall_go_too_then_they_are_cancelled(fyers):
    order = fyers.placed(**EXITS)
    fyers.call("DELETE", POSITIONS, json={"exit_all": 1, "pending_orders_cancel": 1})

    assert [status for _, status, _, _ in fyers.legs(order)] == [CANCELLED, CANCELLED]


@pytest.mark.parametrize(
    ("changes", "prices"),
    [({}, [90, 120]), (SELL, [110, 80]), ({"legType": 2}, [90, 120])],
)
def test_exits_when_the_entry_fills_then_lie_on_the_right_sides(fyers, changes, prices):
    order = fyers.placed(**EXITS, **changes)

    assert fyers.legs(order) == [(3, PENDING, 65, prices[0]), (1, PENDING, 65, prices[1])]


@pytest.mark.parametrize(("price", "statuses"), [("89", [FILLED, CANCELLED]), ("121", [CANCELLED, FILLED])])
def test_exits_when_one_fills_then_the_other_is_cancelled(fyers, price, statuses):
    order = fyers.placed(**EXITS)
    fyers.move(price)

    assert [status for _, status, _, _ in fyers.legs(order)] == statuses
    assert fyers.position()["netQty"] == 0


def test_exits_when_the_entry_fills_in_parts_then_grow_with_it(fyers):
    fyers.fake.inject("partial_fill", times=1)
    order = fyers.placed(**EXITS, qty=195)
    grown = [quantity for _, _, quantity, _ in fyers.legs(order)]
    fyers.move("100")

    assert (grown, [leg[2] for leg in fyers.legs(order)]) == ([65, 65], [195, 195])


def test_exits_when_the_position_is_covered_otherwise_then_stay(fyers):
    order = fyers.placed(**EXITS)
    fyers.placed(**SELL)

    assert [status for _, status, _, _ in fyers.legs(order)] == [PENDING, PENDING]


@pytest.mark.parametrize(("carry", "found"), [(True, 3), (False, 1)])
def test_exits_when_the_entry_has_a_tag_then_carry_it_if_told_so(fyers, carry, found):
    fyers.admin("switches", {"legs_carry_tag": carry})
    fyers.placed(**EXITS, orderTag="tag1")

    assert len(fyers.book(order_tag="1:tag1")) == found


def test_attach_when_a_position_is_open_then_it_has_exits(fyers):
    order = fyers.placed(**SELL)
    body = {"positionId": fyers.position()["id"], **EXITS}
    answer = fyers.call("PATCH", POSITIONS, json=body).json()

    assert answer["s"] == "ok"
    assert fyers.legs(order) == [(3, PENDING, 65, 110), (1, PENDING, 65, 80)]


def test_attach_when_repeated_then_replaces_removes_and_keeps(fyers):
    order = fyers.placed(**EXITS)
    position = {"positionId": fyers.position()["id"]}
    fyers.call("PATCH", POSITIONS, json=position | {"stopLoss": 5, "takeProfit": None})
    working = [leg for leg in fyers.legs(order) if leg[1] == PENDING]

    assert working == [(3, PENDING, 65, 95)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"positionId": "NSE:X-MARGIN", "stopLoss": 5}, -53),
        ({}, -50),
        ({"stopLoss": 5.01}, -50),
        ({"stopLoss": 5, "qty": 130}, -50),
    ],
)
def test_attach_when_wrong_then_refused(fyers, body, code):
    fyers.placed()

    assert refused(fyers.call("PATCH", POSITIONS, json={"positionId": fyers.position()["id"]} | body)) == (
        400,
        code,
    )


def test_trades_when_filled_then_are_listed(fyers):
    fyers.placed(orderTag="tag1")
    trades = fyers.get("/api/v3/tradebook")["tradeBook"]

    assert [(each["tradedQty"], each["tradePrice"], each["orderTag"]) for each in trades] == [
        (65, 100, "1:tag1")
    ]


def test_holdings_when_set_then_are_listed_with_their_worth(fyers):
    fyers.admin("holdings", {"NSE:SBIN-EQ": [10, "900"]})
    holdings = fyers.get("/api/v3/holdings")

    assert (holdings["holdings"][0]["pl"], holdings["overall"]["total_current_value"]) == (600, 9600)


def test_sdk_when_it_attaches_and_exits_with_nothing_said_then_all_is_closed(fyers, sdk):
    fyers.placed()
    attached = sdk.attach_position_legs(
        {"positionId": sdk.positions()["netPositions"][0]["id"], "stopLoss": 5}
    )
    closed = sdk.exit_positions({})

    assert (attached["s"], closed["code"]) == ("ok", 200)
    assert sdk.positions()["netPositions"][0]["netQty"] == 0
