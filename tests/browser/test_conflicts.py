"""Two people change one bot at the same time."""

import pytest
from playwright.sync_api import expect

from tests.browser.visits import DESKTOP

pytestmark = pytest.mark.integration


def test_bot_when_changed_elsewhere_meanwhile_then_both_versions_stand_side_by_side_and_one_is_chosen(
    visiting, server
):
    visit = visiting(DESKTOP)
    # The page saves before it has heard of the other change: the server refuses that.
    visit.expected_statuses.add(412)
    page = visit.open("/bots/default")
    page.get_by_label("Share of the account").fill("5")
    visit.context.route("**/api/changes*", lambda route: route.abort())
    server.configure_bot("default", base_order_pct="0.03", sl_pct="0.04")
    page.get_by_role("button", name="Review and save").click()
    page.get_by_role("button", name="Save 1 change").click()
    conflict = page.get_by_role("alert")
    expect(conflict.get_by_role("radio", name="5 %")).to_be_checked()
    expect(conflict.get_by_role("radio", name="3 %")).not_to_be_checked()
    assert server.call("GET", "/api/bots/default").body["base_order_pct"] == "0.03"

    conflict.get_by_role("button", name="Go on with these").click()
    page.get_by_role("button", name="Review and save").click()
    page.get_by_role("button", name="Save 1 change").click()
    expect(page.get_by_label("Unsaved changes")).to_be_hidden()
    saved = server.call("GET", "/api/bots/default").body
    assert (saved["base_order_pct"], saved["sl_pct"]) == ("0.05", "0.04")
