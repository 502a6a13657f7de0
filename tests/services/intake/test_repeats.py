"""A key that comes again: the same words are a repeat, others are an alert of their own."""

import hashlib
import json

import pytest

from app.repositories.inbox import Arrival
from tests.builders import (
    EXIT_LONG,
    WEBHOOK_SECRET,
    bridge_alert,
    client_of,
    fresh_ticket_id,
    post_at_once,
    services_of,
    strategy_alert,
)

pytestmark = pytest.mark.unit

ORDER = {
    "symbol": "TSLA",
    "order_type": "market",
    "limit_price": None,
    "thesis": None,
    "idempotency_key": "k",
}


@pytest.fixture
def bridge(client, operator):
    operator.put("/api/paper/prices", json={"TSLA": "100"})
    return lambda **changes: client.post("/tradingview/webhook", json=bridge_alert(**ORDER | changes))


def warnings(ticket) -> list[str]:
    return [stage["detail"] for stage in ticket["timeline"] if stage["stage"] == "key used before"]


def test_bridge_key_when_it_comes_with_another_quantity_then_both_are_ordered(bridge, holding, ticket_of):
    bridge(side="buy", quantity="35", idempotency_key="entry")
    first, second = (bridge(side="sell", quantity=quantity) for quantity in ("15", "20"))

    assert (first.status_code, second.status_code) == (200, 200)
    assert holding("TSLA") == "0"
    assert warnings(ticket_of(first)) == []
    assert first.json["ticket"] in warnings(ticket_of(second))[0]


def test_bridge_key_when_the_second_order_comes_again_then_409_names_it(bridge, holding):
    bridge(quantity="15")
    second, again = bridge(quantity="20"), bridge(quantity="20")

    assert (again.status_code, again.json["error"]) == (409, "duplicate_idempotency_key")
    assert again.headers["X-Ticket"] == second.json["ticket"]
    assert holding("TSLA") == "35"


def test_key_when_only_time_secret_and_layout_differ_then_it_is_a_repeat(client, anonymous, holding):
    alert = strategy_alert(idempotency_key="one", time="2026-06-02T14:22:00Z")
    first = client.post("/webhook", json=alert)
    anew = {"token": WEBHOOK_SECRET, "time": "2026-06-02T14:22:01Z"}
    text = json.dumps(dict(reversed((alert | anew).items())), indent=2)
    second = anonymous.post("/webhook", data=text)

    assert second.json == first.json
    assert holding() == "20"


@pytest.mark.parametrize(
    "changes", [{"symbol": "MSFT"}, {"strategy_order_comment": "TP2"}, {"chart": "breakout 60"}], ids=str
)
def test_key_when_it_comes_with_other_words_then_it_is_another_alert(client, changes, ticket_of):
    alert = strategy_alert(idempotency_key="one")
    first, second = (client.post("/webhook", json=item) for item in (alert, alert | changes))

    assert first.json["ticket"] != second.json["ticket"]
    assert second.json["status"] == "filled"
    assert len(warnings(ticket_of(second))) == 1


def test_key_when_all_its_alerts_come_again_then_each_gets_its_own_answer(client, holding):
    alerts = [strategy_alert(idempotency_key="one", symbol=name) for name in ("AAPL", "MSFT", "AMZN")]
    first, second = ([client.post("/webhook", json=alert).json for alert in alerts] for _ in range(2))

    assert first == second
    assert [holding(name) for name in ("AAPL", "MSFT", "AMZN")] == ["20", "20", "20"]


def test_key_when_its_first_alert_is_forgotten_then_the_second_is_still_known(client, clock, holding):
    alerts = [strategy_alert(idempotency_key="one", symbol=name) for name in ("AAPL", "MSFT")]
    client.post("/webhook", json=alerts[0])
    clock.move(seconds=200)
    client.post("/webhook", json=alerts[1])
    clock.move(seconds=200)
    client.post("/webhook", json=alerts[1])

    assert holding("MSFT") == "20"


def test_key_when_two_alerts_come_with_it_many_times_at_once_then_one_order_each(app, holding):
    alerts = [strategy_alert(idempotency_key="one", symbol=name) for name in ("AAPL", "MSFT")]
    post_at_once(app, alerts * 10)

    assert (holding("AAPL"), holding("MSFT")) == ("20", "20")


def test_key_when_another_process_gets_the_second_alert_again_then_it_is_a_repeat(make_app, store, holding):
    alerts = [strategy_alert(idempotency_key="one", symbol=name) for name in ("AAPL", "MSFT")]
    for app in (make_app(store=store), make_app(store=store)):
        for alert in alerts:
            client_of(app, x_bot_secret=WEBHOOK_SECRET).post("/webhook", json=alert)

    assert (holding("AAPL"), holding("MSFT")) == ("20", "20")


class TestAfterACrash:
    @pytest.fixture
    def app(self, make_app, scripted):
        return make_app(brokers={"paper": scripted}, dry_run=False)

    def test_second_alert_of_a_key_when_it_was_interrupted_then_ordered_once_and_warned_of(
        self, app, client, scripted, clock, ticket_of
    ):
        alerts = [strategy_alert(idempotency_key="one", symbol=name) for name in ("AAPL", "MSFT")]
        client.post("/webhook", json=alerts[0])
        scripted.failures = [RuntimeError("killed")]
        interrupted = client.post("/webhook", json=alerts[1])
        clock.move(seconds=6)
        services_of(app).supervisor.tick(everything=True)
        again = client.post("/webhook", json=alerts[1])

        assert again.json["ticket"] == interrupted.json["ticket"]
        assert [order.instrument.symbol for order in scripted.submitted].count("MSFT") == 2  # one was cut off
        assert scripted.held["MSFT"] == 20
        assert len(warnings(ticket_of(interrupted))) == 1

    def test_alert_when_the_version_before_stored_it_by_its_key_alone_then_it_is_a_repeat(
        self, app, client, scripted, clock
    ):
        alert = strategy_alert(idempotency_key="one")
        old = hashlib.sha256(b"key:one").hexdigest()
        ticket = fresh_ticket_id(clock())
        services_of(app).intake.alerts.inbox.claim(
            Arrival(ticket, "default", "strategy", old, alert, clock())
        )
        answer = client.post("/webhook", json=alert)

        assert (answer.status_code, answer.json["ticket"]) == (202, str(ticket))
        assert scripted.submitted == []


class TestPreview:
    def test_preview_when_the_key_is_another_alerts_then_warned(self, client, operator):
        client.post("/webhook", json=strategy_alert(idempotency_key="one"))
        preview = operator.post(
            "/api/preview", json=strategy_alert(idempotency_key="one", symbol="MSFT")
        ).json

        assert preview["status"] == "ordered"
        assert len(warnings(preview)) == 1

    def test_preview_when_it_is_the_same_alert_then_not_warned(self, client, operator):
        alert = strategy_alert(idempotency_key="one")
        client.post("/webhook", json=alert)

        assert warnings(operator.post("/api/preview", json=alert).json) == []


class TestWhoeverIsAsked:
    """The first answer was 202: a repeat gets 202 again, and how the alert stands by now."""

    @pytest.fixture
    def work(self, services):
        """Work off what was put off."""
        return lambda _: services.intake.recovery.recover()

    def test_repeat_when_an_approval_is_waited_for_then_told_so_and_later_what_came_of_it(
        self, client, operator, configure, work
    ):
        configure(approval="always")
        alert = strategy_alert()
        first = client.post("/webhook", json=alert)
        work(first)
        waiting = client.post("/webhook", json=alert)
        operator.post(f"/api/tickets/{first.json['ticket']}/approve")
        done = client.post("/webhook", json=alert)

        assert first.status_code == waiting.status_code == done.status_code == 202
        assert (waiting.json["status"], done.json["status"]) == ("awaiting_approval", "filled")
        assert {answer.json["ticket"] for answer in (first, waiting, done)} == {first.json["ticket"]}
        assert done.headers["Idempotent-Replay"] == "true"

    def test_first_when_only_a_person_is_asked_then_the_answer_says_that_it_waits(
        self, client, operator, configure, clock
    ):
        configure(approval="always")
        first = client.post("/webhook", json=strategy_alert())
        listed = operator.get("/api/tickets").json["tickets"][0]

        assert (first.status_code, first.json["status"], "order" in first.json) == (
            *(202, "awaiting_approval"),
            False,
        )
        assert (listed["id"], listed["status"]) == (first.json["ticket"], "awaiting_approval")

    def test_entry_when_it_is_below_what_a_person_is_asked_about_then_done_at_once_and_its_repeat_is_told_so(
        self, client, configure
    ):
        configure(approval="above_notional", approval_above_notional="1000000")
        alert = strategy_alert()
        first, again = (client.post("/webhook", json=alert) for _ in range(2))

        assert (first.status_code, first.json["status"]) == (200, "filled")
        assert (again.status_code, again.json) == (200, first.json)

    def test_entry_when_the_analyst_is_asked_too_then_it_is_answered_before(self, client, configure):
        configure(approval="always", analyst="required")

        assert client.post("/webhook", json=strategy_alert()).json["status"] == "researching"

    def test_repeat_when_a_person_said_no_then_the_status_is_still_the_first(
        self, client, operator, configure, work
    ):
        configure(approval="always")
        alert = strategy_alert()
        first = client.post("/webhook", json=alert)
        work(first)
        operator.post(f"/api/tickets/{first.json['ticket']}/reject")
        done = client.post("/webhook", json=alert)

        assert (done.status_code, done.json["reason"]) == (202, "APPROVAL_REJECTED")

    def test_exit_when_a_repeat_comes_then_it_gets_the_first_answer_as_ever(self, client, configure):
        configure(approval="always")
        alert = strategy_alert(**EXIT_LONG)
        first, second = (client.post("/webhook", json=alert) for _ in range(2))

        assert first.status_code == second.status_code
