"""The ten steps of an option alert, from its document, each against the simulated Fyers."""

from decimal import Decimal

import pytest

from tests.builders import in_a_hurry, services_of

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("logged_in")]


@pytest.fixture
def orders(fake):
    """List side, type, quantity and state of every order that Fyers ever took."""
    return lambda: [(row["side"], row["type"], row["qty"], row["status"]) for row in fake.orders()]


@pytest.fixture
def settle(app):
    """Let fills reach tickets and trades."""
    return services_of(app).portfolio.tracker.follow


@pytest.fixture
def short(ticker, post, settle):
    """Have sold two lots."""
    assert post(qty=130)[1]["status"] == "ordered"
    settle()


def code(answer: tuple[int, dict]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


def test_step_1_when_a_field_is_missing_then_400_and_it_is_named(post, orders):
    status, answer = post(expiry=None)

    assert (status, answer["status"]) == (400, "error")
    assert "expiry" in answer["error"]["message"]


def test_step_2_when_the_key_was_seen_then_the_first_answer_and_no_call(ticker, post, fake):
    first = post(idempotency_key="nifty-1")
    calls = len(fake.requests)

    assert post(idempotency_key="nifty-1") == first
    assert len(fake.requests) == calls


def test_step_3_when_the_token_is_wrong_then_401(app, fake, ticker):
    response = app.test_client().post(
        "/webhook", json={"token": "wrong", "strikeprice": 1, "optionType": "CE"}
    )

    assert (response.status_code, fake.orders()) == (401, [])


@pytest.mark.parametrize(
    ("changes", "reason", "told"),
    [
        ({"strikeprice": "24501"}, "CONTRACT_UNKNOWN", "the nearest are 24500"),
        ({"expiry": "2026-11-26"}, "CONTRACT_UNKNOWN", "2026-12-01"),
        ({"symbol": "NSE:NIFTTY"}, "CONTRACT_UNKNOWN", "NIFTY"),
        ({"expiry": "soon"}, "CONTRACT_MALFORMED", "SOON"),
    ],
)
def test_step_4_when_there_is_no_such_contract_then_what_is_there_is_named(
    ticker, post, orders, changes, reason, told
):
    answer = post(**changes)

    assert code(answer) == (400, reason)
    assert told in answer[1]["error"]["message"]


@pytest.mark.parametrize(("strike", "found"), [("ATM", 24500), ("ATM-1", 24450), ("OTM2", 24600)])
def test_step_4_when_the_strike_is_counted_from_the_money_then_the_spot_is_asked(
    post, fake, ticker, operator, strike, found
):
    fake.market.move("NSE:NIFTY50-INDEX", Decimal(24510))
    _, answer = post(strikeprice=strike)
    (gate,) = [
        item
        for item in operator.get(f"/api/tickets/{answer['ticket']}").json["gates"]
        if item["gate"] == "symbol_known"
    ]

    assert f"NIFTY261201C{found}000" in gate["detail"]


def test_step_5_when_the_login_has_died_then_entries_are_denied(ticker, post, fake, orders):
    fake.tokens.kill()
    answer = post()

    assert code(answer) == (400, "BROKER_LOGIN_REQUIRED")
    assert orders() == []


def test_step_6_when_nothing_was_sold_then_a_buy_is_refused(ticker, post, orders):
    assert code(post(action="BUY")) == (400, "COVER_WITHOUT_SHORT")
    assert orders() == []


def test_step_6_when_less_was_sold_then_a_buy_is_refused(short, post, orders):
    refused = post(action="BUY", qty=195)

    assert code(refused) == (400, "COVER_EXCEEDS_SHORT")
    assert "asked 195 units, the bot holds -130 units." in refused[1]["error"]["message"]
    assert len(orders()) == 1


def test_step_6_when_an_earlier_cover_is_in_doubt_then_only_the_rest_is_covered(short, post, fake, orders):
    fake.inject("unacknowledged", when="before", times=1)
    first = post(action="BUY", qty=65)[1]["status"]

    assert first == "pursuing"
    assert code(post(action="BUY", qty=130, idempotency_key="b")) == (400, "COVER_EXCEEDS_SHORT")
    assert post(action="BUY", qty=65, idempotency_key="c")[1]["status"] == "ordered"


def test_step_6_when_an_order_by_hand_covers_too_then_the_account_does_not_end_long(
    ticker, post, settle, fake, orders
):
    post(qty=130)
    by_hand = {"symbol": ticker, "qty": 65, "type": 1, "side": 1, "productType": "MARGIN", "limitPrice": 90}
    fake.exchange.place(by_hand | {"validity": "DAY", "orderTag": "mine"})
    settle()
    status, answer = post(action="BUY", qty=130)

    assert (status, answer["order"]["quantity"]) == (200, "65")
    assert orders()[-1][:3] == (1, 1, 65)


def test_step_6_when_it_was_sold_otherwise_then_a_cover_takes_its_product(ticker, post, orders):
    post()
    post(action="BUY", productType="INTRADAY", idempotency_key="b")

    assert [each[:3] for each in orders()] == [(-1, 1, 65), (1, 1, 65)]


def test_step_6_when_it_was_sold_then_a_buy_covers(short, post, orders):
    status, answer = post(action="BUY", qty=65)

    assert (status, answer["order"]["role"]) == (200, "exit")
    assert orders()[-1][:3] == (1, 1, 65)


def test_step_7_when_there_is_no_price_then_400(post, fake, ticker, orders):
    fake.market.move(ticker, None)

    assert code(post()) == (400, "PRICE_UNKNOWN")
    assert orders() == []


def test_step_7_when_it_is_sold_then_the_stop_lies_above_and_the_target_below(ticker, post, operator):
    ticket = operator.get(f"/api/tickets/{post()[1]['ticket']}").json

    assert ticket["exits"] == {"stop_loss": "101", "take_profit": "98", "basis": "100", "placed": False}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"qty": 64}, "QUANTITY_NOT_LOT"),
        ({"qty": 65 * 1000}, "QUANTITY_EXCEEDS_FREEZE"),
        ({"sl": 99}, "EXIT_MISPLACED"),
        ({"tp": 101}, "EXIT_MISPLACED"),
    ],
)
def test_step_8_when_a_parameter_is_unsound_then_400(ticker, post, orders, changes, reason):
    assert code(post(**changes)) == (400, reason)
    assert orders() == []


def test_step_8_when_more_than_allowed_is_asked_for_then_400(ticker, post, configure, orders):
    configure(max_order_quantity="65")

    assert code(post(qty=130)) == (400, "QUANTITY_EXCEEDS_LIMIT")


def test_step_9_when_fyers_was_only_busy_then_the_order_goes_out_all_the_same(ticker, post, fake, orders):
    fake.inject("rate_limit", methods=("POST",), times=1)
    status, _ = post()

    assert (status, len(orders())) == (200, 1)


def test_step_9_when_the_answer_is_lost_then_nothing_is_sent_again(
    app, ticker, post, fake, orders, settle, operator
):
    fake.inject("timeout", methods=("POST",), path="/orders", times=1)
    with in_a_hurry(services_of(app).brokers.registry.get("fyers")):
        status, answer = post()
    settle()

    assert (status, answer["status"], len(orders())) == (202, "unknown", 1)
    assert operator.get(f"/api/tickets/{answer['ticket']}").json["status"] == "filled"


def test_step_10_when_fyers_refuses_then_400_with_its_words(ticker, post, fake):
    fake.ip_allowed = False
    status, answer = post()

    assert (status, answer["status"]) == (400, "rejected")
    assert answer["error"]["message"]


def test_step_10_when_it_is_ordered_then_json_says_so(ticker, post):
    status, answer = post()

    assert (status, answer["status"], answer["order"]["symbol"]) == (
        200,
        "ordered",
        "NIFTY261201C24500000",
    )


def test_order_when_it_waits_then_a_changed_price_needs_no_leave_to_sell_shares_short(client, ticker, post):
    post(orderType="LIMIT", price=110, sl=150, tp=50, idempotency_key="first")
    answer = client.post("/webhook", json={"command": "modify", "order": "first", "limit_price": 112}).json

    assert (answer["status"], answer["order"]["limit_price"]) == ("ordered", "112")


def test_step_8_when_the_contract_is_held_under_another_product_then_an_entry_is_refused(
    ticker, post, orders, settle
):
    post(productType="INTRADAY")
    settle()
    status, answer = post(productType="MARGIN")

    assert (status, answer["status"], len(orders())) == (400, "rejected", 1)
    assert "held as INTRADAY" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("call_key", "put_key"),
    [("nifty-1", "nifty-1"), ("nifty-24500-CE-SELL-1", "nifty-24500-PE-SELL-1"), (None, None)],
    ids=["one key", "a key each", "no key"],
)
@pytest.mark.usefixtures("logged_in", "ticker")
def test_call_and_put_when_they_come_in_one_second_then_both_are_sold(
    post, held, fake, app, call_key, put_key
):
    put = services_of(app).brokers.symbols.index()
    (listed,) = [
        item
        for item in put
        if (item.underlying, item.expiry, item.strike, item.kind)
        == ("NIFTY", put.expiries("NIFTY")[0], Decimal(24500), "put")
    ]
    fake.market.move(listed.ticker, Decimal(100))
    answers = [
        post(optionType=kind, idempotency_key=key)
        for kind, key in (("CE", call_key), ("PE", put_key))
        for _ in "12"
    ]

    assert [status for status, _ in answers] == [200] * 4
    assert len({answer["ticket"] for _, answer in answers}) == 2
    assert held() == -130
