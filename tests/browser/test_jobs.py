"""Jobs, as somebody tries another setting on the past."""

import time

import pytest
from playwright.sync_api import Page, expect

from examples.make import HERE
from tests.browser.scene import alert
from tests.browser.visits import DESKTOP, NARROW, PHONE

pytestmark = pytest.mark.integration

# A job gives way to all else: on a machine that is busy it takes a minute to begin.
PATIENCE_MILLISECONDS = 300_000


def open_form(page: Page, what: str) -> None:
    page.get_by_role("button", name="New job").click()
    page.get_by_label("What", exact=True).select_option(label=what)


def start_backtest(
    page: Page, alerts: str = "alerts.csv", changes: str = "use_strategy_contracts=true"
) -> None:
    open_form(page, "Backtest")
    page.get_by_label("Alerts").set_input_files(HERE / alerts)
    page.get_by_label("Bars", exact=True).set_input_files(HERE / "bars.csv")
    page.get_by_label("Symbol").fill("NASDAQ:AAPL")
    page.get_by_label("Set differently").fill(changes)
    page.get_by_role("button", name="Start").click()


@pytest.fixture(scope="module")
def report(server) -> str:
    """The address of a backtest that is over."""
    files = {name: (HERE / name).read_text(encoding="utf-8") for name in ("alerts.csv", "bars.csv")}
    wanted = {
        "kind": "backtest",
        "alerts": {"name": "alerts.csv", "text": files["alerts.csv"]},
        "bars": [{"name": "bars.csv", "text": files["bars.csv"], "symbol": "NASDAQ:AAPL"}],
        "set": {"use_strategy_contracts": "true"},
    }
    path = f"/jobs/{server.call('POST', '/api/jobs', wanted).body['id']}"
    end = time.monotonic() + PATIENCE_MILLISECONDS / 1000
    while server.call("GET", f"/api{path}").body["state"] != "done":
        assert time.monotonic() < end, "The backtest has not come to its end."
        time.sleep(0.2)
    return path


def test_form_when_opened_then_every_kind_can_be_used_on_every_screen(visiting):
    visit = visiting(DESKTOP)
    page = visit.open("/jobs")
    for kind in ("Backtest", "A day once more", "Trade ideas once more"):
        open_form(page, kind)
        assert visit.looked_at(DESKTOP, PHONE, NARROW) == {}, kind
        page.get_by_role("button", name="Cancel").click()
    assert visit.complaints() == []


def test_backtest_when_started_from_the_form_then_its_report_can_be_seen_and_taken_home(visiting, tmp_path):
    visit = visiting(DESKTOP)
    page = visit.open("/jobs")
    start_backtest(page)
    expect(page.get_by_role("heading", name="Backtest of alerts.csv")).to_be_visible()
    figures = page.get_by_label("Figures of the backtest")
    expect(figures).to_contain_text("n = 32", timeout=PATIENCE_MILLISECONDS)

    expect(page.get_by_role("img", name="The account went from")).to_be_visible()
    assert page.get_by_role("table", name="Trades of the backtest").locator("tbody tr").count() == 33
    for name, begins in (("report.html", "<!doctype html>"), ("trades.csv", "symbol,bot,side")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        download.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    assert visit.complaints() == []


def test_report_when_looked_at_then_every_device_and_theme_shows_it_well(visiting, report):
    visit = visiting(DESKTOP)
    visit.open(report)
    expect(visit.page.get_by_label("Figures of the backtest")).to_be_visible()

    assert visit.looked_at(DESKTOP, PHONE, NARROW) == {}
    assert visit.complaints() == []


def test_downloaded_page_when_opened_then_it_draws_its_plots_without_a_network(visiting, report, tmp_path):
    visit = visiting(DESKTOP)
    address = f"{visit.address}/api{report}/files/report.html"
    file = tmp_path / "report.html"
    file.write_bytes(visit.context.request.get(address).body())
    visit.page.goto(file.as_uri(), timeout=PATIENCE_MILLISECONDS)

    expect(visit.page.locator("#equity .main-svg").first).to_be_visible()
    assert visit.faults == []


def test_backtest_when_its_files_do_not_fit_then_the_form_says_which_and_stays(visiting):
    visit = visiting(PHONE)
    visit.expected_statuses.add(409)
    page = visit.open("/jobs")
    start_backtest(page, alerts="bars.csv")

    expect(page.get_by_role("alert")).to_contain_text("bars.csv holds no alerts that we know")
    expect(page.get_by_label("Symbol")).to_have_value("NASDAQ:AAPL")


def test_backtest_when_canceled_then_it_says_so(visiting):
    page = visiting(DESKTOP).open("/jobs")
    start_backtest(page)
    page.get_by_role("button", name="Cancel the job").click()

    expect(page.get_by_text("Canceled", exact=True)).to_be_visible()


def test_day_when_run_once_more_then_what_would_differ_is_listed(visiting, server):
    day = server.call("GET", f"/api/tickets/{alert(server, strategy_order_price='100')}").body["created_at"][
        :10
    ]
    visit = visiting(PHONE)
    page = visit.open("/jobs")
    open_form(page, "A day once more")
    page.get_by_label("Day").fill(day)
    page.get_by_label("Set differently").fill("allowed_symbols=MSFT")
    page.get_by_role("button", name="Start").click()

    expect(page.get_by_text("denied SYMBOL_NOT_ALLOWED").first).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    assert visit.looked_at(PHONE, NARROW) == {}
    assert visit.complaints() == []
