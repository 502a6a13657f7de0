"""A bot at an account that behaves like Alpaca's, and the clock that looks after its exits."""

from collections.abc import Callable

import pytest

from tests.builders import strategy_alert

ANSWER_FIELDS = ("qty", "side", "type", "order_class", "time_in_force", "limit_price", "stop_price")


@pytest.fixture
def fake(alpaca_simulator):
    return alpaca_simulator


@pytest.fixture
def app(app_at_alpaca):
    return app_at_alpaca(allow_short_selling=True)


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
