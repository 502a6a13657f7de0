"""Orders of every kind, and what is read back of them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.instruments import AssetClass
from app.domain.orders import OrderChange, OrderStatus, OrderType, TimeInForce
from app.errors import BrokerRejected
from tests.brokers.builders import APPLE, buy, exit_long, limit, sell, stop


class OrderConformance:
    """Needs the fixture `under_test`."""

    def test_submit_when_market_order_then_it_fills_once(self, under_test):
        before = under_test.writes()
        receipt = under_test.broker.submit(buy(10))

        assert (receipt.status, receipt.filled_quantity) == (OrderStatus.FILLED, 10)
        assert under_test.writes() == before + 1

    def test_submit_when_accepted_then_receipt_carries_our_words(self, under_test):
        order = buy(10)
        receipt = under_test.broker.submit(order)

        assert (receipt.broker, receipt.symbol, receipt.side) == (under_test.broker.name, "AAPL", order.side)
        assert receipt.created_at.tzinfo is not None

    def test_submit_when_limit_is_away_then_order_rests(self, under_test):
        order = buy(10, **limit(90))
        under_test.broker.submit(order)

        assert [rest.client_order_id for rest in under_test.broker.open_orders()] == [order.client_order_id]

    def test_submit_when_price_reaches_limit_then_it_fills_no_worse(self, under_test):
        order = buy(10, **limit(90))
        under_test.broker.submit(order)
        under_test.move(Decimal(89))

        assert under_test.broker.find(order.client_order_id).average_fill_price <= 90

    def test_submit_when_price_reaches_stop_then_it_fills(self, under_test):
        under_test.broker.submit(buy(10))
        order = exit_long(10, **stop(95))
        under_test.broker.submit(order)
        under_test.move(Decimal(94))

        assert under_test.broker.find(order.client_order_id).status is OrderStatus.FILLED

    def test_submit_when_price_jumps_past_a_stop_limit_then_it_rests_at_its_limit(self, under_test):
        under_test.broker.submit(buy(10))
        order = exit_long(10, type=OrderType.STOP_LIMIT, stop_price=95, limit_price=94)
        under_test.broker.submit(order)
        under_test.move(Decimal(90))
        waits = under_test.broker.find(order.client_order_id).status
        under_test.move(Decimal("94.5"))

        assert waits is OrderStatus.ACCEPTED
        assert under_test.broker.find(order.client_order_id).average_fill_price >= 94

    def test_submit_when_stop_trails_then_rejected_since_our_own_exits_do_that(self, under_test):
        under_test.broker.submit(buy(10))
        with pytest.raises(BrokerRejected, match="trailing_stop"):
            under_test.broker.submit(exit_long(10, type=OrderType.TRAILING_STOP))

        assert under_test.broker.open_orders() == []

    def test_submit_when_exit_finds_nothing_to_close_then_rejected(self, under_test):
        with pytest.raises(BrokerRejected):
            under_test.broker.submit(exit_long(10))

        assert under_test.broker.positions() == []

    def test_submit_when_the_same_again_then_it_is_the_first_order(self, under_test):
        if not under_test.broker.capabilities.unique_client_order_ids:
            pytest.skip("the broker takes an id twice")
        order = buy(10)
        first = under_test.broker.submit(order)

        assert under_test.broker.submit(order) == first
        assert [held.quantity for held in under_test.broker.positions()] == [10]

    def test_submit_when_client_order_id_is_taken_then_first_order_stands(self, under_test):
        order = buy(10, **limit(90))
        first = under_test.broker.submit(order)
        if not under_test.broker.capabilities.unique_client_order_ids:
            pytest.skip("the broker takes an id twice")
        with pytest.raises(BrokerRejected):
            under_test.broker.submit(replace(order, quantity=Decimal(99)))

        assert under_test.broker.find(order.client_order_id) == first

    @pytest.mark.parametrize("quantity", [0, -1])
    def test_submit_when_quantity_is_not_positive_then_rejected(self, under_test, quantity):
        with pytest.raises(BrokerRejected):
            under_test.broker.submit(buy(quantity))

        assert under_test.broker.open_orders() == []

    def test_submit_when_buying_power_is_exceeded_then_rejected(self, under_test):
        before = under_test.writes()
        with pytest.raises(BrokerRejected):
            under_test.broker.submit(buy(1_000_000))

        assert under_test.writes() <= before + 1
        assert under_test.broker.positions() == under_test.broker.open_orders() == []

    def test_submit_when_notional_then_quantity_follows_the_price(self, under_test):
        if not under_test.broker.capabilities.notional:
            pytest.skip("the broker takes quantities only")
        receipt = under_test.broker.submit(buy(None, notional=250, time_in_force=TimeInForce.DAY))

        assert receipt.filled_quantity == Decimal("2.5")

    def test_submit_when_fraction_then_it_fills(self, under_test):
        if AssetClass.EQUITY not in under_test.broker.capabilities.fractional:
            pytest.skip("the broker takes whole shares only")
        receipt = under_test.broker.submit(buy("0.5", time_in_force=TimeInForce.DAY))

        assert receipt.filled_quantity == Decimal("0.5")

    def test_submit_when_selling_short_then_position_is_negative(self, under_test):
        if AssetClass.EQUITY not in under_test.broker.capabilities.short:
            pytest.skip("the broker does not sell shares short")
        under_test.broker.submit(sell(10))

        assert [held.quantity for held in under_test.broker.positions()] == [-10]

    def test_find_when_never_sent_then_none(self, under_test):
        assert under_test.broker.find("bot-never") is None

    def test_cancel_when_resting_then_order_is_gone(self, under_test):
        receipt = under_test.broker.submit(buy(10, **limit(90)))
        under_test.broker.cancel(receipt)

        assert under_test.broker.find(receipt.client_order_id).status is OrderStatus.CANCELED
        assert under_test.broker.open_orders() == []

    def test_cancel_when_filled_then_rejected(self, under_test):
        receipt = under_test.broker.submit(buy(10))
        with pytest.raises(BrokerRejected):
            under_test.broker.cancel(receipt)

        assert len(under_test.broker.positions()) == 1

    def test_replace_when_resting_then_price_changes(self, under_test):
        receipt = under_test.broker.submit(buy(10, **limit(90)))
        changed = under_test.broker.replace(receipt, OrderChange(limit_price=Decimal(91)))

        assert changed.limit_price == 91
        assert len(under_test.broker.open_orders()) == 1

    def test_replace_when_done_then_order_is_found_under_its_first_id(self, under_test):
        receipt = under_test.broker.submit(buy(10, **limit(90)))
        for price in (91, 92):
            receipt = under_test.broker.replace(receipt, OrderChange(limit_price=Decimal(price)))

        assert under_test.broker.find(receipt.client_order_id).limit_price == 92
        assert [rest.client_order_id for rest in under_test.broker.open_orders()] == [receipt.client_order_id]

    def test_replace_when_quantity_then_only_so_much_fills(self, under_test):
        receipt = under_test.broker.submit(buy(10, **limit(90)))
        under_test.broker.replace(receipt, OrderChange(quantity=Decimal(4)))
        under_test.move(Decimal(90))

        assert [held.quantity for held in under_test.broker.positions()] == [4]

    def test_replace_when_filled_then_rejected(self, under_test):
        receipt = under_test.broker.submit(buy(10))
        with pytest.raises(BrokerRejected):
            under_test.broker.replace(receipt, OrderChange(limit_price=Decimal(91)))

    def test_positions_when_round_trip_then_none(self, under_test):
        under_test.broker.submit(buy(10))
        under_test.broker.submit(exit_long(10))

        assert under_test.broker.positions() == []

    def test_positions_when_held_then_price_and_gain_are_told(self, under_test):
        under_test.broker.submit(buy(10))
        under_test.move(Decimal(101))
        held = under_test.broker.positions()[0]

        assert (held.quantity, held.average_price) == (10, 100)
        assert (held.market_price, held.unrealized_pnl) == (101, 10)

    def test_account_when_price_rises_then_equity_follows(self, under_test):
        under_test.broker.submit(buy(10))
        under_test.move(Decimal(101))

        assert under_test.broker.account().equity == 100_010

    def test_account_when_fresh_then_all_money_can_be_spent(self, under_test):
        account = under_test.broker.account()

        assert (account.cash, account.equity, account.currency) == (100_000, 100_000, "USD")
        assert account.buying_power >= account.cash

    def test_quote_when_priced_then_time_is_aware(self, under_test):
        quote = under_test.broker.quote(APPLE)

        assert quote.price == 100
        assert quote.at.tzinfo is not None

    def test_quote_when_symbol_is_not_listed_then_none(self, under_test):
        assert under_test.broker.quote(replace(APPLE, symbol="ZZZZ")) is None

    def test_market_when_session_runs_then_open_until_an_aware_time(self, under_test):
        hours = under_test.broker.market(APPLE)

        assert hours.is_open
        assert hours.next_close.tzinfo is not None

    def test_reads_when_called_then_nothing_is_written(self, under_test):
        before = under_test.writes()
        for read in (
            under_test.broker.open_orders,
            under_test.broker.positions,
            under_test.broker.account,
            under_test.broker.ping,
        ):
            read()

        assert under_test.writes() == before
