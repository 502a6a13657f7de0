"""Who may take orders back, and when protection goes with its position."""

import pytest

from tests.builders import ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT, strategy_alert

pytestmark = pytest.mark.integration

TO_FLAT = {"market_position": "flat", "strategy_order_action": "sell"}
TO_LONG_TEN = {"market_position": "long", "market_position_size": "10"}
SWITCHES = ["/api/trading-state", "/api/bots/default/trading-state"]


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


class TestAuthority:
    @pytest.mark.parametrize("switch", SWITCHES, ids=["global", "bot"])
    @pytest.mark.parametrize("alert", [EXIT_LONG, TO_FLAT, ENTER_SHORT], ids=["exit", "flat", "entry"])
    def test_alert_when_trading_is_halted_then_nothing_is_canceled(
        self, post, resting, operator, working, switch, alert
    ):
        operator.put(switch, json={"state": "HALTED"})

        assert post(**alert).json["reason"] == "TRADING_HALTED"
        assert working() == [("buy", "10")]

    @pytest.mark.parametrize("switch", SWITCHES, ids=["global", "bot"])
    def test_exit_when_trading_is_reduced_then_the_entry_is_canceled(
        self, post, resting, operator, working, switch
    ):
        operator.put(switch, json={"state": "REDUCING"})
        post(**EXIT_LONG)

        assert working() == []

    @pytest.mark.parametrize("alert", [EXIT_LONG, TO_FLAT, ENTER_SHORT, TO_LONG_TEN])
    def test_preview_when_an_entry_rests_then_it_stays(self, resting, operator, working, alert):
        operator.post("/api/preview", json=strategy_alert(**alert))

        assert working() == [("buy", "10")]


class TestProtection:
    def test_trim_when_legs_protect_the_position_then_they_stay_for_the_rest(
        self, post, protected, working, price, holding
    ):
        post(market_position="long", market_position_size="4", strategy_order_action="sell")
        kept = working()
        price("94")

        assert ([side for side, _ in kept], holding()) == (["sell", "sell"], "0")

    @pytest.mark.parametrize("alert", [EXIT_LONG, TO_FLAT, ENTER_SHORT], ids=["exit", "flat", "reversal"])
    def test_exit_when_it_closes_everything_then_the_legs_go_with_it(
        self, post, protected, broker, configure, working, alert
    ):
        configure(attach_sl_tp=False, use_strategy_contracts=False)
        post(**alert)

        assert working() == []

    def test_plain_exit_when_it_closes_everything_then_the_legs_go_with_it(self, protected, order, working):
        assert order("sell", "10", "90").json["status"] == "filled"
        assert working() == []

    @pytest.mark.parametrize("switch", SWITCHES, ids=["global", "bot"])
    def test_exit_when_trading_is_halted_then_the_legs_stay(self, post, protected, operator, working, switch):
        operator.put(switch, json={"state": "HALTED"})
        post(**EXIT_LONG)

        assert len(working()) == 2

    def test_preview_when_it_would_close_everything_then_the_legs_stay(self, protected, operator, working):
        operator.post("/api/preview", json=strategy_alert(**EXIT_LONG))

        assert len(working()) == 2

    def test_exit_when_there_is_nothing_of_its_side_then_the_legs_stay(self, post, protected, working):
        assert post(**EXIT_SHORT).json["status"] == "skipped"
        assert len(working()) == 2

    def test_entry_when_it_adds_then_the_legs_stay(self, post, protected, working):
        post(**ENTER_LONG)

        assert len(working()) == 2
