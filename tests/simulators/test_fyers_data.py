"""Market data and limits of the simulated Fyers."""

import pytest
import requests

from tests.simulators.fyers import shapes
from tests.simulators.fyers.limits import PER_MINUTE, PER_SECOND

pytestmark = pytest.mark.integration
NIFTY = "NSE:NIFTY50-INDEX"
QUOTES = "/data/quotes"


@pytest.fixture
def limited(fyers):
    fyers.fake.clock.set(fyers.fake.clock.now(), frozen=True)
    fyers.admin("switches", {"rate_limits": True})
    return fyers


def spend(fyers, count, seconds=0.1):
    """Ask for something so often, so far apart; return the statuses."""
    statuses = []
    for _ in range(count):
        fyers.fake.clock.advance(seconds)
        statuses.append(fyers.call("GET", "/data/marketStatus").status_code)
    return statuses


def test_quotes_when_a_symbol_is_unknown_then_only_it_is_an_error(fyers):
    quotes = fyers.get(QUOTES, symbols=f"{NIFTY},NSE:NONE-EQ,NSE:M&M-EQ")

    assert (quotes["s"], [each["s"] for each in quotes["d"]]) == ("ok", ["ok", "error", "ok"])


def test_quotes_when_the_price_is_taken_away_then_is_an_error(fyers):
    fyers.admin("prices", {fyers.option.symbol: None})

    assert fyers.get(QUOTES, symbols=fyers.option.symbol)["d"][0]["s"] == "error"


@pytest.mark.parametrize("symbols", ["", ",".join([NIFTY] * 51)])
def test_quotes_when_too_few_or_many_then_refused(fyers, symbols):
    assert fyers.get(QUOTES, symbols=symbols)["code"] == -50


def test_depth_when_asked_then_has_five_levels_and_the_circuit(fyers):
    fyers.admin("circuits", {fyers.option.symbol: ["50", "150"]})
    depth = fyers.get("/data/depth", symbol=fyers.option.symbol, ohlcv_flag=1)["d"][fyers.option.symbol]

    assert (len(depth["bids"]), len(depth["ask"])) == (5, 5)
    assert (depth["lower_ckt"], depth["upper_ckt"], depth["ltp"]) == (50, 150, 100)


def test_depth_when_the_symbol_is_unknown_then_refused(fyers):
    assert fyers.get("/data/depth", symbol="NSE:NONE-EQ")["code"] == -300


def test_chain_when_asked_then_has_the_underlying_and_strikes_around_it(fyers):
    fyers.admin("prices", {NIFTY: "25130"})
    data = fyers.get("/data/options-chain-v3", symbol=NIFTY, strikecount=2, timestamp="", greeks=1)["data"]
    rows = data["optionsChain"]

    assert rows[0]["symbol"] == NIFTY
    assert sorted({row["strike_price"] for row in rows[1:]}) == [25050, 25100, 25150, 25200, 25250]


def test_chain_when_an_expiry_is_named_then_its_options_come(fyers):
    query = {"symbol": NIFTY, "strikecount": 1}
    days = fyers.get("/data/options-chain-v3", **query)["data"]["expiryData"]
    data = fyers.get("/data/options-chain-v3", **query, timestamp=days[1]["expiry"])["data"]

    assert [day["expiry_flag"] for day in days[:5]] == ["W", "W", "W", "W", "M"]
    assert data["optionsChain"][1]["symbol"].startswith("NSE:NIFTY26D08")


@pytest.mark.parametrize(
    ("session", "status"), [("open", "OPEN"), ("closed", "CLOSED"), ("preopen", "PREOPEN"), ("auto", "OPEN")]
)
def test_market_when_its_session_turns_then_the_status_says_so(fyers, session, status):
    fyers.admin("clock", {"session": session})

    assert {each["status"] for each in fyers.get("/data/marketStatus")["marketStatus"]} == {status}


def test_requests_when_too_many_in_a_second_then_429_tells_how_long(limited):
    statuses = spend(limited, PER_SECOND, 0)
    answer = limited.call("GET", "/data/marketStatus")

    assert (set(statuses), answer.status_code, answer.json()["code"]) == ({200}, 429, -429)
    assert (answer.headers["Retry-After"], answer.headers["X-Retry-After-Ms"]) == ("1", "1000")


def test_requests_when_too_many_in_a_minute_then_wait_for_the_first_to_leave(limited):
    assert spend(limited, PER_MINUTE + 5) == [200] * PER_MINUTE + [429] * 5
    limited.fake.clock.advance(60)

    assert spend(limited, 1) == [200]


def test_requests_when_a_fourth_minute_is_breached_then_the_day_is_over(limited):
    for _ in range(4):
        spend(limited, PER_MINUTE + 1)
        limited.fake.clock.advance(61)
    blocked = limited.call("GET", "/data/marketStatus")
    state = limited.admin("state", method="GET")["rate"]

    assert (blocked.status_code, state["breaches"], state["blocked"]) == (429, 4, True)
    assert int(blocked.headers["Retry-After"]) > 3600


def test_shapes_when_a_field_is_missing_or_wrong_then_say_so():
    wrong = b'{"s": "ok", "code": 200, "message": "", "data": {"fy_id": 1}}'

    assert len(shapes.misfits("GET", "/api/v3/profile", 200, wrong)) == 5


def test_path_when_unknown_then_404(fyers):
    assert fyers.call("GET", "/api/v3/nothing").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "switches", {"csv": "odd"}), ("POST", "prices", {"NSE:NONE": "1"}), ("GET", "nothing", None)],
)
def test_simulator_when_told_nonsense_then_refuses(fyers, method, path, body):
    assert fyers.call(method, f"/_simulator/{path}", json=body).status_code in {400, 404}


def test_state_when_asked_then_tells_everything(fyers):
    fyers.placed()
    state = fyers.admin("state", method="GET")

    assert (len(state["orders"]), state["positions"][0]["netQty"]) == (1, 65)
    assert state["requests"]["POST /api/v3/orders/sync"] == 1


def test_sdk_when_it_reads_then_every_answer_is_ok(fyers, sdk):
    option = {"symbol": fyers.option.symbol, "ohlcv_flag": 1}
    answers = [
        *(read() for read in (sdk.get_profile, sdk.funds, sdk.positions, sdk.holdings, sdk.tradebook)),
        *(read() for read in (sdk.orderbook, sdk.market_status)),
        sdk.quotes({"symbols": "NSE:M&M-EQ"}),
        sdk.depth(option),
        sdk.optionchain({"symbol": NIFTY, "strikecount": 5, "timestamp": ""}),
    ]

    assert [answer["s"] for answer in answers] == ["ok"] * 10


def test_server_when_stopped_then_is_gone(fyers):
    fyers.fake.__exit__()
    with pytest.raises(requests.ConnectionError):
        requests.get(fyers.fake.url, timeout=1)
