"""Trades of shares left by their numbers, on paper."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.orders import OrderRole
from tests.builders import (
    ACCOUNT_SECRET,
    ENTER_LONG,
    OPERATOR_TOKEN,
    WEBHOOK_SECRET,
    client_of,
    services_of,
    strategy_alert,
)
from tests.option_bots import FAST_CONDOR

pytestmark = pytest.mark.integration
PATH = f"/webhook/{ACCOUNT_SECRET}"


@pytest.fixture
def clock(clock):
    clock.now = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
    return clock


@pytest.fixture(autouse=True)
def _price(broker):
    broker.set_prices({"AAPL": Decimal(100)})


@pytest.fixture
def buy(client, operator, clock):
    """Let the default bot buy; return its trade's number."""

    def go(**changes):
        clock.move(seconds=11)
        assert client.post("/webhook", json=strategy_alert(**ENTER_LONG | changes)).status_code == 200
        return operator.get("/api/trades").json["trades"][0]["number"]

    return go


@pytest.fixture
def leave(anonymous):
    return lambda number, body=None: anonymous.post(f"{PATH}/exit/{number}", json=body or {})


@pytest.fixture
def ticket(operator):
    return lambda answer: operator.get(f"/api/tickets/{answer.json['id']}").json


def test_exit_when_shares_are_held_then_they_are_sold_and_the_trade_is_gone(
    buy, leave, ticket, holding, anonymous
):
    number, held = buy(), Decimal(holding())
    answer = leave(number)

    assert (answer.status_code, answer.json["success"], answer.json["status"]) == (200, True, "filled")
    assert answer.json["payload"] == {"trade": number}
    assert answer.json["closes"] == [{"trade": number, "units_closed": float(held)}]
    assert (ticket(answer)["dialect"], ticket(answer)["bot"]) == ("bot_command", "default")
    assert holding() == "0"
    assert anonymous.get(f"{PATH}/trades").json["trades"] == []


@pytest.mark.parametrize(("trim", "left"), [(50, 1), (1, 2), (67, 0), (100, 0)])
def test_exit_when_a_share_of_it_is_meant_then_whole_units_are_rounded_up(
    buy, leave, configure, holding, trim, left
):
    configure(use_strategy_contracts=True)
    number = buy(strategy_order_contracts="3")
    answer = leave(number, {"trim": trim})

    assert (answer.json["units_closed"], holding()) == (3 - left, str(left))


def test_exit_when_the_trade_is_over_then_a_later_one_in_the_symbol_is_left_alone(buy, leave, holding, clock):
    number = buy()
    leave(number)
    clock.move(seconds=60)
    later = buy()
    answer = leave(number)

    assert later != number
    assert (answer.status_code, answer.json["reason"]) == (400, "TRADE_NONE")
    assert Decimal(holding()) > 0


def test_exit_when_the_bot_trades_elsewhere_by_now_then_it_is_left_where_it_is(
    make_app, scripted, operator, configure, clock
):
    app = make_app(brokers={"paper": scripted, "alpaca": type(scripted)("alpaca")}, dry_run=False)
    clients = client_of(app, x_bot_secret=WEBHOOK_SECRET)
    clients.post("/webhook", json=strategy_alert(**ENTER_LONG))
    (trade,) = services_of(app).portfolio.trades.page(state="open", bot=None, after=None, limit=9).rows
    configure(broker="alpaca")
    answer = clients.post(f"{PATH}/exit/{trade['number']}")

    assert answer.json["status"] == "filled"
    assert scripted.held["AAPL"] == 0


def test_exit_when_trading_is_halted_then_refused_with_its_reason(buy, leave, operator, holding):
    number = buy()
    operator.put("/api/trading-state", json={"state": "HALTED"})

    assert leave(number).json["reason"] == "TRADING_HALTED"
    assert Decimal(holding()) > 0


def test_exit_when_its_bot_trades_structures_then_only_the_shares_go(
    buy, leave, configure, holding, services, clock, anonymous
):
    number = buy()
    configure(**FAST_CONDOR)
    anonymous.post(f"{PATH}/enter/1")
    for _ in range(40):
        services.structures.ladders.run()
        clock.move(seconds=1)
    answer = leave(number)

    assert (answer.json["status"], holding()) == ("filled", "0")
    assert [stored.trade.state.value for stored in services.structures.trades.every()] == ["open"]


def test_exit_when_previewed_then_the_order_is_told_and_nothing_is_sent(buy, operator, holding):
    number, held = buy(), holding()
    shown = operator.post("/api/preview", json={"command": "exit", "trade": number}).json

    assert (shown["status"], shown["orders"][0]["side"]) == ("ordered", "sell")
    assert holding() == held


def test_exit_when_killed_after_its_order_then_it_is_taken_up_once(
    make_app, scripted, clock, store, monkeypatch
):
    app = make_app(brokers={"paper": scripted}, dry_run=False)
    client = client_of(app, x_bot_secret=WEBHOOK_SECRET, authorization=f"Bearer {OPERATOR_TOKEN}")
    client.post("/webhook", json=strategy_alert(**ENTER_LONG))
    (trade,) = services_of(app).portfolio.trades.page(state="open", bot=None, after=None, limit=9).rows

    class Killed(BaseException):
        pass

    scripted.failures = [Killed()]
    with pytest.raises(Killed):
        client.post(f"{PATH}/exit/{trade['number']}")
    scripted.take(scripted.submitted[-1])
    clock.move(seconds=70)
    services_of(app).intake.recovery.recover()
    (ticket,) = [one for one in client.get("/api/tickets").json["tickets"] if one["dialect"] == "bot_command"]

    assert (ticket["status"], ticket["orders"][0]["role"]) == ("filled", OrderRole.EXIT.value)
    assert [order.role for order in scripted.submitted] == [OrderRole.ENTRY, OrderRole.EXIT]
    assert services_of(app).portfolio.trades.page(state="open", bot=None, after=None, limit=9).rows == []
