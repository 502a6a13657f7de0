"""Webhook Setup: an alert is built, posted as it stands, and seen to arrive; what is refused says why."""

import json
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visits import DESKTOP
from tests.reliability.server import WEBHOOK_SECRET, Answer, Server, ask

pytestmark = pytest.mark.integration
# What TradingView fills in when a strategy buys.
FILLED_IN = {
    "ticker": "MSFT",
    "exchange": "NASDAQ",
    "interval": "60",
    "timenow": "2026-11-30T09:30:00Z",
    "strategy.order.id": "Breakout",
    "strategy.order.action": "buy",
    "strategy.order.contracts": "3",
    "strategy.order.price": "410.25",
    "strategy.market_position": "long",
    "strategy.market_position_size": "3",
    "strategy.prev_market_position": "flat",
    "strategy.prev_market_position_size": "0",
}


def send(server: Server, address: str, message: str) -> Answer:
    """Post a message as TradingView does: placeholders filled in, nothing else changed."""
    body = re.sub(r"\{\{(.+?)\}\}", lambda found: FILLED_IN[found.group(1)], message)
    place = urlsplit(address)
    return ask(server.port, "POST", place.path + (f"?{place.query}" if place.query else ""), body.encode())


def message_of(page: Page) -> str:
    return page.get_by_role("textbox", name="The message, as it is pasted").input_value()


def address_of(page: Page) -> str:
    return page.get_by_role("region", name="address for alerts").inner_text().strip()


def test_builder_when_its_message_is_posted_as_it_is_then_it_gives_the_order_and_the_page_turns_green(
    visiting, server
):
    visit = visiting(DESKTOP)
    page = visit.open("/setup/builder")
    expect(page.get_by_text("Listening for the first alert for default")).to_be_visible()
    page.get_by_label("The bot's secret").fill(WEBHOOK_SECRET)
    expect(page.get_by_text("Would buy")).to_be_visible()
    answer = send(server, address_of(page), message_of(page))
    expect(page.get_by_text("Alerts arrive.")).to_be_visible()

    assert (answer.status, answer.body["status"]) == (200, "filled")
    assert answer.body["order"]["symbol"] == "MSFT"
    assert visit.complaints() == []


@pytest.mark.parametrize("source", ["indicator", "foreign", "code"])
def test_builder_when_another_source_is_chosen_then_its_message_gives_an_order_too(visiting, server, source):
    secret = server.create_bot(f"of-{source}")
    page = visiting(DESKTOP).open(f"/setup/builder?bot=of-{source}&source={source}")
    page.get_by_label("The bot's secret").fill(secret)
    filled = FILLED_IN | {"close": FILLED_IN["strategy.order.price"]}
    message = re.sub(r"\{\{(.+?)\}\}", lambda found: filled[found.group(1)], message_of(page))
    place = urlsplit(address_of(page))
    headers = {"X-Bot-Secret": secret} if source == "code" else {}
    answer = ask(
        server.port, "POST", f"{place.path}?{place.query}".rstrip("?"), message.encode(), headers=headers
    )

    assert (answer.status, answer.body["status"]) == (200, "filled"), answer.body


def test_refusal_when_a_secret_is_wrong_or_json_is_broken_then_the_page_says_which_as_it_comes(
    visiting, server
):
    page = visiting(DESKTOP).open("/setup")
    ask(server.port, "POST", "/webhook", json.dumps({"secret": "wrong", "symbol": "AAPL"}).encode())
    expect(page.get_by_text("No or a wrong secret.")).to_be_visible()
    ask(server.port, "POST", f"/webhook?secret={WEBHOOK_SECRET}", b'{"symbol": "AAPL" "time": 1}')
    expect(page.get_by_text("a comma is missing between two fields").first).to_be_visible()


def test_secret_when_a_new_one_is_made_then_it_is_in_the_message_and_gone_with_the_tab(visiting, server):
    server.create_bot("fresh")
    visit = visiting(DESKTOP)
    page = visit.open("/setup/builder?bot=fresh")
    page.get_by_role("button", name="Make a new secret").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a new secret").click()
    made = page.get_by_role("region", name="new secret").inner_text().strip()
    answer = send(server, address_of(page), message_of(page))
    other = visit.context.new_page()
    other.goto(f"{visit.address}/setup/builder?bot=fresh")

    assert f'"secret": "{made}"' in message_of(page)
    assert answer.status == 200
    assert '"secret": "YOUR_SECRET"' in message_of(other)


def test_secret_when_its_owner_signs_out_then_the_tab_has_forgotten_it(visiting):
    page = visiting(DESKTOP).open("/setup/builder")
    page.get_by_label("The bot's secret").fill(WEBHOOK_SECRET)
    page.get_by_role("button", name="Menu and account").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_label("Token", exact=True)).to_be_visible()

    assert page.evaluate("Object.values(sessionStorage).includes('" + WEBHOOK_SECRET + "')") is False


@pytest.mark.parametrize("path", ["/setup", "/setup/builder", "/setup/builder?source=code"])
def test_setup_when_seen_on_any_device_then_it_is_accessible_fits_and_nothing_is_refused(looks, path):
    assert looks.faults(path) == {}
