"""An answer that is no success."""

from typing import Any

from tests.simulators.loopback.messages import Answer, in_json


class Refusal(Exception):
    """Raised wherever a simulator refuses; each writes its own body."""

    def __init__(self, status: int, message: str, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.body, self.headers = status, body, headers or {}

    def answer(self) -> Answer:
        """Return what goes back."""
        plain = in_json(self.body, self.status)
        return Answer(plain.status, plain.content, plain.headers | self.headers)
