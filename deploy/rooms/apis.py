"""The products that are used, enabled in the project."""

from deploy.steps import Part, step
from deploy.wish import Wish

_ALWAYS = (
    "run",
    "cloudbuild",
    "artifactregistry",
    "secretmanager",
    "storage",
    "iam",
    "cloudscheduler",
    "logging",
)


def apis(wish: Wish) -> Part:
    """Enable what is not."""
    wanted = [*_ALWAYS, *(["sqladmin"] if wish.sql else []), *(["compute"] if wish.egress else [])]
    missing = [f"{api}.googleapis.com" for api in wanted if not wish.cloud.has(api)]
    enable = step("Enable the products that are used", "services", "enable", *missing, wish.project)
    return Part("Products", (enable,) if missing else ())
