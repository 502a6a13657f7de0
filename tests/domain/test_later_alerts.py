"""Which later alerts take an entry back: those of the other side in its symbol, however it is written."""

from datetime import timedelta

import pytest

from app.domain.later_alerts import opposes
from app.domain.orders import Side
from app.domain.signals import Intent
from app.domain.tickets import Ticket
from tests.domain.builders import NOW, TICKET

pytestmark = pytest.mark.unit


def takes_back(entry_symbol, **signal):
    entry = Ticket(TICKET, "trend", "strategy", NOW, {})
    later = {
        "bot": "trend",
        "dialect": "strategy",
        "created_at": (NOW + timedelta(seconds=1)).isoformat(),
        "alert": {},
        "signal": {"intent": Intent.EXIT_LONG.value, "side": Side.SELL.value} | signal,
    }
    return opposes(later, entry, entry_symbol, Side.BUY)


@pytest.mark.parametrize(
    ("entry", "later", "is_same"),
    [
        ("AAPL", {"symbol": "NASDAQ:AAPL"}, True),
        ("AAPL", {"symbol": "aapl", "exchange": "NASDAQ"}, True),
        ("BTCUSD", {"symbol": "BTC-USD"}, True),
        ("AAPL", {"symbol": "MSFT"}, False),
        ("AAPL", {}, False),
        ("SPX", {"symbol": "CBOE:SPX"}, True),
        ("SPX", {"symbol": "CBOE:NDX"}, False),
    ],
)
def test_exit_when_it_comes_later_then_it_takes_back_an_entry_of_its_own_symbol(entry, later, is_same):
    assert takes_back(entry, **later) is is_same


@pytest.mark.parametrize(
    ("signal", "is_back"),
    [
        ({"intent": Intent.ENTER_LONG.value, "side": Side.BUY.value}, False),
        ({"intent": Intent.CLOSE.value, "side": Side.BUY.value}, True),
        ({"intent": Intent.CANCEL.value, "side": None, "order": "all"}, True),
        ({"intent": Intent.CANCEL.value, "side": None, "order": "one-of-them"}, False),
    ],
)
def test_alert_when_it_comes_later_then_it_takes_an_entry_back_by_what_it_wants(signal, is_back):
    assert takes_back("AAPL", symbol="AAPL", **signal) is is_back
