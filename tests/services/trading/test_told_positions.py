"""A position that the broker told by itself lets an alert buy; for anything else it is asked for."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.accounts import MarketSnapshot
from app.domain.instruments import AssetClass
from tests.builders import ENTER_LONG, ENTER_SHORT, EXIT_LONG, ScriptedBroker, bridge_alert, strategy_alert

pytestmark = pytest.mark.unit
SHARES = frozenset({AssetClass.EQUITY})
LONG_TEN = {"strategy_order_action": "buy", "market_position": "long", "market_position_size": "10"}
TRIM = LONG_TEN | {"strategy_order_action": "sell"}
BRIDGE = {"symbol": "AAPL", "order_type": "market", "limit_price": None, "quantity": "1"}


class TellingBroker(ScriptedBroker):
    """Tells a position to whoever decides on an entry, and remembers who asked."""

    def __init__(self, **capabilities) -> None:
        super().__init__(**capabilities)
        self.told = Decimal(0)
        self.looks: list[str] = []

    def position(self, instrument):
        self.looks.append("read")
        return super().position(instrument)

    def snapshot(self, instrument, *, for_entry=False):
        self.looks.append("told" if for_entry else "read")
        view = MarketSnapshot(self.account(), super().position(instrument), self.quote(instrument))
        return replace(view, position=self.told, is_told=True) if for_entry else view


@pytest.fixture
def broker():
    return TellingBroker(short=SHARES)


@pytest.fixture
def app(make_app, broker):
    return make_app(brokers={"paper": broker}, dry_run=False, allow_short_selling=True)


@pytest.mark.parametrize(
    ("alert", "told", "looks"),
    [
        (ENTER_LONG, "0", ["told"]),
        (ENTER_LONG, "5", ["told"]),
        (ENTER_LONG, "-5", ["told", "read"]),
        (ENTER_SHORT, "0", ["read"]),
        (EXIT_LONG, "0", ["read"]),
        (LONG_TEN, "0", ["told"]),
        (LONG_TEN, "10", ["told", "read"]),
        (LONG_TEN, "15", ["told", "read"]),
        (TRIM, "0", ["read"]),
    ],
    ids=str,
)
def test_alert_when_it_only_buys_then_a_told_position_serves(client, configure, broker, alert, told, looks):
    configure(use_strategy_contracts=True)
    broker.told = Decimal(told)
    client.post("/webhook", json=strategy_alert(**alert))

    assert broker.looks == looks


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_alert_when_it_is_a_plain_order_then_it_is_read_what_it_may_close(client, broker, side):
    client.post("/tradingview/webhook", json=bridge_alert(side=side, **BRIDGE))

    assert broker.looks == ["read"]


def test_entry_when_a_short_was_told_that_is_not_there_then_nothing_is_bought_back(client, broker):
    broker.told = Decimal(-5)
    client.post("/webhook", json=strategy_alert(**ENTER_LONG))

    assert [order.role.value for order in broker.submitted] == ["entry"]


def test_exit_when_nothing_was_told_that_is_there_then_it_is_sold(client, broker):
    broker.held["AAPL"] = Decimal(7)
    client.post("/webhook", json=strategy_alert(**EXIT_LONG))

    assert [(order.role.value, order.quantity) for order in broker.submitted] == [("exit", 7)]
