"""The frame and Home, as a person meets them on the first day."""

import pytest
from playwright.sync_api import expect

from tests.browser.visits import DESKTOP, PHONE
from tests.reliability.server import OPERATOR_TOKEN

pytestmark = pytest.mark.integration


@pytest.fixture
def trading(server):
    """Read the switch, which is thrown back afterwards."""
    yield lambda: server.call("GET", "/api/trading-state").body
    server.call("PUT", "/api/trading-state", {"state": "ACTIVE"})


def test_home_when_seen_on_any_device_then_it_is_accessible_fits_and_nothing_is_refused(looks):
    assert looks.faults("/", "Getting started") == {}


def test_stop_when_the_keyboard_alone_is_used_then_trading_halts_and_the_page_says_so(visiting, trading):
    page = visiting(DESKTOP).open()
    expect(page.get_by_text("Up to date")).to_be_visible()
    page.keyboard.press("Shift+H")
    expect(page.get_by_role("button", name="Halt every bot now")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Halted")).to_be_visible()

    assert trading()["state"] == "HALTED"


def test_session_when_it_ends_in_the_middle_then_what_was_typed_is_sent_after_signing_in(visiting, trading):
    visit = visiting(PHONE)
    visit.expected_statuses.add(401)
    page = visit.open()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("textbox", name="Reason").fill("news at noon")
    # It is the halt that learns of the end, and not a question of the page that came in between.
    visit.context.route("**/api/changes*", lambda _: None)
    visit.context.clear_cookies()
    page.get_by_role("button", name="Halt every bot now").click()
    page.get_by_label("Token", exact=True).fill(OPERATOR_TOKEN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Halted")).to_be_visible()

    assert trading()["reason"] == "news at noon"
    assert visit.complaints() == []


def test_contact_when_it_is_lost_and_found_then_the_page_says_both(visiting):
    visit = visiting(DESKTOP)
    page = visit.open()
    expect(page.get_by_text("Up to date")).to_be_visible()
    visit.context.set_offline(True)
    expect(page.get_by_text("No contact with Gatehouse", exact=True)).to_be_visible(timeout=30_000)
    visit.context.set_offline(False)
    page.get_by_role("button", name="Try now").click()

    expect(page.get_by_text("Up to date")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("No contact with Gatehouse", exact=True)).to_be_hidden()


def test_preferences_when_chosen_then_they_hold_after_a_reload(visiting):
    page = visiting(DESKTOP, zone="America/New_York").open()
    page.get_by_role("button", name="Menu and account").click()
    page.get_by_label("Theme").select_option("dark")
    page.get_by_label("Time zone").select_option("Asia/Kolkata")
    page.reload()
    page.get_by_role("button", name="Menu and account").click()

    expect(page.get_by_label("Theme")).to_have_value("dark")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    # The end of the session, in the zone that was chosen.
    expect(page.get_by_text(" IST").first).to_be_visible()
