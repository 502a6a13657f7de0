"""Pages that are only looked at: at a computer and on a phone, light and dark."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, expect

from tests.browser.visits import DESKTOP, NARROW, PHONE, Device, Place, Scheme, Visit, visit

# What lies in one hand: the screens that it can have, and the theme in which its pages are opened.
HANDS: tuple[tuple[Scheme, tuple[Device, ...]], ...] = (("light", (DESKTOP,)), ("dark", (NARROW, PHONE)))


@dataclass(slots=True)
class Looks:
    """Two people who look at one page after the other, each in a browser that stays open."""

    browser: Browser
    server: Place
    _visits: dict[Scheme, Visit] = field(default_factory=dict)

    def faults(self, path: str, heading: str | None = None) -> dict[str, list[str]]:
        """Return what is wrong with a page, by screen and theme; `heading` must be seen on it."""
        found: dict[str, list[str]] = {}
        for scheme, devices in HANDS:
            visit = self._visit(scheme, devices[0])
            visit.faults.clear()
            visit.turn(scheme)
            _is_the_page(visit.open(path), heading)
            found |= visit.looked_at(*devices)
            if complaints := visit.complaints():
                found[f"{devices[0].name} complains"] = complaints
        return found

    def close(self) -> None:
        """End both visits."""
        for made in self._visits.values():
            made.context.close()

    def _visit(self, scheme: Scheme, device: Device) -> Visit:
        if scheme not in self._visits:
            self._visits[scheme] = visit(self.browser, self.server, device, scheme=scheme)
            self._visits[scheme].sign_in()
        return self._visits[scheme]


def _is_the_page(page: Page, heading: str | None) -> None:
    if heading is not None:
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    assert page.get_by_role("heading", name="Nothing is here").count() == 0
