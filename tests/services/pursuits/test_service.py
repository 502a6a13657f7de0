"""How a pursued exit ends: by the operator, a later alert, a kill switch; and who is told what."""

import pytest

from tests.builders import (
    ENTER_LONG,
    EXIT_LONG,
    WEBHOOK_SECRET,
    ScriptedBroker,
    bridge_alert,
    client_of,
    strategy_alert,
)

pytestmark = pytest.mark.unit


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def app(make_app, scripted, messages):
    told = {"notification_url": "json://127.0.0.1:1", "notify": lambda event: messages.append(event.title)}
    return make_app(brokers={"paper": scripted}, dry_run=False, **told)


@pytest.fixture
def notices(services, messages):
    def read() -> list[str]:
        services.observability.notifier.close(timeout=5)
        return messages

    return read


@pytest.fixture(autouse=True)
def by_contracts(configure) -> None:
    configure(use_strategy_contracts=True)


@pytest.fixture
def pursued(post, clock, scripted: ScriptedBroker):
    """Hold ten shares, and want out while the broker does not answer; return the answer."""
    post(**ENTER_LONG)
    clock.move(seconds=1)
    scripted.is_reachable = False
    answer = post(**EXIT_LONG)
    assert (answer.status_code, answer.json["status"]) == (202, "pursuing")
    return answer


@pytest.fixture
def tick(services, clock):
    def go_by(seconds: int = 2) -> None:
        clock.move(seconds=seconds)
        services.supervisor.tick(everything=True)

    return go_by


def test_end_when_the_operator_wants_it_then_the_exit_is_given_up_and_told(
    pursued, operator, ticket_of, notices, scripted, tick
):
    path = f"/api/tickets/{pursued.json['ticket']}/end"
    ended, again = operator.post(path), operator.post(path)
    scripted.is_reachable = True
    tick()

    assert (ended.json["status"], ended.json["reason"]) == ("failed", "EXIT_ENDED")
    assert (again.status_code, again.json["error"]["code"]) == (409, "PURSUIT_OVER")
    assert (ticket_of(pursued)["status"], len(scripted.submitted)) == ("failed", 1)
    assert notices() == ["An exit did not happen"]


def test_end_when_there_is_no_such_ticket_then_not_found(operator, pursued):
    path = "/api/tickets/01a22923-37ba-7385-a4d5-f2dfccfc17d0/end"

    assert operator.post(path).status_code == 404


def test_exit_when_a_later_alert_moves_the_position_then_it_is_overtaken_and_told(
    pursued, post, scripted, clock, ticket_of, tick, notices
):
    scripted.is_reachable = True
    clock.move(seconds=1)
    post(**ENTER_LONG)
    tick()

    assert (ticket_of(pursued)["status"], ticket_of(pursued)["reason"]) == ("skipped", "ALERT_OVERTAKEN")
    assert scripted.held["AAPL"] == 20
    assert notices() == ["An exit did not happen"]


def test_exit_when_trading_is_halted_meanwhile_then_it_is_denied_and_told(
    pursued, operator, scripted, ticket_of, tick, notices
):
    operator.put("/api/trading-state", json={"state": "HALTED"})
    scripted.is_reachable = True
    tick()

    assert (ticket_of(pursued)["status"], ticket_of(pursued)["reason"]) == ("denied", "TRADING_HALTED")
    assert notices() == ["An exit did not happen"]


def test_exit_when_it_is_sent_again_then_the_answer_is_how_it_stands(client, post, scripted, clock, tick):
    post(**ENTER_LONG)
    clock.move(seconds=1)
    scripted.is_reachable = False
    alert = strategy_alert(**EXIT_LONG)
    first = client.post("/webhook", json=alert).json["status"]
    scripted.is_reachable = True
    tick()

    assert (first, client.post("/webhook", json=alert).json["status"]) == ("pursuing", "filled")
    assert scripted.held["AAPL"] == 0


def test_entry_when_the_broker_cannot_be_asked_then_nothing_is_pursued(post, scripted, operator):
    scripted.is_reachable = False

    assert post(**ENTER_LONG).json["status"] == "denied"
    assert operator.get("/status").json["pursuits"] == []


def test_plain_sales_when_both_are_pursued_then_they_add_up(app, post, scripted, clock, tick):
    post(**ENTER_LONG)
    clock.move(seconds=1)
    scripted.is_reachable = False
    bridge = client_of(app, x_bot_secret=WEBHOOK_SECRET)
    terms = {"symbol": "AAPL", "side": "sell", "order_type": "market", "limit_price": None}
    for quantity in ("3", "4"):
        bridge.post("/tradingview/webhook", json=bridge_alert(quantity=quantity, **terms))
        clock.move(seconds=1)
    scripted.is_reachable = True
    tick()

    assert scripted.held["AAPL"] == 3


def test_exit_when_it_is_denied_then_the_owner_is_told_at_once(post, operator, notices):
    post(**ENTER_LONG)
    operator.put("/api/trading-state", json={"state": "HALTED"})

    assert post(**EXIT_LONG).json["reason"] == "TRADING_HALTED"
    assert notices() == ["An exit did not happen"]
