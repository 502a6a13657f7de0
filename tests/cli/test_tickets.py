import json

import pytest

from tests.builders import strategy_alert
from tests.past_opinions import past_ticket, said, write

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


def test_show_when_it_filled_then_order_gates_and_stages_are_told(run, ticket):
    fields, orders, gates, stages = run("tickets", "show", ticket).output.split("\n\n")

    assert f"id       {ticket}\nstatus   filled\n" in fields
    assert orders.splitlines()[1].split()[:4] == ["entry", "buy", "20", "AAPL"]
    assert gates.endswith("gates passed; --json shows each.")
    assert "received" in stages


def test_show_when_it_was_denied_then_the_gates_that_refused_are_told(run, client):
    denied = client.post("/webhook", json=strategy_alert(symbol="SPX")).json["ticket"]
    _, orders, gates, _ = run("tickets", "show", denied).output.split("\n\n")

    assert orders == "No order."
    assert gates.splitlines()[1].split()[:3] == ["symbol_known", "entry", "SYMBOL_INDEX"]


def test_show_when_the_operator_closed_then_no_gate_was_asked(run, ticket):
    run("positions", "close", "AAPL")
    closed = run("tickets", "list", "--bot", "operator").output.splitlines()[1].split()[0]

    assert "No gate was asked." in run("tickets", "show", closed).output


@pytest.mark.parametrize(
    ("opinion", "sentence"),
    [(said(), "openai, buy at confidence 0.8: Flow."), (said(None), "openai, none: OPINION_FAILED")],
)
def test_show_when_an_analyst_was_asked_then_what_it_said_is_told(run, store, opinion, sentence):
    (name,) = write(store, past_ticket(opinion=opinion, orders=[]))

    assert f"opinion  {sentence}" in run("tickets", "show", name).output


def test_show_when_json_is_wanted_then_everything_is_told(run, ticket):
    shown = json.loads(run("tickets", "show", "--json", ticket).output)

    assert (shown["id"], shown["status"]) == (ticket, "filled")


@pytest.mark.parametrize("name", ["nonsense", "019aa1e8-0000-7000-8000-000000000000"])
def test_show_when_there_is_no_such_ticket_then_a_sentence_says_so(run, name):
    result = run("tickets", "show", name)

    assert result.output == f"Error: There is no ticket {name}.\n"
    assert result.exit_code == 1


@pytest.fixture
def waiting(run, client, operator):
    run("bots", "set", "default", "approval=always")
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    operator.post(f"/tasks/inbox/{ticket}")
    return ticket


@pytest.mark.parametrize(
    ("word", "sentence"), [("approve", "filled"), ("reject", "denied; APPROVAL_REJECTED: ")]
)
def test_decision_when_an_order_waits_then_it_ends(run, waiting, word, sentence):
    assert f"{waiting} is {sentence}" in run("tickets", word, waiting).output


def test_status_when_an_order_waits_then_it_is_told_until_it_is_decided(run, waiting):
    last = run("status").output.splitlines()[-1]
    run("tickets", "reject", waiting)

    assert last.startswith("Waits for you until ")
    assert last.endswith(f"buy 20 AAPL; worth about 2,000 USD; ticket {waiting}")
    assert waiting not in run("status").output


def test_decision_when_nothing_waits_then_a_sentence_says_so(run, ticket):
    assert run("tickets", "approve", ticket).output == "Error: This ticket waits for nobody; it is filled.\n"
