import pytest

from tests.builders import ENTER_SHORT, EXIT_LONG, EXIT_SHORT, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


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


def test_trade_when_it_was_short_and_shown_then_its_prices_have_no_sign(run, client):
    client.post("/webhook", json=strategy_alert(**ENTER_SHORT, strategy_order_price="100"))
    client.post("/webhook", json=strategy_alert(**EXIT_SHORT, strategy_order_price="90"))
    shown = dict(line.split(maxsplit=1) for line in run("trades", "show", "1").output.splitlines())

    assert (shown["side"], shown["entry_price"], shown["exit_price"]) == ("short", "100", "90")
    assert (shown["mark_price"], shown["profit_loss"]) == ("null", "200")
    assert not [name for name in shown if name.endswith("_net")]


def test_trades_when_an_average_has_many_digits_then_four_are_shown(run, client):
    for price in ("100", "101"):
        client.post("/webhook", json=strategy_alert(strategy_order_price=price))
    _, row = run("trades", "list").output.splitlines()

    assert row.split()[5] == "100.4975"


def test_trades_when_the_clock_has_seen_the_account_then_its_currency_is_shown(run, services, traded):
    services.portfolio.snapshots.read(fresh=True)
    _, row = run("trades", "list").output.splitlines()

    assert row.split()[7:10] == ["200", "USD", "closed"]
    assert ["currency", "USD"] in [line.split() for line in run("trades", "show", "1").output.splitlines()]


def test_trades_when_there_are_none_then_it_says_so(run):
    assert run("trades", "list").output == "No trades.\n"


def test_trade_when_nobody_has_its_number_then_one_sentence_says_so(run):
    result = run("trades", "show", "7")

    assert (result.exit_code, result.output) == (1, "Error: There is no trade 7.\n")
