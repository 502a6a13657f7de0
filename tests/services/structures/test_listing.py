"""Structures as the operator's API and the command line show them, beside trades of shares."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.reasons import Reason
from app.domain.structures.ladder import Rung
from app.domain.structures.trades import ExitCause, TradeState
from app.errors import BrokerUnavailable
from tests.builders import ACCOUNT_SECRET, strategy_alert
from tests.option_bots import FAST_CONDOR
from tests.services.structures.conftest import CONDOR

pytestmark = pytest.mark.integration


@pytest.fixture
def trades(operator):
    return lambda query="": operator.get(f"/api/trades{query}").json["trades"]


@pytest.fixture
def opened(open_trade, wing, clock):
    """Hold two condors, entered by a ladder."""
    open_trade()
    for _ in range(40):
        wing.ladders.run()
        clock.move(seconds=1)
    trade = wing.trades.find("default", "t").trade
    assert trade.units == 2
    return trade


def test_trade_when_its_ladder_is_climbed_then_the_order_that_works_is_shown(open_trade, wing, trades):
    open_trade()
    wing.ladders.run()
    (row,) = trades()

    assert (row["state"], row["units"], row["entry_net"]) == ("opening", "0", None)
    assert (row["structure"], row["symbol"], row["largest_loss"]) == ("iron_condor", "AAPL", None)
    assert (row["ladder"]["role"], row["ladder"]["step"], row["ladder"]["units"]) == ("entry", 1, "2")
    assert Decimal(row["ladder"]["limit_net"]) < Decimal(row["ladder"]["last_net"]) < 0


def test_trade_when_it_is_held_then_legs_credit_largest_loss_and_mark_are_shown(opened, wing, trades):
    wing.watch.run()
    (row,) = trades()
    entry, mark = Decimal(row["entry_net"]), Decimal(row["mark_net"])

    assert (row["state"], row["units"], row["currency"], row["ladder"]) == ("open", "2", "USD", None)
    assert entry < 0
    assert Decimal(row["largest_loss"]) == (5 + entry) * 200
    assert Decimal(row["profit_loss"]) == (mark - entry) * 200 - Decimal(row["fees"])
    assert [(leg["side"], leg["ratio"]) for leg in row["legs"]] == [
        ("buy", 1),
        ("sell", 1),
        ("sell", 1),
        ("buy", 1),
    ]


def test_trade_when_it_is_asked_for_then_its_payoff_is_told_in_points(opened, operator):
    row = operator.get("/api/trades/1").json
    entry, payoff = Decimal(row["entry_net"]), row["payoff"]
    gains = {point["price"]: Decimal(point["profit_loss"]) for point in payoff["points"]}

    assert gains["90"] == gains["110"] == -Decimal(row["largest_loss"]) == -(5 + entry) * 200
    assert gains["95"] == gains["105"] == Decimal(row["largest_gain"]) == -entry * 200
    assert [Decimal(price) for price in payoff["break_evens"]] == [95 + entry, 105 - entry]
    assert {gains[price] for price in row["break_evens"]} == {Decimal(0)}


def test_payoff_when_the_trade_is_over_then_it_is_still_told(opened, wing, operator, tick):
    before = operator.get("/api/trades/1").json["payoff"]
    wing.exits.begin(opened, opened.tickets[0], ExitCause.OPERATOR)
    tick(40)
    after = operator.get("/api/trades/1").json

    assert (after["state"], after["payoff"]) == ("closed", before)


def test_marks_when_commands_and_the_api_tell_them_then_they_are_the_same(
    opened, operator, anonymous, services, wing, broker
):
    services.portfolio.snapshots.run()
    broker.set_prices({"AAPL": Decimal(103)})
    wing.watch.run()
    (row,) = operator.get("/api/trades").json["trades"]
    (told,) = anonymous.get(f"/webhook/{ACCOUNT_SECRET}/trades").json["trades"]
    entry, mark = Decimal(row["entry_net"]), Decimal(row["mark_net"])

    assert told["profit_loss"] == pytest.approx(float(mark - entry))
    assert [leg["mark"] for leg in told["legs"]] == [float(leg["mark"]) for leg in row["legs"]]


def test_preview_when_it_is_an_entry_then_net_price_largest_loss_and_break_evens_are_told(
    configure, operator
):
    configure(**FAST_CONDOR)
    shown = operator.post("/api/preview", json={"command": "enter", "bot": 1}).json["signal"]["structure"]
    net = Decimal(shown["net_price"])

    assert net < 0
    assert Decimal(shown["largest_loss"]) == (5 + net) * 100
    assert Decimal(shown["largest_gain"]) == -net * 100
    assert [Decimal(price) for price in shown["break_evens"]] == [95 + net, 105 - net]


def test_legs_when_they_are_shown_then_their_prices_make_the_net_prices(opened, trades):
    (row,) = trades()

    def net(name):
        signs = {"buy": 1, "sell": -1}
        return sum((Decimal(leg[name]) * signs[leg["side"]] for leg in row["legs"]), Decimal(0))

    assert net("entry_price") == Decimal(row["entry_net"])
    assert net("mark") == Decimal(row["mark_net"])


def test_marks_when_this_process_has_not_looked_then_one_call_for_all(opened, trades, desk, clock):
    asked, quotes = [], desk.quotes

    def count(instruments):
        asked.append(len(instruments))
        return quotes(instruments)

    desk.quotes = count
    first, second = trades(), trades()
    clock.move(minutes=1)
    trades()

    assert first == second
    assert first[0]["mark_net"] is not None
    assert asked == [4, 4]


def test_marks_when_the_broker_does_not_answer_then_the_list_is_there_without(opened, trades, desk):
    def fail(_):
        raise BrokerUnavailable("no answer")

    desk.quotes = fail
    (row,) = trades()

    assert (row["mark_net"], row["profit_loss"], row["units"]) == (None, None, "2")


def test_trade_when_it_is_broken_then_no_net_mark_and_the_gain_is_that_of_the_legs(opened, wing, trades):
    known = wing.trades.find("default", "t")
    legs = {name: quantity for name, quantity in known.trade.legs.items() if "C" not in name[6:]}
    left = replace(known.trade, legs=legs, state=TradeState.BROKEN, reason=Reason.CLOSED_BY_BROKER)
    wing.trades.rewrite(known, left)
    (row,) = trades()

    assert (row["state"], row["reason"], row["mark_net"]) == ("broken", "CLOSED_BY_BROKER", None)
    assert row["profit_loss"] is not None


def test_trades_when_shares_and_structures_are_held_then_pages_show_each_once(
    opened, client, configure, trades, operator
):
    configure(use_strategy_contracts=True)
    for symbol in ("MSFT", "TSLA"):
        client.post("/webhook", json=strategy_alert(symbol=symbol, strategy_order_contracts="1"))
    seen, page = [], operator.get("/api/trades?limit=1&state=open").json
    while page["next"] is not None:
        seen += [row["symbol"] for row in page["trades"]]
        page = operator.get(f"/api/trades?limit=1&state=open&after={page['next']}").json
    seen += [row["symbol"] for row in page["trades"]]

    assert seen == ["TSLA", "MSFT", "AAPL"]
    assert [row["structure"] for row in trades("?bot=default")] == [None, None, "iron_condor"]
    assert trades("?bot=other") == []


def test_trade_when_nothing_filled_then_it_is_closed_with_its_reason(open_trade, wing, clock, trades):
    open_trade(prices=(Rung(Decimal(-4), 10),))
    wing.ladders.run()
    clock.move(seconds=11)
    wing.ladders.run()
    (row,) = trades("?state=closed")

    assert (row["units"], row["state"], row["reason"]) == ("0", "closed", "LADDER_EXHAUSTED")
    assert (row["entry_net"], row["profit_loss"], row["largest_loss"]) == (None, "0", None)


def test_trade_when_it_is_closed_then_it_keeps_its_number_and_its_shape(opened, trades, operator, tick):
    (before,) = trades()
    assert operator.post(f"/api/trades/{before['number']}/close").status_code == 200
    tick(60)
    (after,) = trades("?state=closed")

    assert after.keys() == before.keys()
    shown = operator.get(f"/api/trades/{before['number']}").json
    assert {name: shown[name] for name in after} == after
    assert [leg["entry_price"] for leg in after["legs"]] == [leg["entry_price"] for leg in before["legs"]]
    assert Decimal(after["exit_net"]) > 0
    assert Decimal(after["profit_loss"]) == -200 * (
        Decimal(after["entry_net"]) + Decimal(after["exit_net"])
    ) - Decimal(after["fees"])


def test_command_line_when_a_structure_is_shown_then_it_says_credit_and_legs(opened, run):
    _, row = run("trades", "list").output.splitlines()
    shown = run("trades", "show", "1").output

    assert "AAPL iron_condor" in row
    assert "credit" in row
    assert shown.count("leg     sell 1") == 2
    assert CONDOR.legs[0].instrument.symbol in shown
