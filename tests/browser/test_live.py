"""What happens shows by itself, soon, and at the right time of day."""

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.scene import alert, ask_first, until
from tests.browser.visits import DESKTOP, PHONE, visit
from tests.soon import TRIES, took

pytestmark = pytest.mark.integration
# The page asks every second and a half; the rest is for asking, on a machine that has more to do.
SOON_SECONDS = 1.5 + 1.5


def is_seen_soon(happen: Callable[[int], Locator]) -> bool:
    """Tell whether what happens shows soon, once at least: a machine may stand still at any one time."""
    shown = (happen(number) for number in range(TRIES))
    return any(took(expect(each).to_be_visible) < SOON_SECONDS for each in shown)


@pytest.fixture(scope="module", autouse=True)
def nothing_has_come(browser, server) -> None:
    """Before the first alert the list of alerts says that none has come."""
    seen = visit(browser, server)
    seen.sign_in()
    expect(seen.open("/logs").get_by_text("No alert has come yet.")).to_be_visible()
    seen.context.close()


def test_alert_when_it_comes_then_its_row_is_there_soon_and_without_a_reload(visiting, server):
    visit = visiting(DESKTOP)
    page = visit.open("/logs")
    page.evaluate("window.isTheSamePage = true")

    def come(number: int) -> Locator:
        symbol = f"NFL{chr(ord('A') + number)}"
        row = page.get_by_role("link", name=re.compile(symbol))
        assert row.count() == 0
        alert(server, symbol=symbol)
        return row.first

    assert is_seen_soon(come)
    assert page.evaluate("window.isTheSamePage")
    assert visit.complaints() == []


def test_fill_when_a_resting_order_gets_its_price_then_the_ticket_says_filled_soon(visiting, server):
    server.call("PUT", "/api/paper/prices", {"ETH-USD": "2000"})
    server.configure_bot("default", use_limit_orders=True)
    visit = visiting(DESKTOP)

    def fill(number: int) -> Locator:
        limit = 1900 - 100 * number
        ticket = alert(server, symbol="ETH-USD", strategy_order_price=str(limit))
        page = visit.open(f"/tickets/{ticket}")
        server.call("PUT", "/api/paper/prices", {"ETH-USD": str(limit - 50)})
        until(lambda: server.call("GET", f"/api/tickets/{ticket}").body["status"] == "filled")
        return page.get_by_text("Filled", exact=True).first

    assert is_seen_soon(fill)


def test_approval_when_one_is_asked_for_then_the_phone_has_it_soon_on_whatever_screen(visiting, server):
    page = visiting(PHONE).open("/")

    def ask(number: int) -> Locator:
        ask_first(server, f"careful-{number}", symbol="GOOG")
        return page.get_by_role("link", name=re.compile(f"Approvals.*{number + 1}"))

    assert is_seen_soon(ask)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_time_when_the_device_is_in_a_zone_then_it_is_that_zones_and_named(visiting, server, zone):
    ticket = alert(server, symbol="ORCL")
    at = datetime.fromisoformat(server.call("GET", f"/api/tickets/{ticket}").body["created_at"])
    page = visiting(DESKTOP, zone=zone).open(f"/tickets/{ticket}")
    shown, there = (
        page.locator(f"time[datetime^='{at:%Y-%m-%dT%H:%M:%S}']").first,
        at.astimezone(ZoneInfo(zone)),
    )

    assert f"{there:%H:%M:%S}" in shown.inner_text()
    assert shown.get_attribute("title").endswith(f"{there:%Z}")
