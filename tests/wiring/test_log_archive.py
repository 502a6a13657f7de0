"""Where the lines of a house without a disk end."""

import gzip
from dataclasses import replace

import pytest

from app.storage.gcs import GcsStore
from tests.builders import WEBHOOK_SECRET, client_of, services_of, strategy_alert
from tests.simulators.gcs import FakeGcs

pytestmark = pytest.mark.integration


@pytest.fixture
def gcs(monkeypatch):
    with FakeGcs() as fake:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", fake.url)
        yield fake


@pytest.fixture
def store(gcs):
    store = GcsStore(gcs.bucket.name)
    yield store
    store.close()


def archived(gcs) -> dict[str, str]:
    held = {name: each.content for name, each in gcs.bucket.objects.items() if name.startswith("archive/")}
    return {name: gzip.decompress(content).decode() for name, content in held.items()}


def test_alert_when_there_is_no_disk_then_its_lines_are_in_the_bucket_and_no_secrets(make_app, gcs):
    app = make_app(gcs_bucket_name=gcs.bucket.name)
    client_of(app).post("/webhook", json=strategy_alert() | {"secret": WEBHOOK_SECRET})
    assert services_of(app).supervisor.tick(everything=True)["log archive"] > 0

    lines = "".join(archived(gcs).values())
    assert '"kind":"alert"' in lines
    assert '"kind":"exchange"' in lines
    assert WEBHOOK_SECRET not in lines


def test_alert_when_a_folder_is_named_then_its_lines_are_there(make_app, gcs, tmp_path, settings):
    app = make_app(gcs_bucket_name=gcs.bucket.name, log_dir=tmp_path / "logs")
    client_of(app).post("/webhook", json=strategy_alert() | {"secret": WEBHOOK_SECRET})

    assert "log archive" not in services_of(app).supervisor.tick(everything=True)
    assert archived(gcs) == {}
    assert replace(settings, gcs_bucket_name="b").log_folder is None
