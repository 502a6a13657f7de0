"""Sessions with PostgreSQL: how they are lent, lost and found again."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from urllib.parse import urlsplit

import psycopg
import pytest

from app.errors import SettingsError, StoreUnavailable
from app.storage.postgres_connection import Connections
from tests.soon import is_soon, took

pytestmark = pytest.mark.integration

WHO = "SELECT pg_backend_pid()"


@pytest.fixture
def open_connections(database_url):
    opened = []

    def make(url=database_url, *, timeout_seconds=60, size=3) -> Connections:
        opened.append(Connections(url, timeout_seconds=timeout_seconds, size=size))
        return opened[-1]

    yield make
    for connections in opened:
        connections.close()


@pytest.fixture
def connections(open_connections):
    return open_connections()


@contextmanager
def port_without_answer() -> Iterator[int]:
    """Give the port of a host that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def end(database_url, pid):
    """End a session as an operator does, or a server that stops."""
    with psycopg.connect(database_url, autocommit=True) as operator:
        operator.execute("SELECT pg_terminate_backend(%s, 2000)", (pid,))


def test_turn_when_one_is_over_then_the_next_has_the_same_session(connections):
    assert connections.ask(WHO) == connections.ask(WHO)


def test_turn_when_the_thread_holds_one_then_it_gets_the_same_again(connections):
    with connections.turn() as held:
        pid = held.info.backend_pid
        with connections.turn() as again:
            inner = again.info.backend_pid

        assert (inner, connections.ask(WHO)) == (pid, [(pid,)])


def test_turn_when_what_the_thread_held_was_lost_then_it_gets_another(connections, database_url):
    with connections.turn() as held:
        pid = held.info.backend_pid
        end(database_url, pid)

        assert not held.is_alive
        assert connections.ask(WHO) != [(pid,)]
    assert connections.ask(WHO) != [(pid,)]


def test_session_when_it_is_idle_and_stands_then_it_is_alive(connections):
    with connections.turn() as session:
        assert session.is_alive
        session.close()
        assert not session.is_alive


def test_turn_when_the_session_that_waits_has_ended_then_nobody_notices(connections, database_url):
    ((pid,),) = connections.ask(WHO)
    end(database_url, pid)
    with connections.turn() as session:
        assert session.execute(WHO).fetchone() != (pid,)


def test_turn_when_all_are_lent_then_others_wait_no_longer_than_the_timeout(open_connections):
    connections = open_connections(size=2)
    may_go, held = threading.Event(), threading.Barrier(3)

    def hold():
        with connections.turn():
            held.wait()
            may_go.wait()

    def ask():
        with pytest.raises(StoreUnavailable, match="DATABASE_CONNECTIONS"):
            connections.ask(WHO)

    holders = [threading.Thread(target=hold, daemon=True) for _ in range(2)]
    for holder in holders:
        holder.start()
    held.wait()
    connections.timeout_seconds = 0.3

    assert took(ask) > 0.25
    assert is_soon(ask, 1)
    connections.timeout_seconds = 60
    may_go.set()
    for holder in holders:
        holder.join()
    assert connections.ask("SELECT 1") == [(1,)]


def test_turn_when_many_threads_want_one_then_no_more_sessions_are_opened_than_allowed(open_connections):
    connections, seen = open_connections(size=2), set()

    def ask():
        for _ in range(20):
            seen.update(connections.ask(WHO))

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 1 <= len(seen) <= 2


def test_turn_when_a_host_does_not_answer_then_nobody_waits_longer_than_the_timeout(open_connections):
    with port_without_answer() as port:
        connections = open_connections(f"postgresql://x@127.0.0.1:{port}/x", timeout_seconds=0.3)

        def ask():
            with pytest.raises(StoreUnavailable, match="cannot be reached in time"):
                connections.ask(WHO)

        assert is_soon(ask, 1)


def test_ask_when_a_statement_takes_too_long_then_it_is_ended(open_connections):
    connections = open_connections()
    before = connections.ask(WHO)

    def ask():
        connections.timeout_seconds = 0.3
        with pytest.raises(StoreUnavailable, match="does not answer in time"):
            connections.ask("SELECT pg_sleep(5)")
        # What follows has the time that it needs on a busy machine.
        connections.timeout_seconds = 60
        assert connections.ask(WHO) != before

    assert is_soon(ask, 1)
    assert connections.ask("SELECT 1") == [(1,)]


def test_close_when_sessions_are_lent_then_they_are_closed_as_they_come_back(connections):
    with connections.turn() as session:
        connections.close()
        assert not session.closed
    assert session.closed


def test_fork_when_sessions_are_open_then_the_child_has_its_own(connections):
    ours = connections.ask(WHO)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, repr(connections.ask(WHO)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as told:
        theirs = told.read()

    assert theirs not in {"", repr(ours)}
    assert connections.ask(WHO) == ours


@pytest.mark.parametrize(
    "url", ["postgresql://user:s3cret-word@127.0.0.1:port/x", "postgresql://[::1/x?pass=s3cret-word"]
)
def test_connections_when_the_address_cannot_be_read_then_it_is_not_repeated(url):
    with pytest.raises((SettingsError, StoreUnavailable), match="DATABASE_URL cannot be read") as refused:
        Connections(url, timeout_seconds=1, size=2).ask(WHO)

    assert "s3cret-word" not in str(refused.value)


def test_server_when_a_machine_is_gone_without_a_word_then_it_gives_up_later_than_that_machine(connections):
    names = ("idle", "interval", "count")
    with connections.turn() as session:
        theirs = [int(session.execute(f"SHOW tcp_keepalives_{name}").fetchone()[0]) for name in names]
        ours = [int(session.info.get_parameters()[f"keepalives_{name}"]) for name in names]

    idle, interval, count = theirs
    assert ours[0] + ours[1] * ours[2] < idle + interval * count <= 20


def test_ask_when_the_server_is_full_then_it_waits_for_those_that_are_lent(open_connections, database_url):
    role = f"few_{os.getpid()}"
    with psycopg.connect(database_url, autocommit=True) as operator:
        operator.execute(f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 2")
    address = urlsplit(database_url)
    few = address._replace(netloc=f"{role}@{address.hostname}:{address.port}").geturl()
    connections = open_connections(few, size=6)
    try:
        with ThreadPoolExecutor(6) as threads:
            asked = [threads.submit(connections.ask, "SELECT 1, pg_sleep(0.05)") for _ in range(24)]

        assert {done.result()[0][0] for done in asked} == {1}
    finally:
        connections.close()
        with psycopg.connect(database_url, autocommit=True) as operator:
            until_gone = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"
            while operator.execute(until_gone, (role,)).fetchone() != (0,):
                time.sleep(0.05)
            operator.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize("limit", ["idle_session_timeout", "transaction_timeout"])
def test_session_when_the_server_ends_what_lasts_then_ours_lasts(limit, open_connections, database_url):
    with psycopg.connect(database_url) as operator:
        if operator.info.server_version < 170000 and limit == "transaction_timeout":
            pytest.skip("this server ends no long transactions")
    connections = open_connections(f"{database_url}?options=-c{limit}%3D200")

    with connections.turn() as session, session.transaction() if "trans" in limit else nullcontext():
        time.sleep(0.5)

        assert session.is_alive
        assert connections.ask("SELECT 1") == [(1,)]
