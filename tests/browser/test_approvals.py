"""What waits for a person: on the phone, on two devices at once, until somebody has decided."""

import pytest
from playwright.sync_api import expect

from tests.browser.scene import ask_first, until
from tests.browser.visits import DESKTOP, PHONE

pytestmark = pytest.mark.integration


def ends(server, ticket: str) -> str:
    """Return what becomes of a ticket that no longer waits."""
    unfinished = {"awaiting_approval", "researching", "queued", "submitted"}
    look = lambda: server.call("GET", f"/api/tickets/{ticket}").body["status"]  # noqa: E731
    return until(lambda: (status := look()) not in unfinished and status)


def test_approval_when_given_on_the_phone_then_the_order_is_filled(visiting, server):
    ticket = ask_first(server, "phone", symbol="MSFT")
    visit = visiting(PHONE)
    page = visit.open("/approvals")
    page.get_by_role("button", name="Approve: Buy MSFT").tap()
    expect(page.get_by_text("Nothing waits.")).to_be_visible()

    assert ends(server, ticket) == "filled"
    assert visit.complaints() == []


def test_rejection_when_given_then_nothing_is_ordered(visiting, server):
    ticket = ask_first(server, "strict", symbol="TSLA")
    page = visiting(PHONE).open("/approvals")
    page.get_by_role("button", name="Reject: Buy TSLA").tap()
    expect(page.get_by_text("Nothing waits.")).to_be_visible()

    assert ends(server, ticket) == "denied"
    assert server.call("GET", f"/api/tickets/{ticket}").body["orders"] == []


def test_decision_when_two_devices_give_it_at_once_then_one_counts_and_both_say_so(visiting, server):
    ticket = ask_first(server, "shared", symbol="AMZN")
    visits = [visiting(device) for device in (PHONE, DESKTOP)]
    for each in visits:
        # Who comes second is told so.
        each.expected_statuses.add(409)
        each.open("/approvals")
    for each, word in zip(visits, ("Approve", "Reject"), strict=True):
        # A click by the page itself comes back before its answer: both are under way together.
        each.page.get_by_role("button", name=f"{word}: Buy AMZN").evaluate("button => button.click()")
    for each in visits:
        expect(each.page.get_by_role("button", name="Approve: Buy AMZN")).to_have_count(0)

    end = ends(server, ticket)
    orders = server.call("GET", f"/api/tickets/{ticket}").body["orders"]
    entries = [order for order in orders if order["role"] == "entry"]
    assert (end, len(entries)) in {("filled", 1), ("denied", 0)}
    assert [each.complaints() for each in visits] == [[], []]
