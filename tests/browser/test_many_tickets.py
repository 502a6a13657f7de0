"""A ledger of ten thousand tickets, looked at."""

from statistics import median

import pytest
from playwright.sync_api import expect

from benchmarks.ledger import fill, first_ticket
from tests.browser.visits import DESKTOP
from tests.reliability.server import Server

pytestmark = pytest.mark.integration
TICKETS, DAYS, LOOKS = 10_000, 100, 5
MOST_MILLISECONDS = 200
LIST = "/api/tickets?"


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("gatehouse"))
    fill(server, first_ticket(server), TICKETS, DAYS)
    server.start()
    yield server
    server.kill()


def test_list_when_the_ledger_is_long_then_it_comes_quickly_and_goes_on(visiting):
    visit = visiting(DESKTOP)
    page = visit.page
    milliseconds = []
    for _ in range(LOOKS):
        with page.expect_request_finished(lambda request: LIST in request.url) as asked:
            visit.open("/logs")
        timing = asked.value.timing
        milliseconds.append(timing["responseStart"] - timing["requestStart"])
    newest = addresses(page)
    page.get_by_role("button", name="Older").click()
    expect(page.get_by_role("heading", name="Older tickets")).to_be_visible()
    visit.settle()

    assert median(milliseconds) < MOST_MILLISECONDS
    older = addresses(page)
    assert len(newest) == len(older) == len({*newest, *older}) / 2 == 50
    assert visit.complaints() == []


def addresses(page):
    """Return where the rows lead to, each to its own ticket."""
    return page.locator("main tbody a").evaluate_all("links => links.map((link) => link.href)")
