"""How gcloud is run: to read, and to change."""

import contextlib
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from deploy.errors import DeployError

PASSWORD_PROMPT = "--prompt-for-password"  # noqa: S105  # a flag


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command left behind."""

    code: int
    output: str
    complaint: str


class Gcloud(Protocol):
    """Runs one gcloud command."""

    def __call__(
        self, words: Sequence[str], given: str | None = None, hear: Callable[[str], None] | None = None
    ) -> CommandResult:
        """Run it, hand `given` to its standard input, and tell each line as it comes where somebody hears."""


def real_gcloud(
    words: Sequence[str], given: str | None = None, hear: Callable[[str], None] | None = None
) -> CommandResult:
    """Run the gcloud that is installed."""
    with _started(words, is_heard=hear is not None) as process:
        if hear is None:
            output, complaint = process.communicate(given)
            return CommandResult(process.returncode, output, complaint)
        output = _heard(process, given or "", hear)
    return CommandResult(process.returncode, output, output)


def _started(words: Sequence[str], *, is_heard: bool) -> "subprocess.Popen[str]":
    try:
        return subprocess.Popen(  # noqa: S603  # a list of words, no shell
            ["gcloud", *words],  # noqa: S607  # the owner's own, wherever it lies
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if is_heard else subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | _manners(words),
            # A question for a password goes to the terminal, unless there is none.
            start_new_session=PASSWORD_PROMPT in words,
        )
    except FileNotFoundError as error:
        raise DeployError(
            "gcloud is not installed.",
            "https://cloud.google.com/sdk/docs/install, then `gcloud auth login`; or use Cloud Shell, which "
            "has it. `make deploy-plan` works without.",
        ) from error


def _manners(words: Sequence[str]) -> dict[str, str]:
    """Return what keeps gcloud from asking what nobody sees, unless it is to ask, and from its news."""
    return {
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "false" if PASSWORD_PROMPT in words else "true",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
    }


def _heard(process: "subprocess.Popen[str]", given: str, hear: Callable[[str], None]) -> str:
    """Hand over what is given, tell each line, and return them all."""
    assert process.stdin is not None  # noqa: S101  # a pipe
    assert process.stdout is not None  # noqa: S101  # the same
    # One that ends without reading says why in its own words.
    with contextlib.suppress(BrokenPipeError), process.stdin as question:
        question.write(given)
    lines = []
    for line in process.stdout:
        lines.append(line)
        hear(line.rstrip("\n"))
    return "".join(lines)
