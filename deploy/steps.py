"""A plan: steps in their order, each one gcloud command."""

import shlex
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One command that changes something, and why."""

    why: str
    words: tuple[str, ...]
    given: str | None = field(default=None, repr=False)
    """What goes to its standard input: never shown."""

    @property
    def shell(self) -> str:
        """Return the command as a shell would take it, over several lines where it is long."""
        words = [_quoted(word) for word in ("gcloud", *self.words)]
        one = " ".join(words)
        if len(one) <= _LONG:
            return one
        verbs = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
        return " \\\n    ".join([*_filled(words[:verbs]), *words[verbs:]])


_LONG = 100


def _filled(words: list[str]) -> list[str]:
    """Put words into as few lines as they need."""
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + len(word) < _LONG:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _quoted(word: str) -> str:
    name, sign, value = word.partition("=")
    return f"{name}={shlex.quote(value)}" if sign and name.startswith("--") else shlex.quote(word)


@dataclass(frozen=True, slots=True)
class Part:
    """Steps that belong together, under a heading; without steps nothing is missing there."""

    title: str
    steps: tuple[PlanStep, ...]
    is_asked_for: bool = True


def step(why: str, *words: str | None, given: str | None = None) -> PlanStep:
    """Make a step; words that are None are left out."""
    return PlanStep(why, tuple(word for word in words if word is not None), given)
