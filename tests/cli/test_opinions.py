import json
from datetime import timedelta

import pytest

from tests.past_opinions import NOON, bar_rows, past_ticket, refused, said, write

pytestmark = pytest.mark.unit


@pytest.fixture
def bars(tmp_path, clock):
    clock.now = NOON + timedelta(days=6)
    file = tmp_path / "bars.csv"
    file.write_text(bar_rows(), encoding="utf-8")
    return str(file)


def test_report_when_a_file_has_the_bars_then_a_table_tells_what_was_missed(run, store, bars):
    write(store, past_ticket(), refused("skipped", "OPINION_SKIP", opinion=said("skip", "0.3")))
    output = run("opinions", "report", "--horizon", "1d", "--csv", bars).output
    rows = {line.split("  ")[0]: line.split() for line in output.splitlines()}

    assert rows["all"][1:7] == ["2", "2", "100", "%", "+24.00", "%"]
    assert rows["outcome skipped OPINION_SKIP"][3:5] == ["1", "1"]


def test_report_when_prices_are_missing_then_it_says_how_many_and_why(run, store, bars):
    write(store, past_ticket(), past_ticket(signal={"symbol": "MSFT", "side": "buy"}))
    output = run("opinions", "report", "--horizon", "1d", "--csv", bars).output

    assert "Without a price: 1 no broker keeps bars of it, or the file has none." in output


def test_report_when_json_is_wanted_then_it_is_what_the_api_answers(run, store, bars, operator):
    write(store, past_ticket())
    told = json.loads(run("opinions", "report", "--json").output)

    assert told == operator.get("/api/opinions/report").json


def test_report_when_there_are_no_opinions_then_a_sentence_says_so(run):
    assert run("opinions", "report").output == "No opinions in this time.\n"


def test_report_when_the_limit_is_reached_then_it_says_so(run, store, bars):
    write(store, past_ticket(), past_ticket())

    assert "--limit takes more" in run("opinions", "report", "--limit", "1").output


@pytest.mark.parametrize("text", [None, "NVDA,1", "\0\xff"])
def test_report_when_the_file_is_no_bars_then_a_sentence_says_so(run, tmp_path, text):
    file = tmp_path / "bars.csv"
    if text is not None:
        file.write_bytes(text.encode("latin-1"))
    result = run("opinions", "report", "--csv", str(file))

    assert (result.exit_code, result.output.startswith("Error: ")) == (1, True)


def test_report_when_a_day_is_no_day_then_a_sentence_says_so(run):
    assert "`from` must be a date like" in run("opinions", "report", "--from", "soon").output
