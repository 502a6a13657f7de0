"""The lines that people read about what happens after an alert was answered."""

import pytest

from tests.builders import ACCOUNT_SECRET, bridge_alert, strategy_alert

pytestmark = pytest.mark.integration


@pytest.fixture
def lines(services):
    """Read the activity log."""
    path = services.settings.log_folder / "activity.log"
    return lambda: path.read_text(encoding="utf-8").splitlines()


def test_activity_when_a_resting_order_fills_then_it_is_written_down(client, configure, operator, lines):
    configure(use_limit_orders=True, limit_offset_ticks=-500)
    client.post("/webhook", json=strategy_alert())
    operator.put("/api/paper/prices", json={"AAPL": "90"})

    assert [line for line in lines() if "buy" in line and "is filled" in line]


def test_activity_when_a_stop_triggers_then_it_is_written_down(client, configure, operator, lines):
    configure(attach_sl_tp=True)
    client.post("/webhook", json=strategy_alert())
    operator.put("/api/paper/prices", json={"AAPL": "50"})

    assert [line for line in lines() if "sell" in line and "-sl; ticket" in line and "is filled" in line]


@pytest.mark.parametrize(
    ("path", "alert"), [("/webhook", strategy_alert()), ("/tradingview/webhook", bridge_alert())]
)
def test_activity_when_an_alert_comes_again_then_its_ticket_is_told_and_that_nothing_is_done(
    client, lines, path, alert
):
    client.post(path, json=alert)
    again = client.post(path, json=alert)
    ticket = again.headers.get("X-Ticket") or again.json["ticket"]

    (line,) = [line for line in lines() if "came again" in line]
    assert line.endswith(f"it is not carried out again; ticket {ticket}")


def test_activity_when_the_operator_closes_then_what_is_named(client, operator, lines):
    client.post("/webhook", json=strategy_alert())
    operator.delete("/api/positions/paper/AAPL")

    assert [line for line in lines() if "operator: operator alert for AAPL filled" in line]


@pytest.mark.parametrize(
    ("path", "body", "about"),
    [
        ("exit", {"bot": 1, "close": "all"}, " for all trades"),
        ("exit", {"bot": 1, "close": "newest"}, " for the newest trade"),
        ("enter/1", {}, ""),
    ],
)
def test_activity_when_a_command_comes_to_nothing_then_what_it_was_about_is_told(
    client, services, lines, path, body, about
):
    client.post(f"/webhook/{ACCOUNT_SECRET}/{path}", json=body)

    assert [line for line in lines() if f"default: bot_command alert{about} denied; " in line]
