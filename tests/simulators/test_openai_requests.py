"""What the simulated Responses API takes and what it refuses, through the real SDK."""

import pytest
import requests
from pydantic import BaseModel

from tests.simulators.openai.driving import DECISION, DECISION_SCHEMA, QUOTE

pytestmark = pytest.mark.integration

MCP = {"type": "mcp", "server_label": "opt", "server_url": "https://mcp.example/mcp"}
ROOT = "In context=()"


def in_format(**changes):
    return {"text": {"format": DECISION | changes}}


def with_schema(**changes):
    return in_format(schema=DECISION_SCHEMA | changes)


def without(name, form=QUOTE):
    return {key: value for key, value in form.items() if key != name}


def test_response_when_all_is_well_then_has_every_field_of_the_reference(asker):
    response = asker.ask()
    fields = {"created_at", "error", "incomplete_details", "instructions", "max_output_tokens", "metadata"}
    fields |= {"output", "parallel_tool_calls", "previous_response_id", "reasoning", "store", "temperature"}
    fields |= {"text", "tool_choice", "tools", "top_p", "truncation", "usage", "user"}

    assert (response.object, response.status, response.model) == ("response", "completed", "gpt-5.5")
    assert fields <= set(response.to_dict())


def test_response_when_checked_against_the_sdks_types_then_it_fits(asker):
    body = asker.client.responses.with_raw_response.create(model="gpt-5.5", input="hi").http_response.json()

    assert asker.sdk.types.responses.Response.model_validate(body, strict=True).output_text != ""


def test_response_when_given_then_carries_a_request_id_and_usage(asker):
    response = asker.ask()

    assert response._request_id.startswith("req_")
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens


def test_parse_when_a_model_is_given_then_the_sdks_schema_is_taken(asker):
    class Decision(BaseModel):
        action: str
        confidence: float
        reason: str | None = None

    parsed = asker.client.responses.parse(model="gpt-5.6", input="hi", text_format=Decision)

    assert parsed.output_parsed.confidence == 0.84


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"model": None}, "model", "missing_required_parameter"),
        ({"model": "gemini-9"}, "model", "model_not_found"),
        ({"input": None}, "input", "missing_required_parameter"),
        ({"input": 5}, "input", "invalid_type"),
        ({"extra_body": {"response_format": {}}}, "response_format", "unknown_parameter"),
        ({"max_output_tokens": 5}, "max_output_tokens", "integer_below_min_value"),
        ({"metadata": {"n": 5}}, "metadata.n", "invalid_type"),
        ({"temperature": 3}, "temperature", "invalid_value"),
        ({"reasoning": {"effort": "utmost"}}, "reasoning.effort", "invalid_value"),
        ({"text": {"form": {}}}, "text.form", "unknown_parameter"),
        ({"previous_response_id": "resp_0"}, "previous_response_id", "previous_response_not_found"),
        ({"input": [{"role": "robot", "content": "hi"}]}, "input[0].role", "invalid_value"),
        ({"input": [{"type": "thought"}]}, "input[0].type", "invalid_value"),
        ({"input": [{"role": "user"}]}, "input[0].content", "missing_required_parameter"),
        (
            {"input": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]},
            "input[0].content[0].type",
            "invalid_value",
        ),
        (in_format(name="a decision"), "text.format.name", "invalid_value"),
        (in_format(schema=None), "text.format.schema", "missing_required_parameter"),
        (in_format(json_schema={}), "text.format.json_schema", "unknown_parameter"),
        (in_format(type="yaml"), "text.format.type", "invalid_value"),
    ],
)
def test_request_when_the_api_would_refuse_it_then_400(asker, changes, param, code):
    with pytest.raises(asker.sdk.BadRequestError) as refused:
        asker.ask(**changes)

    assert (refused.value.status_code, refused.value.param, refused.value.code) == (400, param, code)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (with_schema(additionalProperties=True), "'additionalProperties' is required"),
        (with_schema(required=["action"]), "Missing 'confidence'"),
        (with_schema(required=None), "'required' is required"),
        (with_schema(anyOf=[]), "'anyOf' is not permitted at the root"),
        (with_schema(type="array"), "got 'type: \"array\"'"),
        (with_schema(allOf=[]), "'allOf' is not permitted"),
        (with_schema(required=[*DECISION_SCHEMA["required"], "more"]), "extra required key 'more'"),
        (with_schema(**{"$defs": {"Leg": {"type": "object", "properties": {}}}}), "('$defs', 'Leg')"),
        (
            with_schema(properties={"action": {"type": "string", "default": ""}}, required=["action"]),
            "'default'",
        ),
        (with_schema(properties={"action": {"type": "array"}}, required=["action"]), "missing items"),
    ],
)
def test_schema_when_it_is_not_strict_then_400_says_where(asker, changes, sentence):
    with pytest.raises(asker.sdk.BadRequestError) as refused:
        asker.ask(**changes)

    assert refused.value.code == "invalid_json_schema"
    assert sentence in refused.value.message


@pytest.mark.parametrize(
    ("tool", "param"),
    [
        ({"type": "function", "function": {"name": "quote"}}, "tools[0].name"),
        (QUOTE | {"name": "get quote"}, "tools[0].name"),
        (QUOTE | {"parameters": {"type": "object", "properties": {}}}, "tools[0].parameters"),
        (without("strict", QUOTE | {"parameters": {"type": "object"}}), "tools[0].parameters"),
        (QUOTE | {"returns": {}}, "tools[0].returns"),
        ({"type": "browser"}, "tools[0].type"),
        (without("server_label", MCP), "tools[0].server_label"),
        (without("server_url", MCP), "tools[0]"),
        (MCP | {"server_url": "mcp.example"}, "tools[0].server_url"),
        (MCP | {"server_label": "1 server"}, "tools[0].server_label"),
        (MCP | {"require_approval": "sometimes"}, "tools[0].require_approval"),
        (MCP | {"allowed_tools": "quote"}, "tools[0].allowed_tools"),
        (MCP | {"allowed_tools": {"names": []}}, "tools[0].allowed_tools.names"),
        (MCP | {"authorization": "a", "headers": {"Authorization": "b"}}, "tools[0].headers"),
        (MCP | {"token": "a"}, "tools[0].token"),
    ],
)
def test_tool_when_it_is_malformed_then_400_names_it(asker, tool, param):
    with pytest.raises(asker.sdk.BadRequestError) as refused:
        asker.ask(tools=[tool])

    assert refused.value.param == param


@pytest.mark.parametrize("choice", ["perhaps", "required", {"type": "function", "name": "quote"}])
def test_tool_choice_when_there_is_no_such_tool_then_400(asker, choice):
    with pytest.raises(asker.sdk.BadRequestError):
        asker.ask(tool_choice=choice)


def test_key_when_it_is_wrong_then_401(asker):
    with pytest.raises(asker.sdk.AuthenticationError) as refused:
        asker.client.with_options(api_key="sk-wrong").responses.create(model="gpt-5.5", input="hi")

    assert refused.value.code == "invalid_api_key"


def test_request_when_refused_then_nothing_is_billed(asker):
    with pytest.raises(asker.sdk.BadRequestError):
        asker.ask(model="gemini-9")

    assert asker.fake.generations == []


def test_body_when_it_is_no_json_then_400(openai_simulator):
    headers = {"Authorization": f"Bearer {openai_simulator.key}"}
    answer = requests.post(f"{openai_simulator.base_url}/responses", "{", headers=headers, timeout=5)

    assert answer.status_code == 400


def test_response_when_stored_then_can_be_read_again(asker):
    response = asker.ask()

    assert asker.client.responses.retrieve(response.id).output_text == response.output_text


def test_response_when_it_was_not_to_be_stored_then_404(asker):
    response = asker.ask(store=False)

    with pytest.raises(asker.sdk.NotFoundError):
        asker.client.responses.retrieve(response.id)


def test_models_when_listed_then_name_the_default(asker):
    assert "gpt-5.5" in [model.id for model in asker.client.models.list()]
