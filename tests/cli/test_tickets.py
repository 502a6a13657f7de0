import json

import pytest

from tests.builders import strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def ticket(client):
    return client.post("/webhook", json=strategy_alert()).json["ticket"]


def test_list_when_alerts_came_then_the_newest_stands_first(run, client, clock, ticket):
    clock.move(seconds=1)
    denied = client.post("/webhook", json=strategy_alert(symbol="SPX")).json["ticket"]

    rows = [line.split() for line in run("tickets", "list").output.splitlines()[1:]]
    assert [(row[0], row[-1]) for row in rows] == [(denied, "SYMBOL_INDEX"), (ticket, "filled")]


def test_list_when_status_is_given_then_only_those_are_shown(run, ticket):
    assert ticket not in run("tickets", "list", "--status", "denied").output


def test_list_when_nothing_fits_then_a_sentence_says_so(run, ticket):
    assert run("tickets", "list", "--status", "denied").output == "No such tickets.\n"


def test_list_when_status_is_no_status_then_the_known_ones_are_named(run):
    result = run("tickets", "list", "--status", "foo")

    assert (result.exit_code, "'awaiting_approval'" in result.output) == (2, True)


@pytest.mark.parametrize(("bot", "sentence"), [("foo", "There is no bot foo."), ("operator", "No such")])
def test_list_when_a_bot_has_no_tickets_then_a_slip_is_told_from_an_empty_list(run, ticket, bot, sentence):
    assert sentence in run("tickets", "list", "--bot", bot).output


def test_list_when_a_bot_is_gone_then_its_tickets_are_still_listed(run, client, operator):
    secret = operator.post("/api/bots", json={"id": "swing"}).json["secret"]
    client.post("/webhook", json=strategy_alert(symbol="SPX", bot="swing", secret=secret))
    run("bots", "delete", "swing", "--yes")

    assert "SYMBOL_INDEX" in run("tickets", "list", "--bot", "swing").output


def test_list_when_the_operator_closed_a_position_then_its_symbol_is_shown(run, ticket):
    run("positions", "close", "AAPL")

    row = run("tickets", "list", "--bot", "operator").output.splitlines()[1].split()
    assert row[-3:] == ["operator", "AAPL", "filled"]


def test_show_when_ticket_exists_then_it_is_told_as_json(run, ticket):
    shown = json.loads(run("tickets", "show", ticket).output)

    assert (shown["id"], shown["status"]) == (ticket, "filled")


@pytest.mark.parametrize("name", ["nonsense", "019aa1e8-0000-7000-8000-000000000000"])
def test_show_when_there_is_no_such_ticket_then_a_sentence_says_so(run, name):
    result = run("tickets", "show", name)

    assert result.output == f"Error: There is no ticket {name}.\n"
    assert result.exit_code == 1
