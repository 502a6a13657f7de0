"""Service accounts, and the little that each may do in the project; the rest stands with what it is about."""

from collections.abc import Iterator
from typing import Any

from deploy.look import may
from deploy.options import SERVICE
from deploy.steps import Part, PlanStep, step
from deploy.wish import Wish

_ACCOUNTS = {
    SERVICE: "Gatehouse: serves alerts",
    f"{SERVICE}-build": "Gatehouse: builds its image",
    f"{SERVICE}-clock": "Gatehouse: calls its clock",
}


def accounts(wish: Wish) -> Part:
    """Make the accounts and give the roles that only a project can give."""
    known = wish.cloud.read("iam", "iam", "service-accounts", "list") or []
    there = {account["email"] for account in known}
    made = [
        _made(wish, name, title)
        for name, title in _ACCOUNTS.items()
        if f"{name}@{wish.options.project}.iam.gserviceaccount.com" not in there
    ]
    policy = wish.cloud.read("iam", "projects", "get-iam-policy", wish.options.project)
    return Part("Accounts", (*made, *_roles(wish, policy)))


def _made(wish: Wish, name: str, title: str) -> PlanStep:
    return step(
        f"Make the account {name}",
        *("iam", "service-accounts", "create", name),
        *(f"--display-name={title}", wish.project),
    )


def _roles(wish: Wish, policy: Any) -> Iterator[PlanStep]:
    wanted = [("Let builds write their log", wish.names.builder, "roles/logging.logWriter")]
    if wish.sql:
        wanted.append(("Let the service connect to Cloud SQL", wish.names.runner, "roles/cloudsql.client"))
    for why, account, role in wanted:
        if not may(policy, account, role):
            yield step(
                why,
                *("projects", "add-iam-policy-binding", wish.options.project),
                *(f"--member=serviceAccount:{account}", f"--role={role}", "--condition=None"),
            )
