from datetime import timedelta

import pytest

from app.domain.json_codec import timestamp
from tests.builders import BrokenStore, ScriptedBroker, services_of, strategy_alert

pytestmark = pytest.mark.unit


def test_health_when_it_is_asked_then_its_body_is_exactly_this(anonymous):
    response = anonymous.get("/health")

    assert (response.status_code, response.json) == (
        200,
        {"status": "ok", "dry_run": True, "alpaca_paper": True},
    )


def test_ready_when_everybody_asks_then_only_that_is_told(anonymous):
    response = anonymous.get("/readyz")

    assert (response.status_code, response.json) == (200, {"status": "ready"})


def test_ready_when_the_operator_asks_then_every_part_is_listed(operator):
    assert operator.get("/readyz").json == {
        "status": "ready",
        "checks": {"store": "ok", "broker paper": "ok", "clock": "ok"},
        "warnings": [],
        "leader": False,
        "unused": [],
        "logins": {},
        "analyst": {
            "analyst": "rules",
            "model": "reward-risk-1",
            "mode": "none",
            "tools": "Set OPTIONOMICS_EMAIL and OPTIONOMICS_TOKEN to give the model tools.",
        },
    }


def test_ready_when_a_secret_is_older_than_90_days_then_it_warns_and_stays_ready(operator, clock):
    clock.move(days=91)
    response = operator.get("/readyz")

    assert response.status_code == 200
    assert response.json["warnings"] == [
        "The account's secret is older than 90 days; flask account rotate-secret makes another.",
        "The secret of bot default is older than 90 days; rotate it.",
    ]


def test_ready_when_the_secret_was_rotated_then_the_warning_is_gone(operator, clock):
    clock.move(days=91)
    operator.post("/api/bots/default/secret")
    operator.post("/api/account/secret")

    assert operator.get("/readyz").json["warnings"] == []


def test_ready_when_a_bot_wants_a_broker_that_nobody_set_up_then_503(operator, anonymous, configure):
    configure(broker="fyers")

    assert anonymous.get("/readyz").status_code == 503
    assert "broker fyers" in operator.get("/readyz").json["checks"]


def test_ready_when_trading_is_halted_then_it_warns_until_that_is_over(operator, clock):
    until = timestamp(clock() + timedelta(hours=1))
    operator.put("/api/trading-state", json={"state": "HALTED", "until": until})
    during = operator.get("/readyz").json
    clock.move(hours=1)

    assert (during["status"], during["warnings"]) == ("ready", ["Trading is HALTED."])
    assert operator.get("/readyz").json["warnings"] == []


class TestOutOfOrder:
    @pytest.fixture
    def broken(self, store):
        return BrokenStore(store)

    @pytest.fixture
    def app(self, make_app, scripted, broken):
        return make_app(brokers={"paper": scripted}, store=broken)

    def test_ready_when_the_broker_is_down_then_503(self, anonymous, operator, scripted):
        scripted.is_reachable = False

        assert (anonymous.get("/readyz").status_code, anonymous.get("/readyz").json) == (
            503,
            {"status": "not_ready"},
        )
        assert operator.get("/readyz").json["checks"]["broker paper"] == "The broker does not answer."
        assert operator.get("/readyz").json["unused"] == []

    def test_ready_when_the_clock_fails_then_503(self, operator, anonymous, broken):
        broken.broken.add("list")
        services_of(operator.application).supervisor.tick(everything=True)
        broken.broken.clear()

        assert anonymous.get("/readyz").status_code == 503
        assert operator.get("/readyz").json["checks"]["clock"].endswith("failed; the log has the details")

    def test_ready_when_the_store_is_down_then_503_and_health_still_answers(self, anonymous, broken):
        broken.broken = {"get", "list", "ping", "create", "apply", "replace"}

        assert anonymous.get("/readyz").status_code == 503
        assert anonymous.get("/health").status_code == 200


class TestSpareBroker:
    @pytest.fixture
    def app(self, make_app, scripted):
        scripted.is_reachable = False
        return make_app(brokers={"paper": ScriptedBroker(), "alpaca": scripted}, dry_run=False)

    def test_ready_when_a_broker_that_no_bot_uses_is_down_then_ready_and_it_is_told(
        self, anonymous, operator
    ):
        told = operator.get("/readyz").json

        assert (anonymous.get("/readyz").status_code, told["status"]) == (200, "ready")
        assert told["checks"]["broker alpaca"] == "The broker does not answer."
        assert told["unused"] == ["alpaca"]
        assert told["warnings"] == [
            "Broker alpaca does not answer; no bot uses it, so alerts go on: The broker does not answer."
        ]

    def test_ready_when_a_bot_is_given_the_broker_that_is_down_then_503(self, anonymous, configure):
        configure(broker="alpaca")

        assert anonymous.get("/readyz").status_code == 503

    def test_ready_when_a_bot_still_holds_something_there_then_503(
        self, client, anonymous, configure, scripted
    ):
        scripted.is_reachable = True
        configure(broker="alpaca")
        assert client.post("/webhook", json=strategy_alert()).status_code == 200
        configure(broker="paper")
        scripted.is_reachable = False

        assert anonymous.get("/readyz").status_code == 503
