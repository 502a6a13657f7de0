"""Fyers' refusals: HTTP status and JSON code, in its envelope."""

from typing import Any

from tests.simulators.loopback.refusals import Refusal

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, TOO_MANY = 400, 401, 403, 429


class Refused(Refusal):
    """Fyers' body: a code and a message."""

    def __init__(self, code: int, message: str, status: int = BAD_REQUEST, **extra: Any) -> None:
        super().__init__(status, message, {"s": "error", "code": code, "message": message, **extra})


def invalid(message: str) -> Refused:
    return Refused(-50, message)


def unknown_order(message: str = "Invalid order id provided") -> Refused:
    return Refused(-51, message)


def unknown_position() -> Refused:
    return Refused(-53, "Invalid position id provided")


def unknown_symbol() -> Refused:
    return Refused(-300, "Invalid symbol provided")


def rejected(message: str, order_id: str) -> Refused:
    return Refused(-99, message, id=order_id)


def forbidden(message: str) -> Refused:
    return Refused(-50, message, FORBIDDEN)


def unauthenticated(code: int) -> Refused:
    return Refused(code, TOKEN_TEXTS[code], UNAUTHORIZED)


def too_many(retry_after_seconds: float) -> Refused:
    refused = Refused(-429, "request limit reached", TOO_MANY)
    refused.headers = {
        "Retry-After": str(max(1, -int(-retry_after_seconds // 1))),
        "X-Retry-After-Ms": str(max(1, int(retry_after_seconds * 1000))),
    }
    return refused


TOKEN_TEXTS = {
    -8: "Your token has expired. Please generate a token",
    -15: "Please provide valid token",
    -16: "Could not authenticate the user",
    -17: "Your token is invalid or expired",
}
