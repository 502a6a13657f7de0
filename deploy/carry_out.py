"""A plan, carried out step by step."""

import time
from collections.abc import Callable, Iterable

from deploy.cures import explained, is_passing
from deploy.gcloud import Gcloud
from deploy.steps import PlanStep

# Together about four minutes: so long it may take until what was made is known everywhere.
PAUSES_SECONDS = (5, 10, 20, 30, 60, 60, 60)

Wait = Callable[[float], None]
Say = Callable[[str], None]
Hide = Callable[[str], str]


def carry_out(steps: list[PlanStep], gcloud: Gcloud, project: str, say: Say, wait: Wait = time.sleep) -> None:
    """Run each step; raise DeployError at the first that fails, in words that name the cure."""
    hide = hider(steps)
    for number, step in enumerate(steps, start=1):
        say(f"[{number}/{len(steps)}] {step.why}")
        _run(step, gcloud, project, say, hide, wait)


def _run(step: PlanStep, gcloud: Gcloud, project: str, say: Say, hide: Hide, wait: Wait) -> None:
    for pause in (*PAUSES_SECONDS, None):
        answer = gcloud(step.words, step.given, lambda line: say(f"    {hide(line)}"))
        if answer.code == 0:
            return
        if pause is None or not is_passing(answer.complaint):
            raise explained(step.words, hide(answer.complaint), project)
        say(f"    Not everywhere yet; again in {pause} s.")
        wait(pause)


def hider(steps: Iterable[PlanStep]) -> Hide:
    """Return what takes every secret of a plan out of a line."""
    hidden = sorted({step.given.strip() for step in steps if step.given}, key=len, reverse=True)

    def hide(line: str) -> str:
        for secret in hidden:
            line = line.replace(secret, "********") if secret else line
        return line

    return hide
