"""Statements that go to libpq straight: rows, errors, a server that forgets or falls silent."""

from decimal import Decimal

import psycopg
import pytest

from app.storage.postgres_session import connected

pytestmark = pytest.mark.integration


@pytest.fixture
def session(database_url):
    with connected(database_url, 5) as found:
        yield found


def test_ask_when_values_are_of_every_plain_kind_then_they_come_back(session):
    query = "SELECT %s::text, %s::bigint, %s::boolean, %s::text, 1.50::numeric, 0.25::float8"
    rows = session.ask(query, ("a 'quoted' ä", 2**60, True, None), 5)

    assert rows == [("a 'quoted' ä", 2**60, True, None, Decimal("1.50"), 0.25)]


def test_ask_when_nothing_is_found_then_there_are_no_rows(session):
    assert session.ask("SELECT 1 WHERE %s = 'b'", ("a",), 5) == []
    assert session.ask("SET application_name = 'ours'", (), 5) == []


def test_ask_when_values_are_lists_then_they_are_taken_too(session):
    assert session.ask("SELECT unnest(%s::int[])", ([1, 2],), 5) == [(1,), (2,)]


def test_ask_when_the_statement_is_wrong_then_the_session_serves_on(session):
    with pytest.raises(psycopg.errors.UndefinedTable):
        session.ask("SELECT * FROM nothing_of_the_kind WHERE a = %s", ("a",), 5)
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        session.ask("SELECT %s::int", ("many",), 5)

    assert session.ask("SELECT %s::int", (1,), 5) == [(1,)]


def test_ask_when_the_server_forgot_the_statement_then_it_is_prepared_again(session):
    session.ask("SELECT %s::int", (1,), 5)
    session.execute("DEALLOCATE ALL", prepare=False)

    assert session.ask("SELECT %s::int", (2,), 5) == [(2,)]


def test_ask_when_the_server_says_nothing_in_time_then_the_session_is_given_up(session):
    with pytest.raises(psycopg.errors.ConnectionTimeout):
        session.ask("SELECT pg_sleep(%s::int)", (5,), 0.1)

    assert session.closed


def test_ask_when_the_session_is_ended_then_it_is_lost(session, database_url):
    with connected(database_url, 5) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (session.info.backend_pid,))
    with pytest.raises(psycopg.OperationalError):
        session.ask("SELECT 1", (), 5)

    assert session.closed


def test_ask_when_much_is_sent_and_much_comes_back_then_all_of_it_does(session):
    text = "0123456789" * 1_000_000

    assert session.ask("SELECT %s::text", (text,), 30) == [(text,)]
