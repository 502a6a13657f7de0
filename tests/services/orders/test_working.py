"""What waits at the broker when the next alert comes: canceled, or left beside what it asks for."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.orders import OrderStatus
from app.errors import OutcomeUnknown
from tests.builders import ENTER_LONG, ENTER_SHORT, EXIT_LONG, strategy_alert

pytestmark = pytest.mark.integration

TO_FLAT = {"market_position": "flat", "strategy_order_action": "sell"}
TO_LONG_TEN = {"market_position": "long", "market_position_size": "10"}


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


class TestRestingEntry:
    @pytest.mark.parametrize("alert", [EXIT_LONG, TO_FLAT], ids=["exit", "flat"])
    def test_exit_when_its_entry_still_rests_then_that_is_canceled_and_skipped(
        self, post, resting, working, ticket_of, alert
    ):
        response = post(**alert)

        assert (response.status_code, response.json["status"]) == (200, "skipped")
        assert response.json["reason"] == "POSITION_NONE"
        assert (working(), ticket_of(resting)["status"]) == ([], "canceled")

    def test_exit_when_its_entry_was_canceled_then_the_market_fills_nothing(
        self, post, resting, price, holding
    ):
        post(**EXIT_LONG)
        price("90")

        assert holding() == "0"

    def test_exit_when_its_entry_was_canceled_then_the_timeline_names_it(self, post, resting, ticket_of):
        stages = {item["stage"]: item["detail"] for item in ticket_of(post(**EXIT_LONG))["timeline"]}

        assert stages["waiting orders cancelled"] == resting.json["order"]["client_order_id"]

    def test_target_when_an_entry_of_its_size_rests_then_one_position_comes_of_both(
        self, post, resting, price, holding, working
    ):
        response = post(**TO_LONG_TEN)
        before = working()
        price("99")

        assert (response.json["status"], before) == ("ordered", [("buy", "10")])
        assert (holding(), working()) == ("10", [])

    def test_entry_when_one_of_the_other_side_rests_then_it_takes_its_place(self, post, resting, working):
        assert post(**ENTER_SHORT, strategy_order_price="110").json["status"] == "ordered"
        assert working() == [("sell", "10")]

    def test_entry_when_one_of_its_side_rests_then_both_wait(self, post, resting, price, holding):
        post(**ENTER_LONG)
        price("99")

        assert holding() == "20"

    @pytest.mark.parametrize("alert", [EXIT_LONG, ENTER_SHORT], ids=["exit", "entry"])
    def test_alert_when_the_entry_rests_in_another_symbol_then_it_stays(self, post, resting, working, alert):
        post(symbol="MSFT", **alert)

        assert ("buy", "10") in working()

    def test_exit_when_another_bots_entry_rests_then_it_stays(self, resting, operator, anonymous, working):
        secret = operator.post("/api/bots", json={"id": "other"}).json["secret"]
        response = anonymous.post("/webhook", json=strategy_alert(secret=secret, **EXIT_LONG))

        assert (response.json["status"], working()) == ("skipped", [("buy", "10")])

    def test_exit_when_its_entry_filled_meanwhile_then_that_is_sold(
        self, post, resting, store, price, holding
    ):
        price("99")
        response = post(**EXIT_LONG)

        assert (response.json["order"]["quantity"], response.json["status"]) == ("10", "filled")
        assert (holding(), list(store.list("trades/"))) == ("0", [])

    def test_close_when_an_entry_rests_beside_the_position_then_both_are_gone(
        self, post, resting, configure, operator, price, holding, working
    ):
        configure(use_limit_orders=False)
        post(**ENTER_LONG)
        operator.delete("/api/positions/paper/AAPL")
        price("90")

        assert (holding(), working()) == ("0", [])


class TestRestingExit:
    @pytest.mark.parametrize("alert", [EXIT_LONG, TO_FLAT], ids=["exit", "flat"])
    def test_exit_when_another_one_rests_then_the_position_is_sold_once(
        self, post, long_ten, order, price, holding, working, alert
    ):
        order("sell", "10", "120")
        post(**alert)
        price("130")

        assert (holding(), working()) == ("0", [])

    def test_reversal_when_an_exit_rests_then_the_position_is_the_one_asked_for(
        self, post, long_ten, order, price, holding
    ):
        order("sell", "10", "120")
        post(**ENTER_SHORT, strategy_order_contracts="15")
        price("130")

        assert holding() == "-5"

    def test_entry_when_an_exit_rests_then_that_stays(self, post, long_ten, order, working):
        order("sell", "10", "120")
        post(**ENTER_LONG)

        assert working() == [("sell", "10")]

    def test_close_when_an_exit_rests_then_it_goes_first(self, long_ten, order, operator, price, holding):
        order("sell", "10", "120")
        operator.delete("/api/positions/paper/AAPL")
        price("130")

        assert holding() == "0"


class TestPlainOrders:
    def test_orders_when_they_scale_out_then_they_stand_beside_each_other(
        self, long_ten, order, price, holding, working
    ):
        order("sell", "4", "120")
        order("sell", "6", "125")
        before = working()
        price("130")

        assert (before, holding()) == ([("sell", "4"), ("sell", "6")], "0")

    def test_orders_when_they_scale_in_then_they_stand_beside_each_other(self, price, order, holding):
        price("100")
        order("buy", "1", "90")
        order("buy", "2", "80")
        price("70")

        assert holding() == "3"

    def test_order_when_one_of_the_other_side_rests_then_both_wait(self, price, order, working, configure):
        price("100")
        order("buy", "1", "90")
        order("sell", "2", "110")

        assert working() == [("buy", "1"), ("sell", "2")]

    def test_order_when_resting_exits_sell_everything_then_one_more_is_an_entry(
        self, long_ten, order, configure
    ):
        configure(allow_short=False)
        order("sell", "10", "120")

        assert order("sell", "1", "125").json["error"]["code"] == "SHORT_DISABLED"


class TestAtAnExternalBroker:
    """A broker of which a cancel can fail, or be told too late."""

    @pytest.fixture
    def app(self, make_app, scripted):
        return make_app(brokers={"paper": scripted}, dry_run=False)

    @pytest.fixture
    def waiting(self, post, scripted):
        scripted.status = OrderStatus.ACCEPTED
        post(**ENTER_LONG)
        scripted.status = OrderStatus.FILLED
        return scripted.submitted[0]

    def test_exit_when_the_entry_fills_before_it_is_canceled_then_what_it_bought_is_sold(
        self, post, scripted, waiting
    ):
        scripted.before_cancel = lambda: scripted.take(waiting, OrderStatus.FILLED)
        response = post(**EXIT_LONG)

        assert (response.json["status"], response.json["order"]["quantity"]) == ("filled", "10")
        assert scripted.held["AAPL"] == 0

    def test_exit_when_the_entry_is_filled_in_part_then_the_rest_is_canceled_and_the_part_sold(
        self, post, scripted, waiting, store
    ):
        order = scripted.taken[waiting.client_order_id]
        scripted.taken[waiting.client_order_id] = replace(
            order,
            status=OrderStatus.PARTIALLY_FILLED,
            filled_quantity=Decimal(4),
            average_fill_price=Decimal(100),
        )
        scripted.held["AAPL"] = Decimal(4)
        response = post(**EXIT_LONG)

        assert (response.json["order"]["quantity"], scripted.held["AAPL"]) == ("4", 0)
        assert list(store.list("trades/")) == []

    def test_exit_when_the_broker_only_promises_to_cancel_then_the_answer_comes_in_time(
        self, post, scripted, waiting
    ):
        scripted.canceled_as = OrderStatus.ACCEPTED
        response = post(**EXIT_LONG)

        assert response.json["error"]["message"].endswith("is still working although it was canceled.")
        assert scripted.submitted == [waiting]

    def test_exit_when_the_broker_does_not_say_whether_it_canceled_then_it_is_pursued(
        self, post, scripted, waiting
    ):
        scripted.cancel_failures = [OutcomeUnknown("the line went dead")]
        response = post(**EXIT_LONG)

        assert (response.status_code, response.json["status"]) == (202, "pursuing")
        assert scripted.submitted == [waiting]

    def test_exit_when_the_broker_cancels_then_the_entry_is_over(self, post, scripted, waiting, store):
        assert post(**EXIT_LONG).json["status"] == "skipped"
        assert scripted.taken[waiting.client_order_id].status is OrderStatus.CANCELED
        assert list(store.list("orders/")) == []
