"""/api/jobs: backtests at the prices of a broker: the real SDK against the strict simulators."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.wiring.job_bars import LOOK_SECONDS, SECONDS_BETWEEN, SECONDS_OF_BUSY
from tests.brokers.fyers.harness import SHARE_TICKER, make_fyers, simulated
from tests.builders import OPERATOR_TOKEN, client_of, services_of

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("warm_jobs")]

# A Monday; the exchange opens at 13:30 in UTC.
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALERTS = (("2026-06-01T14:00:00Z", "buy AAPL 10"), ("2026-06-02T15:00:00Z", "close AAPL"))


class House:
    """A service with an account at the simulated Alpaca; `waited` are its pauses."""

    def __init__(self, make_app, clock, fake, **changes) -> None:
        self.waited: list[float] = []
        self.clock = clock
        keys = {"alpaca_api_key": fake.key, "alpaca_secret_key": fake.secret}
        urls = {"alpaca_trading_url": fake.url, "alpaca_data_url": fake.url}
        self.app = make_app(**keys | urls | changes, wait=self.wait)
        self.operator = client_of(self.app, authorization=f"Bearer {OPERATOR_TOKEN}")
        self.each_pause = lambda: None

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.move(seconds=seconds)
        self.each_pause()

    def finished(self, **changes) -> dict:
        answer = self.operator.post("/api/jobs", json=backtest(**changes))
        assert answer.status_code == 202, answer.json
        services_of(self.app).operations.jobs.run()
        return self.operator.get(f"/api/jobs/{answer.json['id']}").json


@pytest.fixture
def fake(alpaca_simulator, clock):
    clock.now = datetime(2026, 7, 1, tzinfo=UTC)
    alpaca_simulator.history.record("AAPL", prices(days=2))
    alpaca_simulator.requests.clear()
    return alpaca_simulator


@pytest.fixture
def house(make_app, clock, fake):
    return House(make_app, clock, fake)


def prices(days: int, first: int = 100):
    """From four in the morning of New York to eight in the evening: a cent more each minute."""
    for number in range(days):
        start = MONDAY + timedelta(days=number, hours=8)
        for minute in range(16 * 60):
            yield start + minute * MINUTE, Decimal(first + number) + Decimal(minute) / 100


def backtest(*, alerts=ALERTS, **changes) -> dict:
    text = "".join(json.dumps({"time": time, "alert": alert}) + "\n" for time, alert in alerts)
    return {"kind": "backtest", "alerts": {"name": "a.jsonl", "text": text}, "bars": "alpaca"} | changes


def asked(fake) -> list[dict[str, str]]:
    return [request.query for request in fake.requests if request.path.endswith("/bars")]


def test_bars_when_a_broker_is_named_then_the_job_fills_at_its_prices_as_the_command_line_does(
    house, fake, tmp_path
):
    job = house.finished()
    file = tmp_path / "a.jsonl"
    file.write_text(backtest()["alerts"]["text"])
    arguments = ["backtest", "--alerts", str(file), "--bars", "alpaca", "--out", str(tmp_path / "out")]
    house.app.test_cli_runner().invoke(args=arguments)

    (trade,) = job["result"]["trades"]
    assert (trade["entry_price"], trade["exit_price"], trade["gain"]) == ("103.6", "105.2", "16.0")
    note = "AAPL: 156 bars of 5m from alpaca (feed sip), adjusted for splits, regular hours."
    assert job["result"]["notes"] == [note]
    assert job["result"]["currency"] == "USD"
    report = house.operator.get(f"/api/jobs/{job['id']}/files/report.json").data
    assert report == (tmp_path / "out" / "report.json").read_bytes()
    # What one has downloaded the other has.
    assert len(asked(fake)) == 1


def test_bars_when_terms_are_named_then_they_are_those_of_the_question_and_of_the_row(house, fake):
    job = house.finished(timeframe="1h", adjust="raw", extended=True, to="2026-06-01")

    (query,) = asked(fake)
    assert (query["timeframe"], query["adjustment"], query["feed"]) == ("1Hour", "raw", "sip")
    terms = ("broker", "timeframe", "adjust", "extended", "bars")
    assert [job["wanted"][name] for name in terms] == ["alpaca", "1h", "raw", True, []]
    assert "not adjusted, all hours." in job["result"]["notes"][0]


def test_bars_when_of_several_symbols_then_each_question_waits_for_its_turn(house, fake):
    fake.history.record("MSFT", prices(days=2, first=300))
    house.finished(alerts=[*ALERTS, (ALERTS[0][0], "buy MSFT 1")])

    assert len(asked(fake)) == 2
    assert sum(house.waited) == 2 * SECONDS_BETWEEN


def test_bars_when_the_broker_has_too_many_requests_then_its_minute_is_left_to_the_trading(
    make_app, clock, fake
):
    fake._limit, fake._arrivals = 0, type(fake._arrivals)()
    house = House(make_app, clock, fake)
    job = house.finished()

    assert job["state"] == "failed"
    assert "Alpaca" in job["message"]
    assert sum(house.waited) >= SECONDS_BETWEEN + sum(SECONDS_OF_BUSY)
    assert max(house.waited) <= LOOK_SECONDS


def test_job_when_canceled_while_it_waits_for_bars_then_nobody_is_asked(house, fake):
    def cancel():
        (job,) = house.operator.get("/api/jobs").json["jobs"]
        house.operator.delete(f"/api/jobs/{job['id']}")
        house.clock.move(seconds=5)

    house.each_pause = cancel
    job = house.finished()

    assert (job["state"], asked(fake)) == ("canceled", [])


def test_bars_when_the_state_is_elsewhere_then_no_file_is_left_on_this_machine(
    make_app, clock, fake, tmp_path
):
    house = House(make_app, clock, fake, gcs_bucket_name="bucket")
    assert house.finished()["state"] == house.finished()["state"] == "done"

    assert len(asked(fake)) == 2
    assert not (tmp_path / "bars").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bars": "paper"}, "paper keeps no bars; these do: alpaca, fyers."),
        ({"bars": "kraken"}, "kraken keeps no bars"),
        ({"bars": "fyers"}, "it needs FYERS_APP_ID"),
    ],
)
def test_bars_when_nobody_has_them_then_the_job_is_refused_at_once(house, changes, words):
    answer = house.operator.post("/api/jobs", json=backtest(**changes))

    assert (answer.status_code, words in answer.json["error"]["message"]) == (409, True), answer.json


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alerts": [(ALERTS[0][0], "buy ZZZZ 1 limit 5")]}, "alpaca has no bars of ZZZZ"),
        ({"from": "2026-06-20"}, "nothing to play"),
        ({"from": "2020-01-01", "timeframe": "1m"}, "take bars of 5 minutes, or fewer days"),
        (
            {"alerts": [(ALERTS[0][0], "buy BTCUSD 1")], "from": "2025-06-01", "timeframe": "1m"},
            "a job plays at most 250,000",
        ),
    ],
)
def test_bars_when_there_can_be_none_then_the_job_says_why(house, changes, words):
    job = house.finished(**changes)

    assert (job["state"], words in job["message"]) == ("failed", True), job["message"]


def test_bars_when_the_keys_are_wrong_then_the_job_says_so_without_them(make_app, clock, fake):
    house = House(make_app, clock, fake, alpaca_secret_key="another-secret")
    job = house.finished()

    assert "check ALPACA_API_KEY" in job["message"]
    assert "another-secret" not in json.dumps(job)


def test_indian_share_when_fyers_is_named_then_its_account_is_in_rupees(make_app, clock, fake):
    alerts = [("2026-06-01T04:00:00Z", "buy NSE:360ONE 10"), ("2026-06-01T05:00:00Z", "close NSE:360ONE")]
    opens = MONDAY + timedelta(hours=3, minutes=45)
    with simulated() as other:
        rows = [(opens + number * MINUTE, Decimal(1000 + number)) for number in range(375)]
        other.history.record(SHARE_TICKER, rows)
        house = House(make_app, clock, fake, brokers={"fyers": make_fyers(other)})
        job = house.finished(alerts=alerts, bars="fyers", timeframe="15m")

    assert [trade["gain"] for trade in job["result"]["trades"]] == ["600.0"], job["message"]
    assert job["result"]["currency"] == "INR"
