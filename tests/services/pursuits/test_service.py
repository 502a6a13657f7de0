"""How a pursued exit ends: by the operator, a later alert, a kill switch; and who is told what."""

from dataclasses import replace

import pytest

from app.services.runtime.turns import as_leader
from tests.builders import (
    ENTER_LONG,
    EXIT_LONG,
    WEBHOOK_SECRET,
    ScriptedBroker,
    bridge_alert,
    client_of,
    strategy_alert,
)
from tests.notices import telling

pytestmark = pytest.mark.unit


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def app(make_app, scripted, messages):
    return make_app(brokers={"paper": scripted}, dry_run=False, allow_short_selling=True, **telling(messages))


@pytest.fixture
def notices(services, messages):
    def read() -> list[str]:
        services.observability.notifier.close(timeout=60)
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


def test_entry_when_its_bot_is_on_the_way_out_then_it_waits_for_the_exit(
    pursued, post, scripted, clock, ticket_of, tick
):
    scripted.is_reachable = True
    clock.move(seconds=1)
    entry = post(**ENTER_LONG)
    before = scripted.held["AAPL"]
    tick()
    tick()

    assert (entry.status_code, before, scripted.held["AAPL"]) == (202, 10, 10)
    assert [(order.side.value, order.quantity) for order in scripted.submitted] == [
        ("buy", 10),
        ("sell", 10),
        ("buy", 10),
    ]
    assert (ticket_of(pursued)["status"], ticket_of(entry)["status"]) == ("filled", "filled")


def test_entry_when_the_exit_before_it_takes_too_long_then_it_is_denied(
    pursued, post, scripted, services, clock, ticket_of
):
    scripted.is_reachable = True
    clock.move(seconds=1)
    entry = post(**ENTER_LONG)
    clock.move(seconds=61)
    services.intake.recovery.recover()

    assert (ticket_of(entry)["status"], ticket_of(entry)["reason"]) == ("denied", "EXIT_PURSUED")
    assert (ticket_of(pursued)["status"], scripted.held["AAPL"]) == ("pursuing", 10)


def test_exit_when_a_later_alert_leaves_itself_then_it_is_overtaken_and_told(
    pursued, post, scripted, clock, ticket_of, tick, notices
):
    scripted.is_reachable = True
    clock.move(seconds=1)
    post(**EXIT_LONG, n=2)
    tick()

    assert (ticket_of(pursued)["status"], ticket_of(pursued)["reason"]) == ("skipped", "ALERT_OVERTAKEN")
    assert (scripted.held["AAPL"], len(scripted.submitted)) == (0, 2)
    assert notices() == ["An exit did not happen"]


def target(side: str, now: tuple[str, str], before: tuple[str, str], contracts: str) -> dict[str, str]:
    """Tell where a strategy goes, and from where."""
    return {
        "strategy_order_action": side,
        "strategy_order_contracts": contracts,
        "market_position": now[0],
        "market_position_size": now[1],
        "prev_market_position": before[0],
        "prev_market_position_size": before[1],
    }


LONG, FLAT, SHORT = ("long", "10"), ("flat", "0"), ("short", "5")


@pytest.fixture
def turning(post, clock, scripted, configure):
    """Hold ten shares and want to be short of five, while the broker does not answer."""
    scripted.capabilities = replace(scripted.capabilities, short=scripted.capabilities.asset_classes)
    configure(allow_short=True)
    post(**target("buy", LONG, FLAT, "10"))
    clock.move(seconds=1)
    scripted.is_reachable = False
    answer = post(**target("sell", SHORT, FLAT, "5"))
    assert (answer.status_code, answer.json["status"]) == (202, "pursuing")
    scripted.is_reachable = True
    clock.move(seconds=1)
    return answer


def test_reversal_when_the_close_before_it_comes_late_then_its_entry_follows_all_the_same(
    turning, post, scripted, tick, ticket_of
):
    late = post(**target("sell", FLAT, LONG, "10"))
    tick()
    tick()

    assert scripted.held["AAPL"] == -5
    assert [ticket_of(answer)["status"] for answer in (turning, late)] == ["filled", "filled"]


def test_reversal_when_a_later_alert_wants_the_old_side_then_its_entry_is_dropped(
    turning, post, scripted, tick
):
    post(**target("buy", ("long", "12"), SHORT, "17"))
    tick()
    tick()

    assert scripted.held["AAPL"] == 12


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


class Unreadable(ScriptedBroker):
    """Shows one position in a way that nobody has thought of."""

    unreadable = ""

    def position(self, instrument):
        if instrument.symbol == self.unreadable:
            raise ZeroDivisionError
        return super().position(instrument)


class TestSeveralExits:
    @pytest.fixture
    def scripted(self) -> ScriptedBroker:
        return Unreadable()

    @pytest.fixture
    def second(self, pursued, post, clock, scripted):
        """An exit behind one that cannot be read."""
        scripted.is_reachable = True
        post(**ENTER_LONG, symbol="MSFT")
        scripted.is_reachable = False
        clock.move(seconds=1)
        answer = post(**EXIT_LONG, symbol="MSFT")
        scripted.is_reachable, scripted.unreadable = True, "AAPL"
        return answer

    def test_when_one_fails_in_an_unforeseen_way_then_the_others_go_on_and_it_is_told(
        self, pursued, second, services, ticket_of, tick
    ):
        tick(5)

        assert (ticket_of(pursued)["status"], ticket_of(second)["status"]) == ("pursuing", "filled")
        assert "pursuits" in " ".join(services.supervisor.failing)

    def test_when_the_first_fails_and_there_is_time_for_one_then_the_next_turn_begins_behind_it(
        self, pursued, second, clock, services, ticket_of
    ):
        clock.move(seconds=5)
        with as_leader(lambda: False):
            with pytest.raises(ZeroDivisionError):
                services.portfolio.pursuits.run()
            services.portfolio.pursuits.run()

        assert (ticket_of(pursued)["status"], ticket_of(second)["status"]) == ("pursuing", "filled")


def test_exit_when_the_clock_was_set_back_then_it_goes_on_at_once(pursued, scripted, tick, ticket_of):
    scripted.is_reachable = True
    tick(-3600)

    assert ticket_of(pursued)["status"] == "filled"
