"""What becomes of locks and lives when the server ends sessions, or is stopped and started again."""

import os
import signal
import sys
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from threading import Event, Thread

import psycopg
import pytest

from app.config import Settings
from app.errors import SettingsError, StoreUnavailable
from app.services.runtime.database_locks import SETTLED_SECONDS, SKEW_SECONDS
from tests.services.runtime.lock_holder import open_locks
from tests.services.runtime.test_locks import HOLDER, until
from tests.storage.postgres_server import PostgresServer
from tests.warm.process import PIPE, begin

pytestmark = pytest.mark.integration

END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatehouse'"


@pytest.fixture
def make_locks():
    made = []

    def make(url: str, **options):
        made.append(open_locks("database", url, **options))
        return made[-1]

    yield make
    for locks in made:
        locks.close()


@pytest.fixture
def end_sessions(settled_url):
    def end() -> None:
        with psycopg.connect(settled_url, autocommit=True) as connection:
            connection.execute(END_ALL + " AND datname = current_database()")

    return end


def test_grip_when_its_session_is_ended_then_it_tells_at_once_and_others_may_have_the_name(
    make_locks, settled_url, end_sessions
):
    locks, other = make_locks(settled_url), make_locks(settled_url)
    with locks.hold_symbol("paper", "AAPL") as grip:
        grip.assure()
        end_sessions()
        assert until(lambda: is_lost(grip), 1)
        with other.hold_symbol("paper", "AAPL") as taken:
            taken.assure()
            # It has come back by now, but not to what it held.
            assert until(lambda: lives(locks, locks.owner))
            assert is_lost(grip)


def test_grip_when_another_of_the_same_thread_is_lost_then_it_tells_too(make_locks, settled_url):
    locks, holder = make_locks(settled_url), make_locks(settled_url)
    with holder.hold_bot("swing"):
        waiting = Thread(target=lambda: (time.sleep(0.2), holder.close()))
        waiting.start()
        # Waited for in a session of its own, which is then ended; the symbol is held by the other one.
        with locks.hold_bot("swing"), locks.hold_symbol("paper", "AAPL") as grip:
            grip.assure()
            with psycopg.connect(settled_url, autocommit=True) as connection:
                connection.execute(END_ALL + " AND query LIKE '%lock_timeout%pg_advisory_lock%'")
            assert until(lambda: is_lost(grip))
    waiting.join()


@pytest.mark.parametrize(("seconds", "longest", "said"), [(4, 3, "lost"), (0, 60, "held")])
def test_grip_when_its_process_stood_still_for_long_then_it_is_lost_whatever_the_socket_says(
    settled_url, seconds, longest, said
):
    command = [sys.executable, "-m", HOLDER, "stall", "database", settled_url, str(longest)]
    with begin(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        process.stdout.readline()
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        # It finds the line at the moment at which it goes on.
        process.stdin.write("go on\n")
        process.stdin.flush()
        os.kill(process.pid, signal.SIGCONT)

        assert process.stdout.readline().strip() == said


def test_life_when_its_session_is_ended_then_it_goes_on_in_another(make_locks, settled_url, end_sessions):
    first, second = make_locks(settled_url), make_locks(settled_url)
    for _ in range(3):
        end_sessions()
        assert until(lambda: lives(second, first.owner))

    assert second.is_alive(first.owner)


def test_lost_when_a_session_was_ended_since_then_it_may_have_been_whoever_lives(
    make_locks, settled_url, end_sessions
):
    first, second = make_locks(settled_url), make_locks(settled_url)
    time.sleep(2 * SKEW_SECONDS)
    now = datetime.now(UTC)
    before = second.may_have_lost(first.owner, now)
    end_sessions()
    assert until(lambda: lives(second, first.owner))

    assert (before, second.may_have_lost(first.owner, now)) == (False, True)
    assert second.may_have_lost("somebody", now)


def test_life_when_its_session_is_ended_then_it_is_another(make_locks, settled_url, end_sessions):
    locks = make_locks(settled_url)
    before = locks.life()
    assert locks.life() is before
    end_sessions()

    assert until(lambda: locks.life() is not before, 1)
    assert until(lambda: locks.life() is locks.life())


def test_processes_when_they_come_and_go_then_they_are_counted(make_locks, settled_url, monkeypatch):
    monkeypatch.setattr("app.services.runtime.database_locks.COUNTED_SECONDS", 0)
    locks, others = make_locks(settled_url), [make_locks(settled_url) for _ in range(2)]
    # Whoever held them before may be on his way.
    assert until(lambda: locks.processes() == 3)
    others[0].close()

    assert until(lambda: locks.processes() == 2)


def test_waiting_when_nobody_gives_the_name_back_then_it_ends(make_locks, settled_url, monkeypatch):
    monkeypatch.setattr("app.storage.postgres_locks.LONGEST_WAIT_SECONDS", 1)
    locks, holder, refused = make_locks(settled_url), make_locks(settled_url), Event()

    def wait() -> None:
        with suppress(StoreUnavailable), locks.hold_bot("swing"):
            return
        refused.set()

    with holder.hold_bot("swing"):
        thread = Thread(target=wait)
        thread.start()
        thread.join(60)

    assert refused.is_set()


@pytest.fixture
def server():
    """A server of our own, to be stopped and started again."""
    server = PostgresServer()
    server.make()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def process(server):
    """Another process that lives."""
    command = [sys.executable, "-m", HOLDER, "hold", "database", server.url()]
    with begin(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        process.owner = process.stdout.readline().strip()
        yield process
        process.kill()


def test_life_when_the_server_was_started_again_then_nobody_late_is_taken_for_dead(
    server, process, make_locks
):
    locks = make_locks(server.url())
    os.kill(process.pid, signal.SIGSTOP)
    server.stop(hard=True)
    server.start()
    assert until(lambda: answers(locks, locks.owner))
    seen = [locks.is_alive(process.owner) for _ in range(5)]
    os.kill(process.pid, signal.SIGCONT)

    assert seen == [True] * 5
    assert until(lambda: lives(locks, process.owner))
    time.sleep(SETTLED_SECONDS)
    assert locks.is_alive(process.owner)


def test_life_when_it_ended_while_the_server_was_away_then_that_is_found_out(server, process, make_locks):
    locks = make_locks(server.url())
    assert not locks.has_lost_owners()
    server.stop(hard=True)
    process.kill()
    process.wait(60)
    server.start()

    assert until(lambda: tells_of_lost(locks))
    assert until(lambda: not locks.is_alive(process.owner), 2 * SETTLED_SECONDS)


def lives(locks, owner: str) -> bool:
    """Tell whether the server has a session now by which a process lives."""
    return not locks.may_have_lost(owner, datetime.max.replace(tzinfo=UTC))


def is_lost(grip) -> bool:
    try:
        grip.assure()
    except StoreUnavailable:
        return True
    return False


def answers(locks, owner: str) -> bool:
    with suppress(StoreUnavailable):
        return lives(locks, owner)
    return False


def tells_of_lost(locks) -> bool:
    with suppress(StoreUnavailable):
        return bool(locks.has_lost_owners())
    return False


def test_waiting_when_many_wait_for_others_then_there_are_sessions_left_to_read_with(
    make_locks, settled_url, monkeypatch
):
    locks, holder = make_locks(settled_url), make_locks(settled_url)
    names = [f"S{number}" for number in range(6)]
    done = Event()

    def wait(symbol: str) -> None:
        with locks.hold_symbol("paper", symbol):
            pass

    with ExitStack() as stack:
        for symbol in names:
            stack.enter_context(holder.hold_symbol("paper", symbol))
        waiting = [Thread(target=wait, args=(symbol,)) for symbol in names]
        for thread in waiting:
            thread.start()
        time.sleep(0.5)
        # Six wait, and there are four sessions.
        reader = Thread(target=lambda: (lives(locks, locks.owner), done.set()))
        reader.start()
        reader.join(60)
    for thread in waiting:
        thread.join(60)

    assert done.is_set()
    assert not any(thread.is_alive() for thread in waiting)


def test_waiting_when_there_are_as_few_sessions_as_the_settings_allow_then_one_is_left_to_read_with(
    make_locks, settled_url
):
    least = 3
    with pytest.raises(SettingsError, match=f"DATABASE_CONNECTIONS must be at least {least}"):
        Settings.from_environment({"DATABASE_CONNECTIONS": str(least - 1)})
    locks, holder = make_locks(settled_url, connections=least), make_locks(settled_url)

    def wait(hold) -> None:
        with hold:
            pass

    with holder.hold_bot("swing"), holder.hold_symbol("paper", "AAPL"):
        waiting = [
            Thread(target=wait, args=(hold,))
            for hold in (locks.hold_bot("swing"), locks.hold_symbol("paper", "AAPL"))
        ]
        for thread in waiting:
            thread.start()
        time.sleep(0.5)
        assert lives(locks, locks.owner)
    for thread in waiting:
        thread.join(60)
