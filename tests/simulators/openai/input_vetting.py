"""Refuse input items that the API does not know or that miss what they need."""

from typing import Any

from tests.simulators.openai.refusals import missing, mistyped, unknown, unsupported

ROLES = ["assistant", "system", "developer", "user"]
PHASES = ["commentary", "final_answer"]
PARTS = {
    "input_text": "text",
    "output_text": "text",
    "refusal": "refusal",
    "input_image": "detail",
    "input_file": "type",
}
NEEDED = {
    "message": ("role", "content"),
    "function_call": ("call_id", "name", "arguments"),
    "function_call_output": ("call_id", "output"),
    "reasoning": ("id", "summary"),
    "item_reference": ("id",),
    "mcp_list_tools": ("id", "server_label", "tools"),
    "mcp_call": ("id", "server_label", "name", "arguments"),
    "mcp_approval_request": ("id", "server_label", "name", "arguments"),
    "mcp_approval_response": ("approval_request_id", "approve"),
}


def check_input(value: Any) -> None:
    """Raise Refused unless this is text or a list of input items."""
    if isinstance(value, str):
        return
    if not isinstance(value, list):
        raise mistyped("input", "one of a string or array of objects", value)
    for place, item in enumerate(value):
        check_item(item, f"input[{place}]")


def check_item(item: Any, where: str) -> None:
    if not isinstance(item, dict):
        raise mistyped(where, "an object", item)
    kind = item.get("type", "message")
    if kind not in NEEDED:
        raise unsupported(f"{where}.type", kind, sorted(NEEDED))
    for name in NEEDED[kind]:
        if item.get(name) is None:
            raise missing(f"{where}.{name}")
    if kind == "message":
        check_message(item, where)
    for name in ("arguments", "call_id"):
        if name in item and not isinstance(item[name], str):
            raise mistyped(f"{where}.{name}", "a string", item[name])
    if kind == "function_call_output" and not isinstance(item["output"], str | list):
        raise mistyped(f"{where}.output", "one of an array of objects or string", item["output"])


def check_message(item: dict[str, Any], where: str) -> None:
    if item["role"] not in ROLES:
        raise unsupported(f"{where}.role", item["role"], ROLES)
    check_phase(item, where)
    content = item["content"]
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise mistyped(f"{where}.content", "one of an array of objects or string", content)
    for place, part in enumerate(content):
        check_part(part, item["role"], f"{where}.content[{place}]")


def check_phase(item: dict[str, Any], where: str) -> None:
    """Raise Refused for a phase that there is not, or on words that are not the model's own."""
    phase = item.get("phase")
    if phase is None:
        return
    if phase not in PHASES:
        raise unsupported(f"{where}.phase", phase, PHASES)
    if item["role"] != "assistant":
        raise unknown(f"{where}.phase")


def check_part(part: Any, role: str, where: str) -> None:
    if not isinstance(part, dict):
        raise mistyped(where, "an object", part)
    allowed = (
        ["output_text", "refusal"] if role == "assistant" else ["input_text", "input_image", "input_file"]
    )
    if part.get("type") not in allowed:
        raise unsupported(f"{where}.type", part.get("type"), allowed)
    if part.get(PARTS[part["type"]]) is None:
        raise missing(f"{where}.{PARTS[part['type']]}")
