"""A bot at an account that behaves like Alpaca's, and a clock on which both of them live."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask

from tests.builders import ENTER_LONG, EXIT_LONG, services_of, strategy_alert


@pytest.fixture
def fake(alpaca_simulator):
    return alpaca_simulator


@pytest.fixture
def messages() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def notices(services, messages) -> Callable[[], list[tuple[str, str]]]:
    """Read what the owner was told, by title and text."""

    def read() -> list[tuple[str, str]]:
        services.observability.notifier.close(timeout=60)
        return messages

    return read


@pytest.fixture
def another(app_at_alpaca, messages, fake, clock) -> Callable[..., Flask]:
    """Build an application on the same store: the next process after one has died."""

    def wait(seconds: float) -> None:
        clock.wait(seconds)
        fake.exchange.timer.advance(seconds)

    return lambda **changes: app_at_alpaca(
        allow_short_selling=True,
        notification_url="json://127.0.0.1:1",
        notify=lambda event: messages.append((event.title, event.message)),
        exit_pursuit_seconds=60,
        wait=wait,
        **changes,
    )


@pytest.fixture
def app(another):
    return another()


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
def pass_time(app, fake, clock) -> Callable[..., None]:
    """Let so many seconds go by, each task of the clock at its pace, and all of them in the last one."""

    def go_by(seconds: int, on=app) -> None:
        for left in reversed(range(seconds)):
            clock.move(seconds=1)
            fake.exchange.timer.advance(1)
            services_of(on).supervisor.tick(everything=left == 0)

    return go_by


@pytest.fixture
def held(fake) -> Callable[[], Decimal]:
    """Read how many shares of Apple the account really holds."""

    def read() -> Decimal:
        found = fake.exchange.account.holdings.get("AAPL")
        return Decimal(0) if found is None else found.quantity

    return read


@pytest.fixture
def outcome(fake, held, ticket_of) -> Callable[..., tuple[Decimal, Decimal, str]]:
    """Return what is held, how much all sales together have sold, and how the ticket of an answer stands."""

    def read(answer) -> tuple[Decimal, Decimal, str]:
        sales = (order.filled for order in fake.exchange.book.orders.values() if order.side == "sell")
        return held(), sum(sales, Decimal(0)), ticket_of(answer)["status"]

    return read
