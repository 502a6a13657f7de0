"""What an analyst is, and how its troubles are told."""

from typing import Protocol

from app.domain.opinions import Failure, Opinion, Question
from app.domain.reasons import Reason
from app.logs import mask

LONGEST_QUOTE = 200


class Analyst(Protocol):
    """Whoever is asked for an opinion."""

    @property
    def name(self) -> str:
        """Return what tickets call this analyst: openai or rules."""

    @property
    def model(self) -> str:
        """Return which model, or which rule, it asks."""

    def opine(self, question: Question) -> Opinion:
        """Answer in bounded time; whatever goes wrong is told in the opinion and never raised."""


class NoDecision(Exception):
    """There will be no decision; `failure` says why, without a secret."""

    def __init__(self, code: Reason, message: str) -> None:
        super().__init__(message)
        self.failure = Failure(code, message)


def quoted(text: object) -> str:
    """Return other people's words for a message: without secrets, on one short line."""
    line = " ".join(mask(str(text)).split())
    clean = "".join(letter for letter in line if letter.isprintable())
    return clean if len(clean) <= LONGEST_QUOTE else f"{clean[: LONGEST_QUOTE - 1]}…"
