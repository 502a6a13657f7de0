"""Orders that belong together, and orders that fill in parts."""

from decimal import Decimal

import pytest

from app.domain.instruments import AssetClass
from app.domain.orders import OrderChange, OrderStatus
from app.errors import BrokerRejected
from tests.brokers.builders import bracket, buy, exit_long, limit, oco, sell


def legs_of(desk) -> dict[str, OrderStatus]:
    """Return the status of every working leg by its client order id."""
    return {leg.client_order_id: leg.status for leg in desk.broker.open_orders() if leg.is_protective}


class LegConformance:
    """Needs the fixture `desk`; a broker without brackets or pairs skips."""

    @pytest.fixture
    def brackets(self, desk):
        if not desk.broker.capabilities.bracket:
            pytest.skip("the broker has no brackets")

    @pytest.fixture
    def pair(self, desk):
        """Hold ten shares with a target at 110 and a stop at 90."""
        if not desk.broker.capabilities.oco:
            pytest.skip("the broker has no pairs of exits")
        desk.broker.submit(buy(10))
        return desk.broker.submit(exit_long(10, client_order_id="bot-x", **oco(110, 90)))

    @pytest.mark.usefixtures("brackets")
    def test_bracket_when_entry_fills_then_legs_work_under_our_ids(self, desk):
        desk.broker.submit(buy(10, client_order_id="bot-x", **bracket(110, 90)))

        assert set(legs_of(desk)) == {"bot-x-tp", "bot-x-sl"}
        assert desk.broker.find("bot-x-tp").limit_price == 110
        assert desk.broker.find("bot-x-sl").stop_price == 90

    @pytest.mark.usefixtures("brackets")
    def test_bracket_when_entry_rests_then_legs_are_held_and_go_with_it(self, desk):
        entry = desk.broker.submit(buy(10, client_order_id="bot-x", **limit(95), **bracket(110, 90)))
        held = legs_of(desk)
        desk.broker.cancel(entry)

        assert held == {"bot-x-tp": OrderStatus.HELD, "bot-x-sl": OrderStatus.HELD}
        assert desk.broker.open_orders() == []

    @pytest.mark.usefixtures("brackets")
    @pytest.mark.parametrize(("price", "hit", "missed"), [(111, "tp", "sl"), (89, "sl", "tp")])
    def test_bracket_when_a_level_is_reached_then_position_and_other_leg_are_gone(
        self, desk, price, hit, missed
    ):
        desk.broker.submit(buy(10, client_order_id="bot-x", **bracket(110, 90)))
        desk.move(Decimal(price))

        assert desk.broker.find(f"bot-x-{hit}").status is OrderStatus.FILLED
        assert desk.broker.find(f"bot-x-{missed}").status is OrderStatus.CANCELED
        assert desk.broker.positions() == desk.broker.open_orders() == []

    @pytest.mark.usefixtures("brackets")
    def test_bracket_when_selling_short_then_legs_buy_back(self, desk):
        if AssetClass.EQUITY not in desk.broker.capabilities.short:
            pytest.skip("the broker does not sell shares short")
        desk.broker.submit(sell(10, **bracket(90, 110)))
        desk.move(Decimal(111))

        assert desk.broker.positions() == desk.broker.open_orders() == []

    @pytest.mark.usefixtures("brackets")
    @pytest.mark.parametrize("levels", [(90, 110), (99, 90), (110, 101)], ids=str)
    def test_bracket_when_a_leg_is_on_the_wrong_side_then_rejected(self, desk, levels):
        with pytest.raises(BrokerRejected):
            desk.broker.submit(buy(10, **limit(100), **bracket(*levels)))

        assert desk.broker.positions() == desk.broker.open_orders() == []

    @pytest.mark.usefixtures("pair")
    def test_pair_when_working_then_its_legs_have_our_names(self, desk):
        assert set(legs_of(desk)) == {"bot-x-tp", "bot-x-sl"}
        assert len(desk.broker.open_orders()) == 2
        assert desk.broker.find("bot-x-tp").limit_price == 110
        assert desk.broker.find("bot-x-sl").stop_price == 90

    @pytest.mark.usefixtures("pair")
    @pytest.mark.parametrize("suffix", ["tp", "sl"])
    def test_pair_when_one_leg_is_canceled_then_both_go_and_the_position_stays(self, desk, suffix):
        desk.broker.cancel(desk.broker.find(f"bot-x-{suffix}"))

        assert desk.broker.open_orders() == []
        assert [held.quantity for held in desk.broker.positions()] == [10]

    def test_pair_when_canceled_as_a_whole_then_both_legs_go(self, desk, pair):
        desk.broker.cancel(pair)

        assert desk.broker.open_orders() == []

    @pytest.mark.usefixtures("pair")
    def test_pair_when_legs_are_moved_then_they_keep_their_names(self, desk):
        desk.broker.replace(desk.broker.find("bot-x-tp"), OrderChange(limit_price=Decimal(120)))
        desk.broker.replace(desk.broker.find("bot-x-sl"), OrderChange(stop_price=Decimal(95)))

        assert set(legs_of(desk)) == {"bot-x-tp", "bot-x-sl"}
        assert desk.broker.find("bot-x-tp").limit_price == 120
        assert desk.broker.find("bot-x-sl").stop_price == 95

    @pytest.mark.usefixtures("pair")
    @pytest.mark.parametrize(("price", "hit", "missed"), [(111, "tp", "sl"), (89, "sl", "tp")])
    def test_pair_when_a_level_is_reached_then_position_and_other_leg_are_gone(
        self, desk, price, hit, missed
    ):
        desk.move(Decimal(price))

        assert desk.broker.find(f"bot-x-{hit}").filled_quantity == 10
        assert desk.broker.find(f"bot-x-{missed}").status is OrderStatus.CANCELED
        assert desk.broker.positions() == desk.broker.open_orders() == []

    def test_pair_when_there_is_nothing_to_close_then_rejected(self, desk):
        if not desk.broker.capabilities.oco:
            pytest.skip("the broker has no pairs of exits")
        with pytest.raises(BrokerRejected):
            desk.broker.submit(exit_long(10, **oco(110, 90)))

        assert desk.broker.positions() == desk.broker.open_orders() == []


class PartConformance:
    """Needs the fixture `partial_desk`."""

    @pytest.fixture
    def part(self, partial_desk):
        """Buy ten, of which some fill."""
        return partial_desk.broker.submit(buy(10, **limit(100)))

    def test_order_when_filled_in_part_then_the_part_is_held_and_the_rest_waits(self, partial_desk, part):
        assert part.status is OrderStatus.PARTIALLY_FILLED
        assert 0 < part.filled_quantity < 10
        assert [held.quantity for held in partial_desk.broker.positions()] == [part.filled_quantity]
        assert partial_desk.broker.open_orders() == [part]

    def test_order_when_the_rest_fills_then_receipt_sums_up(self, partial_desk, part):
        partial_desk.move(Decimal(98))
        whole = partial_desk.broker.find(part.client_order_id)

        assert (whole.status, whole.filled_quantity) == (OrderStatus.FILLED, 10)
        assert 98 < whole.average_fill_price < 100

    def test_order_when_the_rest_is_canceled_then_the_part_stays(self, partial_desk, part):
        partial_desk.broker.cancel(part)
        ended = partial_desk.broker.find(part.client_order_id)

        assert (ended.status, ended.filled_quantity) == (OrderStatus.CANCELED, part.filled_quantity)
        assert [held.quantity for held in partial_desk.broker.positions()] == [part.filled_quantity]
