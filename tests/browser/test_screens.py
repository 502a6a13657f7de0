"""Every screen with something of everything on it, on every device, light and dark."""

from collections.abc import Iterator

import pytest

from app.dashboard.blueprint import PATHS
from tests.browser.scene import ACCOUNT_SECRET, Scene, play
from tests.browser.visits import DESKTOP, NARROW, PHONE, Device, Visit, visit
from tests.reliability.server import Server

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory) -> Iterator[Server]:
    """A server that takes commands too; without a browser nothing is begun."""
    server = Server(tmp_path_factory.mktemp("gatehouse"), ACCOUNT_SECRET=ACCOUNT_SECRET)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def scene(server) -> Scene:
    return play(server)


@pytest.fixture(scope="module")
def computer(browser, server) -> Iterator[Visit]:
    yield from _signed_in(visit(browser, server, DESKTOP))


@pytest.fixture(scope="module")
def phone(browser, server) -> Iterator[Visit]:
    yield from _signed_in(visit(browser, server, PHONE))


def _signed_in(visit: Visit) -> Iterator[Visit]:
    visit.sign_in()
    yield visit
    visit.context.close()


@pytest.mark.parametrize("path", PATHS)
def test_screen_when_full_then_every_device_and_theme_shows_it_well(scene, computer, phone, path):
    for address in scene.addresses(path):
        assert faults(computer, address, DESKTOP) == ({}, [])
        assert faults(phone, address, NARROW, PHONE) == ({}, [])


def faults(visit: Visit, address: str, *devices: Device) -> tuple[dict[str, list[str]], list[str]]:
    visit.faults.clear()
    page = visit.open(address)
    assert page.get_by_role("heading", name="Nothing is here").count() == 0
    return visit.looked_at(*devices), visit.complaints()
