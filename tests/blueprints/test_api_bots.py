import pytest

from tests.builders import WEBHOOK_SECRET, bridge_alert, strategy_alert

pytestmark = pytest.mark.unit

URL = "/api/bots/default"
KEYS = {
    "id",
    "name",
    "broker",
    "strategy",
    "state",
    "base_order_pct",
    "use_limit_orders",
    "use_strategy_order_price",
    "limit_offset_ticks",
    "attach_sl_tp",
    "sl_pct",
    "tp_pct",
    "use_avg_fill_for_sl_tp",
    "trailing_stop_pct",
    "break_even_pct",
    "cover_only",
    "enable_global_sl_tp",
    "global_sl_pct",
    "global_tp_pct",
    "use_strategy_contracts",
    "notional",
    "allow_short",
    "allowed_symbols",
    "max_order_notional",
    "max_order_quantity",
    "daily_order_cap",
    "daily_notional_cap",
    "per_symbol_cap",
    "max_open_positions",
    "cooldown_seconds",
    "market_hours_only",
    "max_price_deviation_pct",
    "analyst",
    "approval",
    "live",
}
DEFAULTS = {
    "base_order_pct": "0.02",
    "use_limit_orders": False,
    "use_strategy_order_price": True,
    "limit_offset_ticks": 0,
    "attach_sl_tp": False,
    "sl_pct": "0.01",
    "tp_pct": "0.02",
    "use_avg_fill_for_sl_tp": True,
    "trailing_stop_pct": None,
    "break_even_pct": None,
    "cover_only": True,
    "enable_global_sl_tp": False,
    "global_sl_pct": "0.80",
    "global_tp_pct": "1.20",
}


@pytest.fixture
def patch(operator):
    """Change the default bot, with If-Match if it is given."""

    def send(changes: dict, etag: str | None = "*"):
        headers = {"If-Match": etag} if etag is not None else {}
        return operator.patch(URL, json=changes, headers=headers)

    return send


def test_default_when_it_is_the_first_start_then_it_has_the_documented_values(operator):
    bot = operator.get(URL).json

    assert set(bot) >= KEYS
    assert {key: bot[key] for key in DEFAULTS} == DEFAULTS


def test_create_when_it_is_done_then_the_secret_is_shown_this_once(operator):
    response = operator.post("/api/bots", json={"id": "other", "notional": "500"})
    secret = response.json["secret"]

    assert (response.status_code, response.headers["Location"]) == (201, "/api/bots/other")
    assert response.json["notional"] == "500"
    assert secret not in operator.get("/api/bots").text + operator.get("/api/bots/other").text


@pytest.mark.parametrize("body", [{}, {"id": ""}, {"id": "a/b"}, {"id": "x" * 49}, {"id": 1}])
def test_create_when_the_id_is_unusable_then_400(operator, body):
    assert operator.post("/api/bots", json=body).status_code == 400


def test_create_when_it_is_called_as_the_operator_then_it_is_refused(operator):
    assert operator.post("/api/bots", json={"id": "operator"}).status_code == 409


def test_create_when_the_id_is_taken_then_it_is_refused(operator):
    etag = operator.get(URL).headers["ETag"]
    response = operator.post("/api/bots", json={"id": "default", "name": "another"})

    assert (response.status_code, response.json["error"]["code"]) == (409, "ALREADY_EXISTS")
    assert operator.get(URL).headers["ETag"] == etag


def test_list_when_there_are_bots_then_all_are_shown(operator):
    operator.post("/api/bots", json={"id": "other"})

    assert [bot["id"] for bot in operator.get("/api/bots").json["bots"]] == ["default", "other"]


def test_patch_when_the_etag_is_current_then_only_the_named_fields_change(operator, patch):
    before = operator.get(URL)
    after = patch({"name": "Mine", "sl_pct": 0.5}, before.headers["ETag"])

    assert after.json == before.json | {"name": "Mine", "sl_pct": "0.5"}
    assert after.headers["ETag"] != before.headers["ETag"]
    assert operator.get(URL).headers["ETag"] == after.headers["ETag"]


def test_patch_when_the_etag_is_stale_then_412_and_nothing_changes(operator, patch):
    etag = operator.get(URL).headers["ETag"]
    patch({"name": "first"}, etag)
    response = patch({"name": "second"}, etag)

    assert (response.status_code, response.json["error"]["code"]) == (412, "PRECONDITION_FAILED")
    assert operator.get(URL).json["name"] == "first"


@pytest.mark.parametrize(
    ("etag", "status"), [(None, 428), ("", 428), ('"abc"', 412), ('"0"', 412), ("*", 200)]
)
def test_patch_when_if_match_is_unusable_then_it_says_so(patch, etag, status):
    assert patch({"name": "x"}, etag).status_code == status


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "red"},
        {"id": "other"},
        {"secret": "mine"},
        {"base_order_pct": "1.5"},
        {"base_order_pct": "-0.1"},
        {"sl_pct": "0"},
        {"notional": "0"},
        {"broker": "nobody"},
        {"allowed_symbols": [1]},
        {"daily_order_cap": -1},
        {"daily_order_cap": "5"},
        {"use_limit_orders": "yes"},
        {"limit_offset_ticks": 1.5},
        {"analyst": "maybe"},
        {"name": ""},
        {"state": "OFF"},
    ],
    ids=str,
)
def test_patch_when_a_field_is_unusable_then_400_and_nothing_changes(operator, patch, changes):
    before = operator.get(URL).json
    response = patch(changes)

    assert (response.status_code, response.json["error"]["code"]) == (400, "REQUEST_INVALID")
    assert operator.get(URL).json == before


def test_patch_when_a_symbol_cannot_be_traded_then_409_and_nothing_changes(operator, patch):
    before = operator.get(URL).json
    response = patch({"allowed_symbols": ["TVC:SPX"]})

    assert (response.status_code, response.json["error"]["code"]) == (409, "REQUEST_REFUSED")
    assert operator.get(URL).json == before


def test_patch_when_it_names_a_state_then_the_switch_is_thrown_with_it(client, patch):
    shown = patch({"state": "HALTED"}).json
    response = client.post("/webhook", json=strategy_alert())

    assert (shown["state"], response.json["reason"]) == ("HALTED", "TRADING_HALTED")


def test_patch_when_it_names_no_state_then_the_switch_stays(operator, patch):
    operator.put(f"{URL}/trading-state", json={"state": "REDUCING", "reason": "a storm"})
    patch({"name": "Mine"})

    assert operator.get(f"{URL}/trading-state").json["reason"] == "a storm"


def test_create_when_it_names_a_state_then_the_bot_starts_with_it(operator):
    assert operator.post("/api/bots", json={"id": "other", "state": "HALTED"}).json["state"] == "HALTED"


@pytest.mark.parametrize("body", [b"", b"{", b"[]"])
def test_body_when_it_is_no_json_object_then_it_is_not_called_an_alert(operator, body):
    response = operator.post("/api/bots", data=body)

    assert (response.status_code, response.json["error"]["code"]) == (400, "REQUEST_INVALID")


def test_patch_when_it_is_answered_then_the_next_alert_obeys(client, patch, holding):
    client.post("/webhook", json=strategy_alert())
    patch({"notional": "100"})
    client.post("/webhook", json=strategy_alert())

    assert holding() == "21"


def test_delete_when_the_etag_is_current_then_the_bot_is_gone(operator):
    etag = operator.post("/api/bots", json={"id": "other"}).headers["ETag"]
    response = operator.delete("/api/bots/other", headers={"If-Match": etag})

    assert (response.status_code, response.data) == (204, b"")
    assert operator.get("/api/bots/other").status_code == 404


@pytest.mark.parametrize(("etag", "status"), [(None, 428), ('"0"', 412)])
def test_delete_when_if_match_is_unusable_then_the_bot_stays(operator, etag, status):
    operator.post("/api/bots", json={"id": "other"})
    headers = {"If-Match": etag} if etag is not None else {}

    assert operator.delete("/api/bots/other", headers=headers).status_code == status
    assert operator.get("/api/bots/other").status_code == 200


@pytest.mark.parametrize(
    ("bot", "alert", "still"),
    [
        ({}, {"limit_price": "100", "order_type": "limit"}, "orders that may fill"),
        (
            {"approval": "always"},
            {"order_type": "market", "limit_price": None},
            "alerts that are not finished",
        ),
    ],
)
def test_delete_when_something_of_it_goes_on_then_the_bot_stays(operator, anonymous, bot, alert, still):
    operator.put("/api/paper/prices", json={"BTC-USD": "95000"})
    secret = operator.post("/api/bots", json={"id": "other", **bot}).json["secret"]
    anonymous.post("/tradingview/webhook", json=bridge_alert(fund_id="other", secret=secret, **alert))
    response = operator.delete("/api/bots/other", headers={"If-Match": "*"})

    assert (response.status_code, still in response.json["error"]["message"]) == (409, True)
    assert operator.get("/api/bots/other").status_code == 200


def test_delete_when_it_is_the_default_bot_then_409(operator):
    assert operator.delete(URL, headers={"If-Match": "*"}).status_code == 409


def test_secret_when_it_is_rotated_then_both_work_until_the_overlap_ends(operator, anonymous, clock):
    rotated = operator.post(f"{URL}/secret").json

    def statuses() -> list[int]:
        secrets = (WEBHOOK_SECRET, rotated["secret"])
        return [anonymous.post("/webhook", json=strategy_alert(secret=item)).status_code for item in secrets]

    during = statuses()
    clock.move(hours=24)

    assert (during, statuses()) == ([200, 200], [401, 200])
    assert set(rotated) == {"secret", "previous_valid_until"}


def test_secret_when_the_bot_does_not_exist_then_404(operator):
    assert operator.post("/api/bots/nobody/secret").status_code == 404


def test_secret_when_it_is_rotated_then_the_etag_moves(operator, patch):
    etag = operator.get(URL).headers["ETag"]
    operator.post(f"{URL}/secret")

    assert patch({"name": "x"}, etag).status_code == 412
