"""The faults that the simulated Alpaca can be told to have."""

import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from tests.simulators.alpaca import FakeAlpaca
from tests.warm.process import PIPE, begin

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]
FIFTH = Decimal("0.2")
MARKET = {"symbol": "AAPL", "qty": "1", "side": "buy", "type": "market", "time_in_force": "day"}
POST = {"methods": ("POST",), "path": "/v2/orders"}


def accepted(driver):
    return len(driver.get("/_simulator/orders"))


@pytest.mark.parametrize(("when", "orders"), [("before", 0), ("after", 1)])
def test_reset_when_injected_then_the_order_stands_only_after(driver, when, orders):
    driver.fake.inject("reset", when=when, **POST)
    with pytest.raises(requests.ConnectionError):
        driver.submit()

    assert accepted(driver) == orders


def test_timeout_when_it_has_no_end_then_the_order_stands(driver):
    driver.fake.inject("timeout", **POST)
    with pytest.raises(requests.ReadTimeout):
        driver.call("POST", "/v2/orders", json=MARKET, timeout=0.2)

    assert accepted(driver) == 1


def test_timeout_when_it_has_an_end_then_the_answer_comes_late(driver):
    driver.fake.inject("timeout", seconds=0.05, **POST)
    begun = time.monotonic()

    assert driver.submit().status_code == 200
    assert time.monotonic() - begun >= 0.05


def test_latency_when_injected_then_the_order_is_taken_late(driver):
    driver.fake.inject("latency", seconds=0.05)
    begun = time.monotonic()

    assert driver.submit().status_code == 200
    assert time.monotonic() - begun >= 0.05


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize(("when", "orders"), [("before", 0), ("after", 1)])
def test_status_when_injected_then_the_order_stands_only_after(driver, status, when, orders):
    driver.fake.inject("status", status=status, when=when, **POST)

    assert driver.submit().status_code == status
    assert accepted(driver) == orders


@pytest.mark.parametrize(("when", "orders"), [("before", 0), ("after", 1)])
def test_rate_limit_when_injected_then_answer_is_429_with_headers(driver, when, orders):
    driver.fake.inject("rate_limit", when=when, **POST)
    answer = driver.submit()

    assert (answer.status_code, accepted(driver)) == (429, orders)
    assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(answer.headers)


@pytest.mark.parametrize("status", [200, 502])
def test_html_when_injected_then_no_json_comes_back(driver, status):
    driver.fake.inject("html", status=status, **POST)
    answer = driver.submit()

    assert (answer.status_code, answer.text[:6], accepted(driver)) == (status, "<html>", 1)


def test_torn_when_injected_then_half_of_the_answer_comes(driver):
    driver.fake.inject("torn", **POST)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        driver.submit()

    assert accepted(driver) == 1


def test_duplicate_when_injected_then_the_order_stands_though_refused(driver):
    driver.fake.inject("duplicate", times=1)
    answer = driver.submit(client_order_id="mine")

    assert (answer.status_code, answer.json()["message"]) == (422, "client_order_id must be unique")
    assert driver.get("/v2/orders:by_client_order_id?client_order_id=mine")["status"] == "filled"


def test_partial_fill_when_injected_then_the_rest_comes_with_the_next_move(driver):
    driver.fake.inject("partial_fill", fraction=FIFTH)
    order = driver.placed()
    assert (order["status"], order["filled_qty"]) == ("partially_filled", "2")

    driver.fake.market.move("AAPL", "110")
    shown = driver.shown(order["id"])
    assert (shown["status"], shown["filled_avg_price"]) == ("filled", "108")


def test_late_fill_when_injected_then_the_next_move_fills(driver):
    driver.fake.inject("late_fill")
    order = driver.placed()
    assert (order["status"], order["filled_qty"]) == ("new", "0")

    driver.fake.market.move("AAPL", "101")
    assert driver.shown(order["id"])["filled_avg_price"] == "101"


def test_late_fill_when_its_seconds_are_over_then_any_request_sees_it_filled(driver):
    driver.fake.inject("late_fill", seconds=0)

    assert driver.placed()["status"] == "filled"


def test_late_cancel_when_injected_then_shares_are_held_until_the_next_move(driver):
    driver.fake.inject("late_cancel")
    driver.placed()
    stop = driver.placed(side="sell", type="stop", stop_price="90")
    driver.call("DELETE", f"/v2/orders/{stop['id']}")
    assert (driver.shown(stop["id"])["status"], driver.submit(side="sell").status_code) == (
        "pending_cancel",
        403,
    )

    driver.fake.market.move("AAPL", "101")
    assert (driver.shown(stop["id"])["status"], driver.submit(side="sell").status_code) == ("canceled", 200)


def test_closed_when_injected_then_clock_says_so_and_order_waits(driver):
    driver.fake.inject("closed")
    order = driver.placed()

    assert (driver.get("/v2/clock")["is_open"], order["status"]) == (False, "accepted")


@pytest.mark.parametrize("settings", [{"skip": 1, "times": 1}, {"probability": 0.5, "seed": 2}])
def test_fault_when_repeated_with_its_seed_then_it_strikes_alike(settings):
    assert struck(settings) == struck(settings)


def test_fault_when_skip_and_times_are_set_then_only_those_are_struck():
    assert struck({"skip": 1, "times": 1}) == [200, 503, 200, 200, 200, 200]


@pytest.mark.parametrize(
    "fault", [{"kind": "gremlin"}, {"kind": "torn", "when": "before"}, {"sort": "reset"}, 7]
)
def test_admin_when_fault_is_unknown_then_it_is_refused(driver, fault):
    assert driver.call("POST", "/_simulator/faults", json=fault).status_code == 422


def test_admin_when_faults_are_posted_then_they_strike_until_cleared(driver):
    fault = {"kind": "status", "status": 500, "probability": 1, "methods": ["GET"], "path": "/v2/account"}
    driver.call("POST", "/_simulator/faults", json=fault)
    assert driver.call("GET", "/v2/account").status_code == 500

    driver.call("DELETE", "/_simulator/faults")
    assert driver.call("GET", "/v2/account").status_code == 200


def test_admin_when_prices_are_posted_then_orders_fill(driver):
    order = driver.placed(type="limit", limit_price="90")
    driver.call("POST", "/_simulator/prices", json={"AAPL": "89", "NVDA": {"price": "5", "bid": "4"}})

    assert driver.shown(order["id"])["status"] == "filled"
    assert driver.get("/v2/stocks/NVDA/quotes/latest")["quote"]["bp"] == 4


@pytest.mark.parametrize("session", ["open", "extended", "closed"])
def test_admin_when_session_is_posted_then_clock_follows(driver, session):
    driver.call("POST", "/_simulator/clock", json={"session": session})

    assert driver.get("/v2/clock")["is_open"] is (session == "open")


@pytest.mark.parametrize("path", ["prices", "clock", "account"])
def test_admin_when_body_makes_no_sense_then_it_is_refused(driver, path):
    assert driver.call("POST", f"/_simulator/{path}", json={"x": []}).status_code in {400, 422}


def test_admin_when_account_is_changed_then_rules_follow(driver):
    driver.call("POST", "/_simulator/account", json={"cash": "5", "shorting_enabled": False})

    assert driver.get("/_simulator/account")["cash"] == "5"
    assert driver.submit(side="sell").status_code == 403


def test_requests_when_they_arrive_then_method_path_and_body_are_kept(driver):
    driver.submit(client_order_id="mine")

    assert driver.fake.sent("POST", "/v2/orders")[0]["client_order_id"] == "mine"
    assert driver.get("/_simulator/requests")[0]["method"] == "POST"


def test_command_line_when_started_then_it_serves_with_prices_and_faults():
    fault = '{"kind": "status", "status": 504, "path": "/v2/clock"}'
    command = [sys.executable, "-m", "tests.simulators.alpaca", "--price", "AAPL=7", "--fault", fault]
    with begin(command, stdout=PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        headers = {"APCA-API-KEY-ID": "simulated-key", "APCA-API-SECRET-KEY": "simulated-secret"}
        paths = ("/v2/stocks/AAPL/trades/latest", "/v2/clock")
        answers = [requests.get(url + path, headers=headers, timeout=5) for path in paths]
        process.terminate()

    assert (answers[0].json()["trade"]["p"], answers[1].status_code) == (7, 504)


def struck(settings):
    with FakeAlpaca() as fake, requests.Session() as session:
        fake.inject("status", **settings)
        session.headers.update({"APCA-API-KEY-ID": fake.key, "APCA-API-SECRET-KEY": fake.secret})
        return [session.get(f"{fake.url}/v2/clock", timeout=5).status_code for _ in range(6)]
