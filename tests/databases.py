"""PostgreSQL databases for tests: one server for each process of the tests, started when first asked for."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.storage.postgres_server import PostgresServer

GIVEN = "TEST_DATABASE_URL"
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a database on a server where others can be made."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    server = PostgresServer()
    try:
        server.make()
        server.start()
        yield server.url()
    finally:
        server.remove()


@pytest.fixture(scope="session")
def new_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Make a database in which there is nothing, and return its address."""
    made = []

    def make() -> str:
        name = f"gatehouse_test_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        made.append(name)
        return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()

    yield make
    if GIVEN not in os.environ:
        # They go with the server.
        return
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _shared_database(new_database: Callable[[], str]) -> str:
    from app.storage.postgres import PostgresStore

    url = new_database()
    PostgresStore(url).close()
    return url


@pytest.fixture
def database_url(_shared_database: str) -> str:
    """The address of a database that is ours and empty: the same for all tests, one after the other."""
    with psycopg.connect(_shared_database, autocommit=True) as connection:
        # A server that the test before has killed may still be writing: its sessions end a moment later.
        connection.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute(
            "DELETE FROM documents; DELETE FROM terms; "
            "DELETE FROM rate_buckets; DELETE FROM change_counts; DELETE FROM attempts"
        )
    return _shared_database


@pytest.fixture
def settled_url(database_url: str) -> str:
    """The same, on a server that has run for so long that nobody is still on his way back to it."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        query = "SELECT pg_sleep(greatest(0, 5.1 - extract(epoch FROM now() - pg_postmaster_start_time())))"
        connection.execute(query)
    return database_url
