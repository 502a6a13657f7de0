"""Analytics, as somebody looks back at what real alerts came to."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.scene import alert, until
from tests.browser.visits import DESKTOP, NARROW, visit

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def figures_before(browser, server) -> int:
    """How many figures of gains the page showed before anything was traded."""
    seen = visit(browser, server)
    seen.sign_in()
    page = seen.open("/analytics")
    expect(page.get_by_text("After the first closed trade")).to_be_visible()
    figures = page.get_by_role("figure", name="Realised gain").count()
    seen.context.close()
    return figures


@pytest.fixture(scope="module")
def traded(server, figures_before):
    """One trade that gained, and one alert that was refused; return the gain as people read it."""
    server.call("PUT", "/api/paper/prices", {"AAPL": "100"})
    alert(server, strategy_order_price="100")
    server.call("PUT", "/api/paper/prices", {"AAPL": "102"})
    alert(server, strategy_order_action="sell", strategy_order_price="102")
    alert(server, symbol="SPX")
    until(lambda: server.call("GET", "/api/analytics/performance").body["trades"])
    return f"+${Decimal(server.call('GET', '/api/analytics/performance').body['realized_gain']):.2f}"


def test_analytics_when_nothing_was_traded_then_no_figure_is_made_up(figures_before):
    assert figures_before == 0


def test_analytics_when_a_trade_went_flat_then_it_is_told_with_its_n_its_table_and_its_file(visiting, traded):
    visit = visiting(DESKTOP)
    page = visit.open("/analytics")
    expect(page.get_by_label("Figures of trades in USD")).to_contain_text(traded)
    expect(page.get_by_label("Figures of trades in USD")).to_contain_text("n = 1")
    figure = page.get_by_role("figure", name="Realised gain by symbol")
    figure.get_by_text("Figures and how they are reckoned").click()
    expect(figure.get_by_role("row", name="AAPL")).to_contain_text(traded)
    with page.expect_download() as download:
        figure.get_by_role("button", name="Download").click()

    assert download.value.suggested_filename == "gain-by-symbol-usd.csv"
    assert visit.complaints() == []


def test_refusal_when_its_reason_is_clicked_then_its_alerts_are_listed(visiting, traded):
    page = visiting(NARROW).open("/analytics")
    page.get_by_role("list", name="Reasons").get_by_role("link").first.click()

    expect(page).to_have_url(re.compile(r"/logs\?reason="))
    expect(page.get_by_role("link", name="SPX")).to_be_visible()
