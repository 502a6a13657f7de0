"""Cloud SQL: one instance, one database, and the secret that leads there."""

import secrets as randomness
from collections.abc import Iterator
from typing import Any

from deploy.gcloud import PASSWORD_PROMPT
from deploy.options import DEFAULT_TIER, SERVICE
from deploy.rooms.secrets import SECRET_BYTES, secret_name, store, stored_names
from deploy.steps import Part, PlanStep, step
from deploy.wish import Wish

VERSION = "POSTGRES_17"
# The user that every instance has.
USER = "postgres"
# https://cloud.google.com/sql/docs/postgres/flags: max_connections by memory in MB.
_CONNECTIONS = {"db-f1-micro": 25, "db-g1-small": 50}
_BY_MEMORY = ((120, 1000), (60, 800), (30, 600), (15, 500), (7.5, 400), (6, 200), (3.75, 100), (0, 50))
# What Cloud SQL, superusers and you at a console need of them.
_RESERVED = 6
DEFAULT_CONNECTIONS = 10
_MOST_INSTANCES = 10
_FORGOTTEN = "none yet"


def database(wish: Wish) -> Part:
    """Make what is missing, in an order that may be broken off anywhere."""
    if not wish.sql:
        return Part("Database", (), is_asked_for=False)
    there = wish.cloud.read("sqladmin", "sql", "instances", "describe", SERVICE)
    return Part("Database", (*_instance(wish, there), *_databases(wish, there), *_way_in(wish, there)))


def _instance(wish: Wish, there: Any) -> Iterator[PlanStep]:
    if there is None:
        yield step(
            "Make the PostgreSQL instance (takes some ten minutes)",
            *("sql", "instances", "create", SERVICE, f"--database-version={VERSION}"),
            *("--edition=enterprise", f"--tier={wish.options.tier or DEFAULT_TIER}"),
            *(f"--region={wish.options.region}", "--availability-type=zonal"),
            *("--storage-type=SSD", "--storage-size=10GB", "--storage-auto-increase"),
            *("--backup-start-time=03:00", "--enable-point-in-time-recovery"),
            *("--deletion-protection", "--timeout=unlimited", wish.project),
        )
    elif there.get("state") == "PENDING_CREATE":
        words = ("sql", "operations", "list", f"--instance={SERVICE}", "--filter=status!=DONE")
        for operation in wish.cloud.read("sqladmin", *words) or []:
            yield step(
                "Wait for the instance, which is still being made",
                *("sql", "operations", "wait", operation["name"], "--timeout=unlimited", wish.project),
            )
    elif wish.options.tier and wish.options.tier != tier_of(wish, there):
        yield step(
            f"Give the instance another machine ({tier_of(wish, there)} now; it restarts)",
            *("sql", "instances", "patch", SERVICE, f"--tier={wish.options.tier}", wish.project, "--quiet"),
        )


def _databases(wish: Wish, there: Any) -> Iterator[PlanStep]:
    place = (SERVICE, f"--instance={SERVICE}")
    known = _is_up(there) and wish.cloud.read("sqladmin", "sql", "databases", "describe", *place)
    if not known:
        yield step("Make the database", "sql", "databases", "create", *place, wish.project)


def _way_in(wish: Wish, there: Any) -> Iterator[PlanStep]:
    """Set a password and store it, in this order: without the secret the next run does both again."""
    names = stored_names(wish)
    name = secret_name(wish, "DATABASE_URL")
    held = wish.cloud.secret(name) if name in names else None
    is_stored = held is not None and held.startswith("postgresql://")
    if is_stored and there is not None:
        return
    if is_stored:
        # Broken off behind the new instance, the next run would take this one for its password.
        yield step(
            "Forget the password of the instance that is gone",
            *("secrets", "versions", "add", name, "--data-file=-", wish.project),
            given=_FORGOTTEN,
        )
    password = randomness.token_urlsafe(SECRET_BYTES)
    yield step(
        f"Set the password of {USER} (made at random)",
        *("sql", "users", "set-password", USER, f"--instance={SERVICE}", PASSWORD_PROMPT, wish.project),
        given=f"{password}\n",
    )
    yield store(wish, "DATABASE_URL", database_url(wish, password), names, made=True)


def database_url(wish: Wish, password: str) -> str:
    """Return the address that leads through the socket which Cloud Run puts beside the service."""
    return f"postgresql://{USER}:{password}@/{SERVICE}?host=/cloudsql/{wish.names.database}"


def _is_up(there: Any) -> bool:
    return there is not None and there.get("state") != "PENDING_CREATE"


def tier_of(wish: Wish, there: Any) -> str:
    """Return the machine that an instance has, or will have."""
    return str(((there or {}).get("settings") or {}).get("tier") or wish.options.tier or DEFAULT_TIER)


def connections_of(tier: str) -> int:
    """Return how many connections a machine takes unless told otherwise."""
    if tier in _CONNECTIONS:
        return _CONNECTIONS[tier]
    gigabytes = int(tier.rpartition("-")[2]) / 1024 if tier.startswith("db-custom-") else 8
    return next(connections for memory, connections in _BY_MEMORY if gigabytes >= memory)


def most_instances(tier: str, processes: int, connections: int) -> int:
    """Return how many instances the database can serve.

    During a deployment the old ones still run beside as many new ones. Each process has one connection more,
    for its locks.
    """
    spare = connections_of(tier) - _RESERVED
    return max(1, min(_MOST_INSTANCES, spare // (2 * processes * (connections + 1))))
