"""Orders that belong together, and orders that fill in parts."""

from decimal import Decimal

import pytest

from app.domain.instruments import AssetClass
from app.domain.orders import OrderChange, OrderStatus
from app.errors import BrokerRejected
from tests.brokers.builders import bracket, buy, exit_long, limit, oco, sell


def legs_of(under_test) -> dict[str, OrderStatus]:
    """Return the status of every working leg by its client order id."""
    return {leg.client_order_id: leg.status for leg in under_test.broker.open_orders() if leg.is_protective}


class LegConformance:
    """Needs the fixture `under_test`; a broker without brackets or pairs skips."""

    @pytest.fixture
    def brackets(self, under_test):
        if not under_test.broker.capabilities.bracket:
            pytest.skip("the broker has no brackets")

    @pytest.fixture
    def pair(self, under_test):
        """Hold ten shares with a target at 110 and a stop at 90."""
        if not under_test.broker.capabilities.oco:
            pytest.skip("the broker has no pairs of exits")
        under_test.broker.submit(buy(10))
        return under_test.broker.submit(exit_long(10, client_order_id="bot-x", **oco(110, 90)))

    @pytest.mark.usefixtures("brackets")
    def test_bracket_when_entry_fills_then_legs_work_under_our_ids(self, under_test):
        under_test.broker.submit(buy(10, client_order_id="bot-x", **bracket(110, 90)))

        assert set(legs_of(under_test)) == {"bot-x-tp", "bot-x-sl"}
        assert under_test.broker.find("bot-x-tp").limit_price == 110
        assert under_test.broker.find("bot-x-sl").stop_price == 90

    @pytest.mark.usefixtures("brackets")
    def test_bracket_when_entry_rests_then_legs_are_held_and_go_with_it(self, under_test):
        entry = under_test.broker.submit(buy(10, client_order_id="bot-x", **limit(95), **bracket(110, 90)))
        held = legs_of(under_test)
        under_test.broker.cancel(entry)

        assert held == {"bot-x-tp": OrderStatus.HELD, "bot-x-sl": OrderStatus.HELD}
        assert under_test.broker.open_orders() == []

    @pytest.mark.usefixtures("brackets")
    @pytest.mark.parametrize(("price", "hit", "missed"), [(111, "tp", "sl"), (89, "sl", "tp")])
    def test_bracket_when_a_level_is_reached_then_position_and_other_leg_are_gone(
        self, under_test, price, hit, missed
    ):
        under_test.broker.submit(buy(10, client_order_id="bot-x", **bracket(110, 90)))
        under_test.move(Decimal(price))

        assert under_test.broker.find(f"bot-x-{hit}").status is OrderStatus.FILLED
        assert under_test.broker.find(f"bot-x-{missed}").status is OrderStatus.CANCELED
        assert under_test.broker.positions() == under_test.broker.open_orders() == []

    @pytest.mark.usefixtures("brackets")
    def test_bracket_when_selling_short_then_legs_buy_back(self, under_test):
        if AssetClass.EQUITY not in under_test.broker.capabilities.short:
            pytest.skip("the broker does not sell shares short")
        under_test.broker.submit(sell(10, **bracket(90, 110)))
        under_test.move(Decimal(111))

        assert under_test.broker.positions() == under_test.broker.open_orders() == []

    @pytest.mark.usefixtures("brackets")
    @pytest.mark.parametrize("levels", [(90, 110), (99, 90), (110, 101)], ids=str)
    def test_bracket_when_a_leg_is_on_the_wrong_side_then_rejected(self, under_test, levels):
        with pytest.raises(BrokerRejected):
            under_test.broker.submit(buy(10, **limit(100), **bracket(*levels)))

        assert under_test.broker.positions() == under_test.broker.open_orders() == []

    @pytest.mark.usefixtures("pair")
    def test_pair_when_working_then_its_legs_have_our_names(self, under_test):
        assert set(legs_of(under_test)) == {"bot-x-tp", "bot-x-sl"}
        assert len(under_test.broker.open_orders()) == 2
        assert under_test.broker.find("bot-x-tp").limit_price == 110
        assert under_test.broker.find("bot-x-sl").stop_price == 90

    @pytest.mark.usefixtures("pair")
    @pytest.mark.parametrize("suffix", ["tp", "sl"])
    def test_pair_when_one_leg_is_canceled_then_both_go_and_the_position_stays(self, under_test, suffix):
        under_test.broker.cancel(under_test.broker.find(f"bot-x-{suffix}"))

        assert under_test.broker.open_orders() == []
        assert [held.quantity for held in under_test.broker.positions()] == [10]

    def test_pair_when_canceled_as_a_whole_then_both_legs_go(self, under_test, pair):
        under_test.broker.cancel(pair)

        assert under_test.broker.open_orders() == []

    @pytest.mark.usefixtures("pair")
    def test_pair_when_legs_are_moved_then_they_keep_their_names(self, under_test):
        under_test.broker.replace(under_test.broker.find("bot-x-tp"), OrderChange(limit_price=Decimal(120)))
        under_test.broker.replace(under_test.broker.find("bot-x-sl"), OrderChange(stop_price=Decimal(95)))

        assert set(legs_of(under_test)) == {"bot-x-tp", "bot-x-sl"}
        assert under_test.broker.find("bot-x-tp").limit_price == 120
        assert under_test.broker.find("bot-x-sl").stop_price == 95

    @pytest.mark.usefixtures("pair")
    @pytest.mark.parametrize(("price", "hit", "missed"), [(111, "tp", "sl"), (89, "sl", "tp")])
    def test_pair_when_a_level_is_reached_then_position_and_other_leg_are_gone(
        self, under_test, price, hit, missed
    ):
        under_test.move(Decimal(price))

        assert under_test.broker.find(f"bot-x-{hit}").filled_quantity == 10
        assert under_test.broker.find(f"bot-x-{missed}").status is OrderStatus.CANCELED
        assert under_test.broker.positions() == under_test.broker.open_orders() == []

    def test_pair_when_there_is_nothing_to_close_then_rejected(self, under_test):
        if not under_test.broker.capabilities.oco:
            pytest.skip("the broker has no pairs of exits")
        with pytest.raises(BrokerRejected):
            under_test.broker.submit(exit_long(10, **oco(110, 90)))

        assert under_test.broker.positions() == under_test.broker.open_orders() == []


class PartConformance:
    """Needs the fixture `partial_under_test`."""

    @pytest.fixture
    def part(self, partial_under_test):
        """Buy ten, of which some fill."""
        return partial_under_test.broker.submit(buy(10, **limit(100)))

    def test_order_when_filled_in_part_then_the_part_is_held_and_the_rest_waits(
        self, partial_under_test, part
    ):
        assert part.status is OrderStatus.PARTIALLY_FILLED
        assert 0 < part.filled_quantity < 10
        assert [held.quantity for held in partial_under_test.broker.positions()] == [part.filled_quantity]
        assert partial_under_test.broker.open_orders() == [part]

    def test_order_when_the_rest_fills_then_receipt_sums_up(self, partial_under_test, part):
        partial_under_test.move(Decimal(98))
        whole = partial_under_test.broker.find(part.client_order_id)

        assert (whole.status, whole.filled_quantity) == (OrderStatus.FILLED, 10)
        assert 98 < whole.average_fill_price < 100

    def test_order_when_the_rest_is_canceled_then_the_part_stays(self, partial_under_test, part):
        partial_under_test.broker.cancel(part)
        ended = partial_under_test.broker.find(part.client_order_id)

        assert (ended.status, ended.filled_quantity) == (OrderStatus.CANCELED, part.filled_quantity)
        assert [held.quantity for held in partial_under_test.broker.positions()] == [part.filled_quantity]
