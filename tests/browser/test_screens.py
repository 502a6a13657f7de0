"""Every screen with something of everything on it, on every device, light and dark."""

from collections.abc import Iterator

import pytest

from app.dashboard.blueprint import PATHS
from tests.browser.scene import ACCOUNT_SECRET, Scene, play
from tests.reliability.server import Server

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory) -> Iterator[Server]:
    """A server that takes commands too; without a browser nothing is begun."""
    # As deep as an owner's own: whatever shows the path must break it.
    folder = tmp_path_factory.mktemp("gatehouse_in_a_folder_with_a_name_as_long_as_some_have_them")
    server = Server(folder, ACCOUNT_SECRET=ACCOUNT_SECRET)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def scene(server) -> Scene:
    return play(server)


@pytest.mark.parametrize("path", PATHS)
def test_screen_when_full_then_every_device_and_theme_shows_it_well(scene, looks, path):
    for address in scene.addresses(path):
        assert looks.faults(address) == {}
