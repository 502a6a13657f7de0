"""gcloud as a function: strict, it notes what it was asked, and can fail where a test wants it to."""

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any

from deploy.gcloud import CommandResult
from tests.simulators.gcloud.access import State
from tests.simulators.gcloud.command_line import read_command
from tests.simulators.gcloud.project import Project, empty_project
from tests.simulators.gcloud.refusals import Refused


class Killed(BaseException):
    """Somebody ended the deployment, as Ctrl-C or a lost connection does."""


class StandIn:
    """Runs commands on a state; `kill` ends everything at the change of that number, done already or not."""

    def __init__(self, state: State | None = None) -> None:
        self.state = empty_project() if state is None else state
        self.calls: list[list[str]] = []
        self.changes: list[list[str]] = []
        self.heard: list[str] = []
        self._kill: tuple[int, bool] | None = None
        self._lock = threading.Lock()

    def kill(self, at: int, *, done: bool, by: type[BaseException] = Killed) -> None:
        """End at the change of this number, counted from one, before it is done or after."""
        self.changes.clear()
        self._kill = at, done
        self._by = by

    def __call__(
        self, words: Sequence[str], given: str | None = None, hear: Callable[[str], None] | None = None
    ) -> CommandResult:
        with self._lock:
            answer = self._answer(list(words), given or "")
        if hear is not None:
            for line in (answer.output + answer.complaint).splitlines():
                self.heard.append(line)
                hear(line)
        return answer

    def _answer(self, words: list[str], given: str) -> CommandResult:
        self.calls.append(words)
        try:
            command = read_command(words)
            if command.form.changes:
                self.changes.append(words)
                self._die(done=False)
            told = Project(self.state).run(command, given)
            self.state = json.loads(json.dumps(self.state))
            if command.form.changes:
                self._die(done=True)
        except Refused as refused:
            return CommandResult(refused.code, "", f"{refused}\n")
        return CommandResult(0, _printed(told, words), "")

    def _die(self, *, done: bool) -> None:
        if self._kill == (len(self.changes), done):
            self._kill = None
            raise self._by("INTERNAL: An internal error has occurred.")


def _printed(told: Any, words: list[str]) -> str:
    if "--format=json" in words:
        return json.dumps(told)
    return told if isinstance(told, str) else ""
