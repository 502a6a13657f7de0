"""Cloud Scheduler: a call each minute, which also wakes what sleeps, and one a day for the backup."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Any

from deploy.errors import DeployError
from deploy.options import SERVICE
from deploy.steps import Part, PlanStep, step
from deploy.wish import Wish

_EVERY_MINUTE = "* * * * *"
# By UTC, as BACKUP_TIME is: America has closed, and India not opened.
_NIGHT = time(3, 15)


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    why: str
    path: str
    schedule: str
    tries: tuple[str, ...]


def clock(wish: Wish) -> Part:
    """Make the jobs, or bring them up to what is served."""
    return Part("Clock", (*_tick(wish), *_backup(wish)))


def _tick(wish: Wish) -> Iterator[PlanStep]:
    name = f"{SERVICE}-tick"
    why = "Let Cloud Scheduler call the clock each minute"
    # The next minute tries again anyway.
    tries = ("--max-retry-attempts=0",)
    yield from _missing(wish, _Job(name, why, "/tasks/tick", _EVERY_MINUTE, tries), _there(wish, name))


def _backup(wish: Wish) -> Iterator[PlanStep]:
    name = f"{SERVICE}-backup"
    there = _there(wish, name)
    why = "Let Cloud Scheduler ask for a backup each day"
    tries = ("--max-retry-attempts=3", "--min-backoff=15m", "--max-backoff=1h")
    yield from _missing(wish, _Job(name, why, "/tasks/backup", _daily(wish, there), tries), there)


def _daily(wish: Wish, there: Any) -> str:
    """Return when: as BACKUP_TIME says, else as it is, else by night."""
    said = wish.settings.backup_time
    if said is None and there is not None:
        return str(there.get("schedule"))
    try:
        at = _NIGHT if said is None else time.fromisoformat(said)
    except ValueError:
        raise DeployError(
            f"BACKUP_TIME must be a time of day like 03:15, not {said!r}.", "Put it right in .env."
        ) from None
    return f"{at.minute} {at.hour} * * *"


def _there(wish: Wish, name: str) -> Any:
    words = ("scheduler", "jobs", "describe", name, f"--location={wish.options.region}")
    return wish.cloud.read("cloudscheduler", *words)


def _missing(wish: Wish, job: _Job, there: Any) -> Iterator[PlanStep]:
    if there is not None and _is_right(wish, job, there):
        return
    url = wish.settings.public_url
    yield step(
        job.why,
        *("scheduler", "jobs", "create" if there is None else "update", "http", job.name),
        *(f"--location={wish.options.region}", f"--schedule={job.schedule}", "--time-zone=Etc/UTC"),
        *(f"--uri={url}{job.path}", "--http-method=POST"),
        *(f"--oidc-service-account-email={wish.names.clock}", f"--oidc-token-audience={url}"),
        *("--attempt-deadline=60s", *job.tries, wish.project),
    )


def _is_right(wish: Wish, job: _Job, there: dict[str, Any]) -> bool:
    target, url = there.get("httpTarget", {}), wish.settings.public_url
    token = target.get("oidcToken", {})
    wanted = (job.schedule, f"{url}{job.path}", wish.names.clock, url)
    found = (
        there.get("schedule"),
        target.get("uri"),
        token.get("serviceAccountEmail"),
        token.get("audience"),
    )
    return found == wanted
