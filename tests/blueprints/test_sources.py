"""Which addresses may send what: a list for each dialect, decided by the dialect that is read."""

from ipaddress import ip_network

import pytest

from tests.builders import (
    ACCOUNT_SECRET,
    OPERATOR_TOKEN,
    WEBHOOK_SECRET,
    bridge_alert,
    client_of,
    strategy_alert,
    trade_idea,
)

pytestmark = pytest.mark.unit

TRADINGVIEW, ANALYST, STRANGER = "52.89.214.238", "198.51.100.9", "203.0.113.7"
IDEAS, BRIDGE, COMMANDS = "/webhooks/optionomics/trade-ideas", "/tradingview/webhook", "/webhook/{}/bots"
OPTION = {
    "token": WEBHOOK_SECRET,
    "symbol": "NSE:NIFTY",
    "strikeprice": "25000",
    "optionType": "CE",
    "expiry": "weekly",
    "action": "SELL",
    "qty": 65,
}
LISTS = ("allowed_source_ips", "idea_source_ips", "command_source_ips")
SENT = {
    "strategy": ("/webhook", strategy_alert(), "allowed_source_ips"),
    "command in a strategy alert": (
        "/webhook",
        {"command": "cancel", "order": "all", "symbol": "AAPL"},
        "allowed_source_ips",
    ),
    "option": ("/webhook", OPTION, "allowed_source_ips"),
    "bridge": (BRIDGE, bridge_alert(), "allowed_source_ips"),
    "idea at /webhook": ("/webhook", trade_idea(), "idea_source_ips"),
    "idea": (IDEAS, trade_idea(), "idea_source_ips"),
    "bot command": (COMMANDS, None, "command_source_ips"),
}


def lists(**addresses) -> dict:
    return {name: (ip_network(address),) for name, address in addresses.items()}


@pytest.fixture
def come(make_app):
    """Send something from an address to an application with these lists; return the answer and refusals."""

    def send(path, body=None, *, address=STRANGER, secret=WEBHOOK_SECRET, data=None, **addresses):
        app = make_app(**lists(**addresses))
        sent = {"json": body} if body is not None else {"data": data} if data is not None else {}
        method = "POST" if sent else "GET"
        answer = client_of(app, x_bot_secret=secret).open(
            path.format(ACCOUNT_SECRET), method=method, environ_overrides={"REMOTE_ADDR": address}, **sent
        )
        operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
        return answer, operator.get("/api/refusals").json["refusals"]

    return send


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("case", SENT)
def test_list_when_the_caller_is_not_in_it_then_it_stops_its_own_dialects_and_no_other(
    come, store, case, name
):
    path, body, guarded_by = SENT[case]
    answer, refused = come(path, body, **{name: TRADINGVIEW})

    if name != guarded_by:
        assert answer.status_code not in {401, 403}
        assert refused == []
    else:
        assert answer.status_code == 403
        (row,) = refused
        assert (row["address"], row["code"]) == (STRANGER, "SOURCE_NOT_ALLOWED")
        assert name.upper() in row["setting"]
        assert list(store.list("inbox/")) == []


@pytest.mark.parametrize("case", SENT)
def test_list_when_the_caller_is_in_it_then_the_others_do_not_matter(come, case):
    path, body, guarded_by = SENT[case]
    others = dict.fromkeys(LISTS, TRADINGVIEW) | {guarded_by: ANALYST}
    answer, refused = come(path, body, address=ANALYST, **others)

    assert answer.status_code not in {401, 403}
    assert refused == []


@pytest.mark.parametrize(
    "added",
    [
        {"source": "trade_idea"},
        trade_idea(),
        {"direction": "bullish", "triggered_at": "2026-06-02T14:22:00Z"},
        {"command": "enter", "source": "trade_idea"},
    ],
)
@pytest.mark.parametrize("alert", [strategy_alert(), OPTION, bridge_alert()])
def test_alert_when_an_ideas_fields_are_added_then_another_list_is_not_opened(come, store, alert, added):
    answer, _ = come("/webhook", added | alert, allowed_source_ips=TRADINGVIEW)

    assert answer.status_code == 403
    assert list(store.list("inbox/")) == []


@pytest.mark.parametrize("alert", [strategy_alert(), OPTION])
def test_alert_when_the_address_pins_it_as_an_idea_then_it_is_no_other(come, store, alert):
    answer, _ = come("/webhook?dialect=trade_idea", alert, allowed_source_ips=TRADINGVIEW)

    assert answer.status_code in {401, 422}
    assert list(store.list("inbox/")) == []


@pytest.mark.parametrize(
    "data", [b"", b"{buy", b"[]", b"\xff", b'{"ticker": "AAPL"}', b'{"a": 1, "a": 2}', b" " * 5000]
)
@pytest.mark.parametrize("secret", [WEBHOOK_SECRET, "a-wrong-guess"])
def test_body_when_it_cannot_be_read_and_comes_from_elsewhere_then_403_and_it_is_seen(come, data, secret):
    answer, (row,) = come("/webhook", data=data, secret=secret, allowed_source_ips=TRADINGVIEW)

    assert answer.status_code == 403
    assert (row["address"], row["setting"]) == (STRANGER, "ALLOWED_SOURCE_IPS")


@pytest.mark.parametrize("body", [strategy_alert(), {"command": "enter", "bot": 1}, {"command": "x"}])
def test_secret_when_it_is_tried_from_elsewhere_then_right_and_wrong_sound_the_same(come, body):
    statuses = {
        come("/webhook", body, secret=secret, allowed_source_ips=TRADINGVIEW)[0].status_code
        for secret in (WEBHOOK_SECRET, "a-wrong-guess")
    }

    assert statuses == {403}


def test_idea_when_it_comes_from_elsewhere_then_its_secret_counts(come):
    answer, _ = come("/webhook", trade_idea(), secret="a-wrong-guess", allowed_source_ips=TRADINGVIEW)

    assert answer.status_code == 401


def test_body_when_the_caller_is_in_no_list_then_nothing_of_it_is_read(come):
    everywhere = {"allowed_source_ips": TRADINGVIEW, "idea_source_ips": ANALYST}
    answer, (row,) = come("/webhook", trade_idea(), **everywhere)

    assert answer.status_code == 403
    assert row["setting"] == "ALLOWED_SOURCE_IPS and IDEA_SOURCE_IPS"


def test_preview_when_the_operator_asks_then_no_list_of_addresses_stands_before_it(make_app):
    app = make_app(**lists(**dict.fromkeys(LISTS, TRADINGVIEW)))
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    statuses = {
        operator.post("/api/preview", json=body).status_code for body in (strategy_alert(), trade_idea())
    }

    assert statuses == {200}


def test_refusal_when_it_is_listed_then_the_command_line_names_the_setting(make_app):
    app = make_app(**lists(idea_source_ips=ANALYST))
    client_of(app).post(IDEAS, json=trade_idea(), environ_overrides={"REMOTE_ADDR": STRANGER})
    told = app.test_cli_runner().invoke(args=["refusals", "list"]).output

    assert STRANGER in told
    assert "SOURCE_NOT_ALLOWED (IDEA_SOURCE_IPS)" in told
