"""A backtest at the prices of a broker, from the form to the report."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.visits import DESKTOP, NARROW, PHONE
from tests.reliability.server import Server
from tests.simulators.alpaca import FakeAlpaca

pytestmark = pytest.mark.integration

# While the exchange is open, on a Monday.
NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
ALERTS = ((NOON, "buy AAPL 10"), (NOON + timedelta(minutes=30), "close AAPL"))
# A job gives way to all else: on a machine that is busy it takes a minute to begin.
PATIENCE_MILLISECONDS = 300_000


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Gatehouse with an account at a simulated Alpaca."""
    with FakeAlpaca(checked=True) as fake:
        fake.history.record("AAPL", [(NOON + timedelta(minutes=n), Decimal(100 + n)) for n in range(60)])
        keys = {"ALPACA_API_KEY": fake.key, "ALPACA_SECRET_KEY": fake.secret}
        urls = {"ALPACA_TRADING_URL": fake.url, "ALPACA_DATA_URL": fake.url}
        server = Server(tmp_path_factory.mktemp("gatehouse"), **keys, **urls)
        server.start()
        yield server
        server.kill()
        assert fake.misfits == []


def test_backtest_when_its_bars_are_a_brokers_then_they_are_chosen_in_the_form_and_named_in_the_report(
    visiting, tmp_path
):
    alerts = tmp_path / "june.jsonl"
    rows = ({"time": at.isoformat(), "alert": alert} for at, alert in ALERTS)
    alerts.write_text("".join(json.dumps(row) + "\n" for row in rows))
    visit = visiting(DESKTOP)
    page = visit.open("/jobs")
    page.get_by_role("button", name="New job").click()
    page.get_by_label("Alerts").set_input_files(alerts)
    page.get_by_label("Bars from").select_option(label="Alpaca")
    assert visit.looked_at(DESKTOP, PHONE, NARROW) == {}
    page.get_by_role("button", name="Start").click()

    expect(page.get_by_role("heading", name="bars of 5m from Alpaca")).to_be_visible()
    expect(page.get_by_text("AAPL: 12 bars of 5m from alpaca")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    # 100 at noon, and a dollar more each minute.
    expect(page.get_by_label("Figures of the backtest")).to_contain_text("+$300.00")
    assert visit.looked_at(DESKTOP, PHONE) == {}
    assert visit.complaints() == []
