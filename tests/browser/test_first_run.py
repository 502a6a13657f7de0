"""The first minute: one click on the link that a start prints, then to the first fill and why."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.visits import DESKTOP

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def opened() -> set[str]:
    """The links that a test has had."""
    return set()


@pytest.fixture
def link(server, opened) -> str:
    """Take the link of the last start, or start anew: each start prints one, and each works once."""
    if printed(server) in opened:
        server.drain()
        server.start()
    opened.add(printed(server))
    return printed(server)


def printed(server) -> str:
    return re.findall(r"http://127\.0\.0\.1:\d+/#start=\S+", server.log.read_text())[-1]


def test_link_when_it_is_opened_then_the_page_is_signed_in_and_the_code_is_gone(visiting, link):
    visit = visiting(DESKTOP, signed_in=False)
    page = visit.page
    page.goto(link)
    page.wait_for_selector("main h1")

    assert "#" not in page.url
    session = visit.context.request.get(f"{visit.address}/api/session")
    assert (session.status, session.json()["role"]) == (200, "operator")
    (cookie,) = visit.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("gatehouse", True, "Strict")
    page.reload()
    page.wait_for_selector("main h1")
    assert visit.complaints() == []


def test_first_run_when_the_link_is_opened_then_two_clicks_lead_to_a_fill_and_why(visiting, link):
    visit = visiting(DESKTOP, signed_in=False)
    page, began = visit.page, time.monotonic()
    page.goto(link)
    page.get_by_role("button", name="Send a test alert").click()
    page.get_by_role("link", name="See why").click()
    expect(page.get_by_text("Filled", exact=True).first).to_be_visible()

    assert time.monotonic() - began < 60
    expect(page.get_by_text(re.compile(r"\d+ checks passed"))).to_be_visible()
    assert visit.complaints() == []
