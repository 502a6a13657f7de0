"""`flask database`: what it makes, what it finds, and what it says must be done."""

import re
from dataclasses import replace

import psycopg
import pytest

from app import bare_application
from app.storage.base import Create
from app.storage.postgres import PostgresStore

pytestmark = pytest.mark.integration


@pytest.fixture
def url(new_database) -> str:
    return new_database()


@pytest.fixture
def run(settings, url, clock):
    """Run a command; settings by keyword."""

    def invoke(*words: str, **changes):
        app = bare_application(replace(settings, **{"database_url": url} | changes), clock=clock)
        return app.test_cli_runner().invoke(args=["database", *words])

    return invoke


@pytest.fixture
def sql(url):
    def execute(statement: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)

    return execute


@pytest.fixture
def filled(url):
    """A database with three tickets of this year's March, and a bot."""
    store = PostgresStore(url)
    value = {"bot": "one", "status": "filled", "orders": []}
    store.apply([Create(f"tickets/2026-03-01/{number}", value | {"id": str(number)}) for number in range(3)])
    store.create("bots/one", {})
    store.close()


def found(result) -> dict[str, str]:
    """Return what a check has found, by what it looked at."""
    rows = (re.split(r" {2,}", line, maxsplit=1) for line in result.output.splitlines())
    return {row[0]: row[1] for row in rows if len(row) > 1}


def test_migrate_when_it_runs_twice_then_the_second_finds_nothing_to_do(run):
    first, second = run("migrate"), run("migrate")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "up to date" in second.output


def test_check_when_all_is_well_then_it_says_so_and_shows_no_password(run, url, filled):
    run("migrate")
    result = run("check", database_url=url.replace("postgres@", "postgres:s3cret-word@", 1))
    rows = found(result)

    assert "s3cret-word" not in result.output
    assert rows["server"].startswith("PostgreSQL ")
    assert (rows["documents tickets/"], rows["documents bots/"]) == ("3", "1")
    assert rows["index"].endswith(" 0 missing, 0 outgrown")
    assert rows["may write"] == "yes"


def test_check_when_a_month_has_no_partition_then_the_cure_is_told(run, filled):
    before = run("check")
    run("migrate")

    assert before.exit_code == 1
    assert "partitions: flask database migrate" in before.output
    assert "partitions: " not in run("check").output


def test_check_when_the_index_lacks_something_then_it_can_be_written_anew(run, filled, sql):
    run("migrate")
    sql("DELETE FROM terms WHERE term = 'status:filled'")
    before = run("check")
    run("migrate", "--index")
    after = run("check")

    assert "3 missing" in found(before)["index"]
    assert "flask database migrate --index" in before.output
    assert " 0 missing" in found(after)["index"]


def test_check_when_nothing_is_there_yet_then_it_says_what_makes_it(run):
    result = run("check")

    assert result.exit_code == 1
    assert "schema: flask database migrate" in result.output


def test_check_when_more_connections_are_wanted_than_there_are_then_the_cure_is_told(run, filled):
    assert "connections: lower DATABASE_CONNECTIONS" in run("check", database_connections=5000).output


def test_database_when_the_state_is_elsewhere_then_refused(run):
    result = run("check", database_url=None)

    assert (result.exit_code, "DATABASE_PATH" in result.output) == (1, True)


def test_database_when_it_cannot_be_reached_then_one_sentence(run):
    result = run("migrate", database_url="postgresql://x@127.0.0.1:1/x")

    assert result.exit_code == 1
    assert "start it, or correct host and port" in result.output
