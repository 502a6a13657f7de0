"""Everything into another store, proved, and never half of it unnoticed."""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app import create_app, open_store
from app.errors import SettingsError
from app.repositories.leases import Lease, StoredLeases
from app.storage.base import Create
from app.storage.sqlite import SqliteStore
from tests.cli.stores import Place, contents, trade
from tests.warm.process import DEVNULL, begin, run

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]


@pytest.fixture
def old(place, clock):
    """A file that alerts were traded on."""
    old = place("old")
    old.serve(clock, trade)
    return old


KINDS = [
    ("old", "new"),
    ("old", "bucket"),
    ("bucket", "new"),
    ("old", "database"),
    ("database", "new"),
    ("bucket", "database"),
    ("database", "bucket"),
]


@pytest.mark.parametrize(("source", "target"), KINDS)
def test_move_when_done_then_both_hold_the_same_and_the_new_one_serves(place, clock, source, target):
    source, target = place(source), place(target)
    answers = source.serve(clock, trade)
    before = contents(source.open())
    result = source.run("migrate-store", "--to", target.address, clock=clock)

    assert result.exit_code == 0, result.output
    assert contents(target.open()) == before == contents(source.open())
    assert f"hold the same {len(before)} documents" in result.output
    assert target.serve(clock, trade, webhook_secret=source.settings.webhook_secret) != answers


def test_move_when_there_and_back_then_nothing_is_lost(place, old, clock):
    bucket, back = place("bucket"), place("back")
    old.run("migrate-store", "--to", bucket.address, clock=clock)
    result = bucket.run("migrate-store", "--to", back.address, clock=clock)

    assert result.exit_code == 0, result.output
    assert contents(back.open()) == contents(old.open())


def test_move_when_done_then_it_says_what_to_set(place, old, clock):
    (old.settings.database_path.parent / "old.secrets.json").write_text("{}")
    output = old.run("migrate-store", "--to", place("bucket").address, clock=clock).output

    assert "  GCS_BUCKET_NAME=gatehouse\n" in output
    assert "WEBHOOK_SECRET, OPERATOR_TOKEN and ACCOUNT_SECRET as they stand in" in output


def test_move_out_of_a_bucket_when_done_then_the_bucket_is_to_be_left_out(place, clock):
    bucket, new = place("bucket"), place("new")
    bucket.serve(clock, trade)
    output = bucket.run("migrate-store", "--to", new.address, clock=clock).output

    assert f"  DATABASE_PATH={new.settings.database_path}\n  leave GCS_BUCKET_NAME out\n" in output


def test_tokens_when_moved_then_they_lie_where_the_target_looks_for_them(place, old, clock):
    store = old.open()
    store.create("tokens/fyers", {"access_token": "x"})
    store.close()
    elsewhere = Place(replace(old.settings, gcs_tokens_file="broker/login"), old.address)
    elsewhere.run("migrate-store", "--to", place("bucket").address, clock=clock)

    held = contents(place("bucket").open())
    assert held["broker/login"] == {"access_token": "x"}
    assert "tokens/fyers" not in held
    back = Place(replace(place("bucket").settings, gcs_tokens_file="broker/login"), "")
    assert back.run("migrate-store", "--to", place("back").address, clock=clock).exit_code == 0
    assert contents(place("back").open()) == contents(old.open())


def test_tokens_when_the_bucket_stays_beside_the_database_then_they_stay_in_it(place, clock):
    bucket, database = place("bucket"), place("database")
    bucket.serve(clock, trade)
    store = bucket.open()
    store.create("tokens/fyers", {"access_token": "x"})
    store.close()
    beside = Place(replace(database.settings, gcs_bucket_name=bucket.settings.gcs_bucket_name), "")

    assert bucket.run("migrate-store", "--to", database.address, clock=clock).exit_code == 0
    assert "tokens/fyers" not in contents(database.open())
    result = beside.run("migrate-store", "--to", place("new").address, clock=clock)
    assert result.exit_code == 0, result.output
    assert contents(place("new").open())["tokens/fyers"] == {"access_token": "x"}


def test_target_when_it_is_the_bucket_that_kept_the_tokens_then_it_counts_as_empty(place, clock):
    bucket, database = place("bucket"), place("database")
    database.serve(clock, trade)
    store = bucket.open()
    store.create("tokens/fyers", {"access_token": "x"})
    store.close()
    beside = Place(replace(database.settings, gcs_bucket_name=bucket.settings.gcs_bucket_name), "")

    result = beside.run("migrate-store", "--to", bucket.address, clock=clock)
    assert result.exit_code == 0, result.output
    assert contents(bucket.open()) == contents(database.open()) | {"tokens/fyers": {"access_token": "x"}}


def test_password_when_a_database_is_named_then_it_is_nowhere_in_the_output(place, old, clock, new_database):
    address = new_database().replace("://postgres@", "://postgres:hunter2@")
    result = old.run("migrate-store", "--to", address, clock=clock)

    assert result.exit_code == 0, result.output
    assert "hunter2" not in result.output
    assert "(with its password)" in result.output


def test_target_when_it_holds_anything_then_it_is_refused_and_left_alone(place, old, clock):
    new = place("new")
    new.serve(clock, lambda _: None)
    before = contents(new.open())
    result = old.run("migrate-store", "--to", new.address, clock=clock)

    assert (result.exit_code, "documents already" in result.output) == (1, True)
    assert contents(new.open()) == before


@pytest.mark.parametrize(
    "address", ["mysql://u:hidden@h/d", "gs://", "gs://a/b", "sqlite://x", "", "env:NOTHING"]
)
def test_address_when_it_is_none_then_one_sentence_without_its_words(old, clock, address):
    result = old.run("migrate-store", "--to", address, clock=clock)

    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert "hidden" not in result.output


def test_address_when_a_variable_holds_it_then_it_is_taken_from_there(place, old, clock, monkeypatch):
    monkeypatch.setenv("NEW_HOME", place("new").address)

    assert old.run("migrate-store", "--to", "env:NEW_HOME", clock=clock).exit_code == 0
    assert contents(place("new").open()) == contents(old.open())


@pytest.mark.parametrize("kind", ["nowhere", "database"])
def test_source_when_it_holds_nothing_then_refused_and_nothing_is_made(place, clock, kind):
    source, target = place(kind), place("new")
    result = source.run("migrate-store", "--to", target.address, clock=clock)

    assert (result.exit_code, len(result.output.splitlines()[-1:])) == (1, 1)
    assert not source.settings.database_path.exists()


def test_move_when_interrupted_then_it_says_how_to_go_on(place, old, clock, monkeypatch):
    class Interrupted(SqliteStore):
        def list(self, prefix, **options):
            yield from super().list(prefix, limit=3)
            raise KeyboardInterrupt

    def opened(settings, *, whole=True):
        is_source = settings.database_path == old.settings.database_path
        return Interrupted(settings.database_path) if is_source else open_store(settings, whole=whole)

    with monkeypatch.context() as patch:
        patch.setattr("app.cli.store_moves.open_store", opened)
        result = old.run("migrate-store", "--to", place("new").address, clock=clock)
    assert (result.exit_code, "--resume goes on" in result.output) == (1, True)
    assert old.run("migrate-store", "--to", place("new").address, "--resume", clock=clock).exit_code == 0


def test_move_to_itself_when_asked_then_refused(old, clock):
    assert (
        "is the store that the settings name"
        in old.run("migrate-store", "--to", old.address, clock=clock).output
    )


@pytest.mark.parametrize("kind", ["old", "database"])
def test_move_when_the_service_runs_on_it_then_refused(place, clock, kind):
    old = place(kind)

    def during(_app):
        return old.run("migrate-store", "--to", place("new").address, clock=clock)

    result = old.serve(clock, during)
    assert (result.exit_code, "is in use" in result.output) == (1, True)
    assert old.run("migrate-store", "--to", place("new").address, clock=clock).exit_code == 0


def test_move_when_a_process_leads_on_the_bucket_then_refused_until_its_lease_is_over(place, clock):
    bucket, new = place("bucket"), place("new")
    app = create_app(bucket.settings, clock=clock, wait=clock.wait)
    app.extensions["gatehouse"].supervisor.tick()  # and is killed
    refused = bucket.run("migrate-store", "--to", new.address, clock=clock)
    clock.move(seconds=21)

    assert "runs the clock on it" in refused.output
    done = bucket.run("migrate-store", "--to", new.address, clock=clock)
    assert "trading is not HALTED" in done.output
    assert done.exit_code == 0, done.output
    app.extensions["gatehouse"].store.close()


def test_move_when_trading_is_halted_then_without_a_warning(place, clock):
    bucket = place("bucket")
    bucket.serve(clock, trade)
    store = bucket.open()
    store.create("state/trading", {"state": "HALTED", "reason": None, "until": None})
    store.close()

    assert "not HALTED" not in bucket.run("migrate-store", "--to", place("new").address, clock=clock).output


class WrittenMeanwhile(SqliteStore):
    """A store to which others write while it is read, for the first few readings."""

    readings = 0
    restless = 1

    def list(self, prefix, **options):
        yield from super().list(prefix, **options)
        if not prefix and WrittenMeanwhile.readings < self.restless:
            WrittenMeanwhile.readings += 1
            self.create(f"aside/{self.readings}", {"late": True})
            bot = self.get("bots/default")
            self.replace(bot, bot.value | {"note": self.readings})


@pytest.fixture
def restless(monkeypatch, old):
    """Let the old store be written to during so many readings."""

    def during(readings: int) -> None:
        kind = type("Restless", (WrittenMeanwhile,), {"restless": readings})
        WrittenMeanwhile.readings = 0

        def opened(settings, *, whole=True):
            if settings.database_path == old.settings.database_path:
                return kind(settings.database_path)
            return open_store(settings, whole=whole)

        monkeypatch.setattr("app.cli.store_moves.open_store", opened)

    return during


def test_move_when_alerts_arrive_meanwhile_then_they_are_found_and_copied(place, old, clock, restless):
    restless(2)
    result = old.run("migrate-store", "--to", place("new").address, clock=clock)

    assert "4 changes came while it was copied; they are in the copy too." in result.output
    held = contents(place("new").open())
    assert held == contents(old.open())
    assert (held["aside/2"], held["bots/default"]["note"]) == ({"late": True}, 2)


def test_move_when_the_source_never_rests_then_it_is_unfinished_and_resumed(place, old, clock, restless):
    restless(99)
    new = place("new")
    result = old.run("migrate-store", "--to", new.address, clock=clock)
    assert (result.exit_code, "is being written to" in result.output) == (1, True)

    with pytest.raises(SettingsError, match="is not finished"):
        open_store(new.settings)
    assert "--resume finishes it" in old.run("migrate-store", "--to", new.address, clock=clock).output
    restless(0)
    assert old.run("migrate-store", "--to", new.address, "--resume", clock=clock).exit_code == 0
    assert contents(new.open()) == contents(old.open())


def test_resume_when_the_part_is_of_another_store_then_refused(place, old, clock, restless):
    restless(99)
    new, other = place("new"), place("other")
    old.run("migrate-store", "--to", new.address, clock=clock)
    other.serve(clock, lambda _: None)

    assert (
        "holds a part of" in other.run("migrate-store", "--to", new.address, "--resume", clock=clock).output
    )


def test_source_when_it_is_unfinished_itself_then_refused(place, old, clock, restless):
    restless(99)
    old.run("migrate-store", "--to", place("new").address, clock=clock)
    result = place("new").run("migrate-store", "--to", place("other").address, clock=clock)

    assert (result.exit_code, "is not finished" in result.output) == (1, True)


def test_move_when_killed_at_any_point_then_a_start_refuses_and_resume_finishes(place, clock, tmp_path):
    old, new = place("old"), place("new")
    old.serve(clock, trade)
    store = old.open()
    store.apply(
        [Create(f"tickets/2026-01-{day:02}/{n}", {"n": n}) for day in range(1, 29) for n in range(300)]
    )
    store.close()
    environment = {
        **os.environ,
        "DATABASE_PATH": str(old.settings.database_path),
        "FLASK_APP": "main:application",
    }
    command = [sys.executable, "-m", "flask", "migrate-store", "--to", new.address]
    moving = begin(command, env=environment, stderr=DEVNULL, stdout=DEVNULL)
    while moving.poll() is None and not _has_begun(new):
        time.sleep(0.01)
    moving.kill()
    moving.wait()

    served = run(
        [sys.executable, "main.py"],
        env=environment | {"DATABASE_PATH": str(new.settings.database_path), "PORT": "1"},
    )
    assert (served.returncode, "and is not finished" in served.stderr) == (1, True), served.stderr
    resumed = run([*command, "--resume"], env=environment)
    assert resumed.returncode == 0, resumed.stderr
    assert contents(new.open()) == contents(old.open())


def _has_begun(new: Place) -> bool:
    if not new.settings.database_path.exists():
        return False
    store = SqliteStore(new.settings.database_path)
    try:
        return store.count("tickets/") > 500
    finally:
        store.close()


def test_lease_when_moved_then_it_stays_behind(place, old, clock):
    store = old.open()
    StoredLeases(store).take("supervisor", Lease("nobody", clock()), None)
    store.close()
    old.run("migrate-store", "--to", place("new").address, clock=clock)

    new = place("new").open()
    assert new.count("leases/") == 0
    new.close()
