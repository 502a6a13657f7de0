"""`make screenshots`: pictures of the dashboard for the documentation, after a month that was played.

The page is real, and so is what it asks: the application itself, over HTTP, on a clock that stands still.
"""
# ruff: noqa: T201  # it says what it has written

import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app.dashboard.files import BUILD
from tests.browser.conftest import SWITCHES, chromium
from tests.browser.month import Month, play
from tests.browser.visits import DESKTOP, PHONE, Device, Scheme, Visit, visit
from tests.reliability.server import ROOT

FOLDER = ROOT / "docs" / "pictures"
MOST_BYTES = 150_000
ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: which page, on what, and what is done before it is taken."""

    name: str
    path: str
    device: Device = DESKTOP
    scheme: Scheme = "light"
    prepare: Callable[[Page], object] = lambda _: None


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of requests."""


def pictures(month: Month) -> tuple[Picture, ...]:
    """Return what is pictured."""
    stop = re.compile("^Stop$")
    return (
        Picture("home", "/"),
        Picture("why", f"/tickets/{month.tickets['filled']}"),
        Picture("denied", f"/tickets/{month.tickets['denied']}", PHONE),
        Picture("approvals", "/approvals", PHONE, "dark"),
        Picture("stop", "/", PHONE, prepare=lambda page: page.get_by_role("button", name=stop).last.tap()),
        Picture("setup", "/setup/builder"),
        Picture("bots", "/bots"),
        Picture("trade", f"/trades/{month.structure}", scheme="dark"),
        Picture("analytics", "/analytics"),
        Picture("logs", "/logs"),
        Picture("backtest", f"/jobs/{month.backtest}"),
    )


def main() -> None:
    """Play, look, and write the pictures down; exit with 1 when one is too large or shows a fault."""
    path = chromium()
    if path is None or not (BUILD / "index.html").exists():
        sys.exit("Pictures want Chromium (`apt-get install chromium`) and the dashboard's build.")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        month = play(Path(folder))
        browser = playwright.chromium.launch(executable_path=path, args=[*SWITCHES, "--hide-scrollbars"])
        with served(month) as place:
            wrong = [
                take(visit(browser, place, p.device, scheme=p.scheme, zone=ZONE), p, month)
                for p in pictures(month)
            ]
        browser.close()
    sys.exit(1 if any(wrong) else 0)


@contextmanager
def served(month: Month) -> Iterator[BaseWSGIServer]:
    """Serve the month's application on this machine."""
    server = make_server("127.0.0.1", 0, month.app, threaded=True, request_handler=_Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def take(seen: Visit, picture: Picture, month: Month) -> bool:
    """Write one picture down; True when something is wrong with it."""
    seen.page.clock.set_fixed_time(month.clock.now)
    seen.sign_in()
    page = seen.open(picture.path)
    picture.prepare(page)
    seen.settle()
    file = FOLDER / f"{picture.name}.png"
    page.screenshot(path=file, animations="disabled", caret="hide")
    size, complaints = file.stat().st_size, seen.complaints()
    print(f"{file.relative_to(ROOT)}: {size / 1000:.0f} kB", *complaints)
    seen.context.close()
    return size > MOST_BYTES or bool(complaints)


if __name__ == "__main__":
    main()
