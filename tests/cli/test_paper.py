import pytest

from tests.builders import services_of, strategy_alert

pytestmark = pytest.mark.unit


def test_prices_when_set_then_all_are_shown_by_their_canonical_names(run):
    run("paper", "prices", "AAPL=190.50")
    result = run("paper", "prices", "BINANCE:BTCUSDT=64000")

    assert result.output.splitlines() == ["SYMBOL   PRICE", "AAPL     190.50", "BTC-USD  64000"]


@pytest.mark.parametrize("nothing", ["", "null"])
def test_prices_when_unpinned_then_alerts_move_them_again(run, client, nothing):
    run("paper", "prices", "AAPL=190")
    run("paper", "prices", f"AAPL={nothing}")
    client.post("/webhook", json={"symbol": "AAPL", "strategy_order_id": "long"} | BUY_AT_100)

    assert "AAPL    100" in run("paper", "prices").output


BUY_AT_100 = {"strategy_order_action": "buy", "strategy_order_price": "100"}


def test_prices_when_they_reach_orders_then_what_became_of_each_is_told(run, client, configure):
    configure(attach_sl_tp=True, use_strategy_contracts=True)
    client.post("/webhook", json=strategy_alert())

    lines = run("paper", "prices", "AAPL=103").output.splitlines()[2:]
    assert sorted(line.partition(", ")[0] for line in lines) == [
        "canceled: sell 10 AAPL",
        "filled: sell 10 AAPL at 103",
    ]


def test_prices_when_file_is_given_then_its_rows_are_played(run, tmp_path):
    file = tmp_path / "prices.csv"
    file.write_text("symbol,price\nAAPL,100\nAAPL,101\n")

    assert "AAPL    101" in run("paper", "prices", "--csv", str(file)).output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["AAPL"], "AAPL is not written as SYMBOL=PRICE."),
        (["AAPL=-1"], "must be greater than zero"),
        (["SPX=5000"], "SPX is an index"),
        (["--csv", "absent.csv"], "absent.csv cannot be read: No such file or directory."),
    ],
)
def test_prices_when_they_cannot_be_set_then_one_sentence_says_why(run, words, sentence):
    result = run("paper", "prices", *words)

    assert (result.exit_code, sentence in result.output) == (1, True)
    assert len(result.output.strip().splitlines()) == 1


def test_reset_when_it_is_not_confirmed_then_it_says_what_would_end(run, client, holding):
    client.post("/webhook", json=strategy_alert())
    result = run("paper", "reset")

    assert "0 open orders, 1 trades, 0 exit plans" in result.output
    assert (result.exit_code, holding() != "0") == (0, True)


def test_reset_when_it_is_confirmed_then_the_account_is_new(run, client, holding):
    client.post("/webhook", json=strategy_alert())
    result = run("paper", "reset", "--yes")

    assert result.output.startswith("The paper account starts anew with 100000 USD")
    assert holding() == "0"
    assert run("orders", "list").output.startswith("No working orders.")


def test_reset_when_a_service_runs_then_it_says_what_to_do(run, make_app):
    services_of(make_app()).supervisor.tick()
    result = run("paper", "reset", "--yes")

    assert (result.exit_code, "stop it, then try again." in result.output) == (1, True)


def test_prices_when_a_pair_of_exits_is_reached_then_what_it_sold_is_told_once(run, client, configure):
    configure(use_strategy_contracts=True)
    client.post("/webhook", json=strategy_alert())
    configure(attach_sl_tp=True)
    client.post("/webhook", json=strategy_alert(strategy_order_comment="more"))

    lines = run("paper", "prices", "AAPL=150").output.splitlines()[2:]

    sold = [line for line in lines if line.startswith("filled: sell")]
    assert len(sold) == 1, lines
