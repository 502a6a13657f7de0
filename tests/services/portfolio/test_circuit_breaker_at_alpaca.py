"""The circuit breaker at Alpaca's strict simulator, where legs hold what they protect."""

from decimal import Decimal

import pytest

from app.domain.instruments import AssetClass, Instrument
from tests.brokers.builders import BITCOIN, bracket, buy, limit
from tests.builders import in_a_hurry

MICROSOFT = Instrument("MSFT", AssetClass.EQUITY)

pytestmark = pytest.mark.integration


@pytest.fixture
def fake(alpaca_simulator):
    return alpaca_simulator


@pytest.fixture
def app(app_at_alpaca):
    return app_at_alpaca()


def test_stop_loss_when_legs_hold_the_shares_then_all_is_canceled_and_sold(services, alpaca):
    alpaca.submit(buy(client_order_id="bot-x", **bracket(110, 90)))
    alpaca.submit(buy(client_order_id="by-hand", instrument=MICROSOFT, **limit(50)))
    alpaca.submit(buy(client_order_id="bot-y", instrument=BITCOIN, quantity=Decimal("0.05")))
    services.portfolio.breaker.edit({"active": True, "base_equity": Decimal(10_000_000)})
    services.portfolio.breaker.watch()

    assert alpaca.positions() == alpaca.open_orders() == []
    assert services.portfolio.breaker.read().phase == "tripped"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "timeout"},
        {"kind": "reset"},
        {"kind": "reset", "when": "after"},
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 504, "when": "after"},
        {"kind": "rate_limit"},
        {"kind": "partial_fill"},
        {"kind": "late_cancel", "seconds": 0.1, "methods": ("DELETE",)},
        {"kind": "reset", "methods": ("DELETE",)},
    ],
    ids=lambda fault: f"{fault['kind']}-{fault.get('when', '')}",
)
def test_stop_loss_when_the_line_fails_then_everything_is_sold_once(services, alpaca, fake, clock, fault):
    alpaca.submit(buy(client_order_id="bot-x", **bracket(110, 90)))
    services.portfolio.breaker.edit({"active": True, "base_equity": Decimal(10_000_000)})
    fake.inject(**{"methods": ("POST",), "times": 1} | fault)
    for _ in range(4):
        with in_a_hurry(alpaca, fault["kind"]):
            services.portfolio.breaker.watch()
        clock.move(seconds=31)
        services.portfolio.pursuits.run()
        fake.market.move("AAPL", Decimal(100))

    assert alpaca.positions() == alpaca.open_orders() == []
    assert services.portfolio.breaker.read().phase == "tripped"
