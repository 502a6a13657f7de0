"""What an adapter may say, and how often it may try, when the line to its broker fails."""

from decimal import Decimal

import pytest

from app.domain.orders import OrderChange, OrderStatus
from app.errors import BrokerUnavailable, OutcomeUnknown
from tests.brokers.builders import APPLE, buy, limit

READS = {
    "find": lambda broker: broker.find("bot-x"),
    "open_orders": lambda broker: broker.open_orders(),
    "positions": lambda broker: broker.positions(),
    "account": lambda broker: broker.account(),
    "quote": lambda broker: broker.quote(APPLE),
    "ping": lambda broker: broker.ping(),
}


class LineConformance:
    """Needs the fixtures `under_test`, `lose_order`, `lose_answer` and `cut_line`."""

    @pytest.fixture
    def resting(self, under_test):
        """Let an order for ten wait at 90."""
        return under_test.broker.submit(buy(10, **limit(90)))

    def test_submit_when_lost_on_the_way_then_unknown_after_one_try(self, under_test, lose_order):
        order, before = buy(10), under_test.writes()
        with lose_order(), pytest.raises(OutcomeUnknown):
            under_test.broker.submit(order)

        assert under_test.writes() == before + 1
        assert under_test.broker.find(order.client_order_id) is None

    def test_submit_when_answer_is_lost_then_unknown_after_one_try_and_found(self, under_test, lose_answer):
        order, before = buy(10), under_test.writes()
        with lose_answer(), pytest.raises(OutcomeUnknown):
            under_test.broker.submit(order)

        assert under_test.writes() == before + 1
        assert under_test.broker.find(order.client_order_id).filled_quantity == 10

    def test_submit_when_sent_again_after_a_lost_answer_then_the_first_is_adopted(
        self, under_test, lose_answer
    ):
        if not under_test.broker.capabilities.unique_client_order_ids:
            pytest.skip("the broker takes an id twice")
        order = buy(10)
        with lose_answer(), pytest.raises(OutcomeUnknown):
            under_test.broker.submit(order)

        assert under_test.broker.submit(order).client_order_id == order.client_order_id
        assert [held.quantity for held in under_test.broker.positions()] == [10]

    def test_cancel_when_lost_on_the_way_then_unknown_and_order_stands(self, under_test, resting, lose_order):
        before = under_test.writes()
        with lose_order(), pytest.raises(OutcomeUnknown):
            under_test.broker.cancel(resting)

        assert under_test.writes() == before + 1
        assert under_test.broker.open_orders() == [resting]

    def test_cancel_when_answer_is_lost_then_unknown_and_order_is_gone(
        self, under_test, resting, lose_answer
    ):
        before = under_test.writes()
        with lose_answer(), pytest.raises(OutcomeUnknown):
            under_test.broker.cancel(resting)

        assert under_test.writes() == before + 1
        assert under_test.broker.find(resting.client_order_id).status is OrderStatus.CANCELED

    def test_replace_when_lost_on_the_way_then_unknown_and_order_stands(
        self, under_test, resting, lose_order
    ):
        before = under_test.writes()
        with lose_order(), pytest.raises(OutcomeUnknown):
            under_test.broker.replace(resting, OrderChange(limit_price=Decimal(91)))

        assert under_test.writes() == before + 1
        assert under_test.broker.open_orders() == [resting]

    def test_replace_when_answer_is_lost_then_unknown_and_order_is_changed(
        self, under_test, resting, lose_answer
    ):
        before = under_test.writes()
        with lose_answer(), pytest.raises(OutcomeUnknown):
            under_test.broker.replace(resting, OrderChange(limit_price=Decimal(91)))

        assert under_test.writes() == before + 1
        assert under_test.broker.find(resting.client_order_id).limit_price == 91

    @pytest.mark.parametrize("name", READS)
    def test_read_when_line_is_cut_then_unavailable_and_nothing_is_written(self, under_test, cut_line, name):
        before = under_test.writes()
        with cut_line(), pytest.raises(BrokerUnavailable):
            READS[name](under_test.broker)

        assert under_test.writes() == before
