import json
from datetime import UTC, datetime

import pytest

from app.errors import InvalidRequest
from app.schemas.backtest.alert_files import of_ticket, read_alerts

pytestmark = pytest.mark.unit

AT = datetime(2026, 8, 3, 3, 50, 1, tzinfo=UTC)
WORDS = {"symbol": "AAPL", "strategy_order_id": "long"}


def test_log_when_exported_by_tradingview_then_the_oldest_comes_first_and_twins_are_one():
    text = json.dumps(WORDS).replace('"', '""')
    rows = [
        "\ufeffAlert ID,Ticker,Name,Description,Time,Webhook status\n",
        f'2,"NASDAQ:AAPL, 5",Mine,"{text}",2026-08-03T03:55:01Z,Webhook successfully delivered\n',
        f'1,"NASDAQ:AAPL, 5",Mine,"{text}",2026-08-03T03:50:01.000Z,\n',
        f'1,"NASDAQ:AAPL, 5",Mine,"{text}",2026-08-03T03:50:01.000Z,\n',
    ]

    found = read_alerts(rows, "TradingView_Alerts_Log_2026-08-03.csv", UTC)

    assert [alert.at.minute for alert in found] == [50, 55]
    assert json.loads(found[0].text) == WORDS


@pytest.mark.parametrize("is_newest_first", [True, False])
def test_log_when_two_alerts_came_in_one_second_then_the_file_tells_which_came_first(is_newest_first):
    told = [("buy AAPL 5", 49), ("close AAPL", 50), ("sell AAPL 10", 50)]
    rows = [f"1,x,y,{text},2026-08-03T03:{minute}:01Z\n" for text, minute in told]
    ordered = reversed(rows) if is_newest_first else rows

    found = read_alerts(["Alert ID,Ticker,Name,Description,Time\n", *ordered], "log.csv", UTC)

    assert [alert.text for alert in found] == ["buy AAPL 5", "close AAPL", "sell AAPL 10"]


def test_log_when_an_alert_has_line_breaks_then_they_are_kept():
    rows = ["Alert ID,Ticker,Name,Description,Time\n", '1,x,y,"buy AAPL\n', '10",2026-08-03T03:50:01Z\n']

    assert read_alerts(rows, "log.csv", UTC)[0].text == "buy AAPL\n10"


def test_journal_when_it_is_ours_then_alerts_are_taken_and_the_rest_is_left():
    records = [
        {
            "at": "2026-08-03T03:50:01Z",
            "kind": "alert",
            "outcome": "accepted",
            "bot": "swing",
            "alert": WORDS,
        },
        {
            "at": "2026-08-03T03:50:02Z",
            "kind": "alert",
            "outcome": "duplicate",
            "bot": "swing",
            "alert": WORDS,
        },
        {"at": "2026-08-03T03:50:03Z", "kind": "exchange", "request": {}},
    ]

    (found,) = read_alerts([f"{json.dumps(record)}\n" for record in records], "logs.jsonl", UTC)

    assert (found.at, found.bot) == (AT, "swing")


@pytest.mark.parametrize("shape", [lambda tickets: {"tickets": tickets}, lambda tickets: tickets])
def test_tickets_when_saved_as_json_then_their_alerts_are_read(shape):
    ticket = {
        "id": "1",
        "created_at": "2026-08-03T03:50:01Z",
        "alert": WORDS,
        "bot": "swing",
        "dialect": "strategy",
    }
    text = json.dumps(shape([ticket]), indent=1)

    (found,) = read_alerts(text.splitlines(keepends=True), "tickets.json", UTC)

    assert (found.at, found.dialect) == (AT, "strategy")


@pytest.mark.parametrize("text", ["", "hello\n", "time,price\n1,2\n", '{"at": "2026-08-03"}\n', "{broken\n"])
def test_file_when_it_holds_no_alerts_then_is_refused_by_name(text):
    with pytest.raises(InvalidRequest, match=r"notes\.txt"):
        read_alerts(text.splitlines(keepends=True), "notes.txt", UTC)


@pytest.mark.parametrize("of_no_strategy", [{"dialect": "operator"}, {"dialect": "circuit_breaker"}])
def test_tickets_when_made_by_hand_then_are_no_alerts(of_no_strategy):
    ticket = {
        "id": "1",
        "created_at": "2026-08-03T03:50:01Z",
        "alert": {"close": "AAPL"},
        "bot": "operator",
    }

    assert of_ticket(ticket | of_no_strategy) is None
    assert read_alerts([json.dumps([ticket | of_no_strategy])], "tickets.json", UTC) == []


def test_ticket_when_it_was_a_test_then_is_no_alert():
    ticket = {"id": "1", "created_at": "2026-08-03T03:50:01Z", "alert": WORDS, "dialect": "strategy"}

    assert of_ticket(ticket | {"bot": "test"}) is None
    assert of_ticket(ticket | {"bot": "swing"}) is not None
