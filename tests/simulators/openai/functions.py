"""Function tools: the model asks, the application answers with the next request."""

import json
from collections.abc import Callable
from typing import Any

from tests.simulators.openai.behaviours import Behaviour
from tests.simulators.openai.obedience import demanded_calls
from tests.simulators.openai.reading import Idea, Item, Turn, texts_of
from tests.simulators.openai.refusals import Refused, invalid
from tests.simulators.openai.schemas import made_up
from tests.simulators.openai.shapes import function_call, is_commentary

SUBJECTS = frozenset({"symbol", "ticker"})


def check_outputs(items: list[Item]) -> None:
    """Raise Refused unless every call has its output, and the other way round."""
    asked = [item["call_id"] for item in items if item.get("type") == "function_call"]
    given = [item["call_id"] for item in items if item.get("type") == "function_call_output"]
    for call_id in asked:
        if call_id not in given:
            raise invalid("input", f"No tool output found for function call {call_id}.")
    for call_id in given:
        if call_id not in asked:
            message = f"No tool call found for function call output with call_id {call_id}."
            raise invalid("input", message)


def check_comments(items: list[Item], beside: dict[str, str]) -> None:
    """Raise Refused unless what the model said beside a call came back with its phase.

    The API itself would take the request, and the model would think worse: here no application may forget it.
    """
    asked = [item["call_id"] for item in items if item.get("type") == "function_call"]
    said = [text for item in items if is_commentary(item) for text in texts_of(item.get("content"))]
    for call_id in asked:
        if call_id in beside and beside[call_id] not in said:
            raise invalid("input", f"The commentary beside function call {call_id} did not come back.")


def check_approvals(items: list[Item]) -> None:
    """Raise Refused for an answer to a question that was not asked."""
    asked = {item["id"] for item in items if item.get("type") == "mcp_approval_request"}
    for item in items:
        if item.get("type") == "mcp_approval_response" and item["approval_request_id"] not in asked:
            wanted = item["approval_request_id"]
            raise Refused(400, f"Approval request '{wanted}' not found.", param="input")


def calls(
    turn: Turn, plan: Callable[[Idea, list[str]], list[str]], oddity: Behaviour | None, *, obey: bool
) -> list[Item]:
    """Return the function calls of this turn, none when the model has what it wants."""
    tools = {tool["name"]: tool for tool in turn.body.get("tools") or [] if tool["type"] == "function"}
    if tools == {} or turn.body.get("tool_choice") == "none":
        return []
    if oddity is not None:
        return [odd_call(turn, next(iter(tools)), tools, oddity)]
    made = [item["name"] for item in turn.of_type("function_call")]
    in_turns = turn.body.get("parallel_tool_calls") is False
    planned = (
        [] if made and not in_turns else [name for name in plan(turn.idea, list(tools)) if name in tools]
    )
    wanted = [(name, arguments_of(tools[name], turn)) for name in planned if name not in made]
    if obey:
        demanded = demanded_calls(turn.everything)
        wanted += [(name, given) for name, given in demanded if name not in {*made, *planned}]
    items = [function_call(name, json.dumps(arguments)) for name, arguments in wanted]
    return items[:1] if in_turns else items


def odd_call(turn: Turn, name: str, tools: dict[str, Any], oddity: Behaviour) -> Item:
    if oddity.kind == "unknown_function":
        return function_call(oddity.text or "transfer_funds", '{"amount": 1000000}')
    if oddity.kind == "bad_arguments":
        return function_call(name, oddity.text or '{"symbol": ')
    return function_call(name, json.dumps(arguments_of(tools[name], turn)))


def arguments_of(tool: dict[str, Any], turn: Turn) -> dict[str, Any]:
    return arguments_for(tool.get("parameters") or {}, turn.symbol)


def arguments_for(schema: dict[str, Any], symbol: str) -> dict[str, Any]:
    """Fill in what a tool requires, about a symbol."""
    required = schema.get("required", [])
    return {
        name: symbol if name in SUBJECTS else plain(inner, schema)
        for name, inner in schema.get("properties", {}).items()
        if name in required or name in SUBJECTS
    }


def plain(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    kinds = schema.get("type", [each.get("type") for each in schema.get("anyOf", [])])
    return None if "null" in kinds else made_up(schema, root)
