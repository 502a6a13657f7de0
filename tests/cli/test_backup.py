import sqlite3
from contextlib import closing

import pytest

from app.storage.sqlite import SqliteStore
from tests.builders import strategy_alert

pytestmark = pytest.mark.integration


@pytest.fixture
def store(file_store):
    return file_store


@pytest.fixture
def database(settings):
    return settings.database_path


def _count(path) -> int:
    with closing(sqlite3.connect(path)) as copy:
        return copy.execute("SELECT count(*) FROM documents WHERE key LIKE 'tickets/%'").fetchone()[0]


def test_backup_when_the_service_runs_then_the_copy_is_whole_and_private(run, client, tmp_path):
    client.post("/webhook", json=strategy_alert())
    run("backup", str(tmp_path / "copy.sqlite3"))

    assert _count(tmp_path / "copy.sqlite3") == 1
    assert (tmp_path / "copy.sqlite3").stat().st_mode & 0o777 == 0o600


def test_backup_when_written_then_nothing_lies_beside_it(run, tmp_path):
    (tmp_path / "backups").mkdir()
    run("backup", str(tmp_path / "backups" / "copy.sqlite3"))

    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["copy.sqlite3"]


def test_backup_when_folder_is_named_then_copies_of_two_days_stand_in_it(run, clock, tmp_path):
    (tmp_path / "backups").mkdir()
    run("backup", str(tmp_path / "backups"))
    clock.move(days=1)
    run("backup", str(tmp_path / "backups"))

    names = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert names[1] == f"gatehouse-{clock():%Y%m%dT%H%M%SZ}.sqlite3"
    assert len(names) == 2


def test_backup_when_the_named_folder_is_missing_then_it_is_made(run, tmp_path):
    run("backup", f"{tmp_path}/backups/")

    assert [path.suffix for path in (tmp_path / "backups").iterdir()] == [".sqlite3"]


def test_backup_when_file_is_there_then_it_stays_unless_forced(run, client, tmp_path):
    path = str(tmp_path / "copy.sqlite3")
    run("backup", path)
    client.post("/webhook", json=strategy_alert())

    assert run("backup", path).output == f"Error: {path} is there already; --force overwrites it.\n"
    assert (_count(path), run("backup", path, "--force").exit_code, _count(path)) == (0, 0, 1)


@pytest.mark.parametrize(
    ("name", "sentence"), [("gatehouse.sqlite3", "is the database itself."), ("no/x", "No such file")]
)
def test_backup_when_it_cannot_be_made_then_one_sentence_says_why(run, tmp_path, name, sentence):
    result = run("backup", str(tmp_path / name), "--force")

    assert (result.exit_code, sentence in result.output) == (1, True)
    assert len(result.output.splitlines()) == 1


def test_restore_when_a_copy_is_put_in_place_then_the_store_holds_what_it_held(run, client, tmp_path):
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    run("backup", str(tmp_path / "copy.sqlite3"))
    client.post("/webhook", json=strategy_alert())

    restored = SqliteStore(tmp_path / "copy.sqlite3")
    assert [document.value["id"] for document in restored.list("tickets/")] == [ticket]
    restored.close()
