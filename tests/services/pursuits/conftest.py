"""A bot at an account that behaves like Alpaca's, and a clock on which both of them live."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.builders import ENTER_LONG, EXIT_LONG, strategy_alert


@pytest.fixture
def fake(alpaca_simulator):
    return alpaca_simulator


@pytest.fixture
def notices() -> list[tuple[str, str]]:
    """What the owner was told, by title and text."""
    return []


@pytest.fixture
def app(app_at_alpaca, notices, fake, clock):
    def wait(seconds: float) -> None:
        clock.wait(seconds)
        fake.exchange.timer.advance(seconds)

    return app_at_alpaca(
        allow_short_selling=True,
        notification_url="json://127.0.0.1:1",
        notify=lambda _to, title, body, _severity: notices.append((title, body)),
        wait=wait,
    )


@pytest.fixture
def post(client) -> Callable[..., object]:
    return lambda **changes: client.post("/webhook", json=strategy_alert(**changes))


@pytest.fixture
def held_ten(post, configure) -> None:
    """Hold ten shares with stop and target at the broker."""
    configure(use_strategy_contracts=True, attach_sl_tp=True, sl_pct="0.02", tp_pct="0.04")
    assert post(**ENTER_LONG).status_code == 200


@pytest.fixture
def leave(post) -> Callable[..., object]:
    return lambda **changes: post(**EXIT_LONG, **changes)


@pytest.fixture
def pass_time(services, fake, clock) -> Callable[[float], None]:
    """Let so many seconds go by, the clock coming round in each of them."""

    def go_by(seconds: float) -> None:
        for _ in range(int(seconds)):
            clock.move(seconds=1)
            fake.exchange.timer.advance(1)
            services.supervisor.tick(everything=True)

    return go_by


@pytest.fixture
def held(fake) -> Callable[[], Decimal]:
    """Read how many shares of Apple the account really holds."""

    def read() -> Decimal:
        found = fake.exchange.account.holdings.get("AAPL")
        return Decimal(0) if found is None else found.quantity

    return read
