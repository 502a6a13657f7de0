from collections.abc import Callable
from threading import Thread

import pytest
from click.testing import Result
from werkzeug.serving import make_server


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
