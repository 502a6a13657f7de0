"""/api/circuit-breaker, at the paper broker."""

import pytest

from tests.builders import ENTER_LONG, strategy_alert

pytestmark = pytest.mark.unit

PATH = "/api/circuit-breaker"
ARMED = {"glb_sl": "0.99", "glb_tp": "1.20", "base_equity": "100000", "active": True}


@pytest.fixture
def breached(client, operator, services, clock):
    """Hold shares whose fall takes the account below its stop-loss."""
    client.post("/webhook", json=strategy_alert(**ENTER_LONG))
    operator.put(PATH, json=ARMED)
    operator.put("/api/paper/prices", json={"AAPL": "10"})
    clock.move(seconds=10)
    services.supervisor.tick(everything=True)


def test_breaker_when_never_set_then_it_is_off_with_the_documented_thresholds(operator):
    shown = operator.get(PATH).json

    assert {name: shown[name] for name in ARMED} == {
        "glb_sl": "0.80",
        "glb_tp": "1.20",
        "base_equity": None,
        "active": False,
    }


def test_breaker_when_set_then_it_is_shown_and_stored_as_documented(operator, store):
    answer = operator.put(PATH, json=ARMED).json
    stored = store.get("state/circuit-breaker/paper").value

    assert {name: answer[name] for name in ARMED} == {name: stored[name] for name in ARMED} == ARMED
    assert operator.get(PATH).json == answer


def test_breaker_when_set_without_a_base_then_it_is_todays_equity(operator):
    assert operator.put(PATH, json={"active": True}).json["base_equity"] == "100000"


def test_breach_when_the_supervisor_looks_then_all_is_sold_and_told(breached, operator, holding):
    shown = operator.get(PATH).json

    assert (holding(), shown["phase"], shown["breach"]) == ("0", "tripped", "stop_loss")
    assert shown["last_event"].endswith("trading is REDUCING")
    assert operator.get("/api/trading-state").json["state"] == "REDUCING"


def test_breach_when_it_has_sold_then_each_sale_is_a_ticket(breached, operator):
    newest = operator.get("/api/tickets").json["tickets"][0]

    assert (newest["status"], newest["alert"]["by"]) == ("filled", "circuit breaker")


def test_breaker_when_edited_after_a_breach_then_trading_goes_on(breached, operator, client):
    operator.put(PATH, json={"glb_sl": "0.5"})

    assert client.post("/webhook", json=strategy_alert()).json["status"] == "filled"


@pytest.mark.parametrize(
    "change",
    [
        {"glb_sl": "80"},
        {"glb_sl": "1"},
        {"glb_sl": "0"},
        {"glb_tp": "0.2"},
        {"base_equity": "-1"},
        {"active": None},
        {"glb_sp": "0.8"},
    ],
    ids=str,
)
def test_breaker_when_a_change_is_unusable_then_400_and_nothing_changes(operator, change):
    before = operator.get(PATH).json

    assert operator.put(PATH, json=change).status_code == 400
    assert operator.get(PATH).json == before


@pytest.fixture
def asked(operator, services):
    """Two bots ask for a breaker, and the clock has looked."""
    for bot, fraction in (("bold", "0.5"), ("shy", "0.9")):
        keys = {"enable_global_sl_tp": True, "global_sl_pct": fraction}
        assert operator.post("/api/bots", json={"id": bot} | keys).status_code == 201
    services.supervisor.tick(everything=True)


def test_breaker_when_bots_ask_then_the_strictest_is_shown_with_its_source(asked, operator):
    shown = operator.get(PATH).json

    assert {
        name: shown[name] for name in ("glb_sl", "glb_tp", "base_equity", "active", "broker", "source")
    } == {
        "glb_sl": "0.9",
        "glb_tp": "1.20",
        "base_equity": "100000",
        "active": True,
        "broker": "paper",
        "source": "shy",
    }
    assert [(item["source"], item["stop_loss_equity"]) for item in shown["thresholds"]] == [
        ("bold", "50000.0"),
        ("shy", "90000.0"),
    ]


def test_breaker_when_a_bot_asks_then_it_is_shown_before_the_clock_looks(operator):
    operator.patch("/api/bots/default", json={"enable_global_sl_tp": True}, headers={"If-Match": "*"})
    shown = operator.get(PATH).json

    assert (shown["active"], shown["source"], shown["base_equity"]) == (True, "default", None)


def test_breaker_when_the_broker_is_unknown_then_404(operator):
    assert operator.get(f"{PATH}?broker=elsewhere").status_code == 404
    assert operator.put(PATH, json={"broker": "elsewhere"}).status_code == 404


@pytest.mark.parametrize(
    "keys", [{"global_sl_pct": "1"}, {"global_tp_pct": "1"}, {"global_sl_pct": "0"}], ids=str
)
def test_bot_when_its_threshold_would_sell_at_once_then_400(operator, keys):
    assert operator.post("/api/bots", json={"id": "swing"} | keys).status_code == 400
