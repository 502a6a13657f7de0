"""Alpaca's refusals: HTTP status, code and message need not agree."""

from typing import Any

from tests.simulators.loopback.refusals import Refusal


class Refused(Refusal):
    """Alpaca's body: a code, where there is one, and a message."""

    def __init__(self, status: int, message: str, code: int | None = None, **extra: Any) -> None:
        coded = {} if code is None else {"code": code}
        super().__init__(status, message, coded | {"message": message} | extra)


def malformed() -> Refused:
    return Refused(400, "request body format is invalid", 40010000)


def invalid(message: str) -> Refused:
    return Refused(422, message, 40010001)


def unprocessable(message: str, **extra: Any) -> Refused:
    return Refused(422, message, 42210000, **extra)


def forbidden(message: str, code: int = 40310000, **extra: Any) -> Refused:
    return Refused(403, message, code, **extra)


def not_found(message: str) -> Refused:
    return Refused(404, message, 40410000)
