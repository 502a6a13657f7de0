"""OpenAI's refusals in its envelope of message, type, param and code."""

from typing import Any

from tests.simulators.loopback.refusals import Refusal


class Refused(Refusal):
    """OpenAI's body."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        kind: str = "invalid_request_error",
        headers: dict[str, str] | None = None,
    ) -> None:
        error = {"message": message, "type": kind, "param": param, "code": code}
        super().__init__(status, message, {"error": error}, headers)


def missing(param: str) -> Refused:
    return Refused(
        400, f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter"
    )


def unknown(param: str) -> Refused:
    return Refused(400, f"Unknown parameter: '{param}'.", param=param, code="unknown_parameter")


def mistyped(param: str, wanted: str, value: Any) -> Refused:
    message = f"Invalid type for '{param}': expected {wanted}, but got {kind_of(value)} instead."
    return Refused(400, message, param=param, code="invalid_type")


def unsupported(param: str, value: Any, supported: list[str]) -> Refused:
    listed = ", ".join(f"'{each}'" for each in supported)
    message = f"Invalid value: '{value}'. Supported values are: {listed}."
    return Refused(400, message, param=param, code="invalid_value")


def invalid(param: str, message: str, code: str = "invalid_value") -> Refused:
    return Refused(400, message, param=param, code=code)


def unauthorized(key: str | None) -> Refused:
    if key is None:
        return Refused(401, "Missing bearer or basic authentication in header")
    message = f"Incorrect API key provided: {key[:5]}***. Look your key up in the platform's settings."
    return Refused(401, message, code="invalid_api_key")


def tool_list_failed(label: str, status: str) -> Refused:
    message = f"Error retrieving tool list from MCP server: '{label}'. Http status code: {status}"
    return Refused(424, message, param="tools", code="http_error", kind="external_connector_error")


def kind_of(value: Any) -> str:
    names = {bool: "a boolean", int: "an integer", float: "a decimal", str: "a string", list: "an array"}
    return "null" if value is None else names.get(type(value), "an object")
