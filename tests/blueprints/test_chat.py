"""Slack and Discord by HTTP, with real signatures."""

import hashlib
import hmac
import json
import threading
import time
from dataclasses import replace
from datetime import timedelta
from itertools import count
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.bots import BotConfiguration
from app.domain.trading_state import TradingState
from app.errors import StoreUnavailable

pytestmark = pytest.mark.unit

SECRET = "a-signing-secret"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
RESPONSE = "https://hooks.slack.com/commands/T/1/abc"
TRIGGERS = count(1)


@pytest.fixture
def settings(settings):
    return replace(
        settings,
        slack_signing_secret=SECRET,
        discord_public_key=KEY.public_key().public_bytes_raw().hex(),
        chat_operators=("slack:U1", "discord:7"),
        idempotency_ttl_seconds=30,
    )


@pytest.fixture
def sent(services, monkeypatch):
    """What goes to response addresses."""
    found = []
    monkeypatch.setattr(
        type(services.chat.responses), "post", lambda _, address, body, **__: found.append((address, body))
    )
    return found


def wait_until(holds) -> bool:
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.005)
    return bool(holds())


def signed(body: bytes, now, secret: str = SECRET) -> dict[str, str]:
    at = str(int(now.timestamp()))
    digest = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}


@pytest.fixture
def slack(anonymous, clock, sent):
    """Say something in Slack; the answer's text, and its buttons by their labels."""

    def say(text: str, user: str = "U1"):
        form = {"user_id": user, "text": text, "response_url": RESPONSE, "trigger_id": next(TRIGGERS)}
        body = urlencode(form).encode()
        answer = anonymous.post("/slack/commands", data=body, headers=signed(body, clock()))
        assert answer.status_code == 200, answer.data
        blocks = answer.json["blocks"]
        buttons = {item["text"]["text"]: item for block in blocks[1:] for item in block["elements"]}
        return answer.json["text"], buttons

    return say


@pytest.fixture
def press(anonymous, clock, sent):
    """Press a button; the text that replaces its message."""

    def pressed(button, user: str = "U1"):
        action = {"action_id": button["action_id"], "value": button["value"]}
        payload = {"user": {"id": user}, "actions": [action], "response_url": RESPONSE, "n": next(TRIGGERS)}
        body = urlencode({"payload": json.dumps(payload)}).encode()
        known = len(sent)
        answer = anonymous.post("/slack/actions", data=body, headers=signed(body, clock()))
        assert (answer.status_code, answer.data) == (200, b"")
        assert wait_until(lambda: len(sent) > known)
        return sent[-1][1]["text"]

    return pressed


@pytest.fixture
def priced(operator):
    operator.put("/api/paper/prices", json={"AAPL": "190"})


def forget_the_end(services):
    """Leave buttons as a process leaves them that dies before it has written what came of them."""
    for document in list(services.store.list("chat/proposals/")):
        services.store.replace(document, document.value | {"done": False, "begun": True})


def tickets(services):
    return list(services.store.list("tickets/"))


def test_order_when_said_then_nothing_is_ordered_before_the_button_and_once_after(
    slack, press, services, priced
):
    text, buttons = slack("buy AAPL 10 limit 195 sl 185 tp 200")

    assert "Would be ordered:" in text
    assert "buy 10 AAPL" in text
    assert tickets(services) == []

    assert press(buttons["Confirm"]).startswith("filled")
    assert press(buttons["Confirm"]) == "This was done already."
    (ticket,) = tickets(services)
    assert (ticket.value["dialect"], ticket.value["status"]) == ("chat", "filled")
    assert ticket.value["alert"]["by"] == "slack:U1"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda clock, _: clock.move(minutes=6), "time is over"),
        (
            lambda _, services: services.operations.switch.throw(switched(TradingState.REDUCING), by="x"),
            "has changed",
        ),
        (lambda _, services: rename(services), "has changed"),
    ],
    ids=["time", "state", "bot"],
)
def test_button_when_its_time_or_its_state_is_over_then_nothing_is_ordered(
    slack, press, services, priced, clock, change, said
):
    _, buttons = slack("buy AAPL 10")
    change(clock, services)

    assert said in press(buttons["Confirm"])
    assert tickets(services) == []


def test_button_when_another_symbol_was_filled_meanwhile_then_still_works(slack, press, priced, operator):
    operator.put("/api/paper/prices", json={"MSFT": "400"})
    _, first = slack("buy AAPL 10")
    _, second = slack("buy MSFT 1")

    assert press(second["Confirm"]).startswith("filled")
    assert press(first["Confirm"]).startswith("filled")


def test_button_when_its_own_symbol_was_filled_meanwhile_then_nothing_is_ordered(slack, press, priced):
    _, first = slack("buy AAPL 10")
    _, second = slack("buy AAPL 10")

    assert press(second["Confirm"]).startswith("filled")
    assert "has changed" in press(first["Confirm"])


def test_button_when_the_process_died_behind_the_order_then_finds_it_and_orders_nothing(
    slack, press, services, priced, clock
):
    _, buttons = slack("buy AAPL 10")
    told = press(buttons["Confirm"])
    forget_the_end(services)
    clock.move(minutes=4)
    services.supervisor.tick(everything=True)

    assert press(buttons["Confirm"]) == told
    assert len(tickets(services)) == 1


def test_button_when_the_process_died_behind_a_close_then_closes_nothing_more(slack, press, services, priced):
    press(slack("buy AAPL 10")[1]["Confirm"])
    _, buttons = slack("close AAPL")
    told = press(buttons["Confirm"])
    forget_the_end(services)
    before = len(tickets(services))

    assert press(buttons["Confirm"]) == told
    assert len(tickets(services)) == before


@pytest.mark.parametrize(("text", "done"), [("close AAPL", "paper AAPL: filled"), ("resume", "is ACTIVE")])
def test_button_when_the_process_died_before_it_did_anything_then_works_when_pressed_again(
    slack, press, services, priced, holding, text, done
):
    press(slack("buy AAPL 10")[1]["Confirm"])
    slack("halt the news")
    _, buttons = slack(text)
    forget_the_end(services)

    assert done in press(buttons["Confirm"])
    assert press(buttons["Confirm"]) == "This was done already."
    assert (holding() == "0") is (text == "close AAPL")


def test_button_when_what_it_closes_grew_after_the_process_died_then_that_is_left_alone(
    slack, press, services, priced, holding
):
    press(slack("buy AAPL 10")[1]["Confirm"])
    _, buttons = slack("close AAPL")
    press(slack("buy AAPL 5")[1]["Confirm"])
    forget_the_end(services)

    assert "what is held there has changed" in press(buttons["Confirm"])
    assert holding() == "15"


def test_close_all_when_there_are_more_than_an_answer_can_tell_then_all_are_closed(
    slack, press, operator, client, services
):
    symbols = [f"ZQ{first}{second}" for first in "ABCDEFG" for second in "ABCDEFG"]
    operator.put("/api/paper/prices", json=dict.fromkeys(symbols, "10"))
    for symbol in symbols:
        assert client.post("/webhook", data=f"buy {symbol} 1").json["status"] == "filled"

    told = press(slack("close all")[1]["Confirm"])

    assert "the dashboard has the rest" in told
    assert services.brokers.registry.get("paper").positions() == []


def test_resume_when_the_switch_was_thrown_since_then_leaves_it_as_it_is(slack, press, services, priced):
    services.operations.bots.create("trend", BotConfiguration(), secret="of-trend", by="x")
    slack("halt trend the news")
    _, buttons = slack("resume trend")
    slack("halt trend the broker is down")

    assert "has changed" in press(buttons["Confirm"])
    forget_the_end(services)
    assert press(buttons["Confirm"]) == "trend is HALTED."


def test_answer_when_it_takes_too_long_then_follows_through_the_response_address(
    slack, services, sent, monkeypatch
):
    counter, ended = services.chat.counter, threading.Event()
    answer = type(counter.desk).answer
    monkeypatch.setattr(
        type(counter.desk), "answer", lambda desk, asked: ended.wait(60) and answer(desk, asked)
    )
    object.__setattr__(counter, "patience_seconds", 0.05)

    assert "follows" in slack("status")[0]
    ended.set()
    assert wait_until(lambda: sent)
    assert sent[0][0] == RESPONSE
    assert "Trading is ACTIVE" in sent[0][1]["text"]


def test_chat_when_the_clock_comes_by_then_old_buttons_and_deliveries_are_forgotten(slack, services, clock):
    slack("buy AAPL 10")
    slack("resume")
    assert list(services.store.list("chat/"))
    clock.move(minutes=21)
    task = next(task for task in services.supervisor.tasks if task.name == "chat")
    task.run()

    assert list(services.store.list("chat/")) == []


def test_button_when_somebody_else_presses_it_then_is_refused(slack, press, services, priced):
    _, buttons = slack("buy AAPL 10")

    assert "not heard" in press(buttons["Confirm"], user="U2")
    assert tickets(services) == []


def test_dismissed_order_when_its_button_is_pressed_then_nothing_was_done(slack, press, services, priced):
    _, buttons = slack("buy AAPL 10")

    assert press(buttons["Dismiss"]) == "Nothing was done."


def test_stranger_when_he_speaks_then_is_told_his_own_id_and_nothing_else(slack, services):
    text, buttons = slack("halt", user="U999")

    assert "slack:U999" in text
    assert buttons == {}
    assert services.operations.switch.read().state is TradingState.ACTIVE


def test_halt_when_said_then_acts_at_once_and_resume_wants_a_button(slack, press, services):
    assert "HALTED" in slack("halt the news")[0]
    assert services.operations.switch.read().reason == "the news"

    _, buttons = slack("resume")
    assert services.operations.switch.read().state is TradingState.HALTED
    assert press(buttons["Confirm"]) == "Trading is ACTIVE."
    assert services.operations.switch.read().state is TradingState.ACTIVE


def test_audit_when_somebody_speaks_then_says_who(slack, press, services):
    slack("halt the news")
    press(slack("resume")[1]["Confirm"])

    who = [line.value["who"] for line in services.store.list("audit/")]
    assert who.count("slack:U1") == 2


def test_halt_when_its_first_word_is_a_bot_then_only_that_bot_is_halted(slack, services):
    slack("reduce default too many losses")

    bot = services.operations.bots.find("default")
    assert (bot.switch.state, bot.switch.reason) == (TradingState.REDUCING, "too many losses")
    assert services.operations.switch.read().state is TradingState.ACTIVE


def test_button_when_its_end_could_not_be_written_then_what_was_done_is_told(
    slack, press, store, priced, monkeypatch
):
    _, buttons = slack("buy AAPL 5")
    write = store.replace

    def lost(document, value):
        if document.key.startswith("chat/proposals/") and value.get("done"):
            raise StoreUnavailable("The store is away.")
        return write(document, value)

    monkeypatch.setattr(store, "replace", lost)

    assert press(buttons["Confirm"]).startswith("filled: buy AAPL 5")


def test_close_when_confirmed_then_the_position_is_gone(slack, press, services, priced):
    press(slack("buy AAPL 10")[1]["Confirm"])
    text, buttons = slack("close AAPL")

    assert "paper AAPL 10" in text
    assert "filled" in press(buttons["Confirm"])
    assert slack("positions")[0] == "No positions."
    assert slack("close all")[0] == "Nothing is held."


def test_approval_when_given_in_chat_then_the_order_goes(slack, press, services, priced, operator, client):
    operator.patch("/api/bots/default", json={"approval": "always"}, headers={"If-Match": "*"})
    words = {"symbol": "AAPL", "strategy_order_id": "long", "strategy_order_action": "buy"}
    waiting = client.post("/webhook", json=words | {"strategy_order_price": 190}).json["ticket"]

    assert waiting in slack("status")[0]
    assert slack(f"approve {waiting}")[0].startswith("approved")
    assert "sent to broker" in slack(f"why {waiting}")[0]
    assert "waits for nobody" in slack(f"reject {waiting}")[0]


def test_approval_when_given_too_late_then_nobody_is_told_that_it_was(slack, priced, operator, client, clock):
    operator.patch("/api/bots/default", json={"approval": "always"}, headers={"If-Match": "*"})
    words = {"symbol": "AAPL", "strategy_order_id": "long", "strategy_order_action": "buy"}
    waiting = client.post("/webhook", json=words | {"strategy_order_price": 190}).json["ticket"]
    clock.move(seconds=901)

    assert slack(f"approve {waiting}")[0].startswith("too late: default: AAPL expired")


@pytest.mark.parametrize(
    "text", ["", "help", "dance", "why nothing", "buy", "buy AAPL banana", "preview sell AAPL 5"]
)
def test_words_when_not_an_order_then_are_answered_without_a_button(slack, text, services):
    answer, buttons = slack(text)

    assert answer
    assert buttons == {}
    assert tickets(services) == []


def test_delivery_when_it_comes_again_then_is_one_command(anonymous, clock, services, sent):
    body = urlencode({"user_id": "U1", "text": "halt", "response_url": RESPONSE}).encode()
    headers = signed(body, clock())
    first, again = (anonymous.post("/slack/commands", data=body, headers=headers) for _ in range(2))

    assert "HALTED" in first.json["text"]
    assert "came before" in again.json["text"]


def test_text_when_it_would_call_people_then_is_escaped(slack):
    assert "<!channel>" not in slack("why <!channel>")[0]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda headers, _: headers | {"X-Slack-Signature": "v0=" + "0" * 64},
        lambda headers, _: headers | {"X-Slack-Signature": ""},
        lambda headers, _: headers | {"X-Slack-Request-Timestamp": "soon"},
        lambda headers, _: headers | {"X-Slack-Signature": "v0=\xe9"},
        lambda headers, _: headers | {"X-Slack-Request-Timestamp": "9" * 30},
        lambda *_: {},
        lambda _, clock: signed(b"text=halt&user_id=U1", clock() - timedelta(minutes=6)),
        lambda _, clock: signed(b"text=halt&user_id=U1", clock(), "another secret"),
    ],
)
def test_slack_when_its_signature_is_wrong_or_old_then_401_and_nothing_happens(
    anonymous, clock, services, spoil
):
    body = b"text=halt&user_id=U1"
    answer = anonymous.post("/slack/commands", data=body, headers=spoil(signed(body, clock()), clock))

    assert answer.status_code == 401
    assert services.operations.switch.read().state is TradingState.ACTIVE
    assert list(services.store.list("chat/")) == []


@pytest.mark.parametrize("body", [b"", b"payload=nonsense", b"user_id=U1;DROP&text=x", b"a=1&" * 100])
@pytest.mark.parametrize("path", ["/slack/commands", "/slack/actions"])
def test_slack_when_the_body_is_garbage_then_400(anonymous, clock, path, body):
    answer = anonymous.post(path, data=body, headers=signed(body, clock()))

    assert answer.status_code == 400


def test_slack_when_the_body_is_no_text_then_401(anonymous, clock):
    body = b"\xff\xfe"

    assert anonymous.post("/slack/commands", data=body, headers=signed(body, clock())).status_code == 401


def by_discord(data: dict, now, key=KEY):
    body = json.dumps(data).encode()
    at = str(int(now.timestamp()))
    headers = {"X-Signature-Timestamp": at, "X-Signature-Ed25519": key.sign(at.encode() + body).hex()}
    return {"data": body, "headers": headers, "content_type": "application/json"}


def interaction(kind: int, data: dict | None = None, user: str = "7") -> dict:
    return {
        "id": str(next(TRIGGERS)),
        "type": kind,
        "application_id": "99",
        "token": "t0ken",
        "member": {"user": {"id": user}},
        "data": data or {},
    }


def command(text: str, **more) -> dict:
    return interaction(2, {"name": "gatehouse", "options": [{"name": "command", "value": text}]}, **more)


def test_discord_when_it_asks_whether_we_are_there_then_pong(anonymous, clock):
    assert anonymous.post("/discord/interactions", **by_discord({"type": 1}, clock())).json == {"type": 1}


def test_discord_when_an_order_is_confirmed_then_it_is_filled_in_place_of_the_question(
    anonymous, clock, services, priced
):
    asked = anonymous.post("/discord/interactions", **by_discord(command("buy AAPL 10"), clock())).json
    (row,) = asked["data"]["components"]
    confirm = row["components"][0]["custom_id"]
    done = anonymous.post(
        "/discord/interactions", **by_discord(interaction(3, {"custom_id": confirm}), clock())
    ).json

    assert (asked["type"], asked["data"]["flags"], asked["data"]["allowed_mentions"]) == (
        4,
        64,
        {"parse": []},
    )
    assert done["type"] == 7
    assert done["data"]["content"].startswith("filled")
    assert len(tickets(services)) == 1


def test_discord_when_a_stranger_speaks_then_is_told_his_id(anonymous, clock):
    answer = anonymous.post("/discord/interactions", **by_discord(command("status", user="8"), clock())).json

    assert "discord:8" in answer["data"]["content"]


@pytest.mark.parametrize("user", [8, None, True, ["8"], {}])
def test_discord_when_the_speakers_id_is_no_text_then_nothing_breaks(anonymous, clock, user):
    said = by_discord(command("status", user=user), clock())

    assert anonymous.post("/discord/interactions", **said).status_code == (200 if user == 8 else 400)


@pytest.mark.parametrize("wrong", ["another key", "old", "none"])
def test_discord_when_its_signature_is_wrong_or_old_then_401(anonymous, clock, wrong):
    key = Ed25519PrivateKey.generate() if wrong == "another key" else KEY
    now = clock() - timedelta(minutes=6) if wrong == "old" else clock()
    said = by_discord({"type": 1}, now, key)
    if wrong == "none":
        said["headers"] = {}

    assert anonymous.post("/discord/interactions", **said).status_code == 401


@pytest.mark.parametrize("data", [{}, {"type": 9}, {"type": 2}, {"type": 3, "data": {"custom_id": "x:y"}}])
def test_discord_when_the_interaction_is_none_of_ours_then_400(anonymous, clock, data):
    assert anonymous.post("/discord/interactions", **by_discord(data, clock())).status_code == 400


@pytest.mark.parametrize("path", ["/slack/commands", "/slack/actions", "/discord/interactions"])
def test_platform_when_it_is_not_set_up_then_401_whatever_is_signed(make_app, clock, path):
    app = make_app(slack_signing_secret=None, discord_public_key=None)
    headers = signed(b"{}", clock()) | by_discord({}, clock())["headers"]

    assert app.test_client().post(path, data=b"{}", headers=headers).status_code == 401


def switched(state: TradingState):
    from app.domain.trading_state import StateSwitch

    return StateSwitch(state)


def rename(services):
    bots = services.operations.bots
    bot, version = bots.get("default")
    bots.change("default", replace(bot.configuration, name="another"), version=version)


@pytest.mark.parametrize(
    "text", ["resume nobot", "resume trnd the news", "close", "close AAPL 5", "close all 5"]
)
def test_command_when_it_names_no_bot_or_no_symbol_alone_then_is_refused_and_means_not_all(
    slack, priced, text
):
    told, buttons = slack(text)

    assert buttons == {}
    assert "There is no bot" in told or "Write `close SYMBOL`" in told


def test_close_when_the_symbol_goes_by_another_name_then_says_what_is_held(slack, press, priced):
    press(slack("buy AAPL 10")[1]["Confirm"])

    assert slack("close APPL") == ("Nothing is held of APPL. Held: AAPL", {})


def test_order_when_it_waits_for_a_price_then_the_button_says_which(slack, priced):
    assert "buy 10 AAPL stop 200" in slack("buy AAPL 10 stop 200")[0]


def test_order_when_it_adds_to_a_position_then_the_button_says_which_exits_follow(slack, press, priced):
    press(slack("buy AAPL 10")[1]["Confirm"])

    assert "then stop-loss 150 take-profit 250" in slack("buy AAPL 5 sl 150 tp 250")[0]
