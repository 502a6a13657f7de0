import json

import pytest

from tests.builders import strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def ticket(client):
    return client.post("/webhook", json=strategy_alert()).json["ticket"]


def test_list_when_alerts_came_then_the_newest_stands_first(run, client, ticket):
    denied = client.post("/webhook", json=strategy_alert(symbol="SPX")).json["ticket"]

    rows = [line.split() for line in run("tickets", "list").output.splitlines()[1:]]
    assert [(row[0], row[-1]) for row in rows] == [(denied, "SYMBOL_INDEX"), (ticket, "filled")]


def test_list_when_status_is_given_then_only_those_are_shown(run, ticket):
    assert ticket not in run("tickets", "list", "--status", "denied").output


def test_show_when_ticket_exists_then_it_is_told_as_json(run, ticket):
    shown = json.loads(run("tickets", "show", ticket).output)

    assert (shown["id"], shown["status"]) == (ticket, "filled")


@pytest.mark.parametrize("name", ["nonsense", "019aa1e8-0000-7000-8000-000000000000"])
def test_show_when_there_is_no_such_ticket_then_a_sentence_says_so(run, name):
    result = run("tickets", "show", name)

    assert result.output == f"Error: There is no ticket {name}.\n"
    assert result.exit_code == 1
