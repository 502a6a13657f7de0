"""How a database is brought up to this version, and what is refused at the start."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from app.errors import SettingsError, StoreUnavailable
from app.storage import postgres_migration
from app.storage.base import Create
from app.storage.postgres import PostgresStore
from app.storage.postgres_partitions import make_partitions
from app.storage.postgres_schema import STEPS
from tests.soon import is_soon
from tests.storage.postgres_server import LOCKED as LOCKED_NAMES
from tests.storage.transaction_pooler import TransactionPooler
from tests.warm.process import PIPE, begin

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
# Users are those of the whole server, which other processes of the tests may use.
LOCKED = f"{LOCKED_NAMES}{os.getpid()}"
PASSWORD = "s3cret-word"
OPENING = "import sys; from app.storage.postgres import PostgresStore; PostgresStore(sys.argv[1]).close()"


@pytest.fixture
def empty(new_database) -> str:
    """The address of a database without anything in it."""
    return new_database()


@pytest.fixture
def sql(empty):
    """Run statements as the database's owner."""

    def run(statement: str, *values) -> list[tuple]:
        with psycopg.connect(empty, autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def locked(empty, sql):
    """The address of the database for a user with a password and no rights."""
    sql(f"DROP ROLE IF EXISTS {LOCKED}")
    sql(f"CREATE ROLE {LOCKED} LOGIN PASSWORD '{PASSWORD}'")
    address = urlsplit(empty)
    yield address._replace(netloc=f"{LOCKED}:{PASSWORD}@{address.hostname}:{address.port}").geturl()
    sql(f"DROP OWNED BY {LOCKED}")
    sql(f"DROP ROLE {LOCKED}")


def refusal(url) -> str:
    with pytest.raises((SettingsError, StoreUnavailable)) as refused:
        PostgresStore(url, timeout_seconds=1)
    return refused.value.message


def opened(url):
    store = PostgresStore(url)
    store.close()
    return store


def test_database_when_processes_open_it_at_once_then_it_is_made_once(empty, sql):
    command = [sys.executable, "-c", OPENING, empty]
    processes = [begin(command, stderr=PIPE) for _ in range(3)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(opened, [empty] * 4))

    for process in processes:
        with process:
            assert process.stderr.read() == b""
    assert sql("SELECT value FROM gatehouse WHERE name = 'schema'") == [(str(len(STEPS)),)]


def test_database_when_it_is_opened_again_then_nothing_is_done(empty, sql, monkeypatch):
    opened(empty)
    monkeypatch.setattr(postgres_migration, "migrate", None)
    opened(empty)


def test_database_when_its_user_may_not_create_tables_then_the_cure_is_told(locked):
    assert "GRANT CREATE ON SCHEMA public" in refusal(locked)


def test_database_when_another_has_made_its_tables_then_its_user_needs_no_more_than_their_use(
    empty, locked, sql
):
    opened(empty)
    sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {LOCKED}")
    store = PostgresStore(locked)
    created = store.create("bots/one", {})

    assert store.get("bots/one") == created
    store.close()


@pytest.mark.parametrize("table", ["documents", "terms", "rate_buckets", "change_counts", "attempts"])
def test_database_when_a_new_table_is_not_granted_then_the_start_names_it_and_the_cure(
    empty, locked, sql, table
):
    opened(empty)
    sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {LOCKED}")
    sql(f"REVOKE UPDATE ON {table} FROM {LOCKED}")

    assert f"may not read and change {table}: GRANT SELECT, INSERT" in refusal(locked)


def test_database_when_rights_are_granted_beforehand_then_tables_of_later_versions_have_them(
    empty, locked, sql
):
    rights = "SELECT, INSERT, UPDATE, DELETE"
    sql(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON TABLES TO {LOCKED}")
    opened(empty)

    opened(locked)


def test_database_when_its_password_is_wrong_then_neither_is_shown(locked):
    sentence = refusal(locked.replace(PASSWORD, "another-w0rd"))

    assert "refuses the user or the password" in sentence
    assert "w0rd" not in sentence


def test_database_when_it_is_not_there_then_the_cure_is_told(empty):
    assert "CREATE DATABASE" in refusal(f"{empty}_elsewhere")


def test_database_when_its_host_is_not_known_then_it_is_said():
    assert "host is not known" in refusal("postgresql://user@nowhere.invalid/x")


def test_database_when_nobody_listens_then_the_cure_is_told():
    assert "start it, or correct host and port" in refusal("postgresql://user@127.0.0.1:1/x")


def test_database_when_its_server_is_too_old_then_the_start_stops(empty, monkeypatch):
    monkeypatch.setattr(postgres_migration, "OLDEST_SERVER", 99)

    assert refusal(empty).endswith(": 99 or newer is needed")


def test_database_when_a_newer_gatehouse_was_there_then_the_start_stops(empty, sql):
    opened(empty)
    sql("UPDATE gatehouse SET value = '1000' WHERE name = 'schema'")

    assert "newer Gatehouse" in refusal(empty)


def test_database_when_it_has_tables_of_another_program_then_the_start_stops(empty, sql):
    sql("CREATE TABLE documents (n int)")

    assert "give Gatehouse a database of its own" in refusal(empty)


def test_database_when_it_has_another_encoding_then_the_start_stops(empty, sql):
    name = urlsplit(empty).path[1:] + "_latin"
    sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1'")
    sentence = refusal(urlsplit(empty)._replace(path=f"/{name}").geturl())
    sql(f"DROP DATABASE {name} WITH (FORCE)")

    assert "ENCODING 'UTF8'" in sentence


def test_database_when_a_pooler_lends_a_session_for_a_transaction_then_the_start_is_refused(empty):
    opened(empty)
    pooler = TransactionPooler(empty)
    try:
        said = refusal(urlsplit(empty)._replace(netloc=f"postgres@127.0.0.1:{pooler.port}").geturl())
    finally:
        pooler.close()

    assert "pool_mode = session" in said


def tickets(month: str, count: int) -> list[Create]:
    value = {"bot": "one", "status": "filled", "orders": []}
    return [Create(f"tickets/{month}-01/{number:04}", value | {"id": str(number)}) for number in range(count)]


class TestTheIndex:
    @pytest.fixture
    def store(self, empty):
        store = PostgresStore(empty)
        yield store
        store.close()

    def test_index_when_its_edition_is_older_then_every_ticket_is_indexed_anew(self, store, empty, sql):
        store.apply(tickets("2026-03", 1200))
        store.apply([Create("inbox/bot/waits", {"ticket": "x"}), Create("inbox/bot/done", {"ticket": "y"})])
        store.apply([Create("inbox/bot/done/y", {})])
        sql("DELETE FROM terms")
        sql("UPDATE gatehouse SET value = '2' WHERE name = 'terms'")
        opened(empty)

        assert len(store.page("tickets/", terms=("status:filled",), limit=2000).documents) == 1200
        assert [document.key for document in store.waiting("inbox/")] == ["inbox/bot/waits"]

    def test_index_when_a_term_is_none_that_postgresql_takes_then_the_ticket_is_written(self, store):
        odd = ["nul\x00", "half\ud83d", "x" * 3000, "new\nline"]
        value = {"id": "odd", "bot": "one", "status": "filled", "orders": [{"symbol": name} for name in odd]}
        store.apply([Create("tickets/2026-03-01/odd", value)])

        assert store.page("tickets/", terms=("bot:one",), limit=5).documents[0].value == value
        assert [store.page("tickets/", terms=(f"symbol:{name}",), limit=5).documents for name in odd] == [
            ()
        ] * 4


class TestPartitions:
    NOW = datetime(2031, 11, 30, tzinfo=UTC)

    @pytest.fixture
    def store(self, empty):
        store = PostgresStore(empty)
        yield store
        store.close()

    @pytest.fixture
    def rows(self, sql):
        """Return how many tickets lie in each partition that has some."""
        query = "SELECT tableoid::regclass::text, count(*) FROM documents GROUP BY 1 ORDER BY 1"
        return lambda: dict(sql(query))

    def test_partitions_when_a_store_is_opened_then_those_of_this_month_and_the_next_are_there(
        self, store, rows
    ):
        now = datetime.now(UTC)
        store.apply(tickets(f"{now:%Y-%m}", 3))

        assert rows() == {f"documents_tickets_{now:%Y_%m}": 3}

    def test_partitions_when_a_month_has_none_then_its_tickets_are_written_nevertheless(self, store, rows):
        store.apply([*tickets("2019-12", 2), Create("tickets/odd", {"orders": []}), Create("ticket", {})])

        assert rows() == {"documents_tickets_other": 3, "documents_before_tickets": 1}

    def test_partitions_when_a_year_ends_then_the_next_one_begins(self, store, rows):
        made = make_partitions(store.connections, self.NOW)
        again = make_partitions(store.connections, self.NOW)
        store.apply([*tickets("2031-12", 1), *tickets("2032-01", 2)])

        assert (made, again) == (3, 0)
        assert rows() == {"documents_tickets_2031_12": 1, "documents_tickets_2032_01": 2}

    def test_partitions_when_tickets_came_before_their_month_then_they_are_moved(self, store, rows):
        store.apply([*tickets("2031-11", 2), *tickets("2019-12", 3), Create("tickets/odd", {"orders": []})])
        before = list(store.list("tickets/"))
        make_partitions(store.connections, self.NOW)
        ahead = rows()
        make_partitions(store.connections, self.NOW, also_past=True)

        assert ahead == {"documents_tickets_2031_11": 2, "documents_tickets_other": 4}
        assert rows() == {
            "documents_tickets_2031_11": 2,
            "documents_tickets_2019_12": 3,
            "documents_tickets_other": 1,
        }
        assert list(store.list("tickets/")) == before

    def test_partitions_when_two_make_them_at_once_then_each_is_made_once(self, store, empty):
        other = PostgresStore(empty)
        with ThreadPoolExecutor(2) as pool:
            made = list(pool.map(lambda each: make_partitions(each.connections, self.NOW), [store, other]))
        other.close()

        assert sum(made) <= 3
        assert make_partitions(store.connections, self.NOW) == 3 - sum(made)

    def test_partitions_when_something_reads_for_long_then_nobody_who_writes_waits_for_that(
        self, store, empty
    ):
        store.apply([*tickets("2019-12", 1), *tickets("2019-11", 1200)])
        backup = iter(store.snapshot().documents)
        next(backup)

        def open_anew():
            with pytest.raises(StoreUnavailable, match="reads the tickets for long"):
                make_partitions(store.connections, self.NOW)
            opened(empty)

        # Not the five seconds that any other statement may wait.
        assert is_soon(open_anew, 3)
        backup.close()
        assert make_partitions(store.connections, self.NOW) == 3

    def test_partitions_when_the_user_may_make_none_then_a_start_goes_on(
        self, store, empty, sql, locked, caplog
    ):
        sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {LOCKED}")
        sql(f"DROP TABLE documents_tickets_{datetime.now(UTC):%Y_%m}")

        serving = PostgresStore(locked)
        serving.apply(tickets(f"{datetime.now(UTC):%Y-%m}", 1))
        serving.close()

        assert "documents_tickets_other" in caplog.text
        assert store.count("tickets/") == 1
