"""How gcloud is run: to read, and to change."""

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from deploy.errors import DeployError

PASSWORD_PROMPT = "--prompt-for-password"  # noqa: S105  # a flag
# A question would wait for an answer that nobody sees, an announcement of a new release is no news here.
_QUIET = {
    "CLOUDSDK_CORE_SHOW_STRUCTURED_LOGS": "never",
    "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
}


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
    try:
        process = subprocess.Popen(  # noqa: S603  # a list of words, no shell
            ["gcloud", *words],  # noqa: S607  # the owner's own, wherever it lies
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if hear is None else subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | _QUIET,
            # A question for a password goes to the terminal, unless there is none.
            start_new_session=PASSWORD_PROMPT in words,
        )
    except FileNotFoundError as error:
        raise DeployError(
            "gcloud is not installed.",
            "https://cloud.google.com/sdk/docs/install, then `gcloud auth login`; or use Cloud Shell, which "
            "has it. `make deploy-plan` works without.",
        ) from error
    if hear is None:
        output, complaint = process.communicate(given)
        return CommandResult(process.returncode, output, complaint)
    return _heard(process, given, hear)


def _heard(process: "subprocess.Popen[str]", given: str | None, hear: Callable[[str], None]) -> CommandResult:
    assert process.stdin is not None  # noqa: S101  # asked for above
    assert process.stdout is not None  # noqa: S101  # the same
    try:
        process.stdin.write(given or "")
        process.stdin.close()
    except BrokenPipeError:
        # It ended without reading; its words say why.
        pass
    lines = []
    for line in process.stdout:
        lines.append(line)
        hear(line.rstrip("\n"))
    return CommandResult(process.wait(), "".join(lines), "".join(lines))
