from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from app.domain.trading_state import StateSwitch, TradingState
from app.errors import InvalidRequest, RequestRefused
from app.schemas.operator import PRICES, OrderQuerySchema, TradingStateSchema, load
from app.schemas.tickets import TicketQuerySchema

pytestmark = pytest.mark.unit

SWITCH, TICKETS, ORDERS = TradingStateSchema(), TicketQuerySchema(), OrderQuerySchema()
TICKET = "01899a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"state": "HALTED"}, StateSwitch(TradingState.HALTED)),
        (
            {"state": "REDUCING", "reason": "lunch", "until": "2096-06-02T14:22:00Z"},
            StateSwitch(TradingState.REDUCING, "lunch", datetime(2096, 6, 2, 14, 22, tzinfo=UTC)),
        ),
        ({"state": "ACTIVE", "reason": None, "until": None}, StateSwitch()),
    ],
)
def test_switch_when_sound_then_read(data, expected):
    assert load(SWITCH, data) == expected


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "state"),
        ({"state": "halted"}, "state"),
        ({"state": None}, "state"),
        ({"state": ["HALTED"]}, "state"),
        ({"state": {"a": 1}}, "state"),
        ({"state": True}, "state"),
        ({"state": "HALTED", "untill": "2026-06-02"}, "untill"),
        ({"state": "HALTED", "until": "soon"}, "until"),
        ({"state": "HALTED", "reason": 5}, "reason"),
    ],
)
def test_switch_when_unclear_then_refused_by_field(data, field):
    with pytest.raises(InvalidRequest, match=rf"The request is malformed\. `{field}` "):
        load(SWITCH, data)


def test_switch_when_it_would_have_ended_already_then_refused():
    with pytest.raises(RequestRefused, match="`until` must lie in the future"):
        load(SWITCH, {"state": "HALTED", "until": "2026-06-02T14:22:00Z"})


def test_ticket_query_when_empty_then_first_fifty_of_all():
    loaded = load(TICKETS, {})

    assert (loaded.pop("limit"), loaded.pop("view")) == (50, "full")
    assert set(loaded.values()) == {None}


def test_ticket_query_when_full_then_read():
    query = {"status": "filled", "bot": "b", "date": "2026-06-02", "after": TICKET, "limit": "500"}

    read = {name: value for name, value in load(TICKETS, query).items() if value is not None}
    assert read == {
        "status": "filled",
        "bot": "b",
        "day": date(2026, 6, 2),
        "after": UUID(TICKET),
        "limit": 500,
        "view": "full",
    }


@pytest.mark.parametrize(
    ("schema", "query"),
    [
        (TICKETS, {"limit": "0"}),
        (TICKETS, {"limit": "501"}),
        (TICKETS, {"limit": "many"}),
        (TICKETS, {"limit": "9" * 5000}),
        (TICKETS, {"date": "2026-13-01"}),
        (TICKETS, {"after": "x"}),
        (ORDERS, {"limit": "-1"}),
        (ORDERS, {"status": "done"}),
        (ORDERS, {"after": "x" * 201}),
    ],
)
def test_query_when_out_of_bounds_then_refused_by_field(schema, query):
    with pytest.raises(InvalidRequest, match=next(iter(query))):
        load(schema, query)


def test_order_query_when_status_is_in_capitals_then_read():
    assert load(ORDERS, {"status": "OPEN"}) == {"status": "open", "after": None, "limit": 50, "fresh": False}


def test_prices_when_sound_then_decimals_or_none():
    assert load(PRICES, {"AAPL": "190.50", "BTC-USD": None, "MSFT": 5}) == {
        "AAPL": Decimal("190.50"),
        "BTC-USD": None,
        "MSFT": Decimal(5),
    }


@pytest.mark.parametrize(
    "prices", [{}, [], None, {"AAPL": 0}, {"AAPL": -1}, {"AAPL": "NaN"}, {"AAPL": True}, {"A" * 61: 1}]
)
def test_prices_when_one_is_bad_then_none_is_taken(prices):
    with pytest.raises(InvalidRequest):
        load(PRICES, prices)


def test_prices_when_one_is_bad_then_symbol_is_named():
    with pytest.raises(InvalidRequest, match=r"`AAPL` must be greater than zero"):
        load(PRICES, {"AAPL": 0, "MSFT": 1})
