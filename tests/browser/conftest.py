import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.looks import Looks
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

# The headless shell is the same engine without what belongs to a window: a page costs a third less.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Return the browser of this machine, if it has one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium_and_loop() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """One Chromium for all browser tests of a process, and the event loop that drives it."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: `apt-get install chromium` lets the browser tests run")
    if not AXE.exists():
        pytest.skip("no axe-core: `npm ci` in app/dashboard lets the browser tests run")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        loop = asyncio.get_running_loop()
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="module")
def browser(chromium_and_loop) -> Iterator[Browser]:
    """The browser, while a module wants it: only so long does its event loop count as a running one.

    Other tests run loops of their own, which they may not within another.
    """
    browser, loop = chromium_and_loop
    asyncio._set_running_loop(loop)
    yield browser
    asyncio._set_running_loop(None)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    """A fresh Gatehouse with the paper broker; tests of one module share it."""
    server = Server(tmp_path_factory.mktemp("gatehouse"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def looks(browser, server) -> Iterator[Looks]:
    """Whoever only looks, at any page of the module's server."""
    looks = Looks(browser, server)
    yield looks
    looks.close()


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
