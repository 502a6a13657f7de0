"""A page that is open while another version is put in its place."""

import pytest
from playwright.sync_api import expect

from tests.browser.visits import DESKTOP

pytestmark = pytest.mark.integration


@pytest.fixture
def parts_are_gone(visiting):
    """A page at Home for whom the files of the screens to come are no longer there."""
    visit = visiting(DESKTOP)
    visit.expected_statuses.add(404)
    visit.open("/")
    here = set(visit.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)"))

    def is_gone(address: str) -> bool:
        return "/assets/" in address and address not in here

    visit.context.route(is_gone, lambda route: route.fulfill(status=404))
    return visit


def loads(page) -> list[str]:
    """Note from now on where the page is loaded anew."""
    noted: list[str] = []
    page.on("domcontentloaded", lambda page: noted.append(page.url))
    return noted


def test_page_when_a_deploy_has_replaced_its_parts_then_it_loads_the_new_ones_once(parts_are_gone):
    page = parts_are_gone.page
    noted = loads(page)
    # The new version is there by the time that the page comes back.
    page.once("domcontentloaded", lambda _: parts_are_gone.context.unroute_all())
    page.get_by_role("link", name="Settings", exact=True).click()
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()

    assert noted == [f"{parts_are_gone.address}/settings"]


def test_page_when_its_parts_stay_away_then_it_says_so_instead_of_loading_for_ever(parts_are_gone):
    page = parts_are_gone.page
    noted = loads(page)
    page.get_by_role("link", name="Settings", exact=True).click()
    expect(page.get_by_role("button", name="Reload")).to_be_visible()
    page.wait_for_timeout(1000)

    assert len(noted) == 1
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
