"""/api/tickets and /api/preview."""

from uuid import UUID

import pytest

from app.domain.gates import FIGURES
from tests.builders import ENTER_SHORT, EXIT_LONG, bridge_alert, strategy_alert

pytestmark = pytest.mark.unit

FIELDS = {
    "id",
    "bot",
    "dialect",
    "status",
    "reason",
    "created_at",
    "alert",
    "signal",
    "opinion",
    "gates",
    "orders",
    "timeline",
}


@pytest.fixture
def tickets(operator):
    """List tickets by query; return the answer's body."""
    return lambda **query: operator.get("/api/tickets", query_string=query).json


@pytest.fixture
def five(client):
    """Five tickets' ids, oldest first: filled, skipped, denied, filled (bridge), filled."""
    alerts = [strategy_alert(), strategy_alert(symbol="MSFT", **EXIT_LONG), strategy_alert(symbol="TVC:SPX")]
    answers = [client.post("/webhook", json=alert) for alert in alerts]
    answers.append(client.post("/tradingview/webhook", json=bridge_alert()))
    answers.append(client.post("/webhook", json=strategy_alert()))
    return [answer.json["ticket"] for answer in answers]


def ids(page: dict) -> list[str]:
    return [ticket["id"] for ticket in page["tickets"]]


def test_list_when_there_are_tickets_then_the_newest_is_first(tickets, five):
    page = tickets()

    assert set(ids(page)) == set(five)
    assert ids(page) == sorted(ids(page), reverse=True)
    assert page["next"] is None


def test_list_when_no_ticket_can_have_the_status_then_the_statuses_are_named(operator):
    answer = operator.get("/api/tickets?status=foo")

    assert (answer.status_code, answer.json["error"]["code"]) == (400, "REQUEST_INVALID")
    assert "`status` must be one of received, researching, " in answer.json["error"]["message"]


def test_list_when_it_is_paged_then_next_leads_through_all(tickets, five):
    seen, after = [], {}
    while True:
        page = tickets(limit=2, **after)
        seen += ids(page)
        if page["next"] is None:
            break
        after = {"after": page["next"]}

    assert seen == ids(tickets())


def test_list_when_the_page_is_exactly_full_then_there_is_no_next(tickets, five):
    assert tickets(limit=5)["next"] is None


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"status": "filled"}, 3),
        ({"status": "denied"}, 1),
        ({"bot": "default"}, 5),
        ({"bot": "nobody"}, 0),
        ({"date": "1999-01-01"}, 0),
    ],
)
def test_list_when_it_is_filtered_then_only_those_are_shown(tickets, five, query, count):
    assert len(tickets(**query)["tickets"]) == count


def test_list_when_a_filtered_page_is_full_then_next_skips_nothing(tickets, five):
    first = tickets(status="filled", limit=2)
    second = tickets(status="filled", limit=2, after=first["next"])

    assert len(ids(first) + ids(second)) == len({*ids(first), *ids(second)}) == 3


def test_list_when_todays_tickets_are_asked_for_then_all_of_them(tickets, five, clock):
    assert len(tickets(date=clock().date().isoformat())["tickets"]) == 5


def test_list_when_a_days_tickets_are_asked_for_then_those_that_are_still_open_are_among_them(
    client, operator, tickets, configure, clock
):
    configure(approval="always")
    waiting = client.post("/webhook", json=strategy_alert()).json["ticket"]
    operator.post(f"/tasks/inbox/{waiting}")
    configure(approval="off")
    client.post("/webhook", json=strategy_alert())
    found = tickets(date=clock().date().isoformat())["tickets"]

    assert {ticket["id"]: ticket["status"] for ticket in found}[waiting] == "awaiting_approval"
    assert len(found) == 2


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 501}, {"after": "x"}, {"date": "today"}])
def test_list_when_the_query_is_unusable_then_400(operator, query):
    assert operator.get("/api/tickets", query_string=query).status_code == 400


def test_ticket_when_it_is_shown_then_it_has_the_fixed_shape(client, ticket_of):
    ticket = ticket_of(client.post("/webhook", json=strategy_alert()))

    assert set(ticket) >= FIELDS
    assert set(ticket["gates"][0]) >= {"gate", "passed", "code", "detail"}
    assert set(ticket["timeline"][0]) == {"at", "stage", "milliseconds", "detail"}


def test_ticket_when_it_is_filled_then_the_timeline_tells_every_step(client, ticket_of):
    ticket = ticket_of(client.post("/webhook", json=strategy_alert()))
    stages = [item["stage"] for item in ticket["timeline"]]

    assert (stages[:2], stages[-1]) == (["received", "stored"], "sent to broker")
    assert all(item["milliseconds"] >= 0 for item in ticket["timeline"])


def test_ticket_when_the_alert_was_refused_for_its_shape_then_there_is_none(client, tickets):
    client.post("/webhook", json=strategy_alert(strategy_order_action="hold"))

    assert tickets()["tickets"] == []


class TestPreview:
    @pytest.fixture
    def preview(self, operator):
        return lambda alert: operator.post("/api/preview", json=alert)

    def test_preview_when_the_alert_would_trade_then_it_shows_the_order(self, preview):
        ticket = preview(strategy_alert()).json

        assert (ticket["status"], ticket["orders"][0]["status"]) == ("ordered", "planned")
        assert ticket["orders"][0]["quantity"] == "20"

    def test_preview_when_it_is_asked_then_every_verdict_is_given(self, preview, configure):
        configure(max_order_quantity="1", allowed_symbols=["MSFT"])
        ticket = preview(strategy_alert()).json
        refused = {verdict["code"] for verdict in ticket["gates"] if not verdict["passed"]}

        assert {verdict["gate"] for verdict in ticket["gates"]} >= {gate.name for gate in FIGURES.gates}
        assert refused == {"SYMBOL_NOT_ALLOWED", "QUANTITY_EXCEEDS_LIMIT"}
        assert (ticket["status"], ticket["reason"]) == ("denied", "SYMBOL_NOT_ALLOWED")

    def test_preview_when_no_webhook_would_take_the_body_then_it_is_refused_alike(self, preview):
        answer = preview(strategy_alert(strategy_order_comment="x" * 5000))

        assert (answer.status_code, answer.json["error"]["code"]) == (413, "BODY_TOO_LARGE")

    def test_preview_when_it_is_done_then_nothing_is_stored(self, preview, store):
        before = {document.key: document.version for document in store.list("")}
        preview(strategy_alert())
        preview(bridge_alert())

        assert {document.key: document.version for document in store.list("")} == before

    def test_preview_when_it_is_repeated_then_it_uses_nothing_up(self, preview, client, configure):
        configure(daily_order_cap=1, max_open_positions=1, cooldown_seconds=60)
        for _ in range(3):
            preview(strategy_alert())

        assert client.post("/webhook", json=strategy_alert()).status_code == 200

    def test_preview_when_half_of_a_reversal_is_denied_then_the_exit_is_shown(self, preview, client):
        client.post("/webhook", json=strategy_alert())
        ticket = preview(strategy_alert(**ENTER_SHORT)).json

        assert [order["role"] for order in ticket["orders"]] == ["exit"]
        assert ticket["reason"] == "SHORT_DISABLED"

    def test_preview_when_a_bot_is_named_then_its_configuration_counts(self, preview, operator):
        operator.post("/api/bots", json={"id": "other", "notional": "300"})

        assert preview(strategy_alert(bot="other")).json["orders"][0]["notional"] == "300"
        assert preview(strategy_alert(bot="nobody")).status_code == 404

    @pytest.mark.parametrize("field", ["secret", "token"])
    def test_preview_when_a_secret_was_pasted_then_it_tells_the_bot(self, preview, operator, field):
        secret = operator.post("/api/bots", json={"id": "other"}).json["secret"]

        assert preview(strategy_alert(**{field: secret})).json["bot"] == "other"
        assert preview(strategy_alert(bot="default", **{field: secret})).json["bot"] == "default"

    def test_preview_when_the_pasted_secret_is_nobodys_then_401(self, preview):
        assert preview(strategy_alert(secret="nobody's secret")).status_code == 401

    def test_preview_when_another_alert_counts_then_it_has_taken_no_place(self, preview, client, configure):
        configure(daily_order_cap=2)
        statuses = []
        for _ in range(3):
            preview(strategy_alert())
            statuses.append(client.post("/webhook", json=strategy_alert()).status_code)

        assert statuses == [200, 200, 400]

    def test_preview_when_it_denies_then_the_message_tells_the_gate_and_its_figures(self, preview, configure):
        configure(max_order_quantity="19")

        assert (
            preview(strategy_alert()).json["message"]
            == "The order has more units than the limit allows: 20 shares, limit 19 shares."
        )

    def test_preview_when_the_alert_carries_a_secret_then_it_is_not_shown(self, preview):
        response = preview(strategy_alert(bot="default", secret="hunter22"))

        assert response.status_code == 200
        assert "hunter22" not in response.text

    @pytest.mark.parametrize("alert", [{}, {"strategy_order_id": "long"}, {"fund_id": "default"}])
    def test_preview_when_the_alert_is_malformed_then_400(self, preview, alert):
        assert preview(alert).status_code == 400


@pytest.mark.parametrize("ticket", ["f47ac10b-58cc-4372-a567-0e02b2c3d479", str(UUID(int=(1 << 128) - 1))])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/tickets/{}"),
        ("post", "/api/tickets/{}/approve"),
        ("post", "/api/tickets/{}/reject"),
        ("post", "/api/tickets/{}/end"),
        ("post", "/tasks/inbox/{}"),
    ],
)
def test_ticket_when_the_id_is_not_of_a_time_then_there_is_none(operator, method, path, ticket):
    assert operator.open(path.format(ticket), method=method.upper()).status_code == 404


def test_list_when_it_begins_behind_an_id_of_no_time_then_it_begins_with_the_newest(five, tickets):
    assert tickets(after=str(UUID(int=(1 << 128) - 1))) == tickets()


def test_row_when_exits_follow_the_fill_then_tells_what_was_bought(client, operator, configure, services):
    configure(use_strategy_contracts=True)
    client.post("/webhook", json=strategy_alert())
    configure(attach_sl_tp=True)
    sent = client.post("/webhook", json=strategy_alert(strategy_order_comment="more")).json
    services.supervisor.tick(everything=True)

    whole = operator.get(f"/api/tickets/{sent['ticket']}").json

    assert len(whole["orders"]) > 1
    assert (whole["side"], whole["filled_quantity"]) == ("buy", "10")
