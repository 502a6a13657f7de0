from collections.abc import Callable
from threading import Thread

import pytest
from click.testing import Result
from werkzeug.serving import make_server

from tests.cli.stores import Place, in_bucket, in_database, in_file
from tests.simulators.gcs import FakeGcs


@pytest.fixture
def run(app) -> Callable[..., Result]:
    """Run a command inside the test's application."""

    def invoke(*words: str, **options) -> Result:
        return app.test_cli_runner().invoke(args=list(words), **options)

    return invoke


@pytest.fixture
def url(app):
    """Serve the application on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gcs(monkeypatch):
    with FakeGcs() as fake:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", fake.url)
        yield fake


@pytest.fixture
def place(settings, tmp_path, gcs, new_database):
    """Return a store by its name, empty at first: what a name has of bucket or database is one, others files.

    There is one bucket; `new-bucket` is another one that takes its place.
    """
    made: dict[str, Place] = {}

    def open_place(name: str) -> Place:
        if name not in made:
            made[name] = _place(name)
        return made[name]

    def _place(name: str) -> Place:
        if name.endswith("bucket"):
            return in_bucket(settings, gcs.bucket.name, tmp_path)
        if name.endswith("database"):
            return in_database(settings, new_database(), tmp_path)
        return in_file(settings, tmp_path / f"{name}.sqlite3")

    return open_place
