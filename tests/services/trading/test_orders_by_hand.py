"""What somebody has placed by hand counts: nothing is closed twice, and no account goes across zero."""

from decimal import Decimal

import pytest

from app.domain.instruments import AssetClass
from app.domain.orders import Order, OrderRole, OrderStatus, OrderType, Side, TimeInForce
from app.errors import BrokerUnavailable
from tests.builders import (
    EXIT_LONG,
    EXIT_SHORT,
    OPERATOR_TOKEN,
    WEBHOOK_SECRET,
    bridge_alert,
    client_of,
    services_of,
    strategy_alert,
)
from tests.domain.builders import APPLE

pytestmark = pytest.mark.unit

TURN_SHORT = {"strategy_order_id": "sell", "strategy_order_action": "sell"}


@pytest.fixture
def app(make_app, scripted):
    kinds = frozenset({AssetClass.EQUITY})
    scripted.capabilities = type(scripted)(short=kinds, opposing_orders=True, crosses_zero=True).capabilities
    return make_app(brokers={"paper": scripted}, dry_run=False, allow_short_selling=True)


@pytest.fixture
def rest(scripted):
    """Let an order rest that somebody placed by hand."""

    def place(side: Side, quantity: int, name: str = "by-hand", status=OrderStatus.ACCEPTED) -> None:
        order = Order(name, APPLE, side, OrderRole.ENTRY, OrderType.LIMIT, quantity=Decimal(quantity))
        scripted.take(order, status)

    return place


@pytest.fixture
def closed(client, scripted):
    """Post an alert; return its status and reason, and what was sent for it."""

    def post(alert: dict, path: str = "/webhook"):
        before = len(scripted.submitted)
        answer = client.post(path, json=alert).json
        sent = [(item.side.value, f"{item.quantity:f}") for item in scripted.submitted[before:]]
        return answer["status"], answer.get("error", {}).get("code"), sent

    return post


@pytest.mark.parametrize(
    ("resting", "expected"),
    [
        (0, ("filled", None, [("buy", "130")])),
        (65, ("filled", None, [("buy", "65")])),
        (130, ("denied", "POSITION_CLOSING", [])),
        (200, ("denied", "POSITION_CLOSING", [])),
    ],
)
def test_cover_when_an_order_by_hand_covers_too_then_the_account_does_not_end_long(
    scripted, rest, closed, resting, expected
):
    scripted.held["AAPL"] = Decimal(-130)
    if resting:
        rest(Side.BUY, resting)

    assert closed(strategy_alert(**EXIT_SHORT)) == expected


def test_plain_order_when_an_order_by_hand_closes_too_then_nothing_is_opened_either(scripted, rest, closed):
    scripted.held["AAPL"] = Decimal(130)
    rest(Side.SELL, 65)
    alert = bridge_alert(symbol="AAPL", side="sell", quantity="200", order_type="market", limit_price=None)

    assert closed(alert, "/tradingview/webhook") == ("filled", None, [("sell", "65")])


def test_trim_when_there_is_room_beside_an_order_by_hand_then_it_keeps_its_size(scripted, rest, closed):
    scripted.held["AAPL"] = Decimal(130)
    rest(Side.SELL, 65)
    alert = bridge_alert(symbol="AAPL", side="sell", quantity="60", order_type="market", limit_price=None)

    assert closed(alert, "/tradingview/webhook") == ("filled", None, [("sell", "60")])


def test_reversal_when_an_order_by_hand_closes_a_part_then_the_entry_waits_for_another_alert(
    scripted, rest, closed
):
    scripted.held["AAPL"] = Decimal(130)
    rest(Side.SELL, 65)

    assert closed(strategy_alert(**TURN_SHORT)) == ("filled", None, [("sell", "65")])


@pytest.mark.parametrize(
    ("side", "status"), [(Side.BUY, OrderStatus.ACCEPTED), (Side.SELL, OrderStatus.HELD)]
)
def test_exit_when_an_order_by_hand_closes_nothing_then_all_is_sold(scripted, rest, closed, side, status):
    scripted.held["AAPL"] = Decimal(130)
    rest(side, 65, status=status)

    assert closed(strategy_alert(**EXIT_LONG)) == ("filled", None, [("sell", "130")])


def test_exit_when_a_pair_by_hand_rests_then_its_legs_count_once(scripted, rest, closed):
    scripted.held["AAPL"] = Decimal(130)
    rest(Side.SELL, 65, "theirs-sl")
    rest(Side.SELL, 65, "theirs-tp")

    assert closed(strategy_alert(**EXIT_LONG)) == ("filled", None, [("sell", "65")])


def test_exit_when_an_order_by_hand_fills_while_it_is_decided_then_too_little_is_sold_and_never_too_much(
    scripted, rest, closed
):
    scripted.held["AAPL"] = Decimal(130)
    rest(Side.SELL, 65)
    listed = scripted.open_orders

    def fill_after_the_look():
        found = listed()
        if any(item.client_order_id == "by-hand" for item in found):
            scripted.held["AAPL"] -= 65
            scripted.taken.pop("by-hand")
        return found

    scripted.open_orders = fill_after_the_look

    assert closed(strategy_alert(**EXIT_LONG))[1] == "POSITION_CLOSING"
    assert scripted.held["AAPL"] == 65


def test_preview_when_an_order_by_hand_closes_a_part_then_it_says_what_the_order_will_be(
    operator, scripted, rest, closed
):
    scripted.held["AAPL"] = Decimal(-130)
    rest(Side.BUY, 65)
    alert = strategy_alert(**EXIT_SHORT)
    previewed = operator.post("/api/preview", json=alert).json["orders"][0]

    assert (previewed["side"], previewed["quantity"]) == closed(alert)[2][0]


def test_exit_when_the_brokers_orders_cannot_be_read_then_nothing_is_sold(scripted, closed):
    scripted.held["AAPL"] = Decimal(130)

    def fail():
        raise BrokerUnavailable("not now")

    scripted.open_orders = fail

    assert closed(strategy_alert(**EXIT_LONG))[2] == []


@pytest.mark.parametrize(("resting", "status", "sent"), [(65, 200, ["65"]), (130, 409, [])])
def test_close_when_an_order_by_hand_closes_too_then_the_operator_closes_the_rest(
    operator, scripted, rest, resting, status, sent
):
    scripted.held["AAPL"] = Decimal(130)
    rest(Side.SELL, resting)
    answer = operator.delete("/api/positions/paper/AAPL")

    assert answer.status_code == status
    assert [f"{item.quantity:f}" for item in scripted.submitted] == sent


def test_close_when_orders_by_hand_close_all_then_no_stop_is_taken_away_for_it(make_app, configure):
    app = make_app()
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    configure(attach_sl_tp=True, use_strategy_contracts=True)
    assert operator.post("/webhook", json=strategy_alert(secret=WEBHOOK_SECRET)).status_code == 200
    broker = services_of(app).brokers.registry.get("paper")
    terms = {"quantity": Decimal(10), "limit_price": Decimal(150), "time_in_force": TimeInForce.GTC}
    broker.submit(Order("mine", APPLE, Side.SELL, OrderRole.EXIT, OrderType.LIMIT, **terms))
    answer = operator.delete("/api/positions/paper/AAPL")

    assert answer.status_code == 409
    assert sorted(order.client_order_id[-3:] for order in broker.open_orders()) == ["-sl", "-tp", "ine"]
