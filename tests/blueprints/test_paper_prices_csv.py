import pytest

from tests.builders import strategy_alert

pytestmark = pytest.mark.integration


@pytest.fixture
def play(operator):
    """Put rows of CSV to the simulated market."""
    return lambda text: operator.put("/api/paper/prices", data=text, content_type="text/csv")


@pytest.mark.parametrize(
    "text", ["symbol,price\nAAPL,95\nAAPL,120\n", "time,symbol,price\n9:30,AAPL,95\n9:31,AAPL,120\n"]
)
def test_prices_csv_when_played_then_orders_trigger_row_by_row(client, configure, operator, play, text):
    configure(use_limit_orders=True, limit_offset_ticks=-400)
    client.post("/webhook", json=strategy_alert())
    answer = play(text).json
    filled = operator.get("/api/orders?fresh=true&status=closed").json["orders"][0]

    assert (answer["prices"], filled["average_fill_price"]) == ({"AAPL": "120"}, "95")


@pytest.mark.parametrize("row", ["AAPL", "AAPL,abc", "AAPL,-1", ",5", "a,b,c,5"])
def test_prices_csv_when_a_row_is_bad_then_its_line_is_named_and_nothing_moves(play, operator, row):
    answer = play(f"AAPL,95\n{row}\n")

    assert (answer.status_code, "Line 2" in answer.json["error"]["message"]) == (400, True)
    assert operator.get("/api/paper/prices").json == {}


def test_prices_when_two_names_are_one_symbol_then_refused(operator):
    assert operator.put("/api/paper/prices", json={"BTCUSD": "1", "BTC-USD": "2"}).status_code == 409
