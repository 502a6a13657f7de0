"""/api/analytics/equity."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.accounts import Account
from app.repositories.equity import EquityHistory

pytestmark = pytest.mark.unit


@pytest.fixture
def history(store, clock):
    """Write down what accounts were worth, a point every six hours up to now."""

    def write(broker: str, *worths: str, currency: str = "USD") -> None:
        for number, worth in enumerate(worths):
            at = clock() - timedelta(hours=6) * (len(worths) - 1 - number)
            amount = Decimal(worth)
            EquityHistory(store).add(broker, Account(amount, amount, amount, currency=currency), at)

    return write


@pytest.fixture
def ask(operator):
    return lambda **query: operator.get("/api/analytics/equity", query_string=query).json


def test_equity_when_nothing_is_known_then_it_is_empty(ask):
    answer = ask()

    assert (answer["points"], answer["max_drawdown"], answer["accounts"]) == ([], None, [])


def test_equity_when_an_account_fell_then_its_points_and_its_drawdown_are_told(ask, history):
    history("paper", "100000", "110000", "99000", "104500")
    answer = ask()

    assert [worth for _, worth in answer["points"]] == ["100000", "110000", "99000", "104500"]
    assert [below for _, below in answer["drawdown"]] == ["0", "0", "0.1", "0.05"]
    assert (answer["max_drawdown"], answer["currency"], answer["broker"]) == ("0.1", "USD", "paper")


def test_equity_when_there_are_several_accounts_then_each_stands_by_itself(ask, history):
    history("fyers", "500", "400", currency="INR")
    history("paper", "100")
    answer = ask()

    assert [(one["broker"], one["currency"], one["count"]) for one in answer["accounts"]] == [
        ("fyers", "INR", 2),
        ("paper", "USD", 1),
    ]
    assert (answer["broker"], ask(broker="fyers")["broker"]) == ("paper", "fyers")


def test_equity_when_a_bot_is_asked_for_then_its_account_is_told(ask, history, configure):
    history("fyers", "500")
    history("paper", "100")

    assert [one["broker"] for one in ask(bot="default")["accounts"]] == ["paper"]
    assert ask(bot="nobody")["error"]["code"] == "NOT_FOUND"


def test_equity_when_days_are_named_then_others_are_left_out(ask, history, clock):
    history("paper", *("100",) * 20)
    day = (clock() - timedelta(days=2)).date().isoformat()

    assert {at[:10] for at, _ in ask(**{"from": day, "to": day})["points"]} == {day}


def test_equity_when_a_day_is_unreadable_then_the_others_are_told(ask, history, store, clock):
    history("paper", "100")
    store.create(f"equity/paper/{(clock() - timedelta(days=1)).date()}", {"currency": "USD", "points": [5]})

    assert ask()["count"] == 1


@pytest.mark.parametrize("path", ["equity", "performance"])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "2026-06-02", "to": "2026-06-01"}, 409),
        ({"from": "2024-01-01", "to": "2026-01-01"}, 409),
        ({"from": "soon"}, 400),
        ({"to": "0001-01-01"}, 200),
        ({"to": "9999-12-31"}, 200),
    ],
)
def test_window_when_it_is_no_time_then_refused(operator, path, query, status):
    assert operator.get(f"/api/analytics/{path}", query_string=query).status_code == status
