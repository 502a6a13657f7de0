"""What the simulated Alpaca refuses of orders of several legs, and what happens to options by themselves."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.brokers.paper.structures.builders import contract
from tests.simulators.alpaca.assets import Asset
from tests.simulators.alpaca.chains import list_chain

pytestmark = pytest.mark.integration
NOON = datetime(2025, 3, 3, 17, 0, tzinfo=UTC)
FRIDAY = {"half past three": (19, 30), "three": (19, 0), "the close": (20, 0)}
INVALID, UNPROCESSABLE, FORBIDDEN = (422, 40010001), (422, 42210000), (403, 40310000)


def name(text, expiry=date(2025, 3, 21)):
    return contract(text, expiry).symbol


def leg(text, intent="open", ratio="1", **changes):
    side = "buy" if text[0] == "+" else "sell"
    own = {
        "symbol": name(text[1:]),
        "ratio_qty": ratio,
        "side": side,
        "position_intent": f"{side}_to_{intent}",
    }
    return {field: value for field, value in (own | changes).items() if value is not None}


def legs(*texts, intent="open"):
    return [leg(text, intent) for text in texts]


PUTS = legs("+P90", "-P95")


@pytest.fixture
def fake(fake):
    fake.set_clock(NOON)
    fake.market.move("AAPL", Decimal(100))
    list_chain(fake, "AAPL", Decimal(100))
    return fake


@pytest.fixture
def send(driver, fake):
    """Send a put spread for a credit of 0.20 at least, changed; a field that is None is left out."""

    def submit(**changes):
        body = {"order_class": "mleg", "qty": "1", "type": "limit", "limit_price": "-0.20"}
        body |= {"time_in_force": "day", "legs": PUTS}
        sent = {field: value for field, value in (body | changes).items() if value is not None}
        return driver.call("POST", "/v2/orders", json=sent)

    return submit


@pytest.fixture
def filled(send, driver):
    def submit(*texts, **changes):
        answer = send(**{"legs": legs(*texts), "type": "market", "limit_price": None} | changes)
        assert answer.status_code == 200, answer.text
        order = driver.shown(answer.json()["id"])
        assert order["status"] == "filled"
        return order

    return submit


@pytest.fixture
def held(driver):
    return lambda: {row["symbol"]: row["qty"] for row in driver.get("/v2/positions")}


@pytest.mark.parametrize(
    ("changes", "refusal", "told"),
    [
        ({"legs": PUTS[:1]}, UNPROCESSABLE, "2 to 4 legs"),
        ({"legs": legs("+P80", "+P85", "+P90", "+P95", "+P100")}, UNPROCESSABLE, "2 to 4 legs"),
        ({"legs": None}, INVALID, "legs are required"),
        ({"legs": [PUTS[0], PUTS[0]]}, UNPROCESSABLE, "must be distinct"),
        ({"legs": [leg("+P90", ratio="2"), leg("-P95", ratio="2")]}, UNPROCESSABLE, "GCD[2 2] = 2"),
        ({"legs": [leg("+P90", ratio="1.5"), leg("-P95")]}, UNPROCESSABLE, "whole number"),
        (
            {"legs": [leg("+P90", position_intent=None), leg("-P95")]},
            UNPROCESSABLE,
            "leg.0 position intent is",
        ),
        ({"legs": [leg("+P90", side=None), leg("-P95")]}, INVALID, "leg.0 side is required"),
        ({"legs": [leg("+P90", symbol="AAPL"), leg("-P95")]}, UNPROCESSABLE, "not an option contract"),
        ({"legs": [leg("+P91"), leg("-P95")]}, UNPROCESSABLE, "not found"),
        ({"legs": [leg("+P90", extra="x"), leg("-P95")]}, INVALID, "unknown fields of leg.0"),
        ({"symbol": "AAPL"}, INVALID, "unknown fields for mleg orders: symbol"),
        ({"qty": "1.5"}, UNPROCESSABLE, "whole number qty"),
        ({"qty": None}, INVALID, "qty is required"),
        ({"notional": "100"}, UNPROCESSABLE, "notional is not supported"),
        ({"extended_hours": True}, UNPROCESSABLE, "extended hours is not supported"),
        ({"type": "stop"}, UNPROCESSABLE, "only market and limit"),
        ({"time_in_force": "ioc"}, UNPROCESSABLE, "order_time_in_force provided not supported"),
        ({"limit_price": "-0.205"}, UNPROCESSABLE, "limited to 2 decimal places"),
        ({"limit_price": None}, INVALID, "require a limit price"),
        ({"type": "market"}, INVALID, "require no limit price"),
        (
            {"legs": legs("+P90", "-P95", intent="close")},
            UNPROCESSABLE,
            "position intent mismatch, inferred: buy",
        ),
        ({"legs": legs("-P95", "-C105")}, FORBIDDEN, "not eligible to trade uncovered option contracts"),
        ({"legs": legs("-P90", "-C105", "+C110")}, FORBIDDEN, "uncovered option contracts"),
        ({"legs": [leg("+C95"), leg("-C100", ratio="2")]}, FORBIDDEN, "uncovered option contracts"),
        ({"qty": "300"}, FORBIDDEN, "insufficient options buying power"),
        ({"client_order_id": "x" * 129}, INVALID, "no more than 128"),
    ],
)
def test_spread_when_alpaca_would_refuse_it_then_so_does_the_simulator(send, held, changes, refusal, told):
    answer = send(**changes)

    assert (answer.status_code, answer.json()["code"]) == refusal
    assert told in answer.json()["message"]
    assert held() == {}


@pytest.mark.parametrize(
    ("level", "told"),
    [
        (0, "not authorized to trade options"),
        (1, "not eligible to trade spreads"),
        (2, "not eligible to trade spreads"),
    ],
)
def test_spread_when_the_level_is_too_low_then_refused(send, fake, level, told):
    fake.exchange.account.options_level = level
    answer = send()

    assert (answer.status_code, answer.json()["code"]) == FORBIDDEN
    assert told in answer.json()["message"]


@pytest.mark.parametrize(
    ("limits", "refusal", "told"),
    [
        ({"spreads_enabled": False}, FORBIDDEN, "submit mleg order is disabled"),
        ({"most_contracts": 4}, UNPROCESSABLE, "options order qty must be <= 4"),
    ],
)
def test_spread_when_the_account_has_limits_then_refused(send, fake, limits, refusal, told):
    for field, value in limits.items():
        setattr(fake.exchange.account, field, value)
    answer = send(qty="5")

    assert (answer.status_code, answer.json()["code"]) == refusal
    assert answer.json()["message"] == told


def test_spread_when_underlyings_differ_then_refused(send, fake):
    fake.market.move("MSFT250321P00390000", "5")
    answer = send(legs=[leg("+P90", symbol="MSFT250321P00390000"), leg("-P95")])

    assert "underlying asset mismatch" in answer.json()["message"]


@pytest.mark.parametrize(
    ("changes", "told"), [({"tradable": False}, "is not tradable"), ({"active": False}, "is not active")]
)
def test_contract_when_it_cannot_be_traded_then_refused(send, fake, changes, told):
    fake.exchange.catalogue.list(Asset(name("P95"), **changes))

    assert told in send().json()["message"]


def test_expiry_day_when_it_is_late_then_nothing_opens_what_is_held_may_be_left(send, filled, fake):
    filled("+P90", "-P95")
    closing = legs("-P90", "+P95", intent="close")
    fake.set_clock(datetime(2025, 3, 21, *FRIDAY["three"], tzinfo=UTC))
    assert send().status_code == 200
    fake.set_clock(datetime(2025, 3, 21, *FRIDAY["half past three"], tzinfo=UTC))
    assert "expires soon, unable to open new positions" in send(legs=legs("+P85", "-P100")).json()["message"]
    assert send(legs=closing, limit_price="9").status_code == 200
    fake.set_clock(datetime(2025, 3, 21, *FRIDAY["the close"], tzinfo=UTC))
    assert "is expired" in send().json()["message"]


def test_market_order_when_the_market_is_closed_then_refused_and_a_limit_waits(send, fake, driver):
    fake.clock.close()
    answer = send(type="market", limit_price=None)
    assert "only allowed during market hours" in answer.json()["message"]
    waiting = send(limit_price="-0.01").json()
    fake.clock.open()

    assert waiting["status"] == "accepted"
    assert driver.shown(waiting["id"])["status"] == "filled"


def test_single_contract_when_at_the_market_out_of_hours_then_refused(driver, fake):
    fake.clock.close()
    answer = driver.submit(symbol=name("C100"), qty="1")

    assert "only allowed during market hours" in answer.json()["message"]


def test_spread_when_filled_then_whole_legs_with_a_signed_average(filled, held):
    order = filled("+P90", "-P95", qty="3")
    shown = order["legs"]

    assert (order["symbol"], order["side"], order["asset_class"], order["type"]) == ("", "", "", "market")
    assert Decimal(order["filled_avg_price"]) < 0
    assert [row["filled_qty"] for row in shown] == ["3", "3"]
    assert [row["ratio_qty"] for row in shown] == ["1", "1"]
    assert held() == {name("P90"): "3", name("P95"): "-3"}


def test_positive_limit_when_of_a_credit_then_it_is_filled_at_once_for_whatever_is_there(send, driver):
    # What a docs sample does, and what users lost money by: the sign is not looked at.
    order = driver.shown(send(limit_price="0.85").json()["id"])

    assert order["status"] == "filled"
    assert Decimal(order["filled_avg_price"]) < 0


@pytest.mark.parametrize("fraction", ["0.4", "0.65"])
def test_part_when_it_fills_then_in_whole_units_of_every_leg(send, fake, driver, held, fraction):
    fake.inject("partial_fill", fraction=Decimal(fraction))
    order = driver.shown(send(qty="5", limit_price="-0.01").json()["id"])
    units = str(int(5 * Decimal(fraction)))

    assert (order["status"], order["filled_qty"]) == ("partially_filled", units)
    assert held() == {name("P90"): units, name("P95"): f"-{units}"}


def test_leg_when_canceled_or_replaced_alone_then_refused(send, driver):
    order = send(limit_price="-5").json()
    single = order["legs"][0]["id"]
    canceled = driver.call("DELETE", f"/v2/orders/{single}")
    replaced = driver.call("PATCH", f"/v2/orders/{single}", json={"qty": "2"})

    assert canceled.json()["message"] == "cannot cancel individual legs of a mleg order"
    assert replaced.json()["message"] == "cannot replace individual legs of a mleg order"
    assert (canceled.status_code, replaced.status_code) == (422, 422)
    assert driver.call("PATCH", f"/v2/orders/{order['id']}", json={"qty": "2"}).status_code == 403


def test_spread_when_canceled_then_its_legs_go_and_it_is_too_late_for_another(send, driver):
    order = send(limit_price="-5").json()
    assert driver.call("DELETE", f"/v2/orders/{order['id']}").status_code == 204

    shown = driver.shown(order["id"])
    assert [row["status"] for row in (shown, *shown["legs"])] == ["canceled"] * 3
    assert driver.call("DELETE", f"/v2/orders/{order['id']}").status_code == 422


def test_contract_when_two_spreads_share_it_then_netted_and_the_intent_must_agree(send, filled, held):
    filled("+P90", "-P95")
    clash = send(legs=legs("+P95", "-P100"))
    assert "inferred: buy_to_close, specified: buy_to_open" in clash.json()["message"]
    filled("-P95", "+P85")

    assert held() == {name("P85"): "1", name("P90"): "1", name("P95"): "-2"}


def test_close_when_another_order_closes_the_same_then_refused(send, filled):
    filled("+P90", "-P95")
    closing = legs("-P90", "+P95", intent="close")
    assert send(legs=closing, limit_price="0.01").status_code == 200
    answer = send(legs=closing, limit_price="0.01")

    assert (answer.status_code, answer.json()["code"]) == FORBIDDEN
    assert "insufficient qty available" in answer.json()["message"]


@pytest.mark.parametrize(("texts", "sold"), [(("+C100", "-C105"), "C100"), (("-C95", "+C100"), "C100")])
def test_bought_leg_when_sold_while_it_covers_then_refused(filled, driver, held, texts, sold):
    filled(*texts)
    answer = driver.submit(symbol=name(sold), qty="1", side="sell", type="limit", limit_price="0.01")

    assert (answer.status_code, answer.json()["code"]) == FORBIDDEN
    assert "uncovered option contracts" in answer.json()["message"]
    assert name(sold) in held()


def test_bought_put_when_sold_while_it_covers_then_the_other_wants_its_cash(filled, driver, fake):
    filled("+P90", "-P95")
    fake.exchange.account.cash = Decimal(2000)
    answer = driver.submit(symbol=name("P90"), qty="1", side="sell", type="limit", limit_price="0.01")

    assert "cash-secured put (required: 9000, available:" in answer.json()["message"]


def test_roll_when_of_a_single_short_leg_then_refused_though_a_bought_one_is_held(filled, send):
    filled("+P85", "-P95")
    rolled = [leg("+P95", "close"), leg("-P90")]

    assert "uncovered option contracts" in send(legs=rolled).json()["message"]


def test_money_when_a_spread_is_held_then_its_width_is_tied_up(filled, driver):
    before = driver.get("/v2/account")
    order = filled("+P90", "-P95", qty="2")
    after = driver.get("/v2/account")
    credit = -Decimal(order["filled_avg_price"]) * 200

    assert Decimal(after["cash"]) == Decimal(before["cash"]) + credit
    tied = Decimal(before["options_buying_power"]) - Decimal(after["options_buying_power"])
    assert tied == 1000 - credit


@pytest.mark.parametrize(
    ("spot", "left", "shares", "kinds"),
    [
        ("100", {}, None, ["OPEXP", "OPEXP"]),
        ("93", {}, "100", ["OPASN", "OPEXP", "OPTRD"]),
        ("85", {}, None, ["OPASN", "OPEXC", "OPTRD", "OPTRD"]),
    ],
)
def test_expiry_when_it_comes_then_positions_move_at_once_and_activities_tell_it_tomorrow(
    filled, fake, driver, held, spot, left, shares, kinds
):
    filled("+P90", "-P95")
    fake.market.move("AAPL", spot)
    fake.set_clock(datetime(2025, 3, 21, 20, 5, tzinfo=UTC))
    now = held()
    today = driver.get("/v2/account/activities")
    fake.set_clock(datetime(2025, 3, 22, 14, 0, tzinfo=UTC))
    told = driver.get("/v2/account/activities")

    assert now == (left if shares is None else {"AAPL": shares})
    assert today == []
    assert sorted(row["activity_type"] for row in told) == kinds
    assert len(driver.get("/v2/account/activities/OPEXP")) == kinds.count("OPEXP")


def test_assignment_when_early_then_shares_come_and_the_bought_leg_stays(filled, fake, driver, held):
    filled("+P90", "-P95")
    driver.call("POST", "/_simulator/switches", json={"assign": {name("P95"): 1}})

    assert held() == {name("P90"): "1", "AAPL": "100"}


def test_short_leg_when_the_broker_closes_it_then_alone_at_the_market_by_an_order_of_its_own(
    filled, fake, driver, held
):
    filled("+P90", "-P95", client_order_id="ours")
    driver.call("POST", "/_simulator/switches", json={"close_short_legs_at_expiry": True})
    fake.set_clock(datetime(2025, 3, 21, 19, 29, tzinfo=UTC))
    assert set(held()) == {name("P90"), name("P95")}
    fake.set_clock(datetime(2025, 3, 21, 19, 30, 34, tzinfo=UTC))

    assert held() == {name("P90"): "1"}
    (forced,) = [
        row for row in driver.get("/v2/orders?status=all&nested=true") if row["symbol"] == name("P95")
    ]
    assert (forced["type"], forced["side"], forced["status"]) == ("market", "buy", "filled")
    assert forced["client_order_id"] != "ours"


def test_short_leg_when_an_exit_works_on_it_then_that_is_canceled_before_it_goes(
    filled, send, fake, driver, held
):
    filled("+P90", "-P95")
    closing = send(legs=legs("-P90", "+P95", intent="close"), limit_price="0.01").json()
    driver.call("POST", "/_simulator/switches", json={"close_short_legs_at_expiry": True})
    fake.set_clock(datetime(2025, 3, 21, 19, 30, 34, tzinfo=UTC))

    assert held() == {name("P90"): "1"}
    assert driver.shown(closing["id"])["status"] == "canceled"
