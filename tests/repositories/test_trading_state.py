"""The kill switch, globally and for one bot."""

from datetime import timedelta

import pytest

from app.domain.json_codec import timestamp
from app.domain.trading_state import StateSwitch, TradingState
from app.repositories.trading_state import GlobalSwitch
from app.storage.sqlite import SqliteStore
from tests.builders import ENTER_LONG, EXIT_LONG, WEBHOOK_SECRET, client_of, strategy_alert

pytestmark = pytest.mark.unit

SWITCHES = ["/api/trading-state", "/api/bots/default/trading-state"]


@pytest.fixture
def store(file_store):
    return file_store


@pytest.fixture
def post(client):
    def send(**changes):
        return client.post("/webhook", json=strategy_alert(**changes))

    return send


@pytest.fixture(params=SWITCHES, ids=["global", "bot"])
def throw(operator, request):
    """Throw one of the two switches."""

    def to(state: str, **more):
        return operator.put(request.param, json={"state": state, **more})

    return to


def code(response) -> str | None:
    return response.json.get("reason")


def test_entry_when_trading_is_reduced_or_halted_then_it_is_denied(post, throw, holding):
    answers = []
    for state in ("REDUCING", "HALTED", "ACTIVE"):
        throw(state)
        answers.append(code(post(**ENTER_LONG)))

    assert answers == ["TRADING_REDUCING", "TRADING_HALTED", None]
    assert holding() == "20"


@pytest.mark.parametrize(("state", "held"), [("REDUCING", "0"), ("HALTED", "20")])
def test_exit_when_trading_is_reduced_then_it_passes_and_halted_not(post, throw, holding, state, held):
    post(**ENTER_LONG)
    throw(state)
    response = post(**EXIT_LONG)

    assert holding() == held
    assert response.status_code == (200 if held == "0" else 400)


def test_exit_when_trading_is_halted_and_nothing_is_held_then_it_is_denied(post, throw):
    throw("HALTED")

    assert code(post(**EXIT_LONG)) == "TRADING_HALTED"


def test_reversal_when_trading_is_reduced_then_it_only_closes(post, throw, holding):
    post(**ENTER_LONG)
    throw("REDUCING")
    response = post(strategy_order_id="sell", strategy_order_action="sell")

    assert (holding(), code(response)) == ("0", "TRADING_REDUCING")


def test_switch_when_until_has_come_then_trading_is_active_again(post, throw, clock):
    throw("HALTED", until=timestamp(clock() + timedelta(hours=1)), reason="lunch")
    during = code(post())
    clock.move(hours=1)

    assert (during, code(post())) == ("TRADING_HALTED", None)


def test_switch_when_it_is_read_then_it_says_why_and_until_when(operator, throw, request, clock):
    until = timestamp(clock() + timedelta(hours=1))
    shown = throw("REDUCING", reason="a storm", until=until).json
    clock.move(hours=2)

    assert shown == {"state": "REDUCING", "reason": "a storm", "until": until}
    assert [operator.get(path).json["state"] for path in SWITCHES] == ["ACTIVE", "ACTIVE"]


def test_switch_when_another_process_throws_it_then_the_next_alert_obeys(make_app, post, throw, tmp_path):
    other_store = SqliteStore(tmp_path / "gatehouse.sqlite3")
    other = client_of(make_app(store=other_store), x_bot_secret=WEBHOOK_SECRET)
    before = other.post("/webhook", json=strategy_alert()).status_code
    throw("HALTED")
    after = other.post("/webhook", json=strategy_alert()).status_code
    other_store.close()

    assert (before, after) == (200, 400)


def test_switch_when_one_bot_is_halted_then_the_others_trade(operator, anonymous, post):
    secret = operator.post("/api/bots", json={"id": "other"}).json["secret"]
    operator.put("/api/bots/other/trading-state", json={"state": "HALTED"})
    response = anonymous.post("/webhook", json=strategy_alert(bot="other", secret=secret))

    assert (code(response), code(post())) == ("TRADING_HALTED", None)


def test_bot_when_its_halt_has_ended_by_itself_then_it_is_shown_as_active(operator, clock):
    until = timestamp(clock() + timedelta(hours=1))
    operator.put("/api/bots/default/trading-state", json={"state": "HALTED", "until": until})
    during = operator.get("/api/bots/default").json["state"]
    clock.move(hours=1)

    assert (during, operator.get("/api/bots/default").json["state"]) == ("HALTED", "ACTIVE")


@pytest.mark.parametrize("body", [{}, {"state": "OFF"}, {"state": "ACTIVE", "hours": 1}])
def test_switch_when_it_is_malformed_then_400_and_nothing_changes(operator, body):
    response = operator.put("/api/trading-state", json=body)

    assert (response.status_code, response.json["error"]["code"]) == (400, "REQUEST_INVALID")
    assert operator.get("/api/trading-state").json["state"] == "ACTIVE"


def test_global_switch_when_it_is_thrown_twice_then_the_last_one_counts(store, audit):
    switch = GlobalSwitch(store, audit)
    for state in (TradingState.HALTED, TradingState.REDUCING):
        switch.throw(StateSwitch(state))

    assert switch.read().state is TradingState.REDUCING
