"""A bot at an account that behaves like Alpaca's, and the clock that looks after its exits."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from app.brokers.alpaca.broker import AlpacaBroker
from tests.builders import strategy_alert
from tests.simulators.alpaca import FakeAlpaca

ANSWER_FIELDS = ("qty", "side", "type", "order_class", "time_in_force", "limit_price", "stop_price")


@pytest.fixture
def fake():
    with FakeAlpaca(checked=True) as fake:
        fake.market.move("AAPL", Decimal(100))
        fake.market.move("BTC/USD", Decimal(50_000))
        yield fake
        assert fake.misfits == []


@pytest.fixture
def alpaca(fake, clock):
    addresses = {"trading_url": fake.url, "data_url": fake.url}
    return AlpacaBroker(fake.key, fake.secret, paper=True, **addresses, timeout_seconds=0.5, clock=clock)


@pytest.fixture
def app(make_app, alpaca):
    return make_app(
        brokers={"alpaca": alpaca}, default_broker="alpaca", dry_run=False, allow_short_selling=True
    )


@pytest.fixture
def bot(configure) -> Callable[..., None]:
    """Let the bot trade TradingView's sizes with a stop at 2 % and a target at 4 %, changed."""

    def change(**changes):
        configure(
            **{"use_strategy_contracts": True, "attach_sl_tp": True, "sl_pct": "0.02", "tp_pct": "0.04"}
            | changes
        )

    return change


@pytest.fixture
def post(client) -> Callable[..., dict]:
    """Post a strategy alert and return its answer."""
    return lambda **changes: client.post("/webhook", json=strategy_alert(**changes)).json


@pytest.fixture
def watch(services) -> Callable[[], None]:
    """Let the clock come round once."""
    return lambda: services.supervisor.tick(everything=True)


@pytest.fixture
def legs(alpaca) -> Callable[[], dict[str, tuple[str, str]]]:
    """Read quantity and price of every working exit by the ending of its id."""

    def read():
        return {
            order.client_order_id[-3:]: (f"{order.quantity:f}", f"{order.stop_price or order.limit_price:f}")
            for order in alpaca.open_orders()
            if order.is_protective
        }

    return read


@pytest.fixture
def held(alpaca) -> Callable[[], dict[str, str]]:
    """Read what the account holds by symbol."""
    return lambda: {item.symbol: f"{item.quantity:f}" for item in alpaca.positions()}
