"""Alpaca's refusals: HTTP status, code and message need not agree."""

from typing import Any


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str, code: int | None = None, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {**({} if code is None else {"code": code}), "message": message, **extra}


def malformed() -> Refused:
    return Refused(400, "request body format is invalid", 40010000)


def invalid(message: str) -> Refused:
    return Refused(422, message, 40010001)


def unprocessable(message: str, **extra: Any) -> Refused:
    return Refused(422, message, 42210000, **extra)


def forbidden(message: str, **extra: Any) -> Refused:
    return Refused(403, message, 40310000, **extra)


def not_found(message: str) -> Refused:
    return Refused(404, message, 40410000)
