import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visits import AXE, Visit, visit
from tests.reliability.server import Server

# As root Chromium has no sandbox; the other switches keep it from asking its maker for news.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Return the browser of this machine, if it has one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


# A module's, not the session's: while it lives, an event loop runs in this process, which no other test
# may share.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: `apt-get install chromium` lets the browser tests run")
    if not AXE.exists():
        pytest.skip("no axe-core: `npm ci` in app/dashboard lets the browser tests run")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    """A fresh Gatehouse with the paper broker; tests of one module share it."""
    server = Server(tmp_path_factory.mktemp("gatehouse"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def visiting(browser, server, request, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """Open pages by device, scheme and zone; each is closed, and pictured where its test failed."""
    visits: list[Visit] = []

    def make(*arguments, signed_in: bool = True, **options) -> Visit:
        made = visit(browser, server, *arguments, **options)
        visits.append(made)
        if signed_in:
            made.sign_in()
        return made

    yield make
    for made in visits:
        made.context.close()
