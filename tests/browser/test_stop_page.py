"""`/stop` in a real browser: without a script, by the keyboard alone, signed in and signed out."""

import re

import pytest

from tests.browser.visits import PHONE, visit
from tests.reliability.server import OPERATOR_TOKEN

pytestmark = pytest.mark.integration


@pytest.fixture
def state(server):
    return lambda: server.call("GET", "/api/trading-state").body["state"]


@pytest.fixture(autouse=True)
def active(server):
    yield
    assert server.call("PUT", "/api/trading-state", {"state": "ACTIVE"}).status == 200


@pytest.fixture
def without_script(browser, server):
    """A page on which no script runs."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_stop_when_no_script_runs_and_nobody_is_signed_in_then_the_token_stops(without_script, server, state):
    page = without_script
    page.goto(f"http://127.0.0.1:{server.port}/stop")
    page.get_by_label("The operator's token").fill(OPERATOR_TOKEN)
    page.get_by_role("button", name="Halt").click()

    assert page.get_by_role("heading").inner_text() == "Trading is HALTED"
    assert state() == "HALTED"


def test_stop_when_signed_in_then_the_keyboard_alone_stops(visiting, state):
    page = visiting().open("/stop")
    assert page.get_by_label("The operator's token").count() == 0
    page.keyboard.press("Tab")
    page.keyboard.type("news")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Trading is HALTED")

    assert state() == "HALTED"


def test_stop_when_the_api_answers_nothing_then_the_page_leads_to_the_form_that_stops(visiting, state):
    visit = visiting(PHONE)
    visit.expected_statuses.add(503)
    visit.context.route("**/api/**", lambda route: route.fulfill(status=503))
    page = visit.page
    page.goto(visit.address)
    page.get_by_role("link", name="Stop trading on a plain page").tap()
    page.get_by_role("button", name="Halt").tap()
    page.wait_for_selector("text=Trading is HALTED")

    assert state() == "HALTED"
    assert visit.complaints() == []


def test_page_when_seen_on_a_phone_then_it_is_accessible_fits_and_nothing_is_refused(browser, server):
    seen = visit(browser, server, PHONE)
    page = seen.open("/stop")

    assert page.get_by_text(re.compile("circuit breaker go on")).is_visible()
    assert (seen.accessibility(), seen.sideways(), seen.complaints()) == ([], 0, [])
    seen.context.close()


def test_another_port_when_its_page_posts_with_the_cookie_then_nothing_stops(visiting, server, state):
    stranger = visiting()
    page = stranger.page
    page.route(
        "http://127.0.0.1:1/evil", lambda route: route.fulfill(body="<p>hello", content_type="text/html")
    )
    page.goto("http://127.0.0.1:1/evil")
    # The same site, so that the cookie comes along, and not the same origin.
    address = f"http://127.0.0.1:{server.port}/stop"
    page.set_content(f"<form method=post action={address}><input name=state value=HALTED></form>")
    with page.expect_navigation():
        page.evaluate("document.forms[0].submit()")

    assert "Trading was not stopped" in page.content()
    assert state() == "ACTIVE"
