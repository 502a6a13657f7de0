"""The symbol master that the simulated Fyers lists."""

import csv
import json
import time
from collections import Counter
from datetime import date, datetime
from functools import cache
from itertools import pairwise

import pytest

from tests.simulators.fyers.clock import IST
from tests.simulators.fyers.master import Master

WEDNESDAY = date(2026, 11, 25)
FILE = "/sym_details/NSE_FO.csv"
TWIN = "/sym_details/NSE_FO_sym_master.json"
LOT, EXPIRY, TICKER, UNDERLYING, STRIKE, KIND = 3, 8, 9, 13, 15, 16


@cache
def rows():
    return list(csv.reader(Master(WEDNESDAY).as_csv().decode().splitlines()))


@pytest.mark.unit
def test_file_when_made_then_is_full_size_in_little_time():
    begun = time.process_time()
    content = Master(WEDNESDAY).as_csv()

    assert time.process_time() - begun < 2
    assert 90_000 <= content.count(b"\n") <= 95_000


@pytest.mark.unit
def test_rows_when_read_then_have_21_columns_and_names_of_their_own():
    assert {len(row) for row in rows()} == {21}
    assert len({row[0] for row in rows()}) == len({row[TICKER] for row in rows()}) == len(rows())


@pytest.mark.unit
def test_rows_when_read_then_futures_come_first_and_pairs_stand_together():
    kinds = [row[KIND] for row in rows()]
    first = kinds.index("CE")

    assert set(kinds[:first]) == {"XX"}
    assert kinds[first::2] == ["CE"] * (len(kinds[first:]) // 2)
    assert kinds[first + 1 :: 2] == ["PE"] * (len(kinds[first:]) // 2)


@pytest.mark.unit
def test_options_when_read_then_go_by_expiry_and_strike():
    options = [row for row in rows() if row[KIND] == "CE" and row[UNDERLYING] == "NIFTY"]
    order = [(int(row[EXPIRY]), float(row[STRIKE])) for row in options]

    assert all(one < other for one, other in pairwise(order))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("underlying", "lot"),
    [
        ("NIFTY", 65),
        ("BANKNIFTY", 30),
        ("MIDCPNIFTY", 120),
        ("SBIN", 750),
        ("BAJAJ-AUTO", 75),
        ("360ONE", 500),
    ],
)
def test_lots_when_read_then_are_those_of_the_reference(underlying, lot):
    assert {row[LOT] for row in rows() if row[UNDERLYING] == underlying} == {str(lot)}


@pytest.mark.unit
def test_row_when_compared_then_has_the_real_format():
    row = next(row for row in rows() if row[TICKER] == "NSE:NIFTY26D0125000PE")
    real = (
        "1011261201{token},NIFTY 01 Dec 26 25000 PE,14,65,0.05,,0915-1530|1815-1915:,2026-11-25,1796119200,"
        "NSE:NIFTY26D0125000PE,10,11,{token},NIFTY,26000,25000.0,PE,101000000026000,None,0,0.0"
    )

    assert ",".join(row) == real.format(token=row[12])


@pytest.mark.unit
def test_tickers_when_read_then_have_weekly_and_monthly_forms():
    calls = {row[TICKER] for row in rows() if row[STRIKE] == "25000.0" and row[UNDERLYING] == "NIFTY"}

    assert {"NSE:NIFTY26D2225000CE", "NSE:NIFTY26DEC25000CE", "NSE:NIFTY27JAN25000CE"} <= calls
    assert {"NSE:M&M26DECFUT", "NSE:NIFTYNXT5026DECFUT"} <= {row[TICKER] for row in rows()}


@pytest.mark.unit
def test_strikes_when_read_then_some_are_decimal():
    assert Counter(float(row[STRIKE]) % 1 for row in rows())[0.5] > 100


@pytest.mark.unit
@pytest.mark.parametrize(
    "day", [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 30)]
)
def test_expiries_when_the_day_changes_then_there_is_always_a_current_week(day):
    contracts = Master(day, stocks=0).contracts("NIFTY").values()
    nearest = min(each.expiry for each in contracts if each.option_type == "CE")

    assert 0 <= (datetime.fromtimestamp(nearest, IST).date() - day).days < 7


@pytest.mark.unit
def test_twin_when_read_then_has_the_same_contracts_with_freeze_quantities():
    master = Master(WEDNESDAY, stocks=20)
    twin = json.loads(master.as_json())

    assert list(twin) == [row.ticker for row in master.rows()]
    assert twin["NSE:NIFTY26D0125000PE"]["qtyFreeze"] == "1800"


@pytest.mark.integration
def test_download_when_asked_without_token_then_comes_whole(fyers):
    fyers.session.headers.clear()
    answer = fyers.call("GET", FILE)

    assert (answer.status_code, answer.text.count("\n")) == (200, len(rows()))


@pytest.mark.integration
@pytest.mark.parametrize(
    ("mode", "status", "start"),
    [("html", 200, "<html>"), ("error", 500, "{"), ("missing", 404, "{"), ("empty", 200, "")],
)
def test_download_when_spoilt_then_is_no_symbol_master(fyers, mode, status, start):
    fyers.admin("switches", {"csv": mode, "json": mode})
    answers = [fyers.call("GET", path) for path in (FILE, TWIN)]

    assert [answer.status_code for answer in answers] == [status, status]
    assert all(answer.text.startswith(start) for answer in answers)


@pytest.mark.integration
def test_download_when_truncated_then_ends_within_a_row(fyers):
    fyers.admin("switches", {"csv": "truncated"})
    lines = fyers.call("GET", FILE).text.splitlines()

    assert len(lines) < 40_000
    assert len(lines[-1].split(",")) < 21


@pytest.mark.integration
def test_download_when_narrow_then_has_18_columns(fyers):
    fyers.admin("switches", {"csv": "narrow"})

    assert {line.count(",") for line in fyers.call("GET", FILE).text.splitlines()} == {17}
