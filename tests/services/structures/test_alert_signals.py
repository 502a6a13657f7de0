"""Alerts of every dialect to bots with a structure, through the HTTP face."""

from decimal import Decimal

import pytest

from app.domain.structures.trades import ExitCause
from app.domain.tickets import Ticket
from app.repositories.inbox import Arrival, Inbox
from app.schemas.alerts import read_stored_signal
from app.services.runtime.locks import ThreadLocks
from tests.builders import (
    BEARISH,
    ENTER_LONG,
    ENTER_SHORT,
    EXIT_LONG,
    EXIT_SHORT,
    bridge_alert,
    fresh_ticket_id,
    strategy_alert,
    trade_idea,
)

pytestmark = pytest.mark.integration
IDEAS = "/webhooks/optionomics/trade-ideas"
PUT_SPREAD = {
    "underlying": "AAPL",
    "structure": "bull_put_spread",
    "days_to_expiry": 18,
    "strike_by": "percent",
    "strike_value": "0.05",
    "wing_width": "5",
    "ladder_give_pct": "1",
}
CALL_SPREAD = PUT_SPREAD | {"structure": "bear_call_spread"}
CONDOR = PUT_SPREAD | {"structure": "iron_condor"}
ORDER = {"strategy_order_id": "7"}


@pytest.fixture
def run(wing, clock):
    def go(seconds=60):
        for _ in range(seconds):
            wing.ladders.run()
            clock.move(seconds=1)

    return go


@pytest.fixture
def trades(wing):
    return lambda: sorted((stored.trade for stored in wing.trades.every()), key=lambda one: one.number)


@pytest.fixture
def post(client, run):
    """Post a strategy alert and let what it begins end."""

    def send(**changes):
        response = client.post("/webhook", json=strategy_alert(**changes))
        run()
        return response

    return send


@pytest.mark.parametrize(
    ("keys", "enters", "leaves"),
    [
        (PUT_SPREAD, ENTER_LONG, EXIT_LONG),
        (PUT_SPREAD, ENTER_LONG, ENTER_SHORT),
        (CALL_SPREAD, ENTER_SHORT, EXIT_SHORT),
        (CALL_SPREAD, ENTER_SHORT, ENTER_LONG),
        (CONDOR, ENTER_LONG, EXIT_LONG),
        (CONDOR, ENTER_SHORT, EXIT_SHORT),
    ],
)
def test_alerts_when_the_bot_has_a_structure_then_it_is_entered_and_left(
    configure, post, trades, held, keys, enters, leaves
):
    configure(**keys)
    entered = post(**enters)
    (trade,) = trades()

    assert (entered.status_code, entered.json["status"]) == (200, "ordered")
    assert (trade.kind, trade.state, trade.units) == (keys["structure"], "open", 1)
    assert post(**leaves).json["status"] == "ordered"
    assert (trades(), held()) == ([], {})


@pytest.mark.parametrize(
    ("keys", "said", "reason"),
    [
        (PUT_SPREAD, EXIT_LONG, "POSITION_NONE"),
        (PUT_SPREAD, EXIT_SHORT, "POSITION_NONE"),
        (PUT_SPREAD, ENTER_SHORT, "POSITION_NONE"),
        (CALL_SPREAD, ENTER_LONG, "POSITION_NONE"),
        (CONDOR, EXIT_LONG, "POSITION_NONE"),
    ],
)
def test_alert_when_it_wants_out_of_nothing_then_skipped(configure, post, trades, keys, said, reason):
    configure(**keys)
    answer = post(**said)

    assert (answer.status_code, answer.json["status"], answer.json["reason"]) == (200, "skipped", reason)
    assert trades() == []


def test_exit_when_the_trade_is_being_left_already_then_skipped(configure, post, client, desk):
    configure(**PUT_SPREAD)
    post(**ENTER_LONG)
    desk.quotes = lambda _: {}
    client.post("/webhook", json=strategy_alert(**EXIT_LONG))
    answer = client.post("/webhook", json=strategy_alert(**EXIT_LONG))

    assert (answer.json["status"], answer.json["reason"]) == ("skipped", "TRADE_CLOSING")


def test_alert_when_its_symbol_is_not_the_underlying_then_denied(configure, post, trades):
    configure(**PUT_SPREAD)
    for said in (ENTER_LONG, EXIT_LONG):
        answer = post(symbol="MSFT", **said)
        assert (answer.status_code, answer.json["reason"]) == (400, "SYMBOL_NOT_ALLOWED")
    assert trades() == []


def test_alert_when_its_symbol_is_written_otherwise_then_it_is_the_underlying(configure, post, trades):
    configure(**PUT_SPREAD)
    assert post(symbol="NASDAQ:AAPL", **ENTER_LONG).json["status"] == "ordered"
    assert len(trades()) == 1


def test_alert_when_the_bot_has_no_underlying_then_its_symbol_is_and_an_exit_leaves_that_alone(
    configure, broker, post, trades
):
    broker.set_prices({"MSFT": Decimal(100)})
    configure(**PUT_SPREAD | {"underlying": None})
    post(symbol="AAPL", **ENTER_LONG)
    post(symbol="MSFT", **ENTER_LONG)
    post(symbol="AAPL", **EXIT_LONG)

    assert [trade.symbol for trade in trades()] == ["MSFT"]


def test_exit_when_the_underlying_was_changed_meanwhile_then_what_is_held_can_be_left(
    configure, post, trades
):
    configure(**PUT_SPREAD)
    post(**ENTER_LONG)
    configure(underlying="MSFT")

    assert post(**EXIT_LONG).json["status"] == "ordered"
    assert trades() == []


def test_bridge_alert_when_it_sells_then_a_bullish_structure_is_left(configure, client, run, trades):
    configure(**PUT_SPREAD)
    terms = {"symbol": "AAPL", "order_type": "market", "limit_price": None}
    bought = client.post("/tradingview/webhook", json=bridge_alert(**terms))
    run()
    assert (bought.json["status"], len(trades())) == ("ordered", 1)
    sold = client.post("/tradingview/webhook", json=bridge_alert(side="sell", **terms))
    run()

    assert (sold.json["status"], trades()) == ("ordered", [])


def test_option_alert_when_its_contract_is_named_then_the_bots_keys_choose(
    configure, client, run, trades, ticket_of
):
    configure(**PUT_SPREAD)
    words = {"strikeprice": "100", "optionType": "PE", "expiry": "weekly", "action": "SELL", "qty": 1}
    alert = {"symbol": "AAPL", **words}
    response = client.post("/webhook", json=alert)
    run()

    assert (response.json.get("status"), len(trades())) == ("ordered", 1), response.json
    details = [stage["detail"] or "" for stage in ticket_of(response)["timeline"]]
    assert any("not used, as the bot's keys decide: quantity, option contract" in one for one in details)


@pytest.mark.parametrize("command", ["cancel", "modify"])
def test_command_when_the_bot_has_a_structure_then_refused(configure, client, command):
    configure(**PUT_SPREAD)
    alert = {"command": command, "symbol": "AAPL", "order": "all"}
    if command == "modify":
        alert |= {"quantity": "1", "order": "some-order"}
    answer = client.post("/webhook", json=alert)

    assert (answer.status_code, answer.json.get("reason")) == (400, "ORDER_OF_LADDER"), answer.json


def test_alert_when_it_comes_again_then_the_first_answer_and_one_structure(configure, client, run, trades):
    configure(**PUT_SPREAD)
    alert = strategy_alert(**ENTER_LONG)
    answers = [client.post("/webhook", json=alert) for _ in range(3)]
    run()

    assert {answer.json["ticket"] for answer in answers} == {answers[0].json["ticket"]}
    assert len(trades()) == 1


def test_alert_when_previewed_then_contracts_price_and_loss_are_told_and_nothing_is_kept(
    configure, operator, trades
):
    configure(**CONDOR)
    shown = operator.post("/api/preview", json=strategy_alert(**ENTER_LONG)).json

    assert shown["status"] == "ordered"
    assert len(shown["signal"]["structure"]["legs"]) == 4
    assert any("largest loss" in (stage["detail"] or "") for stage in shown["timeline"])
    assert trades() == []


@pytest.mark.parametrize(
    ("keys", "said", "reason"),
    [(PUT_SPREAD, EXIT_LONG, "POSITION_NONE"), (PUT_SPREAD, {"symbol": "MSFT"}, "SYMBOL_NOT_ALLOWED")],
)
def test_alert_when_previewed_and_nothing_comes_of_it_then_why(configure, operator, keys, said, reason):
    configure(**keys)
    assert operator.post("/api/preview", json=strategy_alert(**said)).json["reason"] == reason


@pytest.fixture
def leave(store, clock, services, wing):
    """Leave an alert in the inbox as a process does that dies; `written`: after its ladder was."""

    def left(*, written, **changes) -> Ticket:
        inbox = Inbox(store, clock, ThreadLocks().owner, ttl_seconds=300)
        alert = strategy_alert(**changes)
        ticket = Ticket(fresh_ticket_id(clock()), "default", "strategy", clock(), alert)
        inbox.claim(Arrival(ticket.id, "default", "strategy", str(ticket.id), alert, clock()))
        if written:
            signal = read_stored_signal("strategy", alert)
            bot = services.operations.bots.find("default")
            wing.handler.carry_out(ticket, signal, bot, store.apply)
        return ticket

    return left


@pytest.mark.parametrize("written", [False, True])
def test_entry_when_the_process_dies_then_it_is_entered_once(
    configure, leave, services, run, trades, ticket_by_id, written
):
    configure(**PUT_SPREAD)
    ticket = leave(written=written, **ENTER_LONG)
    for _ in range(2):
        services.intake.recovery.recover()
        run()

    (trade,) = trades()
    assert (trade.units, trade.tickets) == (1, (ticket.id,))
    assert ticket_by_id(ticket.id)["status"] == "filled"


def test_entry_when_its_trade_is_over_before_it_is_taken_up_then_not_entered_again(
    configure, leave, services, run, trades, wing, ticket_by_id
):
    configure(**PUT_SPREAD)
    ticket = leave(written=True, **ENTER_LONG)
    run()
    wing.exits.begin(trades()[0], ticket.id, ExitCause.OPERATOR)
    run()
    services.intake.recovery.recover()
    run()

    assert trades() == []
    assert ticket_by_id(ticket.id)["status"] == "filled"


@pytest.mark.parametrize("minutes", [1, 10])
def test_exit_when_the_process_died_then_it_leaves_however_late(
    configure, leave, post, services, run, trades, clock, minutes
):
    configure(**PUT_SPREAD)
    post(**ENTER_LONG)
    leave(written=False, **EXIT_LONG)
    clock.move(minutes=minutes)
    services.intake.recovery.recover()
    run()

    assert trades() == []


def test_entry_when_it_is_found_too_late_then_expired(
    configure, leave, services, trades, clock, ticket_by_id
):
    configure(**PUT_SPREAD)
    ticket = leave(written=False, **ENTER_LONG)
    clock.move(minutes=10)
    services.intake.recovery.recover()

    assert ticket_by_id(ticket.id)["status"] == "expired"
    assert trades() == []


def test_idea_when_it_takes_no_side_then_only_a_structure_without_one_is_entered(
    configure, client, services, run, trades, ticket_of
):
    configure(**PUT_SPREAD)
    skipped = client.post(IDEAS, json=trade_idea(symbol="AAPL", direction="neutral"))
    services.intake.recovery.recover()

    assert (ticket_of(skipped)["reason"], trades()) == ("IDEA_NEUTRAL", [])


def test_idea_when_bearish_then_what_is_open_is_left_without_an_opinion(
    configure, client, post, run, trades, services, ticket_of
):
    configure(**PUT_SPREAD)
    post(**ENTER_LONG)
    response = client.post(IDEAS, json=trade_idea(symbol="AAPL", **BEARISH))
    assert response.json["status"] == "queued"
    services.intake.recovery.recover()
    run()

    assert trades() == []
    assert ticket_of(response)["opinion"] is None
