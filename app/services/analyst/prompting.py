"""What the model is told: a versioned text, and one question as data."""

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from app.dataclass import dataclass
from app.domain.json_codec import timestamp
from app.domain.money import text
from app.domain.opinions import Question
from app.logs import redact

FILE = Path(__file__).parent / "prompts" / "opinion.md"
VERSION = "version: "


@dataclass(frozen=True, slots=True)
class Prompt:
    """The instructions, and the version that tickets record; whoever changes the text changes the version."""

    version: str
    instructions: str


@cache
def read_prompt(file: Path = FILE) -> Prompt:
    """Read a prompt file, whose first line is its version; raise ValueError or OSError."""
    return prompt_of(file.read_text(encoding="utf-8"), file.name)


def prompt_of(text: str, name: str) -> Prompt:
    """Read a prompt, whose first line is its version; raise ValueError."""
    first, _, rest = text.partition("\n")
    if not first.startswith(VERSION):
        raise ValueError(f"{name} does not begin with its version")
    return Prompt(first.removeprefix(VERSION).strip(), rest.strip())


def render(question: Question) -> str:
    """Write a question as one line of ASCII JSON, out of which no alert's text can break."""
    data = {"limits": _limits(question), "proposal": redact(_proposal(question))}
    return json.dumps(data, default=_number)


def _number(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is nothing that an alert holds")


def _limits(question: Question) -> dict[str, Any]:
    return {
        "max_notional": text(question.max_notional),
        "min_confidence": text(question.min_confidence),
        "allow_short": question.allow_short,
    }


def _proposal(question: Question) -> dict[str, Any]:
    triggered_at = question.triggered_at
    return {
        "kind": question.dialect,
        "symbol": question.symbol,
        "direction": question.direction.value,
        "entry_price": text(question.entry_price),
        "target_price": text(question.target_price),
        "stop_price": text(question.stop_price),
        "strategy": question.strategy,
        "model": question.model,
        "alert_name": question.alert_name,
        "matched_criteria": question.matched_criteria,
        "triggered_at": None if triggered_at is None else timestamp(triggered_at),
    } | ({} if question.structure is None else {"structure": question.structure})
