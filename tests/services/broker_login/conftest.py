from dataclasses import replace

import pytest

from app.services.broker_login.access import FyersAccess
from app.services.observability.events import Event
from app.wiring.brokers import fyers_access
from tests.fyers_logins import TRADING_DAY, fyers_settings, log_in, simulated_fyers
from tests.notices import HeardNotifier


@pytest.fixture
def fake(clock):
    clock.now = TRADING_DAY
    with simulated_fyers(stocks=1, frozen=True) as fake:
        yield fake


@pytest.fixture
def notifier() -> HeardNotifier:
    """One mailbox for all processes."""
    return HeardNotifier()


@pytest.fixture
def told(notifier) -> list[Event]:
    """What the owner got, whichever process sent it."""
    return notifier.events


@pytest.fixture
def noted() -> list[str]:
    """The activity log."""
    return []


@pytest.fixture
def make_access(settings, store, clock, fake, notifier, noted, audit):
    """Build the login of one process; settings by keyword."""

    def make(*, store=store, **changes) -> FyersAccess:
        changed = replace(settings, **(fyers_settings(fake) | changes))
        return fyers_access(changed, store, clock, notifier, noted.append, audit)

    return make


@pytest.fixture
def access(make_access) -> FyersAccess:
    return make_access()


@pytest.fixture
def enter():
    """Log in as a person does."""

    def enter(access: FyersAccess):
        back = log_in(access.login.link().url)
        return access.login.finish(back["state"], back["auth_code"])

    return enter
