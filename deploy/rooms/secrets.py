"""Secrets: stored through standard input, each readable by the service alone."""

import secrets as randomness
from collections.abc import Iterator

from deploy.cloud_settings import MUST_BE
from deploy.look import may
from deploy.options import SERVICE
from deploy.steps import Part, PlanStep, step
from deploy.wish import Wish

SECRET_BYTES = 32


def secrets(wish: Wish) -> Part:
    """Store what is new or different, and let the service read it."""
    there = stored_names(wish)
    steps = [each for name in sorted(wish.settings.secrets) for each in _one(wish, name, there)]
    return Part("Secrets", tuple(steps))


def stored_names(wish: Wish) -> set[str]:
    """Return the secrets that exist, with a version or without."""
    listed = wish.cloud.read("secretmanager", "secrets", "list") or []
    return {each["name"].rpartition("/")[2] for each in listed}


def secret_name(wish: Wish, setting: str) -> str:
    """Return the secret that holds a setting: the one that the service reads already, or ours."""
    return wish.running.secrets.get(setting, wish.names.secret(setting))


def store(wish: Wish, setting: str, value: str, there: set[str], *, made: bool) -> PlanStep:
    """Return the step that stores a value."""
    name = secret_name(wish, setting)
    how = "made at random" if made else "from .env"
    if name in there:
        words = ("secrets", "versions", "add", name, "--data-file=-", wish.project)
        return step(f"Store {setting} anew ({how})", *words, given=value)
    return step(
        f"Store {setting} ({how})",
        *("secrets", "create", name, "--replication-policy=automatic", f"--labels=app={SERVICE}"),
        *("--data-file=-", wish.project),
        given=value,
    )


def _one(wish: Wish, setting: str, there: set[str]) -> Iterator[PlanStep]:
    name, value = secret_name(wish, setting), wish.settings.secrets[setting]
    held = wish.cloud.secret(name) if name in there else None
    if value is not None and value != held:
        yield store(wish, setting, value, there, made=False)
    elif held is None and setting in MUST_BE:
        yield store(wish, setting, randomness.token_urlsafe(SECRET_BYTES), there, made=True)
    policy = wish.cloud.read("secretmanager", "secrets", "get-iam-policy", name) if name in there else None
    if not may(policy, wish.names.runner, "roles/secretmanager.secretAccessor"):
        yield step(
            f"Let the service read {setting}",
            *("secrets", "add-iam-policy-binding", name, f"--member=serviceAccount:{wish.names.runner}"),
            *("--role=roles/secretmanager.secretAccessor", wish.project),
        )
