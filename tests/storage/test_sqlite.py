import resource
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import StoreUnavailable
from app.storage import sqlite, sqlite_pages
from app.storage.base import Create
from app.storage.sqlite import SqliteStore
from app.storage.sqlite_connection import SharedConnection

pytestmark = pytest.mark.integration


def modes(folder) -> set[str]:
    return {oct(stat.S_IMODE(file.stat().st_mode)) for file in folder.iterdir()}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def test_file_when_it_is_made_then_only_its_owner_reads_it(folder):
    store = SqliteStore(folder / "gatehouse.sqlite3")
    store.create("tokens/fyers", {})
    found = modes(folder)
    store.close()

    assert found == {"0o600"}


def test_file_when_others_could_read_it_then_no_longer(folder):
    path = folder / "gatehouse.sqlite3"
    SqliteStore(path).close()
    path.chmod(0o644)
    SqliteStore(path).close()

    assert modes(folder) == {"0o600"}


@pytest.fixture
def kind() -> str:
    return "sqlite"


WITHOUT_INDEX = """
DROP TRIGGER ticket_created; DROP TRIGGER ticket_changed; DROP TABLE terms; DROP TABLE unindexed
"""


def filled(store, *, term="status:filled") -> list[str]:
    return [document.key for document in store.page("tickets/", terms=(term,), limit=5000).documents]


def tickets(count: int, **changes) -> list[Create]:
    value = {"id": "x", "bot": "one", "status": "filled", "orders": []} | changes
    return [Create(f"tickets/2026-03-01/{number:04}", value) for number in range(count)]


def test_index_when_a_database_is_older_then_it_is_made_once(folder):
    path = folder / "gatehouse.sqlite3"
    store = SqliteStore(path)
    store.apply(tickets(1200))
    store.close()
    with closing(sqlite3.connect(path)) as older:
        older.executescript(WITHOUT_INDEX)
    store = SqliteStore(path)
    found = filled(store)
    store.close()

    assert len(found) == 1200


def test_index_when_tickets_have_fewer_terms_than_now_then_all_are_indexed_anew(folder):
    path = folder / "gatehouse.sqlite3"
    store = SqliteStore(path)
    store.apply(tickets(3, reason="X"))
    store.close()
    with closing(sqlite3.connect(path)) as older, older:
        older.execute("DELETE FROM terms WHERE term LIKE 'reason:%' OR term = 'edition'")
    store = SqliteStore(path)
    found = filled(store, term="reason:X")
    store.close()

    assert len(found) == 3


def test_index_when_an_older_gatehouse_writes_beside_us_then_the_next_page_knows(store, where):
    store.apply(tickets(2))
    with closing(sqlite3.connect(where)) as older, older:
        older.execute("UPDATE documents SET value = replace(value, 'filled', 'failed') WHERE key LIKE '%0'")
        older.execute(
            "INSERT INTO documents SELECT 'tickets/2026-03-02/9', value, 1 FROM documents WHERE key LIKE '%1'"
        )

    assert filled(store) == ["tickets/2026-03-02/9", "tickets/2026-03-01/0001"]
    assert filled(store, term="status:failed") == ["tickets/2026-03-01/0000"]


def test_index_when_it_is_stopped_in_between_then_the_next_start_goes_on(store, where):
    store.apply(tickets(3))
    with closing(sqlite3.connect(where)) as stopped, stopped:
        stopped.execute("DELETE FROM terms WHERE key LIKE '%2'")
        stopped.execute("INSERT INTO unindexed VALUES ('tickets/2026-03-01/0002')")
    again = SqliteStore(Path(where))
    found = filled(again)
    again.close()

    assert len(found) == 3


def test_page_when_it_takes_long_then_nobody_else_waits_for_his_turn(folder, monkeypatch):
    store = SqliteStore(folder / "gatehouse.sqlite3", timeout_seconds=0.5)
    read = sqlite_pages.read_page

    def read_slowly(*given):
        store.create("inbox/default/meanwhile", {})
        return read(*given)

    monkeypatch.setattr(sqlite, "read_page", read_slowly)
    found = store.page("inbox/", limit=5)
    store.close()

    assert [document.key for document in found.documents] == ["inbox/default/meanwhile"]
    assert {file.name for file in folder.iterdir()} == {"gatehouse.sqlite3"}


def test_turn_when_it_ends_within_a_transaction_then_the_next_one_is_not_in_it(tmp_path):
    shared = SharedConnection(tmp_path / "gatehouse.db", timeout_seconds=1)
    with shared.reading as connection:
        connection.execute("BEGIN IMMEDIATE")
    with shared.writing as connection:
        is_open = connection.in_transaction
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    shared.close()

    assert not is_open


@pytest.fixture
def fill_disk():
    """Let no file of this process be written any more, as on a full disk, or be written again."""
    room = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(*, is_full: bool = True) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, room[1]) if is_full else room)

    yield fill
    fill(is_full=False)


def test_ping_when_the_disk_is_full_then_it_says_so_until_there_is_room_again(folder, fill_disk):
    store = SqliteStore(folder / "gatehouse.sqlite3")
    store.create("a", {})
    fill_disk()
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        store.ping()
    read = store.get("a")
    fill_disk(is_full=False)
    store.ping()

    assert (read is not None, store.create("b", {}).key) == (True, "b")
