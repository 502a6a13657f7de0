"""The faults that the simulated Fyers can be told to have."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from tests.simulators.fyers import FakeFyers
from tests.simulators.fyers.driving import Driver
from tests.simulators.fyers.orders import FILLED, PENDING, REJECTED, TRANSIT
from tests.warm.process import PIPE, begin

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]
ORDERS = "/api/v3/orders/sync"
POST = {"methods": ("POST",), "path": ORDERS}
WHEN = pytest.mark.parametrize(("when", "orders"), [("before", 0), ("after", 1)])


def accepted(fyers):
    return len(fyers.fake.orders())


@WHEN
def test_reset_when_injected_then_the_order_stands_only_after(fyers, when, orders):
    fyers.fake.inject("reset", when=when, **POST)
    with pytest.raises(requests.ConnectionError):
        fyers.submit()

    assert accepted(fyers) == orders


def test_timeout_when_it_has_no_end_then_the_order_stands(fyers):
    fyers.fake.inject("timeout", **POST)
    with pytest.raises(requests.ReadTimeout):
        fyers.call("POST", ORDERS, json=fyers.body(), timeout=0.2)

    assert accepted(fyers) == 1


def test_latency_when_injected_then_the_order_is_taken_late(fyers):
    fyers.fake.inject("latency", seconds=0.05)
    begun = time.monotonic()

    assert fyers.submit().status_code == 200
    assert time.monotonic() - begun >= 0.05


@WHEN
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_status_when_injected_then_the_order_stands_only_after(fyers, status, when, orders):
    fyers.fake.inject("status", status=status, when=when, **POST)

    assert fyers.submit().status_code == status
    assert accepted(fyers) == orders


@WHEN
def test_rate_limit_when_injected_then_429_tells_how_long(fyers, when, orders):
    fyers.fake.inject("rate_limit", when=when, seconds=1.5, **POST)
    answer = fyers.submit()

    assert (answer.status_code, answer.json()["code"], accepted(fyers)) == (429, -429, orders)
    assert (answer.headers["Retry-After"], answer.headers["X-Retry-After-Ms"]) == ("2", "1500")


@WHEN
@pytest.mark.parametrize("kind", ["html", "empty"])
def test_body_when_spoilt_then_is_no_json_with_200(fyers, kind, when, orders):
    fyers.fake.inject(kind, when=when, **POST)
    answer = fyers.submit()

    assert (answer.status_code, accepted(fyers)) == (200, orders)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_torn_when_injected_then_the_answer_breaks_off(fyers):
    fyers.fake.inject("torn", **POST)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        fyers.submit()

    assert accepted(fyers) == 1


@WHEN
def test_refused_when_injected_then_reads_like_a_lost_connection(fyers, when, orders):
    fyers.fake.inject("refused", when=when)

    assert fyers.submit().json() == {"s": "error", "code": -99, "message": "Bad request"}
    assert accepted(fyers) == orders


@WHEN
def test_unacknowledged_when_injected_then_201_whether_or_not_the_order_stands(fyers, when, orders):
    fyers.fake.inject("unacknowledged", when=when)
    answer = fyers.submit().json()

    assert (answer["code"], "id" in answer, accepted(fyers)) == (201, False, orders)


def test_address_when_refused_then_reading_still_works(fyers):
    fyers.fake.inject("ip_refused")

    assert fyers.submit().status_code == 403
    assert fyers.book() == []


def test_token_when_it_dies_suddenly_then_stays_dead(fyers):
    fyers.fake.inject("dead_token", times=1, **POST)
    answers = [fyers.submit(), fyers.submit()]

    assert [answer.json()["code"] for answer in answers] == [-16, -16]
    assert accepted(fyers) == 0


def test_transit_when_injected_then_the_order_waits_for_the_next_move(fyers):
    fyers.fake.inject("transit")
    order = fyers.placed()
    fyers.move("100")

    assert (order["status"], fyers.shown(order["id"])["status"]) == (TRANSIT, FILLED)


def test_late_fill_when_its_time_has_come_then_fills_without_a_move(fyers):
    fyers.fake.inject("late_fill", seconds=0.0)
    order_id = fyers.submit().json()["id"]

    assert fyers.shown(order_id)["status"] == FILLED


def test_late_fill_when_released_then_fills(fyers):
    fyers.fake.inject("late_fill")
    order = fyers.placed()

    assert (order["status"], fyers.admin("release")[0]["status"]) == (PENDING, FILLED)


def test_partial_fill_when_injected_then_fills_whole_lots_and_the_rest_later(fyers):
    fyers.fake.inject("partial_fill", fraction=Decimal("0.5"))
    order = fyers.placed(qty=195)
    fyers.move("100")

    assert (order["status"], order["filledQty"], order["remainingQuantity"]) == (PENDING, 65, 130)
    assert fyers.shown(order["id"])["status"] == FILLED


def test_market_order_when_beyond_its_protection_then_stays_until_it_is_priced_anew(fyers):
    fyers.fake.inject("mpp_pending")
    order = fyers.placed()
    fyers.move("111")
    still = fyers.shown(order["id"])
    fyers.call("PATCH", ORDERS, json={"id": order["id"], "type": 1, "limitPrice": 112})

    assert (order["status"], still["status"]) == (PENDING, PENDING)
    assert fyers.shown(order["id"])["status"] == FILLED


def test_rejection_when_it_comes_later_then_the_answer_was_ok(fyers):
    fyers.fake.inject("rejection", message="17070 : out of range")
    order = fyers.placed()

    assert (order["status"], order["message"]) == (REJECTED, "17070 : out of range")


def test_fault_when_it_skips_and_counts_then_strikes_just_those(fyers):
    fyers.admin("faults", {"kind": "status", "skip": 1, "times": 2, "methods": ["GET"], "path": "/funds"})
    statuses = [fyers.call("GET", "/api/v3/funds").status_code for _ in range(4)]

    assert statuses == [200, 503, 503, 200]


def test_fault_when_it_has_a_probability_then_the_seed_decides(fyers):
    fyers.admin("faults", {"kind": "status", "probability": 0.3, "seed": 7, "path": "/funds"})
    first = [fyers.call("GET", "/api/v3/funds").status_code for _ in range(30)]
    fyers.admin("faults", method="DELETE")
    fyers.admin("faults", {"kind": "status", "probability": 0.3, "seed": 7, "path": "/funds"})

    assert set(first) == {200, 503}
    assert [fyers.call("GET", "/api/v3/funds").status_code for _ in range(30)] == first


@pytest.mark.parametrize(
    "fault", [{"kind": "odd"}, {"kind": "torn", "when": "before"}, {"kind": "reset", "surprise": 1}, []]
)
def test_fault_when_it_is_none_then_refused(fyers, fault):
    assert fyers.call("POST", "/_simulator/faults", json=fault).status_code == 400


@WHEN
def test_sdk_when_the_connection_is_lost_then_says_the_same_as_for_a_rejection(fyers, sdk, when, orders):
    fyers.fake.inject("reset", when=when, **POST)
    answer = dict(sdk.place_order(fyers.body()))

    assert answer == {"s": "error", "code": -99, "message": "Bad request"}
    assert accepted(fyers) == orders


def test_sdk_when_the_body_is_a_page_then_answers_its_shared_error(fyers, sdk):
    fyers.fake.inject("html", **POST)
    first = sdk.place_order(fyers.body())
    fyers.fake.faults.clear()
    fyers.fake.inject("status", status=502, path="/funds")
    second = sdk.funds()

    assert (first is second, second["code"], second["message"]) == (True, 502, "Bad request")


def test_simulator_when_started_by_itself_then_serves_with_its_faults():
    command = [sys.executable, "-m", "tests.simulators.fyers", "--stocks", "0", "--session", "closed"]
    fault = ["--fault", '{"kind": "html", "path": "/sym_details"}']
    with begin([*command, *fault], stdout=PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        page = requests.get(f"{url}/sym_details/NSE_FO.csv", timeout=5).text
        clock = requests.get(f"{url}/_simulator/clock", timeout=5).json()
        process.terminate()

    assert page.startswith("<html>")
    assert clock["session"] == "closed"


def test_connections_when_many_at_once_then_every_order_is_its_own():
    with FakeFyers(stocks=0) as fake:
        driver = Driver(fake)
        headers = dict(driver.session.headers)
        send = {"url": f"{fake.api_url}/orders/sync", "json": driver.body(), "headers": headers, "timeout": 5}
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: requests.post(**send).json()["id"], range(40)))
        driver.session.close()

    assert len(set(answers)) == len(fake.orders()) == 40
