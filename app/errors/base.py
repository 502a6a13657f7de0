"""The root of our own errors, and what stops the start."""

from typing import Any, ClassVar


class AppError(Exception):
    """The root: a stable code, an HTTP status and one sentence for the person who reads it."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class SettingsError(AppError):
    """The environment is not usable; the sentence names the setting."""

    code = "SETTINGS_INVALID"
