"""What is there already: asked of gcloud, never guessed."""

import json
import re
from typing import Any, Protocol

from deploy.cures import explained
from deploy.gcloud import Gcloud

# Every product words "there is no such thing" in its own way.
_ABSENT = re.compile(
    r"NOT_FOUND|not found|was not found|does not exist|cannot find service|could not be found|404|"
    r"is in (DESTROYED|DISABLED) state",
    re.IGNORECASE,
)


class Cloud(Protocol):
    """What exists in a project."""

    number: str

    def has(self, api: str) -> bool:
        """Tell whether an API is enabled."""

    def read(self, api: str, *words: str) -> Any:
        """Return what a command of an API tells, or None for what is not there."""

    def secret(self, name: str) -> str | None:
        """Return the latest version of a secret, or None where it has none."""


class NothingYet:
    """A project in which nothing has been made: what `make deploy-plan` plans for."""

    number = "PROJECT_NUMBER"

    def has(self, api: str) -> bool:  # noqa: ARG002  # whatever is asked for
        """Tell that nothing is enabled."""
        return False

    def read(self, api: str, *words: str) -> Any:  # noqa: ARG002  # the same
        """Tell that nothing is there."""
        return None

    def secret(self, name: str) -> str | None:  # noqa: ARG002  # the same
        """Tell that no secret is stored."""
        return None


class RealCloud:
    """A project as it is. What belongs to an API that is not enabled cannot exist, and is not asked for."""

    def __init__(self, gcloud: Gcloud, project: str) -> None:
        self._gcloud = gcloud
        self._project = project
        self.number = str(self._ask("projects", "describe", project)["projectNumber"])
        enabled = self._ask("services", "list", "--enabled", f"--project={project}") or []
        self._enabled = {each["config"]["name"] for each in enabled}

    def has(self, api: str) -> bool:
        """Tell whether an API is enabled."""
        return f"{api}.googleapis.com" in self._enabled

    def read(self, api: str, *words: str) -> Any:
        """Return what a command tells; raise DeployError where it fails for another reason than absence."""
        return self._ask(*words, f"--project={self._project}", absent=None) if self.has(api) else None

    def secret(self, name: str) -> str | None:
        """Return a secret's latest version, byte for byte."""
        words = ("secrets", "versions", "access", "latest", f"--secret={name}", f"--project={self._project}")
        answer = self._gcloud(words)
        if answer.code == 0:
            return answer.output
        if _ABSENT.search(answer.complaint):
            return None
        raise explained(words, answer.complaint, self._project)

    def _ask(self, *words: str, absent: Any = ...) -> Any:
        answer = self._gcloud((*words, "--format=json"))
        if answer.code == 0:
            return json.loads(answer.output or "null")
        if absent is not ... and _ABSENT.search(answer.complaint):
            return absent
        raise explained(words, answer.complaint, self._project)


def may(policy: Any, member: str, role: str) -> bool:
    """Tell whether a policy gives an account a role, without a condition."""
    return any(
        binding["role"] == role and f"serviceAccount:{member}" in binding["members"]
        for binding in (policy or {}).get("bindings", [])
        if "condition" not in binding
    )
