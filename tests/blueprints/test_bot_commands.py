"""Bot commands that enter and leave, from the request to the ticket; on paper."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.request_counts import ALLOWED
from app.domain.structures.commands import EnterCommand, ExitCommand, WantedLeg
from app.repositories.inbox import InboxEntry
from app.schemas.alerts import read_stored_signal
from tests.builders import ACCOUNT_SECRET, client_of, strategy_alert
from tests.option_bots import CONDOR_BOT

pytestmark = pytest.mark.integration

PATH = f"/webhook/{ACCOUNT_SECRET}"
LEG = {"symbol": "AAPL", "quantity": 2, "expiration": "2025-03-21", "type": "call", "strike": 105}
SPREAD = [LEG, LEG | {"quantity": -2, "strike": 110}]
UNSTORED = {"success": False, "id": None}


@pytest.fixture
def clock(clock):
    clock.now = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
    return clock


@pytest.fixture(autouse=True)
def _world(operator):
    """Apple costs 100; bot 2 trades condors, bot 3 whatever legs it is told, bot 1 shares."""
    operator.put("/api/paper/prices", json={"AAPL": "100"})
    operator.post("/api/bots", json={"id": "condors"} | CONDOR_BOT)
    operator.post("/api/bots", json={"id": "any", "structure": "custom", "ladder_give_pct": "1"})


@pytest.fixture
def post(anonymous):
    def send(path: str, body=None, **options):
        return (
            anonymous.post(f"{PATH}/{path}", json=body, **options)
            if body is not None
            else anonymous.post(f"{PATH}/{path}", **options)
        )

    return send


@pytest.fixture
def filled(services, clock):
    """Let ladders come to their end."""

    def climb():
        for _ in range(8):
            clock.move(seconds=11)
            services.structures.ladders.run()

    return climb


@pytest.fixture
def ticket(operator):
    return lambda response: operator.get(f"/api/tickets/{response.json['id']}").json


def test_enter_when_by_settings_then_the_answer_says_contracts_and_the_trade_opens(
    post, ticket, filled, anonymous
):
    answer = post("enter/2")

    assert (answer.status_code, answer.json["success"], answer.json["payload"]) == (200, True, {"bot": 2})
    assert [leg["ratio"] for leg in answer.json["chosen"]] == [1, -1, -1, 1]
    assert ticket(answer)["dialect"] == "bot_command"
    filled()
    (trade,) = anonymous.get(f"{PATH}/trades").json["trades"]
    assert (trade["strategy"], trade["bot"], trade["units"], trade["state"]) == (
        "IRON CONDOR",
        2,
        1,
        "open",
    )
    assert 0 < trade["entry_price"] < 5
    assert trade["largest_loss"] == pytest.approx(5 - trade["entry_price"])


def test_enter_when_by_legs_then_the_payload_repeats_them_and_the_nearest_contracts_are_chosen(post):
    legs = [
        LEG | {"symbol": "aapl", "strike": 104.9, "expiration": "2025-03-20"},
        SPREAD[1] | {"strike": "110.4"},
    ]
    answer = post("enter", {"bot": "3", "legs": legs})

    assert (answer.status_code, answer.json["payload"]) == (200, legs)
    assert answer.json["chosen"] == [
        {"symbol": "AAPL250321C00105000", "ratio": 1},
        {"symbol": "AAPL250321C00110000", "ratio": -1},
    ]


def test_enter_when_it_says_how_many_then_so_many_units_are_entered(post, filled, anonymous):
    assert post("enter/2", {"quantity": 3}).json["payload"] == {"quantity": 3}
    filled()

    assert anonymous.get(f"{PATH}/trades").json["trades"][0]["units"] == 3


@pytest.mark.parametrize("body", [None, {"legs": SPREAD}])
def test_enter_when_the_bot_trades_shares_then_its_kind_is_wrong(post, ticket, body):
    answer = post("enter/1", body)

    assert (answer.status_code, answer.json["success"]) == (400, False)
    assert answer.json["reason"] == "BOT_KIND_MISMATCH"
    assert ticket(answer)["status"] == "denied"


@pytest.mark.parametrize(
    ("leg", "reason"),
    [({"strike": 150}, "STRIKE_TOO_FAR"), ({"expiration": "2027-03-19"}, "EXPIRY_TOO_FAR")],
)
def test_enter_when_nothing_near_is_listed_then_refused_with_a_ticket(post, ticket, leg, reason):
    answer = post("enter", {"bot": 3, "legs": [LEG | leg]})

    assert (answer.status_code, answer.json["reason"]) == (400, reason)
    assert ticket(answer)["reason"] == reason


BAD_LEGS = {
    "none": [],
    "five": [LEG] * 5,
    "no list": {"symbol": "AAPL"},
    "no object": [1],
    "null": None,
    "quantity zero": [LEG | {"quantity": 0}],
    "quantity a fraction": [LEG | {"quantity": 1.5}],
    "quantity with a point": [LEG | {"quantity": 1.0}],
    "quantity true": [LEG | {"quantity": True}],
    "quantity huge": [LEG | {"quantity": 10**30}],
    "type straddle": [LEG | {"type": "straddle"}],
    "strike zero": [LEG | {"strike": 0}],
    "strike negative": [LEG | {"strike": -5}],
    "strike a word": [LEG | {"strike": "ATM"}],
    "a day that is none": [LEG | {"expiration": "2025-02-30"}],
    "another notation": [LEG | {"expiration": "20250321"}],
    "a week": [LEG | {"expiration": "2025-W12-5"}],
    "no strike": [{name: value for name, value in LEG.items() if name != "strike"}],
    "no symbol": [{name: value for name, value in LEG.items() if name != "symbol"}],
    "two symbols": [LEG, LEG | {"symbol": "MSFT"}],
    "shares alone": [{"symbol": "AAPL", "quantity": 100}],
    "unknown field": [LEG | {"limit": 1}],
}


@pytest.mark.parametrize("legs", BAD_LEGS.values(), ids=BAD_LEGS)
@pytest.mark.parametrize("path", ["enter", "enter/3"])
def test_legs_when_their_shape_is_wrong_then_refused_and_nothing_is_stored(post, store, legs, path):
    answer = post(path, {"bot": 3, "legs": legs})

    assert answer.status_code == 400
    assert answer.json | UNSTORED == answer.json
    assert answer.json["reason"] == "STRUCTURE_MALFORMED"
    assert list(store.list("inbox/")) == list(store.list("tickets/")) == []


@pytest.mark.parametrize("trim", [0, 101, -1, 20.5, 20.0, True, "half", None, [20]])
def test_trim_when_it_is_no_percentage_then_refused_by_its_own_code(post, trim):
    expected = 404 if trim is None else 400
    answer = post("exit", {"trade": 1, "trim": trim})

    assert answer.status_code == expected
    assert answer.json["reason"] == ("TRADE_UNKNOWN" if trim is None else "TRIM_MALFORMED")


BAD_BODIES = {
    "enter without legs": ("enter", {"bot": 3}, "STRUCTURE_MALFORMED"),
    "enter without a bot": ("enter", {"legs": SPREAD}, "ALERT_MALFORMED"),
    "enter with a bot as a float": ("enter", {"bot": 3.0, "legs": SPREAD}, "ALERT_MALFORMED"),
    "enter with a bot as true": ("enter", {"bot": True, "legs": SPREAD}, "ALERT_MALFORMED"),
    "enter with a bot by name": ("enter", {"bot": "any", "legs": SPREAD}, "ALERT_MALFORMED"),
    "enter with two sizes": ("enter", {"bot": 3, "legs": SPREAD, "quantity": 2}, "ALERT_MALFORMED"),
    "enter with an exit's field": ("enter", {"bot": 3, "legs": SPREAD, "close": "all"}, "ALERT_MALFORMED"),
    "enter another bot": ("enter/2", {"bot": 3}, "ALERT_MALFORMED"),
    "enter no units": ("enter/2", {"quantity": 0}, "ALERT_MALFORMED"),
    "enter under another name": ("enter/2", {"qty": 5}, "ALERT_MALFORMED"),
    "enter as a command": ("enter/2", {"command": "exit"}, "ALERT_MALFORMED"),
    "exit nothing": ("exit", {}, "ALERT_MALFORMED"),
    "exit a bot": ("exit", {"bot": 2}, "ALERT_MALFORMED"),
    "exit without a bot": ("exit", {"close": "all"}, "ALERT_MALFORMED"),
    "exit the eldest": ("exit", {"bot": 2, "close": "eldest"}, "ALERT_MALFORMED"),
    "exit two ways": ("exit", {"bot": 2, "close": "all", "trade": 1}, "ALERT_MALFORMED"),
    "exit with legs": ("exit", {"bot": 2, "close": "all", "legs": SPREAD}, "STRUCTURE_MALFORMED"),
    "exit another trade": ("exit/1", {"trade": 2}, "ALERT_MALFORMED"),
    "trim all": ("exit", {"bot": 2, "close": "all", "trim": 50}, "TRIM_MALFORMED"),
}


@pytest.mark.parametrize(("path", "body", "reason"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_body_when_its_shape_is_wrong_then_refused_and_nothing_is_stored(post, store, path, body, reason):
    answer = post(path, body)

    assert (answer.status_code, answer.json["reason"]) == (400, reason)
    assert answer.json | UNSTORED == answer.json
    assert list(store.list("inbox/")) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [("enter", b""), ("exit", b" "), ("exit", b"{"), ("enter/2", b"[]"), ("exit/1", b"\xff")],
)
def test_body_when_it_is_no_json_object_then_400(post, path, body):
    assert post(path, data=body).json["reason"] == "ALERT_MALFORMED"


def test_body_when_something_stands_behind_the_address_then_it_is_refused(post):
    assert "?" in post("exit/1?trim=20").json["message"]


@pytest.mark.parametrize(
    "path", ["enter/99", "enter/any", "enter/2.0", "enter/0", f"enter/{10**30}", "enter/\u0662"]
)
def test_bot_when_there_is_none_then_404(post, path):
    answer = post(path)

    assert (answer.status_code, answer.json["reason"], answer.json["id"]) == (404, "BOT_UNKNOWN", None)


def test_trade_when_it_is_anothers_or_nobodys_then_404_alike(post, filled):
    post("enter/2")
    filled()
    foreign = post("exit", {"bot": 3, "trade": 1})
    unknown = post("exit", {"bot": 3, "trade": 77})

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.text.replace("trade 1;", "trade 77;") == unknown.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("exit/1", None),
        ("exit", {"trade": 1}),
        ("exit", {"trade": "1", "bot": "2", "close": "", "trim": 100}),
        ("exit", {"bot": 2, "close": "all"}),
        ("exit", {"bot": 2, "close": "newest"}),
        ("exit", {"bot": 2, "close": "Oldest"}),
    ],
)
def test_exit_when_a_trade_is_meant_then_it_is_left(post, filled, anonymous, path, body):
    post("enter/2")
    filled()
    answer = post(path, body)

    assert (answer.status_code, answer.json["success"]) == (200, True), answer.text
    assert answer.json["payload"] == (body or {"trade": 1})
    assert (answer.json["closes"], answer.json["units_closed"]) == ([{"trade": 1, "units_closed": 1}], 1)
    filled()
    assert anonymous.get(f"{PATH}/trades").json["trades"] == []


def test_bot_when_it_has_an_open_structure_then_it_cannot_be_removed(post, operator):
    post("enter/2")
    answer = operator.delete("/api/bots/condors", headers={"If-Match": "*"})

    assert answer.status_code == 409
    assert operator.get("/api/bots/condors").status_code == 200


def test_exit_when_trading_is_halted_then_refused_with_its_reason(post, operator, filled):
    post("enter/2")
    filled()
    operator.put("/api/trading-state", json={"state": "HALTED"})

    assert post("exit/1").json["reason"] == "TRADING_HALTED"


def test_fault_when_it_is_ours_then_the_answer_still_has_the_documents_fields(make_app, monkeypatch):
    app = make_app()
    monkeypatch.delitem(app.view_functions, "commands.exit_trade")
    answer = client_of(app).post(f"{PATH}/exit/1")

    assert (answer.status_code, answer.json["reason"]) == (500, "INTERNAL_ERROR")
    assert answer.json | UNSTORED == answer.json


def test_exit_when_a_share_of_a_trade_is_meant_then_units_are_rounded_up(post, filled, anonymous):
    post("enter/2", {"quantity": 3})
    filled()
    answer = post("exit/1", {"trim": 50})
    filled()

    assert answer.json["units_closed"] == 2
    assert anonymous.get(f"{PATH}/trades").json["trades"][0]["units"] == 1


def test_exit_when_nothing_is_open_then_there_is_none_to_close(post, ticket):
    answer = post("exit", {"bot": 2, "close": "all"})

    assert (answer.status_code, answer.json["reason"]) == (400, "TRADE_NONE")
    assert ticket(answer)["status"] == "denied"


def test_exit_when_the_trade_is_over_then_there_is_none_to_close(post, filled):
    post("enter/2")
    filled()
    post("exit/1", {"idempotency_key": "first"})
    filled()

    assert (post("exit/1").status_code, post("exit/1").json["reason"]) == (400, "TRADE_NONE")


def test_repeat_when_it_comes_within_ten_seconds_then_it_is_a_resend(post, clock, store):
    first, again = post("enter/2"), post("enter/2")
    clock.move(seconds=9.9)
    late = post("enter/2")

    assert first.status_code == 200
    assert first.json == again.json == late.json
    assert len(list(store.list("structures/"))) == 1


def test_repeat_when_it_comes_later_than_ten_seconds_then_it_is_another_command(post, clock, store):
    first = post("enter/2")
    clock.move(seconds=10)

    assert post("enter/2").json["id"] != first.json["id"]
    assert len(list(store.list("structures/"))) == 2


def test_repeat_when_it_has_a_key_then_it_is_the_same_for_minutes(post, clock, store):
    body = {"idempotency_key": "morning"}
    first = post("enter/2", body)
    clock.move(seconds=299)

    assert post("enter/2", body).json == first.json
    clock.move(seconds=1)
    assert post("enter/2", body).json["id"] != first.json["id"]
    assert len(list(store.list("structures/"))) == 2


def test_key_when_it_comes_with_another_body_or_address_then_it_is_another_command(post, store):
    answers = [
        post("enter/2", {"idempotency_key": "one"}),
        post("enter/2", {"idempotency_key": "one", "quantity": 2}),
        post("enter/3", {"idempotency_key": "one", "legs": SPREAD}),
        post("enter", {"idempotency_key": "one", "bot": 3, "legs": SPREAD}),
    ]

    assert len({answer.json["id"] for answer in answers}) == 4


def test_repeat_when_the_first_was_refused_then_it_gets_that_answer(post):
    first, again = post("enter/1"), post("enter/1")

    assert (first.status_code, first.json) == (again.status_code, again.json)


def test_repeat_when_the_trade_is_over_by_then_it_still_gets_the_first_answer(post, filled):
    post("enter/2")
    filled()
    body = {"idempotency_key": "out"}
    first = post("exit/1", body)
    filled()

    assert post("exit/1", body).json == first.json


def test_repeat_when_two_processes_get_it_at_once_then_one_trade_comes_of_it(make_app, app, store):
    clients = [client_of(each) for each in (app, make_app())] * 4
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda client: client.post(f"{PATH}/enter/2"), clients))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(list(store.list("structures/"))) == 1


def test_command_when_it_lies_in_the_inbox_then_recovery_reads_the_same_from_it(post, store):
    post("enter", {"bot": 3, "legs": [LEG | {"strike": 104.9}]})
    (entry,) = (InboxEntry.from_document(item) for item in store.list("inbox/") if "ticket" in item.value)
    signal = read_stored_signal(entry.dialect, entry.alert)

    assert entry.bot == "any"
    (leg,) = signal.structure.legs
    assert signal.structure == EnterCommand(None, (leg,))
    assert (leg.symbol, leg.quantity, str(leg.strike), leg.kind) == ("AAPL", 2, "104.9", "call")
    assert isinstance(leg, WantedLeg)
    assert read_stored_signal("bot_command", {"command": "exit", "trade": 7, "trim": 20}).structure == (
        ExitCommand(7, None, 20)
    )


def test_exits_when_other_requests_are_blocked_then_they_still_go(post, filled, anonymous):
    post("enter/2")
    filled()
    statuses = [anonymous.get(f"{PATH}/bots").status_code for _ in range(ALLOWED + 1)]

    assert statuses[-1] == 429
    assert post("enter/2").status_code == 429
    assert post("exit/1").status_code == 200


def test_exits_when_they_are_too_many_then_they_are_blocked_by_themselves(post, anonymous):
    answers = [post("exit/77") for _ in range(ALLOWED + 1)]

    assert [answer.status_code for answer in answers] == [404] * ALLOWED + [429]
    assert answers[-1].headers["Retry-After"] == "300"
    assert answers[-1].json | UNSTORED == answers[-1].json
    assert anonymous.get(f"{PATH}/bots").status_code == 200


def test_preview_when_it_is_a_command_then_contracts_and_verdicts_are_told_and_nothing_is_stored(
    operator, store
):
    before = [document.key for document in store.list("")]
    shown = operator.post("/api/preview", json={"command": "enter", "bot": 2}).json

    assert (shown["status"], shown["bot"], shown["dialect"]) == ("ordered", "condors", "bot_command")
    assert len(shown["signal"]["structure"]["legs"]) == 4
    assert (
        operator.post("/api/preview", json={"command": "enter", "bot": "1"}).json["reason"]
        == "BOT_KIND_MISMATCH"
    )
    assert operator.post("/api/preview", json={"command": "enter", "bot": 99}).status_code == 404
    by_legs = operator.post("/api/preview", json={"command": "enter", "bot": 3, "legs": SPREAD}).json
    assert by_legs["status"] == "ordered"
    assert [document.key for document in store.list("")] == before


def test_command_when_it_is_posted_to_the_webhook_then_its_own_address_is_named(client):
    answer = client.post("/webhook", json={"command": "enter", "bot": 2})

    assert answer.status_code == 400
    assert "/webhook/{secret}/enter" in answer.json["error"]["message"]


def test_path_when_it_is_none_of_the_addresses_then_the_answer_has_the_documents_fields(anonymous):
    for answer in (anonymous.get(f"{PATH}/enter"), anonymous.post(f"{PATH}/leave")):
        assert answer.json | UNSTORED == answer.json
        assert {"reason", "message"} <= set(answer.json)


def test_enter_when_it_was_sent_long_ago_then_it_is_stale(make_app, clock):
    client = client_of(make_app(stale_alert_seconds=60))
    old = {"time": (clock() - timedelta(seconds=61)).isoformat()}

    assert client.post(f"{PATH}/enter/2", json=old).json["reason"] == "ALERT_STALE"
    assert client.post(f"{PATH}/enter/2", json={"time": clock().isoformat()}).status_code == 200


def test_orders_when_ladders_have_filled_then_when_and_the_brokers_ids_are_shown(post, filled, operator):
    post("enter/2")
    filled()
    post("exit/1")
    filled()
    orders = operator.get("/api/orders?status=closed").json["orders"]

    assert [(order["role"], order["status"]) for order in orders] == [("exit", "filled"), ("entry", "filled")]
    assert len({order["broker_order_id"] for order in orders} - {""}) == 2
    assert all(order["created_at"] <= order["filled_at"] for order in orders)


def test_activity_when_trades_are_left_then_they_are_named(post, filled, settings):
    post("enter/2")
    filled()
    post("exit/1")

    text = (settings.log_folder / "activity.log").read_text(encoding="utf-8")
    assert "condors: bot_command alert for trade 1 ordered" in text


def test_command_when_shares_are_held_then_their_trade_is_listed_beside_structures(
    post, client, anonymous, filled
):
    client.post("/webhook", json=strategy_alert())
    post("enter/2")
    filled()

    rows = anonymous.get(f"{PATH}/trades").json["trades"]
    assert {(row["strategy"], row["bot"]) for row in rows} == {("LONG", 1), ("IRON CONDOR", 2)}
