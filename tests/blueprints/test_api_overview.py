"""/api/overview, /api/brokers and /api/notifications/test."""

from datetime import UTC, datetime

import pytest

from app.domain.ticket_views import ROW_FIELDS
from tests.builders import OPERATOR_TOKEN, ScriptedBroker, client_of, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def clock(clock):
    clock.now = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
    return clock


@pytest.fixture
def overview(operator):
    """Let the clock look, then show the first page."""

    def show() -> dict:
        operator.post("/tasks/tick")
        answer = operator.get("/api/overview")
        assert answer.status_code == 200, answer.json
        return answer.json

    return show


def test_overview_when_nothing_has_happened_then_it_is_paper_and_needs_nothing(overview):
    shown = overview()

    assert (shown["mode"], shown["trading_state"]["state"]) == ("PAPER", "ACTIVE")
    assert set(map(len, shown["needs"].values())) == {0}
    assert (shown["positions"], shown["tickets"], shown["paused_bots"]) == ([], [], [])


def test_overview_when_a_bot_holds_something_then_who_and_with_which_exits(overview, client, configure):
    configure(attach_sl_tp=True)
    client.post("/webhook", json=strategy_alert())
    position = overview()["positions"][0]

    assert (position["symbol"], position["quantity"]) == ("AAPL", "20")
    assert position["held_by"] == [{"bot": "default", "trade": 1, "quantity": "20"}]
    assert position["exits"][0]["stop_loss"] == "99"


def test_overview_when_there_are_tickets_then_the_last_ten_as_rows(overview, client):
    made = [client.post("/webhook", json=strategy_alert()).json["ticket"] for _ in range(11)]
    rows = overview()["tickets"]

    assert [row["id"] for row in rows] == sorted(made, reverse=True)[:10]
    assert tuple(rows[0]) == ROW_FIELDS


def test_account_when_the_day_has_a_beginning_then_its_result_is_the_difference(
    overview, client, operator, clock
):
    overview()
    client.post("/webhook", json=strategy_alert())
    operator.put("/api/paper/prices", json={"AAPL": "103"})
    clock.move(seconds=30)
    account = overview()["accounts"][0]

    assert (account["day_began_with"], account["day_pnl"], account["day_pnl_pct"]) == (
        "100000",
        "60",
        "0.0006",
    )


def test_account_when_a_new_day_begins_then_it_is_measured_by_the_last_equity_before(
    overview, client, operator, clock
):
    overview()
    client.post("/webhook", json=strategy_alert())
    operator.put("/api/paper/prices", json={"AAPL": "105"})
    clock.now = datetime(2026, 3, 4, 4, 58, tzinfo=UTC)  # two minutes before midnight in New York
    overview()
    clock.now = datetime(2026, 3, 4, 5, 4, tzinfo=UTC)
    operator.put("/api/paper/prices", json={"AAPL": "104"})
    account = overview()["accounts"][0]

    assert (account["day_began_with"], account["day_pnl"]) == ("100100", "-20")


def test_overview_when_orders_wait_for_a_person_then_each_says_until_when(
    overview, client, operator, configure
):
    configure(approval="always")
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    operator.post(f"/tasks/inbox/{ticket}")
    waiting = overview()["needs"]["approvals"]

    assert [row["id"] for row in waiting] == [ticket]
    assert waiting[0]["expires_at"] == "2026-03-03T15:15:00Z"


def test_overview_when_a_bot_is_halted_then_it_is_named_with_the_reason(overview, operator):
    operator.put("/api/bots/default/trading-state", json={"state": "HALTED", "reason": "news"})

    assert overview()["paused_bots"] == [
        {"bot": "default", "state": "HALTED", "reason": "news", "until": None}
    ]


@pytest.mark.parametrize(
    ("capabilities", "dry_run", "mode"),
    [
        ({"live": True}, False, "LIVE"),
        ({"live": True}, True, "DRY RUN"),
        ({"live": False}, False, "PAPER"),
        ({"simulated": True}, True, "PAPER"),
    ],
)
def test_mode_when_a_broker_is_set_up_then_it_says_what_orders_can_cost(
    make_app, capabilities, dry_run, mode
):
    app = make_app(brokers={"paper": ScriptedBroker(**capabilities)}, dry_run=dry_run)
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")

    assert operator.get("/api/overview").json["mode"] == mode


def test_overview_when_a_broker_does_not_answer_then_it_is_named(make_app):
    broker = ScriptedBroker()
    operator = client_of(make_app(brokers={"paper": broker}), authorization=f"Bearer {OPERATOR_TOKEN}")
    broker.is_reachable = False
    operator.post("/tasks/tick")

    assert [row["broker"] for row in operator.get("/api/overview").json["needs"]["unreachable"]] == ["paper"]


class TestFirstRun:
    @pytest.fixture
    def row(self, overview):
        return lambda name: overview()["first_run"][name]

    def test_rows_when_nothing_was_done_then_only_safety_is_ticked_off(self, overview):
        rows = overview()["first_run"]

        assert {name for name, row in rows.items() if row["done"]} == {"safe"}

    def test_real_alert_when_one_came_then_it_is_ticked_off_for_ever(self, row, client, clock):
        ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
        clock.move(seconds=1)
        client.post("/webhook", json=strategy_alert(symbol="MSFT"))

        assert row("real_alert") == {"done": True, "ticket": ticket, "refusal": None}

    def test_real_alert_when_one_was_refused_at_the_door_then_why(self, row, anonymous):
        anonymous.post("/webhook", json=strategy_alert(secret="wrong"))
        shown = row("real_alert")

        assert (shown["done"], shown["refusal"]["code"]) == (False, "NOT_AUTHENTICATED")

    def test_real_alert_when_the_operator_closed_something_then_that_is_none(self, row, operator, client):
        operator.delete("/api/positions/paper/AAPL")

        assert row("real_alert")["done"] is False

    def test_limits_when_a_bot_has_one_then_they_are_set(self, row, configure):
        assert row("limits")["limits_set"] is False

        configure(daily_order_cap=10)
        assert row("limits")["limits_set"] is True

    def test_broker_when_none_is_set_up_then_it_says_what_is_needed(self, row):
        checks = row("broker")["checks"]

        assert {check["broker"] for check in checks} == {"alpaca", "fyers"}
        assert all(check["cure"].startswith("Set ") for check in checks)

    def test_broker_when_all_is_well_then_it_is_ticked_off(self, make_app):
        brokers = {"alpaca": ScriptedBroker("alpaca", live=True)}
        app = make_app(brokers=brokers, dry_run=False, allow_live_trading=True, default_broker="alpaca")
        operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
        operator.post("/tasks/tick")
        before = operator.get("/api/overview").json["first_run"]["broker"]
        operator.patch("/api/bots/default", json={"live": True}, headers={"If-Match": "*"})
        after = operator.get("/api/overview").json["first_run"]["broker"]

        assert [check["check"] for check in before["checks"] if not check["passed"]][:1] == ["live_bot"]
        assert (before["done"], after["done"]) == (False, True)


class TestNotificationTest:
    def test_notification_when_no_address_is_set_then_it_says_so(self, operator):
        assert operator.post("/api/notifications/test").json == {"status": "not_set_up"}

    def test_notification_when_it_is_sent_then_the_row_remembers_it(self, make_app):
        sent = []
        app = make_app(notify=sent.append, notification_url="json://127.0.0.1", daily_order_cap=5)
        operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
        answer = operator.post("/api/notifications/test")
        app.extensions["gatehouse"].observability.notifier.close(60)
        row = operator.get("/api/overview").json["first_run"]["limits"]

        assert (answer.status_code, len(sent)) == (202, 1)
        assert (row["done"], row["notifications_set"]) == (True, True)


class TestBrokers:
    @pytest.fixture
    def cards(self, operator):
        return lambda: {card["broker"]: card for card in operator.get("/api/brokers").json["brokers"]}

    def test_cards_when_only_paper_is_set_up_then_the_others_say_what_they_need(self, cards):
        shown = cards()

        assert list(shown) == ["paper", "alpaca", "fyers"]
        assert shown["alpaca"]["needs"] == ["ALPACA_API_KEY", "ALPACA_SECRET_KEY"]
        assert [card["configured"] for card in shown.values()] == [True, False, False]

    def test_card_when_the_clock_has_looked_then_it_has_the_account(self, cards, operator, clock):
        operator.post("/tasks/tick")
        paper = cards()["paper"]

        assert (paper["account"], paper["reachable"], paper["sends_orders"]) == ("SIMULATED", True, True)
        assert (paper["equity"], paper["buying_power"], paper["currency"]) == ("100000", "100000", "USD")
        assert paper["last_success_at"] == "2026-03-03T15:00:00Z"

    def test_card_when_orders_were_sent_then_how_long_they_took(self, cards, client):
        assert cards()["paper"]["calls"] is None

        client.post("/webhook", json=strategy_alert())
        assert cards()["paper"]["calls"]["calls"] == 1

    def test_card_when_it_is_shown_then_who_holds_exits(self, cards):
        held = cards()["alpaca"]["capabilities"]["exits_held_by"]

        assert (held["equity"], held["crypto"]) == ("broker", "gatehouse")

    def test_card_when_it_has_a_breaker_then_it_is_shown(self, cards, operator):
        operator.put("/api/circuit-breaker", json={"glb_sl": "0.8", "active": True})

        assert cards()["paper"]["circuit_breaker"]["phase"] == "armed"
