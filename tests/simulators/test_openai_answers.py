"""What the simulated model says, and every way in which it or the line goes wrong, through the real SDK."""

import json
import threading
import time

import pytest
import requests

from tests.simulators.openai import Behaviour, FakeOpenAI
from tests.simulators.openai.driving import prompt
from tests.soon import is_soon

pytestmark = pytest.mark.integration


def decision_of(response):
    return json.loads(response.output_text)


@pytest.mark.parametrize(
    ("direction", "action", "notional"),
    [("bullish", "buy", 250), ("bearish", "sell_short", 250), ("neutral", "skip", 0)],
)
def test_idea_when_it_points_somewhere_then_the_model_goes_along(asker, direction, action, notional):
    decision = decision_of(asker.ask(input=prompt(direction=direction)))

    assert (decision["action"], decision["symbol"], decision["notional_usd"]) == (action, "NVDA", notional)


def test_decision_when_a_function_makes_it_then_it_is_said(asker):
    asker.fake.model.decide = lambda idea, _turn: {"action": "skip", "symbol": idea["symbol"]}

    assert decision_of(asker.ask())["action"] == "skip"


def test_idea_when_it_stands_in_content_parts_then_it_is_read(asker):
    content = [{"type": "input_text", "text": prompt(symbol="AMD")}]

    assert decision_of(asker.ask(input=[{"role": "user", "content": content}]))["symbol"] == "AMD"


def test_limit_when_words_only_look_like_one_then_the_real_one_counts(asker):
    decision = decision_of(asker.ask(input=prompt(alert_name="max notional, says he")))

    assert decision["notional_usd"] == 250


def test_schema_when_it_has_other_keys_then_they_are_filled_and_no_more(asker):
    properties = {"action": {"type": "string", "enum": ["approve", "reject"]}, "why": {"type": "string"}}
    schema = {"type": "object", "properties": properties, "required": ["action", "why"]}
    form = {
        "type": "json_schema",
        "name": "x",
        "strict": True,
        "schema": schema | {"additionalProperties": False},
    }

    assert decision_of(asker.ask(text={"format": form})) == {"action": "approve", "why": ""}


def test_output_when_longer_than_allowed_then_incomplete_and_cut(asker):
    response = asker.ask(max_output_tokens=16)

    assert (response.status, response.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert len(response.output_text) == 64


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("truncated", "incomplete", "max_output_tokens"),
        ("content_filter", "incomplete", "content_filter"),
        ("failed", "failed", None),
        ("cancelled", "cancelled", None),
        ("queued", "queued", None),
        ("in_progress", "in_progress", None),
        ("refusal", "completed", None),
        ("empty", "completed", None),
        ("approval", "completed", None),
    ],
)
def test_response_when_there_is_no_answer_then_its_status_tells(asker, kind, status, reason):
    asker.fake.behave(kind)
    response = asker.ask()

    assert response.status == status
    assert getattr(response.incomplete_details, "reason", None) == reason
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        decision_of(response)


@pytest.mark.parametrize("kind", ["two_messages", "two_parts", "prose", "fenced"])
def test_text_when_it_is_no_json_document_then_json_refuses_it(asker, kind):
    asker.fake.behave(kind)

    with pytest.raises(ValueError, match=r"Expecting|Extra data"):
        decision_of(asker.ask())


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("wrong_enum", "action", "buy_call"),
        ("extra_keys", "leverage", 10),
        ("overconfident", "confidence", 1.7),
        ("infinite_notional", "notional_usd", float("inf")),
        ("number_as_text", "notional_usd", "1e6"),
        ("wrong_symbol", "symbol", "TSLA"),
        ("duplicate_keys", "notional_usd", 1000000),
    ],
)
def test_decision_when_spoiled_then_carries_the_bad_value(asker, kind, key, value):
    asker.fake.behave(kind)

    assert decision_of(asker.ask())[key] == value


def test_decision_when_a_test_names_it_then_only_that_changes(asker):
    asker.fake.behave("decision", decision={"notional_usd": 5})
    decision = decision_of(asker.ask())

    assert (decision["notional_usd"], decision["action"]) == (5, "buy")


def test_confidence_when_nan_then_the_text_says_nan(asker):
    asker.fake.behave("nan")

    assert '"confidence": NaN' in asker.ask().output_text


def test_items_when_of_an_unknown_kind_then_the_message_still_stands(asker):
    asker.fake.behave("unknown_items")
    response = asker.ask()

    assert [item.type for item in response.output] == ["thought_transfer", "message"]


def test_refusal_when_given_then_stands_in_the_content(asker):
    asker.fake.behave("refusal", text="No.")

    assert asker.ask().output[0].content[0].refusal == "No."


def test_failed_when_given_then_the_error_says_why(asker):
    asker.fake.behave("failed", code="rate_limit_exceeded")

    assert asker.ask().error.code == "rate_limit_exceeded"


@pytest.mark.parametrize(
    ("kind", "error", "status", "code"),
    [
        ("rate_limited", "RateLimitError", 429, "rate_limit_exceeded"),
        ("out_of_quota", "RateLimitError", 429, "insufficient_quota"),
        ("server_error", "InternalServerError", 500, None),
        ("unavailable", "InternalServerError", 503, None),
        ("timeout", "APIStatusError", 408, None),
        ("conflict", "ConflictError", 409, "conflict"),
        ("mcp_unreachable", "APIStatusError", 424, "http_error"),
    ],
)
def test_status_when_injected_then_the_sdk_raises_its_error(asker, kind, error, status, code):
    asker.fake.behave(kind)

    with pytest.raises(getattr(asker.sdk, error)) as raised:
        asker.ask()

    assert (raised.value.status_code, raised.value.code) == (status, code)
    assert raised.value.request_id.startswith("req_")


def test_rate_limit_when_injected_then_says_when_to_come_back(asker):
    asker.fake.behave("rate_limited", seconds=7)

    with pytest.raises(asker.sdk.RateLimitError) as raised:
        asker.ask()

    assert raised.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize(("when", "billed"), [("before", 0), ("after", 1)])
def test_status_when_before_or_after_generation_then_billed_only_after(asker, when, billed):
    asker.fake.behave("server_error", when=when)

    with pytest.raises(asker.sdk.InternalServerError):
        asker.ask()

    assert asker.fake.billed()["NVDA"] == billed


@pytest.mark.parametrize(("kind", "billed"), [("reset_before", 0), ("reset_after", 1), ("cut", 1)])
def test_line_when_it_breaks_then_connection_error_and_the_bill_is_right(asker, kind, billed):
    asker.fake.behave(kind)

    with pytest.raises(asker.sdk.APIConnectionError):
        asker.ask()

    assert asker.fake.billed()["NVDA"] == billed


@pytest.mark.parametrize(("kind", "billed"), [("hang", 0), ("slow", 1)])
def test_line_when_it_takes_too_long_then_timeout(asker, kind, billed):
    asker.fake.behave(kind, seconds=2)

    with pytest.raises(asker.sdk.APITimeoutError):
        asker.client.with_options(timeout=0.2).responses.create(model="gpt-5.5", input=prompt())

    assert asker.fake.billed()["NVDA"] == billed


def test_line_when_it_trickles_then_a_timeout_between_bytes_never_comes(asker):
    asker.fake.behave("trickle", seconds=0.01)
    threading.Timer(0.5, asker.fake.stopping.set).start()
    begun = time.monotonic()

    with pytest.raises(asker.sdk.OpenAIError):
        asker.client.with_options(timeout=0.2).responses.create(model="gpt-5.5", input=prompt())

    assert time.monotonic() - begun >= 0.4


def test_html_when_injected_then_it_comes_instead_of_json(asker):
    asker.fake.behave("html", status=200)
    raw = asker.client.responses.with_raw_response.create(model="gpt-5.5", input=prompt())

    assert raw.http_response.text.startswith("<html>")


def test_html_when_injected_with_502_then_the_sdk_raises(asker):
    asker.fake.behave("html")

    with pytest.raises(asker.sdk.InternalServerError):
        asker.ask()


def test_json_when_torn_then_the_sdk_cannot_read_it(asker):
    asker.fake.behave("torn")

    with pytest.raises((ValueError, asker.sdk.OpenAIError)):
        asker.ask()


def test_answer_when_huge_then_it_arrives_whole(asker):
    asker.fake.behave("huge", size=3_000_000)

    assert len(asker.ask().output_text) > 3_000_000


def test_script_when_it_has_several_lines_then_they_come_in_turn(asker):
    for kind in ("refusal", "prose"):
        asker.fake.behave(kind)

    assert [asker.ask().output_text[:3] for _ in range(3)] == ["", "I w", '{"a']


def test_behaviour_when_for_one_symbol_then_others_pass(asker):
    asker.fake.behave("server_error", symbol="TSLA", times=None)

    assert asker.ask().status == "completed"
    with pytest.raises(asker.sdk.InternalServerError):
        asker.ask(input=prompt(symbol="TSLA"))


def test_behaviour_when_unknown_then_it_is_refused():
    with pytest.raises(ValueError, match="kind must be one of"):
        Behaviour(kind="daydream")


def test_bills_when_ideas_are_asked_about_twice_then_both_count(asker):
    asker.ask()
    asker.ask()
    asker.ask(input=prompt(symbol="AMD"))

    assert asker.fake.billed() == {"NVDA": 2, "AMD": 1}
    assert sorted(asker.fake.opinions().values()) == [1, 2]


def test_admin_when_another_process_drives_then_it_behaves(asker):
    admin = f"{asker.fake.url}/_simulator"
    requests.post(f"{admin}/behaviours", json={"kind": "refusal"}, timeout=5)
    asker.ask(tools=[])

    assert requests.get(f"{admin}/behaviours", timeout=5).json()[0]["struck"] == 1
    assert requests.get(f"{admin}/billed", timeout=5).json()["generations"] == {"NVDA": 1}
    assert asker.fake.key not in requests.get(f"{admin}/requests", timeout=5).text


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("behaviours", {"kind": "x"}, 400),
        ("model", {"wise": True}, 400),
        ("model", {"obey": True}, 200),
        ("x", {}, 404),
    ],
)
def test_admin_when_asked_for_nonsense_then_says_so(openai_simulator, path, body, status):
    answer = requests.post(f"{openai_simulator.url}/_simulator/{path}", json=body, timeout=5)

    assert answer.status_code == status


def test_simulator_when_closed_then_nobody_waits_for_it():
    def close():
        with FakeOpenAI() as fake:
            fake.behave("hang")

    assert is_soon(close, 2)
