"""Bots in a real browser: made in four steps, changed with care, and never lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.visits import DESKTOP, NARROW, PHONE
from tests.reliability.server import OPERATOR_TOKEN

pytestmark = pytest.mark.integration

SHARE = "Share of the account"


def _next(page):
    page.get_by_role("button", name="Next").click()


def save(page):
    page.get_by_role("button", name="Review and save").click()
    page.get_by_role("button", name="Save 1 change").click()


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=lambda device: device.name)
def test_bot_when_it_is_made_in_four_steps_then_its_secret_is_taken(visiting, server, device):
    visit = visiting(device)
    page = visit.open("/new-bot")
    page.get_by_label("Name", exact=True).fill(f"RSI swing {device.name}")
    _next(page)
    page.get_by_label(SHARE, exact=True).fill("1")
    _next(page)
    page.get_by_label("Entries a day", exact=True).fill("3")
    _next(page)
    page.get_by_text("Would buy").wait_for()
    assert visit.accessibility() == []
    page.get_by_role("button", name="Make this bot").click()
    secret = page.get_by_role("region", name="secret").inner_text().strip()

    alert = {
        "secret": secret,
        "symbol": "AAPL",
        "strategy_order_action": "buy",
        "strategy_order_id": "long",
        "strategy_order_contracts": "1",
        "strategy_order_price": "100",
    }
    ticket = server.call("GET", f"/api/tickets/{server.call('POST', '/webhook', alert).body['ticket']}").body
    assert (ticket["bot"], ticket["status"]) == (f"rsi-swing-{device.name}", "filled")
    assert visit.complaints() == []


def test_bot_when_the_session_ends_in_the_wizard_then_nothing_typed_is_lost(visiting, server):
    visit = visiting()
    visit.expected_statuses.add(401)
    page = visit.open("/new-bot")
    page.get_by_label("Name", exact=True).fill("Patient")
    for _ in range(3):
        _next(page)
    page.get_by_text("Would buy").wait_for()
    # It is the bot that learns of the end, and not a question of the page that came in between.
    visit.context.route("**/api/changes*", lambda _: None)
    visit.context.clear_cookies()
    page.get_by_role("button", name="Make this bot").click()
    page.get_by_role("dialog", name="Your session has ended").get_by_role("textbox").fill(OPERATOR_TOKEN)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Its secret is shown this once").wait_for()

    assert server.call("GET", "/api/bots/patient").body["name"] == "Patient"


def test_bot_when_somebody_was_faster_then_both_versions_stand_side_by_side_and_one_is_chosen(
    visiting, server
):
    server.create_bot("shared")
    visit = visiting(NARROW)
    # The page saves before it has heard of the other change: the server refuses that.
    visit.expected_statuses.add(412)
    page = visit.open("/bots/shared")
    page.get_by_label(SHARE, exact=True).fill("5")
    visit.context.route("**/api/changes*", lambda route: route.abort())
    server.configure_bot("shared", base_order_pct="0.03", sl_pct="0.04")
    save(page)

    conflict = page.get_by_role("alert")
    expect(conflict.get_by_role("radio", name="5 %")).to_be_checked()
    expect(conflict.get_by_role("radio", name="3 %")).not_to_be_checked()
    assert (visit.accessibility(), visit.sideways()) == ([], 0)
    assert server.call("GET", "/api/bots/shared").body["base_order_pct"] == "0.03"
    conflict.get_by_role("button", name="Go on with these").click()
    save(page)
    expect(page.get_by_label("Unsaved changes")).to_be_hidden()
    saved = server.call("GET", "/api/bots/shared").body
    assert (saved["base_order_pct"], saved["sl_pct"]) == ("0.05", "0.04")


def test_bot_when_somebody_goes_back_with_something_typed_then_it_is_asked_about(visiting):
    visit = visiting()
    page = visit.open("/bots")
    page.get_by_role("link", name="Default", exact=True).click()
    page.get_by_label(SHARE, exact=True).fill("5")
    page.go_back()
    page.get_by_role("button", name="Stay here").click()
    assert page.get_by_label(SHARE, exact=True).input_value() == "5"
    assert page.url.endswith("/bots/default")

    page.go_back()
    page.get_by_role("button", name="Leave without saving").click()
    page.get_by_role("heading", name="Bots", exact=True).wait_for()
    assert page.url.endswith("/bots")


@pytest.mark.parametrize("path", ["/bots", "/bots/default", "/new-bot"])
def test_bots_when_they_are_looked_at_then_nothing_is_wrong_with_the_page(looks, path):
    assert looks.faults(path) == {}
