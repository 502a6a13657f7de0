import pytest

from tests.builders import bridge_alert, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def working(client) -> str:
    """Leave a limit order working below the market; return its id."""
    client.post("/webhook", json=strategy_alert(symbol="BTCUSD", strategy_order_price="100"))
    waiting = client.post("/tradingview/webhook", json=bridge_alert(limit_price="90"))
    return waiting.json["order"]["client_order_id"]


def test_orders_list_when_one_is_working_then_it_alone_is_shown(run, working):
    rows = [line.split() for line in run("orders", "list").output.splitlines()[1:]]

    assert [row[:7] for row in rows] == [[working, "default", "BTC-USD", "buy", "0.05", "limit", "90"]]


def test_orders_list_when_all_are_asked_for_then_the_filled_one_is_there_too(run, working):
    assert len(run("orders", "list", "--status", "all").output.splitlines()) == 3


def test_orders_cancel_when_working_then_nothing_is_left(run, working):
    result = run("orders", "cancel", working)

    assert result.output == f"{working} is canceled.\n"
    assert run("orders", "list").output == "No working orders.\n"


def test_orders_cancel_when_there_is_no_such_order_then_a_sentence_says_so(run):
    assert run("orders", "cancel", "nothing").output == "Error: There is no order nothing.\n"


def test_positions_list_when_something_is_held_then_it_is_shown(run, client):
    client.post("/webhook", json=strategy_alert())

    assert run("positions", "list").output.splitlines()[1].split() == [
        "paper",
        "AAPL",
        "20",
        "100",
        "100",
        "0",
    ]


@pytest.mark.parametrize(
    ("price", "shown"), [("70341.9071962566000", "70341.9072"), ("0.0000123456", "0.00001235")]
)
def test_positions_list_when_a_price_is_long_then_it_is_rounded(run, client, price, shown):
    client.post("/webhook", json=strategy_alert(symbol="BTCUSD", strategy_order_price=price))

    assert run("positions", "list").output.splitlines()[1].split()[3:5] == [shown, shown]


def test_positions_close_when_named_as_in_an_alert_then_it_is_gone(run, working):
    result = run("positions", "close", "COINBASE:BTCUSD")

    assert result.output.startswith("sell 20 BTC-USD at 100: filled\nticket ")
    assert run("positions", "list").output == "No positions.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["AAPL"], "There is no position in AAPL at paper."),
        (["AAPL", "--broker", "alpaca"], "There is no broker alpaca here."),
    ],
)
def test_positions_close_when_there_is_none_then_a_sentence_says_so(run, words, sentence):
    assert run("positions", "close", *words).output == f"Error: {sentence}\n"


def test_status_when_something_is_on_then_states_positions_and_orders_are_shown(run, working):
    parts = run("status").output.split("\n\n")

    assert [part.split()[0] for part in parts] == ["SWITCH", "BROKER", "ORDER"]
    assert working in parts[2]


def test_status_when_nothing_is_on_then_it_says_so(run):
    assert run("status").output.endswith("\n\nNo positions.\n\nNo working orders.\n")


class TestAge:
    @pytest.fixture
    def run_later(self, run, services, clock):
        """Run a command some time after the clock has looked."""

        def invoke(*words: str, seconds: float) -> str:
            services.portfolio.snapshots.run()
            clock.move(seconds=seconds)
            return run(*words).output

        return invoke

    @pytest.mark.parametrize("words", [("orders", "list"), ("positions", "list"), ("account",), ("status",)])
    def test_list_when_the_clock_has_looked_then_its_age_is_told(self, run_later, words):
        assert "paper was seen 40 s ago." in run_later(*words, seconds=40)

    @pytest.mark.parametrize("words", [("orders", "list"), ("positions", "list"), ("account",), ("status",)])
    def test_list_when_it_shall_be_fresh_then_the_brokers_are_asked(self, run_later, words):
        assert "was seen" not in run_later(*words, "--fresh", seconds=40)

    def test_list_when_no_clock_runs_then_the_brokers_are_asked(self, run_later):
        assert "was seen" not in run_later("positions", "list", seconds=300)


def test_account_when_shown_then_cash_equity_and_buying_power_are_there(run):
    headings, row = (line.split() for line in run("account").output.splitlines())

    assert headings == ["BROKER", "CURRENCY", "CASH", "EQUITY", "BUYING", "POWER"]
    assert row == ["paper", "USD", "100000", "100000", "100000"]
