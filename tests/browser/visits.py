"""What a person's browser shows, and whatever it complains of meanwhile."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.reliability.server import OPERATOR_TOKEN, ROOT

Scheme = Literal["light", "dark"]
AXE = ROOT / "app" / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
# The rules of WCAG 2.2 AA and what axe calls best practice; the page must break none of them.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Colours are all that a theme changes.
RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]
NOTE_REPORTS = """
window.cspReports = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.cspReports.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
# Colours change by transitions, which without motion end at once, and yet not within the same picture.
SETTLED = """
new Promise(requestAnimationFrame).then(() => Promise.all(
  document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished),
)).then(() => null, () => null)
"""


@dataclass(frozen=True, slots=True)
class Device:
    """A screen in CSS pixels, as people hold one."""

    name: str
    width: int
    height: int
    phone: bool = False


DESKTOP = Device("desktop", 1280, 800)
PHONE = Device("phone", 390, 844, phone=True)
NARROW = Device("narrow", 320, 640, phone=True)


class Place(Protocol):
    """Whatever serves on this machine."""

    port: int


@dataclass(slots=True)
class Visit:
    """One page in a context of its own, with everything that went wrong on it."""

    server: Place
    context: BrowserContext
    page: Page
    scheme: Scheme = "light"
    faults: list[str] = field(default_factory=list)
    # A status that a test provokes is no fault: Chromium writes each into the console.
    expected_statuses: set[int] = field(default_factory=set)

    @property
    def address(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.server.port}"

    def sign_in(self, token: str = OPERATOR_TOKEN) -> None:
        """Get the cookie without the form."""
        answer = self.context.request.post(
            f"{self.address}/api/session", data={"token": token}, headers={"Origin": self.address}
        )
        assert answer.status == 200, answer.text()

    def open(self, path: str = "/") -> Page:
        """Go there and wait until nothing is loading."""
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until what the page shows comes from the server and no list says that it loads."""
        self.page.wait_for_selector("main")
        # Not by a function: it would be polled with eval, which the page's policy forbids.
        self.page.wait_for_selector("[aria-busy=true]", state="detached")

    def complaints(self) -> list[str]:
        """Return console errors, refused content and requests to other hosts."""
        return self.faults + list(self.page.evaluate("window.cspReports"))

    def accessibility(self, **rules: Any) -> list[str]:
        """Return what axe finds wrong with the page as it stands; `rules` are its `runOnly`, else all."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8") + "; null")
        options = {"runOnly": rules or {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
        options |= {"preload": False, "iframes": False}
        found: dict[str, Any] = self.page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{violation['id']}: {violation['help']}: {node['html'][:160]} {node['target']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def sideways(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide

    def looked_at(self, *devices: Device) -> dict[str, list[str]]:
        """Return what is wrong with the page on screens of these sizes, light and dark in turn.

        A single screen is looked at in both: its colours alone the second time.
        """
        found: dict[str, list[str]] = {}
        for device in devices:
            self.page.set_viewport_size({"width": device.width, "height": device.height})
            found[f"{device.name} {self.scheme}"] = self.accessibility() + self._overhang()
            self.turn("light" if self.scheme == "dark" else "dark")
        if len(devices) == 1:
            colours = self.accessibility(type="rule", values=RULES_OF_COLOURS)
            found[f"{devices[0].name} {self.scheme}"] = colours + self._overhang()
        return {place: faults for place, faults in found.items() if faults}

    def turn(self, scheme: Scheme) -> None:
        """Let the page be light or dark from now on."""
        if scheme != self.scheme:
            self.page.emulate_media(color_scheme=scheme)
            self.page.evaluate(SETTLED)
            self.scheme = scheme

    def _overhang(self) -> list[str]:
        wide = self.sideways()
        return [f"{wide} px too wide"] if wide else []

    def picture(self, path: Path) -> None:
        """Write down what the page looks like."""
        self.page.screenshot(path=path, full_page=True)


def visit(
    browser: Browser,
    server: Place,
    device: Device = DESKTOP,
    *,
    scheme: Scheme = "light",
    zone: str = "Europe/Berlin",
    script: bool = True,
) -> Visit:
    """Open an empty page of a person with this device, theme and time zone."""
    context = browser.new_context(
        viewport={"width": device.width, "height": device.height},
        is_mobile=device.phone,
        has_touch=device.phone,
        color_scheme=scheme,
        timezone_id=zone,
        locale="en-GB",
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    context.set_default_timeout(10_000)
    context.add_init_script(NOTE_REPORTS)
    page = context.new_page()
    made = Visit(server, context, page, scheme)

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not _is_expected(message.text, made.expected_statuses):
            made.faults.append(f"{message.type}: {message.text}")

    def watch(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != f"127.0.0.1:{server.port}":
            made.faults.append(f"request to {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: made.faults.append(f"script: {error}"))
    page.on("request", watch)
    return made


def _is_expected(text: str, statuses: set[int]) -> bool:
    return any(f"status of {status}" in text for status in statuses)
