"""A simulated Fyers, an application that logs in to it, and the person who does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.simulators.fyers import FakeFyers

# A Wednesday on which the exchange is open.
TRADING_DAY = datetime.fromisoformat("2026-11-25T10:00+05:30")
REDIRECT_URI = "http://127.0.0.1:1/auth-callback"
PIN = "1234"


@contextmanager
def simulated_fyers(*, frozen: bool = False, checked: bool = True, **settings) -> Iterator[FakeFyers]:
    """Open a strict Fyers on a trading day; without its SDK there is nothing to test."""
    pytest.importorskip("fyers_apiv3")
    with FakeFyers(checked=checked, **settings) as fake:
        fake.clock.set(TRADING_DAY, frozen=frozen)
        yield fake
        assert fake.misfits == []


def fyers_settings(fake: FakeFyers) -> dict:
    """Return the settings of an application for this simulator."""
    return {
        "fyers_app_id": fake.app_id,
        "fyers_secret_id": fake.secret,
        "fyers_redirect_uri": REDIRECT_URI,
        "fyers_api_url": fake.api_url,
        "broker_timeout_seconds": Decimal(60),
    }


def log_in(url: str) -> dict[str, str]:
    """Log in as a person does; return the query that the browser is sent back with."""
    answer = requests.get(url, allow_redirects=False, timeout=5)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def move(clock, fake: FakeFyers, **duration: float) -> None:
    """Let time pass for both sides."""
    clock.move(**duration)
    fake.clock.set(clock(), frozen=True)
