"""What docs/reasons.md says of a code is what whoever sends the alert is answered."""

import re

import pytest

from app.domain.reasons import Reason
from app.domain.signals import Dialect
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import BrokerRejected, MalformedAlert
from app.schemas.dialects import DIALECTS
from docs.generate import ROOT
from docs.reasons_page import COLUMNS, ends_with, http_statuses
from tests.builders import WEBHOOK_SECRET, bridge_alert, client_of, services_of, strategy_alert

pytestmark = pytest.mark.unit

ROW = re.compile(r"^\| `([A-Z_]+)` \| .+? \| ([a-z_, ]+) \| ([\d or]+) \| ([\d or]+) \|$", re.MULTILINE)
PAGE = (ROOT / "docs/reasons.md").read_text(encoding="utf-8")
ROWS = {code: (ends, [plain, option]) for code, ends, plain, option in ROW.findall(PAGE)}


def test_rows_when_read_then_they_have_every_end_and_every_status_of_each_dialect():
    for reason in Reason:
        ends, columns = ROWS[reason.value]
        assert ends.split(", ") == [status.value for status in ends_with(reason)], reason
        for cell, dialects in zip(columns, COLUMNS.values(), strict=True):
            told = [" or ".join(map(str, http_statuses(reason, dialect))) for dialect in dialects]
            assert told == [cell] * len(dialects), reason


def test_columns_when_dialects_are_counted_then_only_ideas_are_answered_without_a_code():
    shown = {dialect.name for dialects in COLUMNS.values() for dialect in dialects}

    assert {entry.name for entry in DIALECTS.values()} - shown == {Dialect.TRADE_IDEA.name}


def test_option_when_refused_then_400_whoever_refused():
    told = {status for _, (_, cell) in ROWS.values() for status in cell.split(" or ")}

    assert told == {"200", "202", "400"}


@pytest.mark.parametrize(
    ("dialect", "path", "make"),
    [
        (Dialect.STRATEGY, "/webhook", strategy_alert),
        (Dialect.BRIDGE, "/tradingview/webhook", bridge_alert),
    ],
)
@pytest.mark.parametrize("reason", [Reason.BROKER_REJECTED, Reason.LIVE_NOT_ENABLED, Reason.TRADING_HALTED])
def test_alert_when_refused_then_the_status_is_the_pages(make_app, scripted, dialect, path, make, reason):
    if reason is Reason.LIVE_NOT_ENABLED:
        scripted.capabilities = type(scripted)(live=True).capabilities
    app = make_app(brokers={"paper": scripted}, dry_run=False)
    if reason is Reason.BROKER_REJECTED:
        scripted.failures = [BrokerRejected("No.")]
    if reason is Reason.TRADING_HALTED:
        services_of(app).operations.switch.throw(StateSwitch(TradingState.HALTED))
    response = client_of(app, x_bot_secret=WEBHOOK_SECRET).post(path, json=make())

    assert response.json["reason"] == reason.value
    assert [response.status_code] == http_statuses(reason, dialect)


def test_body_when_it_is_no_alert_then_the_page_has_its_code(client):
    response = client.post("/webhook", data="no JSON")

    assert (response.json["error"]["code"], response.status_code) == (MalformedAlert.code, 400)
    assert re.search(r"^\| `ALERT_MALFORMED` \| .+ \| 400 \|$", PAGE, re.MULTILINE)
