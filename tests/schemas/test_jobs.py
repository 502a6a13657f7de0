"""What a job is asked for, by its kind."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.bars import Adjustment
from app.domain.jobs import JobKind
from app.errors import InvalidRequest, RequestRefused
from app.schemas.jobs import read_job

pytestmark = pytest.mark.unit

FILE = {"name": "a.csv", "text": "time\r\n"}


def test_replay_when_it_has_a_date_then_it_is_that_of_a_day():
    kind, day = read_job({"kind": "replay", "date": "2026-06-02", "set": {"x": 1}})
    _, ideas = read_job({"kind": "replay"})

    assert (kind, day["date"], day["set"]) == (JobKind.REPLAY, date(2026, 6, 2), {"x": "1"})
    assert ("date" in ideas, ideas["limit"]) == (False, 20)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (None, "null"),
        (5, "5"),
        (Decimal("0.020"), "0.020"),
        (Decimal("1E+2"), "100"),
        ("mon 09:30-16:00", "mon 09:30-16:00"),
    ],
)
def test_value_when_set_differently_then_it_is_as_on_the_command_line(value, text):
    _, wanted = read_job({"kind": "backtest", "set": {"key": value}})

    assert wanted["set"] == {"key": text}


def test_files_when_they_come_along_then_their_text_is_left_as_it_is():
    _, wanted = read_job({"kind": "backtest", "alerts": FILE, "bars": [FILE | {"symbol": "AAPL"}]})

    assert wanted["alerts"] == FILE
    assert wanted["bars"] == [FILE | {"symbol": "AAPL"}]


def test_bars_when_they_are_a_brokers_then_its_name_and_terms_are_read():
    _, wanted = read_job({"kind": "backtest", "bars": "alpaca", "timeframe": "1h", "adjust": "raw"})
    _, plain = read_job({"kind": "backtest"})

    assert (wanted["bars"], wanted["timeframe"], wanted["adjust"]) == ("alpaca", "1h", Adjustment.RAW)
    assert (plain["bars"], plain["timeframe"], plain["adjust"], plain["extended"]) == (
        None,
        "5m",
        None,
        False,
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "dance"}, "must be replay or backtest"),
        ({"alerts": "a.csv"}, "`alerts`"),
        ({"alerts": FILE | {"text": ""}}, "must be the file's text"),
        ({"alerts": FILE | {"text": 5}}, "must be the file's text"),
        ({"bars": [None]}, "must be JSON objects"),
        ({"bars": [FILE] * 51}, "to 50 entries"),
        ({"bars": "Alpaca!"}, "or a broker's name like alpaca"),
        ({"timeframe": "7m"}, "must be 1m, 2m"),
        ({"adjust": "dividends"}, "must be raw, split or all"),
        ({"extended": "yes"}, "must be true or false"),
        ({"set": {"key": {"a": 1}}}, "must be text of up to 500 characters"),
        ({"set": {"key": "x" * 501}}, "must be text of up to 500 characters"),
        ({"set": {"two words": "x"}}, "a name like sl_pct"),
        ({"set": {f"key{number}": "x" for number in range(101)}}, "from 0 to 100 entries"),
        ({"timezone": ""}, "`timezone`"),
        ({"horizon": "1d"}, "`horizon` is no field here"),
    ],
)
def test_backtest_when_a_field_is_wrong_then_the_sentence_names_it(changes, words):
    with pytest.raises(InvalidRequest) as refused:
        read_job({"kind": "backtest"} | changes)

    assert words in refused.value.message


def test_days_when_the_wrong_way_round_then_refused():
    with pytest.raises(RequestRefused):
        read_job({"kind": "backtest", "from": "2026-06-03", "to": "2026-06-02"})
