"""A backup of any store, made while alerts go on, from which a store of any other kind starts."""

import gzip
import os
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import time

import pytest

from app.storage.base import Create
from tests.builders import OPERATOR_TOKEN, WEBHOOK_SECRET, client_of, strategy_alert
from tests.cli.stores import contents, trade

pytestmark = pytest.mark.integration
KINDS = ["file", "bucket", "database"]
# What a start on the store shows of what was traded and used up.
SHOWN = (
    "/api/tickets?limit=500",
    "/api/trades",
    "/api/orders?status=all&limit=500",
    "/api/bots",
    "/api/bot-cards",
    "/api/account",
    "/api/audit",
)


def seen(app) -> dict:
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    return {path: operator.get(path).json for path in SHOWN}


def back_up(app, *words: str):
    return app.test_cli_runner().invoke(args=["backup", *words])


@pytest.mark.parametrize("source", KINDS)
def test_restore_when_a_backup_of_each_kind_is_put_into_each_then_it_shows_the_same(
    place, clock, tmp_path, source, gcs
):
    origin = place(source)
    shown = origin.serve(clock, lambda app: (trade(app), seen(app))[1], daily_order_cap=9)
    copy = str(tmp_path / "copy.sqlite3")
    assert origin.serve(clock, lambda app: back_up(app, copy)).exit_code == 0
    held = contents(origin.open())
    gcs.bucket.objects.clear()

    for kind in KINDS:
        target = place(f"new-{kind}")
        result = target.run("restore", copy, clock=clock)
        assert result.exit_code == 0, result.output
        assert contents(target.open()) == held
        assert target.serve(clock, seen, daily_order_cap=9) == shown


@pytest.mark.parametrize("source", KINDS)
def test_backup_when_alerts_go_on_then_each_is_whole_or_absent(place, clock, tmp_path, source):
    origin, copy = place(source), str(tmp_path / "copy.sqlite3")

    def use(app):
        client, stop = client_of(app, x_bot_secret=WEBHOOK_SECRET), threading.Event()

        def send():
            while not stop.is_set():
                client.post("/webhook", json=strategy_alert())

        trade(app)
        before = set(tickets_of(app))
        sender = threading.Thread(target=send)
        sender.start()
        try:
            return before, back_up(app, copy)
        finally:
            stop.set()
            sender.join()

    before, result = origin.serve(clock, use)
    assert result.exit_code == 0, result.output
    target = place("new-file")
    assert target.run("restore", copy, clock=clock).exit_code == 0

    def settle(app):
        operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
        operator.post("/tasks/tick")
        assert operator.get("/status").json["unreconciled"] == []
        return set(tickets_of(app))

    after = target.serve(clock, settle)
    assert before <= after
    assert after <= origin.serve(clock, lambda app: set(tickets_of(app)))


def tickets_of(app) -> list[str]:
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    return [each["id"] for each in operator.get("/api/tickets?limit=500").json["tickets"]]


@pytest.mark.parametrize("kind", KINDS)
def test_backup_when_made_of_any_store_then_its_ledger_is_a_table(place, clock, tmp_path, kind):
    copy = tmp_path / "copy.sqlite3"
    place(kind).serve(clock, lambda app: (trade(app), back_up(app, str(copy))))

    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM webhook_events").fetchone() == (6,)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy.sqlite3"]


@pytest.mark.parametrize("kind", KINDS)
def test_backup_when_it_goes_into_the_bucket_then_it_is_restored_from_there(place, clock, gcs, kind):
    origin, address = place(kind), f"gs://{gcs.bucket.name}"
    result = origin.serve(clock, lambda app: (trade(app), back_up(app, address)))[1]
    name = f"backups/gatehouse-{clock():%Y%m%dT%H%M%SZ}.jsonl.gz"
    assert f"{address}/{name} is written" in result.output

    for number, source in enumerate((address, f"{address}/{name}")):
        target = place(f"new-file-{number}")
        restored = target.run("restore", source, clock=clock)
        assert restored.exit_code == 0, restored.output
        assert contents(target.open()) == contents(origin.open())


def test_backup_when_no_place_is_named_then_beside_the_state_and_only_for_some_days(place, clock):
    origin = place("file")
    folder = origin.settings.database_path.parent / "backups"

    def use(app):
        for _ in range(3):
            back_up(app)
            clock.move(days=1)
        return sorted(path.name for path in folder.iterdir())

    assert len(origin.serve(clock, use)) == 3
    clock.move(days=0, hours=-12)
    assert len(origin.serve(clock, use, backup_keep_days=2)) == 3


def test_keep_when_a_folder_is_named_then_older_ones_are_removed_and_told(place, clock, tmp_path):
    folder = f"{tmp_path}/kept/"
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "of-mine.sqlite3").touch()

    def use(app):
        outputs = []
        for _ in range(2):
            outputs.append(back_up(app, folder, "--keep", "2").output)
            clock.move(days=3)
        return outputs

    first, second = place("file").serve(clock, use)
    assert "Removed" not in first
    assert "Removed: gatehouse-" in second
    assert len(list((tmp_path / "kept").iterdir())) == 2


def test_backup_when_a_process_was_killed_over_one_then_its_draft_is_removed(place, clock, tmp_path):
    draft = tmp_path / "backups" / "gatehouse-20260101T000000Z.sqlite3.0a1b2c3d"
    draft.parent.mkdir()
    draft.touch()
    os.utime(draft, (0, 0))
    place("file").serve(clock, back_up)

    assert not draft.exists()
    assert len(list(draft.parent.iterdir())) == 1


def test_restore_when_the_file_is_none_of_ours_then_no_store_is_made(place, clock, tmp_path):
    (tmp_path / "text").write_text("hello" * 1000)
    place("file").run("restore", str(tmp_path / "text"), clock=clock)

    assert not place("file").settings.database_path.exists()


def test_restore_when_the_store_holds_anything_then_refused(place, clock, tmp_path):
    origin, copy = place("file"), str(tmp_path / "copy.sqlite3")
    origin.serve(clock, lambda app: back_up(app, copy))

    assert "documents already" in origin.run("restore", copy, clock=clock).output


def test_restore_when_the_file_is_missing_or_none_of_ours_then_one_sentence(place, clock, tmp_path):
    (tmp_path / "text").write_text("hello" * 1000)
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b'{"gatehouse":1}\n{"key":"a","value":{}}\n'))
    target = place("file")

    for name, told in (("nothing", "There is no file"), ("text", "cannot be read"), ("cut.gz", "is cut off")):
        result = target.run("restore", str(tmp_path / name), clock=clock)
        assert (result.exit_code, told in result.output) == (1, True), result.output
    assert (
        "There is no backup in gs://gatehouse/backups"
        in target.run("restore", "gs://gatehouse", clock=clock).output
    )


def test_lines_when_one_was_changed_then_they_are_no_backup(place, clock, tmp_path, gcs):
    place("file").serve(clock, lambda app: (trade(app), back_up(app, "gs://gatehouse")))
    (stored,) = gcs.bucket.objects.values()
    changed = gzip.decompress(stored.content).replace(b'"AAPL"', b'"MSFT"')
    (tmp_path / "x.gz").write_bytes(gzip.compress(changed))

    assert "is damaged" in place("new-file").run("restore", str(tmp_path / "x.gz"), clock=clock).output


def test_upload_when_the_bucket_stumbles_then_the_backup_is_whole(place, clock, gcs):
    gcs.refuse(503, nth=2)
    origin = place("file")
    assert origin.serve(clock, lambda app: back_up(app, "gs://gatehouse")).exit_code == 0

    assert place("new-file").run("restore", "gs://gatehouse", clock=clock).exit_code == 0


def test_backup_when_the_bucket_is_away_then_nothing_has_its_name(place, clock, gcs):
    origin = place("file")
    store = origin.open()
    store.apply([Create(f"equity/{number}", {"text": f"{number:x}" * 999}) for number in range(999)])
    store.close()
    gcs.refuse(403, nth=2)
    result = origin.serve(clock, lambda app: back_up(app, "gs://gatehouse"))

    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert list(gcs.bucket.objects) == []


def test_clock_when_the_time_has_come_then_one_backup_is_made(place, clock):
    clock.now = clock.now.replace(hour=14)
    origin = place("file")
    folder = origin.settings.database_path.parent / "backups"

    def use(app):
        backups, made = app.extensions["gatehouse"].operations.backups, []
        for _ in range(50):
            made.append(backups.run())
            backups.wait(60)
            clock.move(hours=1)
        return made, len(list(folder.iterdir()))

    made, files = origin.serve(clock, use, backup_time=time(3, 15))
    assert (sum(made), files) == (3, 3)  # at once, since there was none, then daily


def test_task_when_a_scheduler_calls_then_a_backup_lies_in_the_bucket(place, clock, gcs):
    def use(app):
        operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
        return operator.post("/tasks/backup").json

    answer = place("bucket").serve(clock, use)
    assert answer["name"].startswith("gs://gatehouse/backups/gatehouse-")
    assert (answer["status"], answer["unsettled"], answer["removed"]) == ("ok", 0, [])
    assert [name for name in gcs.bucket.objects if name.startswith("backups/")]


def test_tokens_when_backed_up_then_they_lie_in_their_usual_place(place, clock, tmp_path):
    origin, copy = place("bucket"), str(tmp_path / "copy.sqlite3")
    elsewhere = replace(origin, settings=replace(origin.settings, gcs_tokens_file="broker/login"))
    store = elsewhere.open()
    store.create("broker/login", {"access_token": "x"})
    store.close()
    elsewhere.serve(clock, lambda app: back_up(app, copy))
    target = place("new-file")
    assert target.run("restore", copy, clock=clock).exit_code == 0

    assert contents(target.open())["tokens/fyers"] == {"access_token": "x"}
