"""What is too little for an order leaves Alpaca under an id of Alpaca's own, and is known all the same."""

from decimal import Decimal

import pytest

from app.brokers.alpaca.broker import AlpacaBroker
from app.repositories.inbox import Arrival, Inbox
from app.services.runtime.locks import ThreadLocks
from tests.builders import (
    EXIT_LONG,
    WEBHOOK_SECRET,
    client_of,
    fresh_ticket_id,
    services_of,
    strategy_alert,
)

pytestmark = pytest.mark.integration

COIN = {"symbol": "BTCUSD", "strategy_order_price": "50000", "strategy_order_contracts": "0.001"}


class Killed(BaseException):
    """The process dies here."""


class DyingBroker(AlpacaBroker):
    """Dies once a position is closed, before anybody hears of it, and remembers nothing in its next life."""

    def _closed(self, order, quantity):
        super()._closed(order, quantity)
        self._orders._named.clear()
        raise Killed


@pytest.fixture
def fake(alpaca_simulator, clock):
    alpaca_simulator.set_clock(clock.now)
    return alpaca_simulator


@pytest.fixture
def app(app_at_alpaca):
    return app_at_alpaca()


@pytest.fixture
def tiny(client, configure, services, fake, clock):
    """Hold a coin that is worth 5 dollars by now: Alpaca takes no order for less than 10."""
    configure(use_strategy_contracts=True)
    assert client.post("/webhook", json=strategy_alert(**COIN)).json["status"] in {"ordered", "filled"}
    services.portfolio.tracker.follow()
    clock.move(seconds=5)
    fake.exchange.timer.advance(5)
    fake.market.move("BTC/USD", Decimal(5000))


@pytest.fixture
def later(clock, fake):
    """Let an application's clock come round after so many seconds."""

    def pass_by(app, *seconds):
        for each in seconds:
            clock.move(seconds=each)
            fake.exchange.timer.advance(each)
            services_of(app).supervisor.tick(everything=True)

    return pass_by


@pytest.fixture
def ended(store):
    """Read status of the last ticket, open trades, and the prices at which trades were left."""

    def read():
        *_, ticket = (item.value for item in store.list("tickets/"))
        prices = [Decimal(item.value["exit_price"] or 0) for item in store.list("closed_trades/")]
        return ticket["status"], len(list(store.list("trades/"))), prices

    return read


@pytest.mark.usefixtures("tiny")
def test_tiny_exit_when_the_answer_is_lost_then_it_is_found_and_counted(app, client, fake, later, ended):
    fake.inject("reset", methods=("DELETE",), path="/v2/positions", times=1, when="after")
    client.post("/webhook", json=strategy_alert(**COIN | EXIT_LONG))
    later(app, 2, 2, 2)

    assert ended() == ("filled", 0, [Decimal(5000)])


@pytest.fixture
def dying(app_at_alpaca, connect_alpaca):
    return app_at_alpaca(brokers={"alpaca": connect_alpaca(DyingBroker)})


@pytest.mark.usefixtures("tiny")
def test_tiny_exit_when_the_process_dies_at_it_then_its_next_life_counts_it(dying, later, ended):
    with pytest.raises(Killed):
        client_of(dying, x_bot_secret=WEBHOOK_SECRET).post(
            "/webhook", json=strategy_alert(**COIN | EXIT_LONG)
        )
    later(dying, 6)

    assert ended() == ("filled", 0, [Decimal(5000)])


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("left", [{}, EXIT_LONG])
def test_tiny_exit_when_another_process_takes_up_another_alert_then_it_is_not_taken_for_that_ones(
    client, app_at_alpaca, connect_alpaca, store, clock, left
):
    alert, ticket = strategy_alert(**COIN | left), fresh_ticket_id(clock())
    inbox = Inbox(store, clock, ThreadLocks().owner, ttl_seconds=300)
    inbox.claim(Arrival(ticket, "default", "strategy", str(ticket), alert, clock()))
    clock.move(seconds=1)
    sold = client.post("/webhook", json=strategy_alert(**COIN | EXIT_LONG)).json["order"]
    assert len(list(store.list("trades/"))) == 1
    other = app_at_alpaca(brokers={"alpaca": connect_alpaca()})
    services_of(other).intake.recovery.recover()
    orders = [order for item in store.list("tickets/") for order in item.value["orders"]]

    assert [order["client_order_id"] for order in orders if order["side"] == "sell"] == [
        sold["client_order_id"]
    ]
