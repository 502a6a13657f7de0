import pytest

from tests.builders import EXIT_LONG, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def traded(client):
    client.post("/webhook", json=strategy_alert(strategy_order_price="100"))
    client.post("/webhook", json=strategy_alert(**EXIT_LONG, strategy_order_price="110"))


def test_trades_when_listed_then_each_is_a_row_with_its_gain(run, traded):
    heading, row = run("trades", "list").output.splitlines()

    assert heading.split()[:3] == ["TRADE", "BOT", "BROKER"]
    assert row.split()[:8] == ["1", "default", "paper", "AAPL", "20", "100", "110", "200"]


def test_trade_when_shown_then_its_tickets_are_named(run, traded):
    output = run("trades", "show", "1").output

    assert output.count("ticket  ") == 2
    assert "profit_loss" in output


def test_trades_when_there_are_none_then_it_says_so(run):
    assert run("trades", "list").output == "No trades.\n"


def test_trade_when_nobody_has_its_number_then_one_sentence_says_so(run):
    result = run("trades", "show", "7")

    assert (result.exit_code, result.output) == (1, "Error: There is no trade 7.\n")
