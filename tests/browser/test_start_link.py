"""The link that a start prints: one click, and the page is signed in."""

import re

import pytest

from app.dashboard.files import BUILD
from tests.browser.visits import DESKTOP

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not (BUILD / "index.html").exists(), reason="the dashboard is not built"),
]


def test_link_when_it_is_opened_then_the_page_is_signed_in_and_the_code_is_gone(visiting, server):
    link = re.search(r"http://127\.0\.0\.1:\d+/#start=\S+", server.log.read_text())[0]
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
