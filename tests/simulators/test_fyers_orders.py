"""Orders at the simulated Fyers: what it takes, and what becomes of them."""

import pytest

from tests.simulators.fyers.orders import CANCELLED, EXPIRED, FILLED, PENDING, REJECTED

pytestmark = pytest.mark.integration
LIMIT, MARKET, STOP, STOP_LIMIT = 1, 2, 3, 4
BUY_LIMIT = {"type": LIMIT, "limitPrice": 90}
NIFTY = "NSE:NIFTY50-INDEX"
ORDERS = "/api/v3/orders/sync"


def refused(answer):
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"symbol": "NSE:NIFTY26D0899999CE"}, -300),
        ({"symbol": NIFTY}, -300),
        ({"symbol": None}, -50),
        ({"qty": 64}, -50),
        ({"qty": 65.0}, -50),
        ({"qty": "65"}, -50),
        ({"qty": 0}, -50),
        ({"side": 2}, -50),
        ({"type": 5}, -50),
        ({"type": True}, -50),
        ({"productType": "CNC"}, -50),
        ({"productType": "BO", "stopLoss": 5, "takeProfit": 5}, -50),
        ({"productType": "CO", "stopLoss": 5}, -50),
        ({"validity": "GTC"}, -50),
        ({"disclosedQty": 65}, -50),
        ({"limitPrice": 100}, -50),
        ({"type": LIMIT}, -50),
        ({"type": LIMIT, "limitPrice": 100.03}, -50),
        ({"type": LIMIT, "limitPrice": 100, "stopPrice": 100}, -50),
        ({"type": STOP}, -50),
        ({"type": STOP, "stopPrice": 99}, -50),
        ({"type": STOP, "stopPrice": 101, "side": -1}, -50),
        ({"type": STOP_LIMIT, "stopPrice": 105, "limitPrice": 104}, -50),
        ({"type": STOP_LIMIT, "stopPrice": 95, "limitPrice": 96, "side": -1}, -50),
        ({"stopLoss": 5.02}, -50),
        ({"stopLoss": 100}, -50),
        ({"takeProfit": -1}, -50),
        ({"stopLoss": 100, "legType": 2}, -50),
        ({"orderTag": "with-dash"}, -50),
        ({"orderTag": "x" * 31}, -50),
        ({"orderTag": "Untagged"}, -50),
        ({"offlineOrder": "no"}, -50),
        ({"surprise": 1}, -50),
    ],
)
def test_order_when_a_field_is_wrong_then_refused_and_not_in_the_book(fyers, changes, code):
    assert refused(fyers.submit(**changes)) == (400, code)
    assert fyers.book() == []


def test_order_when_off_the_tick_then_the_text_is_that_of_fyers(fyers):
    answer = fyers.submit(stopLoss=5.02).json()

    assert answer == {"s": "error", "code": -50, "message": "StopLoss not a multiple of tick size 0.0500"}


def test_body_when_no_json_then_refused(fyers):
    assert refused(fyers.call("POST", ORDERS, data=b"{")) == (400, -50)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"qty": 1820}, "freeze quantity"),
        ({"type": LIMIT, "limitPrice": 5000}, "execution range"),
        ({"side": -1, "qty": 1755}, "Margin Shortfall"),
        ({"offlineOrder": True}, "AMO"),
    ],
)
def test_order_when_risk_management_objects_then_it_is_in_the_book_rejected(fyers, changes, text):
    fyers.admin("switches", {"cash": 200_000})
    answer = fyers.submit(**changes).json()
    order = fyers.shown(answer["id"])

    assert (answer["code"], order["status"]) == (-99, REJECTED)
    assert text in answer["message"] == order["message"]


def test_order_when_the_market_is_closed_then_only_offline_orders_wait(fyers):
    fyers.admin("clock", {"session": "closed"})
    assert refused(fyers.submit()) == (400, -99)
    waiting = fyers.placed(offlineOrder=True)
    fyers.admin("clock", {"session": "open"})

    assert (waiting["status"], fyers.shown(waiting["id"])["status"]) == (PENDING, FILLED)


def test_order_when_the_address_is_not_known_then_only_orders_are_refused(fyers):
    fyers.admin("switches", {"ip_allowed": False})

    assert fyers.submit().status_code == 403
    assert fyers.call("DELETE", "/api/v3/positions").status_code == 403
    assert fyers.book() == []


def test_market_order_when_taken_then_is_a_protected_limit_and_fills(fyers):
    order = fyers.placed()

    assert (order["status"], order["type"], order["limitPrice"], order["tradedPrice"]) == (
        FILLED,
        1,
        110,
        100,
    )


def test_tag_when_given_then_comes_back_with_its_number_and_finds_the_order(fyers):
    order = fyers.placed(orderTag="tag1")
    fyers.placed()

    assert order["orderTag"] == "1:tag1"
    assert [each["id"] for each in fyers.book(order_tag="1:tag1")] == [order["id"]]
    assert fyers.book(order_tag="tag1") == []


def test_tag_when_used_twice_then_both_orders_stand(fyers):
    fyers.placed(orderTag="tag1")
    fyers.placed(orderTag="tag1")

    assert len(fyers.book(order_tag="1:tag1")) == 2


def test_limit_order_when_the_price_comes_then_fills(fyers):
    order = fyers.placed(**BUY_LIMIT)
    fyers.move("89.50")
    after = fyers.shown(order["id"])

    assert (order["status"], after["status"], after["tradedPrice"]) == (PENDING, FILLED, 89.5)


def test_immediate_order_when_it_cannot_trade_then_is_cancelled(fyers):
    assert fyers.placed(**BUY_LIMIT, validity="IOC")["status"] == CANCELLED


@pytest.mark.parametrize(
    ("changes", "moves", "status"),
    [
        ({"type": STOP, "stopPrice": 105}, ["104.95"], PENDING),
        ({"type": STOP, "stopPrice": 105}, ["106"], FILLED),
        ({"type": STOP_LIMIT, "stopPrice": 105, "limitPrice": 106}, ["107"], PENDING),
        ({"type": STOP_LIMIT, "stopPrice": 105, "limitPrice": 106}, ["107", "104"], FILLED),
        ({"type": STOP, "stopPrice": 95, "side": -1}, ["94"], FILLED),
    ],
)
def test_stop_when_the_price_moves_then_triggers_as_it_should(fyers, changes, moves, status):
    order = fyers.placed(**changes)
    for price in moves:
        fyers.move(price)

    assert fyers.shown(order["id"])["status"] == status


def test_modify_when_pending_then_works_at_its_new_price(fyers):
    order = fyers.placed(**BUY_LIMIT)
    body = {"id": order["id"], "type": LIMIT, "limitPrice": 100.5, "qty": 130}
    answer = fyers.call("PATCH", ORDERS, json=body).json()
    after = fyers.shown(order["id"])

    assert (answer["code"], after["status"], after["qty"]) == (1102, FILLED, 130)


@pytest.mark.parametrize(
    "changes", [{"limitPrice": 90.03}, {"qty": 64}, {"type": 9}, {"side": -1}, {"type": 4, "limitPrice": 90}]
)
def test_modify_when_a_field_is_wrong_then_refused(fyers, changes):
    order = fyers.placed(**BUY_LIMIT)

    assert refused(fyers.call("PATCH", ORDERS, json={"id": order["id"]} | changes)) == (400, -50)
    assert fyers.shown(order["id"]) == order


def test_cancel_when_pending_then_is_cancelled_both_ways(fyers):
    first, second = fyers.placed(**BUY_LIMIT), fyers.placed(**BUY_LIMIT)
    answers = [
        fyers.call("DELETE", ORDERS, json={"id": first["id"]}).json(),
        fyers.call("DELETE", f"/api/v3/orders/{second['id']}/sync").json(),
    ]

    assert [answer["code"] for answer in answers] == [1103, 1103]
    assert [order["status"] for order in fyers.book()] == [CANCELLED, CANCELLED]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_change_when_unknown_or_over_then_refused(fyers, method):
    filled = fyers.placed()

    assert refused(fyers.call(method, ORDERS, json={"id": "26112500009999"})) == (400, -51)
    assert refused(fyers.call(method, ORDERS, json={"id": filled["id"]})) == (400, -51)


def test_day_when_over_then_orders_expire_and_the_book_is_empty(fyers):
    order = fyers.placed(**BUY_LIMIT)
    fyers.admin("expire")
    ended = fyers.shown(order["id"])
    fyers.fake.clock.advance(14 * 3600)
    fyers.wear(fyers.fake.tokens.login())

    assert (ended["status"], fyers.book(), len(fyers.fake.orders())) == (EXPIRED, [], 1)


def test_slices_when_asked_for_then_the_answer_has_another_shape(fyers):
    fyers.admin("switches", {"cash": 10_000_000})
    answer = fyers.submit(qty=3900, isSliceOrder=True).json()

    assert ("id" in answer, [each["statusCode"] for each in answer["data"]]) == (False, [200, 200, 200])
    assert [order["qty"] for order in fyers.book()] == [1755, 1755, 390]


def test_several_orders_when_sent_at_once_then_each_has_its_answer(fyers):
    orders = [fyers.body(), fyers.body(qty=7)]
    answer = fyers.call("POST", "/api/v3/multi-order/sync", json=orders).json()

    assert [each["body"]["code"] for each in answer["data"]] == [1101, -50]


def test_retired_products_when_switched_on_then_take_no_tag(fyers):
    fyers.admin("switches", {"retired_products": True})
    bracket = {"productType": "BO", "stopLoss": 5, "takeProfit": 5}

    assert refused(fyers.submit(**bracket, orderTag="tag1")) == (400, -50)
    assert len(fyers.legs(fyers.placed(**bracket))) == 2


def test_sdk_when_it_places_changes_and_cancels_then_the_codes_are_right(fyers, sdk):
    placed = sdk.place_order(fyers.body(**BUY_LIMIT, orderTag="tag1"))
    found = sdk.orderbook({"order_tag": "1:tag1"})["orderBook"]
    modified = sdk.modify_order({"id": placed["id"], "type": LIMIT, "limitPrice": 91})
    cancelled = sdk.cancel_order({"id": placed["id"]})

    assert [answer["code"] for answer in (placed, modified, cancelled)] == [1101, 1102, 1103]
    assert [order["id"] for order in found] == [placed["id"]]
