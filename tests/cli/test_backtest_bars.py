"""`flask backtest --bars alpaca`: the real SDK against the strict simulator."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain

import pytest

from app.brokers.alpaca.broker import AlpacaBroker
from app.domain.bars import Adjustment
from app.domain.symbols import parse_symbol
from app.services.backtest.bar_download import BarDownload, QuestionPace, WantedBars
from tests.brokers.fyers.harness import SHARE_TICKER, make_fyers, simulated

pytestmark = pytest.mark.integration

# A Monday; the exchange opens at 13:30 in UTC.
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALERTS = (
    ("2026-06-01T14:00:00Z", "buy AAPL 10"),
    ("2026-06-02T15:00:00Z", "close AAPL"),
)


@pytest.fixture
def fake(alpaca_simulator, clock):
    clock.now = datetime(2026, 7, 1, tzinfo=UTC)
    alpaca_simulator.history.record("AAPL", prices(MONDAY, days=2))
    alpaca_simulator.requests.clear()
    return alpaca_simulator


@pytest.fixture
def runner(make_app, fake):
    return make_app(**at(fake)).test_cli_runner()


@pytest.fixture
def alerts(tmp_path):
    return written(tmp_path, ALERTS)


def prices(day: datetime, days: int):
    """From four in the morning of New York to eight in the evening: a cent more each minute."""
    for number in range(days):
        start = day + timedelta(days=number, hours=8)
        for minute in range(16 * 60):
            yield start + minute * MINUTE, Decimal(100 + number) + Decimal(minute) / 100


def at(fake) -> dict:
    keys = {"alpaca_api_key": fake.key, "alpaca_secret_key": fake.secret}
    return keys | {"alpaca_trading_url": fake.url, "alpaca_data_url": fake.url}


def written(folder, alerts):
    file = folder / "alerts.jsonl"
    file.write_text("".join(json.dumps({"time": time, "alert": alert}) + "\n" for time, alert in alerts))
    return str(file)


def backtest(runner, *arguments):
    return runner.invoke(args=["backtest", *arguments])


def queries(fake) -> list[dict[str, str]]:
    return [request.query for request in fake.requests if request.path.endswith("/bars")]


def test_bars_when_a_broker_is_named_then_alerts_fill_at_its_prices(runner, fake, alerts):
    result = backtest(runner, "--alerts", alerts, "--bars", "alpaca", "--json")

    report = json.loads(result.output)
    (trade,) = report["trades"]
    # 14:00 is the 360th minute after eight; 15:00 of the next day the 420th.
    assert (trade["entry_price"], trade["exit_price"], trade["gain"]) == ("103.6", "105.2", "16.0")
    assert report["bars"] == {"AAPL": 2 * 78}
    assert report["notes"] == [
        "AAPL: 156 bars of 5m from alpaca (feed sip), adjusted for splits, regular hours."
    ]


def test_bars_when_played_again_then_no_network_is_needed_and_every_byte_is_the_same(
    runner, make_app, fake, alerts, tmp_path
):
    first = backtest(runner, "--alerts", alerts, "--bars", "alpaca", "--out", str(tmp_path / "one"))
    asked = len(queries(fake))
    # Whoever has no keys any more has the files all the same.
    other = make_app().test_cli_runner()
    again = backtest(other, "--alerts", alerts, "--bars", "alpaca", "--out", str(tmp_path / "two"))

    assert (first.exit_code, again.exit_code) == (0, 0), again.output
    for name in ("report.json", "report.html", "trades.csv", "equity.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert asked == len(queries(fake)) == 1


def test_bars_when_kept_then_the_file_can_be_named_like_any_other(runner, fake, alerts, tmp_path):
    backtest(runner, "--alerts", alerts, "--bars", "alpaca")
    (file,) = (tmp_path / "bars").iterdir()

    result = backtest(runner, "--alerts", alerts, "--bars", str(file), "--json")

    assert file.name == "alpaca_sip_AAPL_5m_20260601-20260602_split.csv"
    assert json.loads(result.output)["trades"][0]["gain"] == "16.0"


def test_bars_when_pages_are_short_then_all_are_followed(runner, fake, alerts):
    fake.history.most_rows = 50

    report = json.loads(backtest(runner, "--alerts", alerts, "--bars", "alpaca", "--json").output)

    assert report["bars"] == {"AAPL": 156}
    assert len(queries(fake)) == 8
    assert queries(fake)[1]["page_token"] == "50"


def test_bars_when_terms_are_named_then_they_are_those_of_the_question(runner, fake, alerts):
    terms = (
        "--timeframe",
        "1h",
        "--adjust",
        "raw",
        "--extended",
        "--from",
        "2026-06-01",
        "--to",
        "2026-06-01",
    )

    result = backtest(runner, "--alerts", alerts, "--bars", "alpaca", *terms)

    assert "16 bars of 1h from alpaca (feed sip), not adjusted, all hours." in result.output
    (query,) = queries(fake)
    assert (query["timeframe"], query["adjustment"], query["feed"]) == ("1Hour", "raw", "sip")
    assert (query["start"], query["end"]) == ("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z")


@pytest.mark.parametrize(("adjustment", "price"), [("split", "25.9"), ("raw", "103.6")])
def test_bars_when_shares_were_split_later_then_prices_are_adjusted_unless_raw_ones_are_wanted(
    runner, fake, alerts, adjustment, price
):
    fake.history.split("AAPL", MONDAY + timedelta(days=20), 4)

    result = backtest(runner, "--alerts", alerts, "--bars", "alpaca", "--adjust", adjustment, "--json")

    assert json.loads(result.output)["trades"][0]["entry_price"] == price


def test_coin_when_traded_then_its_bars_are_read_beside_a_file_of_another(runner, fake, tmp_path):
    fake.history.record("BTC/USD", [(at, price * 100) for at, price in prices(MONDAY, days=1)])
    alerts = written(tmp_path, [*ALERTS, (ALERTS[0][0], "buy BTCUSD 1")])
    file = tmp_path / "AAPL.csv"
    file.write_text("time,open,high,low,close\n2026-06-01T14:00Z,7,7,7,7\n2026-06-01T14:05Z,7,7,7,7\n")

    report = json.loads(backtest(runner, "--alerts", alerts, "--bars", str(file), "alpaca", "--json").output)

    note = "BTC-USD: 192 bars of 5m from alpaca (feed us), as alpaca has them, all hours."
    assert note in report["notes"]
    assert report["trades"][0]["entry_price"] == "7"


def test_day_when_it_is_not_over_then_its_bars_are_kept_nowhere(runner, fake, alerts, clock, tmp_path):
    clock.now = MONDAY + timedelta(days=1, hours=18)

    result = backtest(runner, "--alerts", alerts, "--bars", "alpaca")

    # Until a quarter of an hour ago.
    assert "129 bars of 5m" in result.output
    assert not (tmp_path / "bars").exists()


def test_symbol_when_the_broker_has_none_then_that_is_said_and_others_are_played(runner, fake, tmp_path):
    alerts = written(tmp_path, [*ALERTS, (ALERTS[0][0], "buy ZZZZ 1 limit 5")])

    result = backtest(runner, "--alerts", alerts, "--bars", "alpaca")

    assert result.exit_code == 0, result.output
    assert "alpaca has no bars of ZZZZ from 2026-06-01 to 2026-06-02" in result.output
    assert "Its orders fill at the prices that the alerts name." in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ZZZZ=alpaca",), "alpaca has no bars of ZZZZ from 2026-06-01 to 2026-06-02"),
        (("EURUSD=alpaca",), "alpaca keeps no bars of forex"),
        (("AAPL=alpaca", "--from", "2031-01-01", "--to", "2031-02-01"), "There are no bars yet"),
        (("alpaca", "--from", "2020-01-01", "--timeframe", "1m"), "take bars of 5 minutes, or fewer days"),
        (("alpaca", "--from", "2026-06-20"), "nothing to play"),
        (("!=alpaca",), "! is not a symbol"),
        (("paper",), "paper cannot be read"),
    ],
)
def test_bars_when_there_can_be_none_then_one_sentence_says_why(runner, alerts, arguments, said):
    result = backtest(runner, "--alerts", alerts, "--bars", *arguments)

    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_bars_when_the_broker_is_not_set_up_then_what_it_needs_is_said(make_app, alerts):
    result = backtest(make_app().test_cli_runner(), "--alerts", alerts, "--bars", "alpaca")

    assert result.exit_code == 1
    assert "it needs ALPACA_API_KEY, ALPACA_SECRET_KEY" in result.output


def test_bars_when_the_keys_are_wrong_then_they_are_said_to_be_and_nothing_is_kept(
    make_app, fake, alerts, tmp_path
):
    runner = make_app(**at(fake) | {"alpaca_secret_key": "another-secret"}).test_cli_runner()

    result = backtest(runner, "--alerts", alerts, "--bars", "alpaca")

    assert result.exit_code == 1
    assert "check ALPACA_API_KEY" in result.output
    assert "another-secret" not in result.output
    assert not (tmp_path / "bars").exists()


def test_indian_share_when_fyers_is_named_then_alerts_fill_at_its_prices(make_app, tmp_path, clock):
    clock.now = datetime(2026, 7, 1, tzinfo=UTC)
    opens = MONDAY + timedelta(hours=3, minutes=45)
    alerts = written(
        tmp_path,
        [("2026-06-01T04:00:00Z", "buy NSE:360ONE 10"), ("2026-06-01T05:00:00Z", "close NSE:360ONE")],
    )
    with simulated() as fake:
        rows = [(opens + number * MINUTE, Decimal(1000 + number)) for number in range(375)]
        fake.history.record(SHARE_TICKER, rows)
        runner = make_app(brokers={"fyers": make_fyers(fake)}).test_cli_runner()
        result = backtest(runner, "--alerts", alerts, "--bars", "fyers", "--timeframe", "15m", "--json")

    report = json.loads(result.output)
    assert [trade["gain"] for trade in report["trades"]] == ["600.0"]
    assert report["notes"] == [
        "360ONE: 25 bars of 15m from fyers (feed nse), as fyers has them, regular hours.",
        "All that is traded is priced in INR, so the account counts in it.",
    ]


def test_bars_when_requests_are_too_many_then_the_download_waits_for_its_turn(fake, clock):
    fake._limit, fake._arrivals = 2, type(fake._arrivals)()
    fake.history.record("BTC/USD", [(MONDAY + number * MINUTE, Decimal(100)) for number in range(40_000)])
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        fake.exchange.timer.advance(seconds)

    urls = {"trading_url": fake.url, "data_url": fake.url, "timeout_seconds": 30, "clock": clock}
    broker = AlpacaBroker(fake.key, fake.secret, paper=True, wait=lambda _seconds: None, **urls)
    wanted = WantedBars(
        instrument=parse_symbol("BTCUSD"),
        since=MONDAY,
        until=MONDAY + timedelta(days=27),
        minutes=1,
        adjustment=Adjustment.RAW,
    )

    bars = chain.from_iterable(BarDownload(broker, QuestionPace(wait)).portions(wanted))
    assert len(list(bars)) == 27 * 1440
    assert sum(waited) >= 60
