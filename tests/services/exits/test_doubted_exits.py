"""A pair of exits that may be at the broker stays in doubt until it is shown, whatever is said meanwhile."""

from decimal import Decimal

import pytest

from app.brokers.alpaca.broker import AlpacaBroker
from app.domain.orders import OrderClass
from app.errors import BrokerRejected, OutcomeUnknown

pytestmark = pytest.mark.integration


class Doubtful(AlpacaBroker):
    """An account whose answer to a pair gets lost, which shows it late, and refuses it before it does."""

    sends = 0

    def submit(self, order):
        if order.order_class is not OrderClass.OCO:
            return super().submit(order)
        self.sends += 1
        if self.sends == 1:
            super().submit(order)
            raise OutcomeUnknown("no answer")
        raise BrokerRejected("insufficient qty available")

    def find(self, client_order_id):
        is_pair = client_order_id.endswith(("-sl", "-tp"))
        return None if is_pair and self.sends == 1 else super().find(client_order_id)

    def open_orders(self):
        return super().open_orders() if self.sends != 1 else []


@pytest.fixture
def alpaca(connect_alpaca):
    return connect_alpaca(Doubtful)


@pytest.fixture
def look(watch, clock):
    """Let the clock come round so many times."""

    def go_by(times: int) -> None:
        for _ in range(times):
            watch()
            clock.move(seconds=1)

    return go_by


@pytest.fixture
def books(store):
    """Read what is kept of positions, exits and open orders."""
    return lambda: [item.key for prefix in ("trades/", "exits/", "orders/") for item in store.list(prefix)]


def test_pair_when_it_is_refused_at_a_second_send_then_the_first_is_followed_and_none_placed_beside_it(
    bot, post, fake, legs, look, held, alpaca, books
):
    bot()
    post(strategy_order_contracts="10.5")
    look(2)
    rests = legs()
    fake.market.move("AAPL", Decimal(97))
    look(18)

    assert rests == {"-sl": ("10", "98"), "-tp": ("10", "104")}
    assert (alpaca.sends, held(), books()) == (2, {}, [])
