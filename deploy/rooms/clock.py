"""Cloud Scheduler: a call each minute, which also wakes what sleeps."""

from typing import Any

from deploy.options import SERVICE
from deploy.steps import Part, step
from deploy.wish import Wish

JOB = f"{SERVICE}-tick"
_EVERY_MINUTE = "* * * * *"


def clock(wish: Wish) -> Part:
    """Make the job, or bring it up to what is served."""
    place = (JOB, f"--location={wish.options.region}")
    there = wish.cloud.read("cloudscheduler", "scheduler", "jobs", "describe", *place)
    if there is not None and _is_right(wish, there):
        return Part("Clock", ())
    verb = "create" if there is None else "update"
    url = wish.settings.public_url
    call = step(
        "Let Cloud Scheduler call the clock each minute",
        *("scheduler", "jobs", verb, "http", *place),
        *(f"--schedule={_EVERY_MINUTE}", "--time-zone=Etc/UTC"),
        *(f"--uri={url}/tasks/tick", "--http-method=POST"),
        *(f"--oidc-service-account-email={wish.names.clock}", f"--oidc-token-audience={url}"),
        *("--attempt-deadline=60s", "--max-retry-attempts=0", wish.project),
    )
    return Part("Clock", (call,))


def _is_right(wish: Wish, there: dict[str, Any]) -> bool:
    target, url = there.get("httpTarget", {}), wish.settings.public_url
    token = target.get("oidcToken", {})
    wanted = (_EVERY_MINUTE, f"{url}/tasks/tick", wish.names.clock, url)
    found = (
        there.get("schedule"),
        target.get("uri"),
        token.get("serviceAccountEmail"),
        token.get("audience"),
    )
    return found == wanted
