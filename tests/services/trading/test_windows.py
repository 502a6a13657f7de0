"""Times at which a bot may enter, by alert, preview and command line."""

from datetime import UTC, datetime

import pytest

from tests.builders import EXIT_LONG, strategy_alert

pytestmark = pytest.mark.integration

# Tuesday, 10:00 in New York.
MORNING = datetime(2026, 6, 2, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday(clock):
    clock.now = MORNING


def error(response):
    return response.json.get("error", {}).get("code")


def test_window_when_it_is_over_then_an_entry_is_refused_with_the_times_and_an_exit_goes_out(
    post, configure, clock
):
    configure(trading_windows=["mon-fri 09:45-10:05"])
    first = post()
    clock.move(minutes=5)
    late = post()

    assert (first.json["status"], error(late)) == ("filled", "TRADING_WINDOW_CLOSED")
    assert late.json["error"]["message"].endswith(
        "Tue 10:05, allowed mon-fri 09:45-10:05 (America/New_York)."
    )
    assert post(**EXIT_LONG).json["status"] == "filled"


def test_window_when_a_coin_is_traded_then_its_time_is_utc(post, configure):
    configure(trading_windows=["tue 14:00-14:01"])

    assert post(symbol="BTCUSD").json["status"] == "filled"
    assert error(post()) == "TRADING_WINDOW_CLOSED"


def test_preview_when_the_window_is_closed_then_it_says_so(operator, configure):
    configure(trading_windows=["sat 09:45-10:05"])
    answer = operator.post("/api/preview", json=strategy_alert()).json

    assert (answer["status"], answer["reason"]) == ("denied", "TRADING_WINDOW_CLOSED")


@pytest.mark.parametrize(
    ("key", "at", "code"),
    [
        ("minutes_after_open", "13:59:59", "MARKET_OPENING"),
        ("minutes_after_open", "14:00:00", None),
        ("minutes_before_close", "19:29:59", None),
        ("minutes_before_close", "19:30:00", "MARKET_CLOSING"),
        ("minutes_before_close", "20:00:00", "MARKET_CLOSED"),
    ],
)
def test_minutes_when_they_are_set_then_the_brokers_hours_count(post, configure, clock, key, at, code):
    configure(**{key: 30})
    clock.now = datetime.fromisoformat(f"2026-06-02T{at}+00:00")

    assert error(post()) == code


def test_minutes_when_they_count_then_the_ticket_tells_the_figures(post, configure, clock):
    configure(minutes_after_open=30)
    clock.now = datetime(2026, 6, 2, 13, 42, tzinfo=UTC)

    assert post().json["error"]["message"].endswith("opened 12 min ago, limit 30 min.")


def test_minutes_when_they_are_zero_then_the_broker_is_not_asked(post, configure, clock):
    configure(minutes_after_open=0, minutes_before_close=0)
    clock.now = datetime(2026, 6, 6, 13, tzinfo=UTC)

    assert post().json["status"] == "filled"
