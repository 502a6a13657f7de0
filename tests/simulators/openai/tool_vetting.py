"""Refuse tools that the API would refuse: functions and remote MCP servers are known here."""

import re
from typing import Any
from urllib.parse import urlsplit

from tests.simulators.openai.refusals import Refused, invalid, missing, mistyped, unknown, unsupported
from tests.simulators.openai.schemas import check_strict

FUNCTION_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
LABEL = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*")
FUNCTION_FIELDS = frozenset(
    {"type", "name", "description", "parameters", "strict", "defer_loading", "allowed_callers"}
)
MCP_FIELDS = frozenset(
    {
        "type",
        "server_label",
        "server_url",
        "connector_id",
        "tunnel_id",
        "authorization",
        "headers",
        "allowed_tools",
        "require_approval",
        "server_description",
        "defer_loading",
        "allowed_callers",
    }
)
FILTER_FIELDS = frozenset({"tool_names", "read_only"})


def check_tools(tools: Any) -> None:
    """Raise Refused for the first tool that is not well formed."""
    if not isinstance(tools, list):
        raise mistyped("tools", "an array", tools)
    for place, tool in enumerate(tools):
        where = f"tools[{place}]"
        if not isinstance(tool, dict):
            raise mistyped(where, "an object", tool)
        checks = {"function": check_function, "mcp": check_mcp}
        if tool.get("type") not in checks:
            raise unsupported(f"{where}.type", tool.get("type"), sorted(checks))
        checks[tool["type"]](tool, where)
    labels = [tool["server_label"] for tool in tools if tool["type"] == "mcp"]
    if len(labels) != len(set(labels)):
        raise invalid("tools", "Duplicate server_label found in tools.")


def check_function(tool: dict[str, Any], where: str) -> None:
    if not isinstance(tool.get("name"), str):
        raise missing(f"{where}.name")
    for name in tool:
        if name not in FUNCTION_FIELDS:
            raise unknown(f"{where}.{name}")
    if FUNCTION_NAME.fullmatch(tool["name"]) is None:
        message = f"Invalid '{where}.name': string does not match pattern '^[a-zA-Z0-9_-]+$'."
        raise invalid(f"{where}.name", message)
    parameters = tool.get("parameters")
    if parameters is not None and not isinstance(parameters, dict):
        raise mistyped(f"{where}.parameters", "an object", parameters)
    if tool.get("strict") is not False:  # functions are strict unless they say otherwise
        check_strict(parameters, lambda found: function_refused(tool["name"], where, found))


def function_refused(name: str, where: str, found: str) -> Refused:
    message = f"Invalid schema for function '{name}': {found}"
    return invalid(f"{where}.parameters", message, "invalid_function_parameters")


def check_mcp(tool: dict[str, Any], where: str) -> None:
    if not isinstance(tool.get("server_label"), str):
        raise missing(f"{where}.server_label")
    for name in tool:
        if name not in MCP_FIELDS:
            raise unknown(f"{where}.{name}")
    if LABEL.fullmatch(tool["server_label"]) is None:
        raise invalid(f"{where}.server_label", f"Invalid '{where}.server_label': start with a letter.")
    targets = [name for name in ("server_url", "connector_id", "tunnel_id") if tool.get(name) is not None]
    if len(targets) != 1:
        message = (
            f"Invalid '{where}': exactly one of server_url, connector_id and tunnel_id must be provided."
        )
        raise invalid(where, message)
    if "server_url" in targets:
        check_url(tool["server_url"], f"{where}.server_url")
    check_headers(tool, where)
    check_filter(tool.get("allowed_tools"), f"{where}.allowed_tools")
    check_approval(tool.get("require_approval"), f"{where}.require_approval")


def check_url(url: Any, where: str) -> None:
    if not isinstance(url, str):
        raise mistyped(where, "a string", url)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise invalid(where, f"Invalid '{where}': expected a valid URL.")


def check_headers(tool: dict[str, Any], where: str) -> None:
    headers = tool.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise mistyped(f"{where}.headers", "an object of strings", headers)
    # Which of the two would win is nowhere documented, so no test may depend on it.
    if tool.get("authorization") is not None and "authorization" in {name.lower() for name in headers}:
        raise invalid(f"{where}.headers", "Headers must not contain Authorization beside 'authorization'.")


def check_filter(value: Any, where: str) -> None:
    names = value.get("tool_names", []) if isinstance(value, dict) else value
    if isinstance(value, dict) and set(value) - FILTER_FIELDS:
        raise unknown(f"{where}.{min(set(value) - FILTER_FIELDS)}")
    if names is not None and not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise mistyped(where, "an array of strings or a filter", names)


def check_approval(value: Any, where: str) -> None:
    if isinstance(value, dict):
        if set(value) - {"always", "never"}:
            raise unknown(f"{where}.{min(set(value) - {'always', 'never'})}")
        for name, each in value.items():
            check_filter(each, f"{where}.{name}")
    elif value not in {None, "always", "never"}:
        raise unsupported(where, value, ["always", "never"])


def check_choice(choice: Any, tools: list[dict[str, Any]]) -> None:
    """Raise Refused when a forced tool is not among those offered."""
    if isinstance(choice, str):
        if choice not in {"auto", "none", "required"}:
            raise unsupported("tool_choice", choice, ["none", "auto", "required"])
        if choice == "required" and tools == []:
            raise invalid("tool_choice", "Tool choice 'required' must be specified with 'tools' parameter.")
        return
    offered = [tool.get("name") or tool.get("server_label") for tool in tools]
    wanted = choice.get("server_label") if choice.get("type") == "mcp" else choice.get("name")
    if wanted not in offered:
        raise invalid("tool_choice", f"Tool choice '{wanted}' not found in 'tools' parameter.")
