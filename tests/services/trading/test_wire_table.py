"""Every row of the trade-type table, from the alert to the JSON that reaches Alpaca."""

import re
from decimal import Decimal

import pytest

from tests.builders import ENTER_LONG, ENTER_SHORT, strategy_alert
from tests.services.trading.wire_table import NAMES, ROWS, Row, alert_of

pytestmark = pytest.mark.integration
OWN_PART = re.compile(r"^default-\d{13}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
APPLE, BITCOIN = Decimal(100), Decimal(50_000)


@pytest.fixture
def fake(alpaca_simulator):
    return alpaca_simulator


@pytest.fixture
def alpaca(connect_alpaca):
    # What is read here is what is sent, not how fast: a busy machine may take its time to answer.
    return connect_alpaca()


@pytest.fixture
def app(app_at_alpaca):
    return app_at_alpaca(allow_short_selling=True)


@pytest.fixture
def post(client, services):
    """Post a strategy alert, let the clock come round, and return the answer."""

    def send(**changes):
        answer = client.post("/webhook", json=strategy_alert(**changes)).json
        services.supervisor.tick(everything=True)
        return answer

    return send


@pytest.fixture
def bodies(fake):
    """Take the orders that arrived since the last time, under ids that are the same in every run."""
    seen: list[dict] = []

    def take():
        new = fake.sent("POST", "/v2/orders")[len(seen) :]
        seen.extend(new)
        return [body | {"client_order_id": OWN_PART.sub("ID", body["client_order_id"])} for body in new]

    return take


@pytest.fixture
def held(alpaca):
    return lambda: f"{sum((item.quantity for item in alpaca.positions()), Decimal(0)):f}"


@pytest.fixture
def working(alpaca):
    """Name every order that can still fill."""
    return lambda: {order.client_order_id for order in alpaca.open_orders()}


@pytest.fixture
def prepare(configure, post, held, bodies):
    """Set the bot up for a row and let it hold what the row says."""

    def start(row: Row) -> None:
        exits = {"attach_sl_tp": row.exits == "exits", "sl_pct": "0.02", "tp_pct": "0.04"}
        configure(use_strategy_contracts=True, use_limit_orders=row.entry == "limit", **exits)
        side = ENTER_SHORT if row.held.startswith("-") else ENTER_LONG
        if row.held != "0":
            size = {"strategy_order_contracts": row.held.removeprefix("-")}
            answer = post(**alert_of(row._replace(trade="enter long")) | side | size)
            assert answer.get("reason") is None, answer
        assert held() == row.held
        bodies()

    return start


@pytest.fixture
def reach_stop(fake, services):
    """Move the market beyond the stop of what is left and let the clock come round."""

    def move(row: Row) -> None:
        factor = Decimal("1.03") if row.left.startswith("-") else Decimal("0.97")
        is_coin = row.size == "coin"
        fake.market.move(*(("BTC/USD", BITCOIN * factor) if is_coin else ("AAPL", APPLE * factor)))
        services.supervisor.tick(everything=True)

    return move


def test_table_when_read_then_every_combination_is_there_once():
    assert {row.name for row in ROWS} == NAMES
    assert len(ROWS) == len(NAMES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: ", ".join(row.name))
def test_alert_when_posted_then_alpaca_receives_what_its_row_says(
    row, prepare, post, bodies, held, working, reach_stop
):
    prepare(row)
    answer = post(**alert_of(row))

    # The whole answer first: it says why, where nothing was sent.
    assert answer.get("reason") == row.code, answer
    assert (bodies(), held()) == (row.sent, row.left)
    reach_stop(row)
    assert bodies() == ([row.at_stop] if row.at_stop else [])
    assert (held(), working()) == ("0" if row.exits == "exits" else row.left, set())


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.exits == "exits" and row.held != "0" and row.size != "coin"],
    ids=lambda row: ", ".join(row.name),
)
def test_exit_when_legs_rest_then_they_are_taken_back_before_it(row, prepare, post, fake, working):
    prepare(row)
    legs, before = working(), len(fake.requests)
    post(**alert_of(row))
    writes = [request.method for request in fake.requests[before:] if request.method != "GET"]

    assert (len(legs), legs & working()) == (2, set())
    assert "DELETE" in writes
    assert writes == sorted(writes)


@pytest.mark.parametrize("sizing", [{"base_order_pct": "0.02"}, {"notional": "2000"}], ids=str)
def test_short_when_the_bot_sizes_it_then_alpaca_receives_whole_shares(
    sizing, configure, post, fake, bodies, held
):
    configure(**sizing)
    fake.market.move("AAPL", Decimal(97))
    post(**ENTER_SHORT, strategy_order_price="97")

    assert [(body["qty"], body.get("notional")) for body in bodies()] == [("20", None)]
    assert held() == "-20"
