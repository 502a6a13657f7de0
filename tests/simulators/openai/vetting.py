"""Refuse requests as the API does: unknown fields, wrong types, schemas that are not strict."""

import re
from collections.abc import Callable
from typing import Any

from tests.simulators.openai.input_vetting import check_input
from tests.simulators.openai.refusals import Refused, invalid, missing, mistyped, unknown, unsupported
from tests.simulators.openai.schemas import check_strict
from tests.simulators.openai.tool_vetting import check_choice, check_tools

Body = dict[str, Any]

MODEL = re.compile(r"(gpt-|o\d|chatgpt-)[\w.:-]+")
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
FEWEST_OUTPUT_TOKENS = 16
MOST_METADATA = 16
EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh"]
SUMMARIES = ["auto", "concise", "detailed"]
WORDS: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    dict: "an object",
    list: "an array",
}
PLAIN: dict[str, type] = {
    "background": bool,
    "conversation": str,
    "include": list,
    "instructions": str,
    "max_tool_calls": int,
    "parallel_tool_calls": bool,
    "previous_response_id": str,
    "prompt_cache_key": str,
    "safety_identifier": str,
    "service_tier": str,
    "store": bool,
    "truncation": str,
    "user": str,
}


def vet(body: Any) -> Body:
    """Return the body of a request that the API would take; raise Refused."""
    if not isinstance(body, dict):
        raise Refused(400, "We could not parse the JSON body of your request.")
    for name in body:
        if name not in PLAIN and name not in CHECKS:
            raise unknown(name)
    if body.get("model") is None:
        raise missing("model")
    if body.get("input") is None:
        raise missing("input")
    for name, value in body.items():
        if value is not None:
            check_kind(name, value, PLAIN[name]) if name in PLAIN else CHECKS[name](value)
    if isinstance(body.get("tool_choice"), dict | str):
        check_choice(body["tool_choice"], body.get("tools") or [])
    return body


def check_kind(name: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise mistyped(name, WORDS[kind], value)


def check_model(value: Any) -> None:
    check_kind("model", value, str)
    if MODEL.fullmatch(value) is None:
        raise invalid("model", f"The requested model '{value}' does not exist.", "model_not_found")


def check_tokens(value: Any) -> None:
    check_kind("max_output_tokens", value, int)
    if value < FEWEST_OUTPUT_TOKENS:
        message = (
            "Invalid 'max_output_tokens': integer below minimum value. "
            f"Expected a value >= {FEWEST_OUTPUT_TOKENS}, but got {value} instead."
        )
        raise invalid("max_output_tokens", message, "integer_below_min_value")


def check_number(name: str, most: float) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise mistyped(name, "a decimal", value)
        if not 0 <= value <= most:
            raise invalid(name, f"Invalid '{name}': expected a value between 0 and {most}, but got {value}.")

    return check


def check_metadata(value: Any) -> None:
    check_kind("metadata", value, dict)
    if len(value) > MOST_METADATA:
        raise invalid("metadata", f"Invalid 'metadata': too many properties, at most {MOST_METADATA}.")
    for name, each in value.items():
        check_kind(f"metadata.{name}", each, str)


def check_reasoning(value: Any) -> None:
    check_kind("reasoning", value, dict)
    choices = {"effort": EFFORTS, "summary": SUMMARIES, "generate_summary": SUMMARIES}
    for name, each in value.items():
        if name not in choices:
            raise unknown(f"reasoning.{name}")
        if each is not None and each not in choices[name]:
            raise unsupported(f"reasoning.{name}", each, choices[name])


def check_stream(value: Any) -> None:
    if value:
        raise invalid("stream", "This simulator does not stream.", "unsupported_value")


def check_text(value: Any) -> None:
    check_kind("text", value, dict)
    for name in value:
        if name not in {"format", "verbosity"}:
            raise unknown(f"text.{name}")
    if value.get("verbosity") not in {None, "low", "medium", "high"}:
        raise unsupported("text.verbosity", value["verbosity"], ["low", "medium", "high"])
    if value.get("format") is not None:
        check_format(value["format"])


def check_format(form: Any) -> None:
    check_kind("text.format", form, dict)
    kind = form.get("type")
    if kind is None:
        raise missing("text.format.type")
    if kind not in {"text", "json_object", "json_schema"}:
        raise unsupported("text.format.type", kind, ["text", "json_object", "json_schema"])
    known = {"type"} | ({"name", "schema", "strict", "description"} if kind == "json_schema" else set())
    for name in form:
        if name not in known:
            raise unknown(f"text.format.{name}")
    if kind == "json_schema":
        check_json_schema(form)


def check_json_schema(form: Body) -> None:
    for name in ("name", "schema"):
        if form.get(name) is None:
            raise missing(f"text.format.{name}")
    check_kind("text.format.name", form["name"], str)
    if NAME.fullmatch(form["name"]) is None:
        message = "Invalid 'text.format.name': string does not match pattern '^[a-zA-Z0-9_-]+$'."
        raise invalid("text.format.name", message)
    check_kind("text.format.schema", form["schema"], dict)
    if form.get("strict") is True:
        check_strict(form["schema"], lambda found: schema_refused(form["name"], found))


def schema_refused(name: str, found: str) -> Refused:
    message = f"Invalid schema for response_format '{name}': {found}"
    return invalid("text.format.schema", message, "invalid_json_schema")


CHECKS: dict[str, Callable[[Any], None]] = {
    "model": check_model,
    "input": check_input,
    "text": check_text,
    "tools": check_tools,
    "tool_choice": lambda _value: None,
    "max_output_tokens": check_tokens,
    "metadata": check_metadata,
    "reasoning": check_reasoning,
    "stream": check_stream,
    "temperature": check_number("temperature", 2),
    "top_p": check_number("top_p", 1),
    "top_logprobs": check_number("top_logprobs", 20),
}
