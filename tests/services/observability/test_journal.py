import json
import logging
import multiprocessing
import resource
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest

from app.logs import register_secrets
from app.services.observability.journal import AlertLine, AppendFile, Journal

NOW = datetime(2026, 11, 20, 15, 49, 25, 123000, tzinfo=UTC)
TICKET = UUID("0193b0a0-0000-7000-8000-000000000000")
LINE = b"x" * 99 + b"\n"


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path, clock=lambda: NOW)
    yield journal
    journal.close()


@pytest.fixture
def file(tmp_path):
    file = AppendFile(tmp_path / "f", max_bytes=1000, kept=2)
    yield file
    file.close()


def record(journal, **changes):
    known = {
        "ticket": TICKET,
        "bot": "main",
        "dialect": "strategy",
        "outcome": "accepted",
        "status": 200,
        "reason": None,
        "milliseconds": 12.34567,
    }
    line = AlertLine(**{name: changes.get(name, value) for name, value in known.items()})
    journal.alert(line, alert=changes.get("alert", {"symbol": "AAPL", "token": "***"}), source="10.0.0.1")


def records(folder):
    return [json.loads(line) for line in (folder / "logs.jsonl").read_text().splitlines()]


@pytest.mark.unit
def test_alert_when_written_then_one_redacted_line(journal, tmp_path):
    record(journal)

    (line,) = records(tmp_path)
    assert line == {
        "at": "2026-11-20T15:49:25.123Z",
        "kind": "alert",
        "event": "alert",
        "ticket": str(TICKET),
        "bot": "main",
        "dialect": "strategy",
        "outcome": "accepted",
        "status": 200,
        "reason": None,
        "milliseconds": 12.346,
        "source": "10.0.0.1",
        "alert": {"symbol": "AAPL", "token": "***"},
    }


@pytest.mark.unit
def test_exchange_when_written_then_has_both_sides_and_the_time(journal, tmp_path):
    journal.exchange(
        ticket=TICKET,
        broker="paper",
        request={"qty": Decimal("0.1")},
        response={"id": "1"},
        milliseconds=12.34567,
    )

    (line,) = records(tmp_path)
    assert (line["kind"], line["broker"], line["milliseconds"]) == ("exchange", "paper", 12.346)
    assert (line["request"], line["response"]) == ({"qty": "0.1"}, {"id": "1"})


@pytest.mark.unit
def test_alert_when_a_registered_secret_hides_elsewhere_then_masked(journal, tmp_path):
    register_secrets('hide"me-please')
    record(journal, bot='hide"me-please', alert={"comment": 'so hide"me-please'})

    assert "me-please" not in (tmp_path / "logs.jsonl").read_text()


@pytest.mark.unit
@pytest.mark.parametrize("text", ["a\nb", "a\u2028b", "\ud800", "\x00", "\u20ac"])
def test_line_when_text_is_odd_then_still_one_line(journal, tmp_path, text):
    journal.activity(text)
    record(journal, alert=text)

    assert records(tmp_path)[0]["alert"] == text
    assert len((tmp_path / "activity.log").read_text().splitlines()) == 1


@pytest.mark.unit
def test_activity_when_written_then_begins_with_the_time(journal, tmp_path):
    journal.activity("main bought 5 AAPL, token=hush1234")

    line = "2026-11-20T15:49:25.123Z main bought 5 AAPL, token=***\n"
    assert (tmp_path / "activity.log").read_text() == line


@pytest.mark.unit
def test_journal_when_there_is_no_folder_then_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    journal = Journal(None)
    record(journal)
    journal.activity("x")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.unit
def test_journal_when_the_folder_cannot_be_made_then_warns_once_and_goes_on(tmp_path, caplog):
    (tmp_path / "file").touch()
    journal = Journal(tmp_path / "file" / "logs")
    record(journal)
    record(journal)

    assert len(caplog.records) == 1


@pytest.mark.unit
def test_journal_when_the_disk_is_back_then_writes_and_may_warn_again(tmp_path, caplog):
    folder = tmp_path / "logs"
    folder.touch()
    journal = Journal(folder)
    record(journal)
    folder.unlink()
    record(journal)
    journal.close()

    assert len(records(folder)) == 1
    assert len(caplog.records) == 1


@pytest.mark.unit
def test_journal_when_a_value_is_not_json_then_warns_and_goes_on(journal, tmp_path, caplog):
    record(journal, alert={("a", "b"): 1})
    record(journal)

    assert len(records(tmp_path)) == 1
    assert "cannot be written as JSON" in caplog.text


@pytest.mark.unit
def test_file_when_full_then_put_away_and_the_oldest_dropped(file, tmp_path):
    for _ in range(45):
        file.append(LINE)

    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes == {"f": 500, "f.1": 1000, "f.2": 1000}


@pytest.mark.unit
def test_file_when_somebody_moved_it_then_a_new_one(file, tmp_path):
    file.append(LINE)
    (tmp_path / "f").rename(tmp_path / "elsewhere")
    file._next_look = 0.0
    file.append(LINE)

    assert (tmp_path / "f").read_bytes() == LINE


@pytest.mark.unit
def test_file_when_it_cannot_be_put_away_then_grows_on(file, tmp_path, caplog):
    for number in (1, 2):
        (tmp_path / f"f.{number}" / "not empty").mkdir(parents=True)
    for _ in range(15):
        file.append(LINE)

    assert (tmp_path / "f").stat().st_size == 1500
    assert "put away" in caplog.text


@pytest.mark.unit
def test_file_when_threads_append_then_no_line_is_lost_or_torn(tmp_path):
    file = AppendFile(tmp_path / "f", max_bytes=5000, kept=100)
    threads = [Thread(target=lambda: [file.append(LINE) for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    file.close()

    assert b"".join(path.read_bytes() for path in tmp_path.iterdir()) == LINE * 800


def append_many(path):
    file = AppendFile(path, max_bytes=5000, kept=100)
    for _ in range(200):
        file._next_look = 0.0
        file.append(LINE)


@pytest.mark.integration
def test_file_when_processes_append_then_no_line_is_lost_or_torn(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=append_many, args=(tmp_path / "f",)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert b"".join(path.read_bytes() for path in tmp_path.iterdir()) == LINE * 600


SMALL_DISK = """
import resource, signal, sys
from pathlib import Path
from app.services.observability.journal import AppendFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
file = AppendFile(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (150, resource.RLIM_INFINITY))
file.append(b"a" * 99 + b"\\n")
file.append(b"b" * 99 + b"\\n")
file.append(b"c" * 99 + b"\\n")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
file.append(b"d" * 99 + b"\\n")
"""


@pytest.mark.integration
@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a file size limit")
def test_file_when_the_disk_cuts_a_line_short_then_the_next_one_is_whole(tmp_path):
    here = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", SMALL_DISK, tmp_path / "f"], check=True, cwd=here, timeout=60)

    lines = (tmp_path / "f").read_text().splitlines()
    assert lines == ["a" * 99, "b" * 50, "d" * 99]


@pytest.mark.unit
@pytest.mark.parametrize("has_disk", [False, True])
def test_journal_when_there_is_no_disk_then_the_cloud_gets_what_would_stand_there(tmp_path, caplog, has_disk):
    caplog.set_level("INFO", "gatehouse.alerts")
    journal = Journal(tmp_path if has_disk else None, cloud=logging.getLogger("gatehouse.alerts"))
    journal.exchange(ticket=TICKET, broker="alpaca", request={}, response={}, milliseconds=1)
    journal.activity("main bought 5 AAPL")
    journal.close()

    assert caplog.messages == ([] if has_disk else ["exchange with alpaca", "main bought 5 AAPL"])
