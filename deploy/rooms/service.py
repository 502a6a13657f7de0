"""The service itself: every deployment makes a new revision of it."""

from deploy.options import SERVICE
from deploy.rooms.database import DEFAULT_CONNECTIONS, most_instances, tier_of
from deploy.rooms.secrets import secret_name
from deploy.steps import Part, step
from deploy.wish import Wish

WEB_THREADS = 16

# The same for every deployment, and what cloudbuild.yaml says. Why: docs/deployment.md.
STEADY_FLAGS = (
    "--port=8080",
    "--cpu=1",
    "--memory=512Mi",
    "--no-cpu-throttling",
    "--cpu-boost",
    "--min-instances=1",
    "--timeout=60",
)


def service(wish: Wish) -> Part:
    """Deploy."""
    deploy = step(
        "Start a new revision",
        *("run", "deploy", SERVICE, f"--image={wish.image}", f"--region={wish.options.region}"),
        *(f"--service-account={wish.names.runner}", "--no-invoker-iam-check", *STEADY_FLAGS),
        *(f"--max-instances={instances(wish)}", f"--concurrency={concurrency(wish)}"),
        *_connections(wish),
        f"--set-env-vars={joined(wish.settings.plain)}",
        f"--set-secrets={joined(_versions(wish))}",
        *(wish.project, "--quiet"),
    )
    return Part("Service", (deploy,))


def instances(wish: Wish) -> int:
    """Return how many instances may run: one over a bucket, else as many as the database takes.

    What a database of the owner's own takes is not known here: what runs stays.
    """
    if wish.settings.plain.get("ALPACA_STREAMS", "").lower() in {"true", "1", "yes", "on"}:
        # One process only may listen to quotes.
        return 1
    if not wish.sql:
        return wish.running.instances if wish.settings.uses_database else 1
    there = wish.cloud.read("sqladmin", "sql", "instances", "describe", SERVICE)
    tier = wish.options.tier or tier_of(wish, there)
    processes = wish.settings.whole("WEB_CONCURRENCY", 1)
    return most_instances(tier, processes, wish.settings.whole("DATABASE_CONNECTIONS", DEFAULT_CONNECTIONS))


def concurrency(wish: Wish) -> int:
    """Return how many requests one instance gets at once: as many as it has threads."""
    return wish.settings.whole("WEB_THREADS", WEB_THREADS) * wish.settings.whole("WEB_CONCURRENCY", 1)


def _connections(wish: Wish) -> list[str]:
    flags = []
    if wish.sql:
        flags.append(f"--add-cloudsql-instances={wish.names.database}")
    if wish.egress:
        flags += [f"--network={SERVICE}", f"--subnet={SERVICE}", "--vpc-egress=all-traffic"]
    elif wish.running.has_egress:
        flags.append("--clear-network")
    return flags


def _versions(wish: Wish) -> dict[str, str]:
    return {name: f"{secret_name(wish, name)}:latest" for name in wish.settings.secrets}


def joined(values: dict[str, str]) -> str:
    """Return NAME=value pairs as gcloud takes them, parted by what stands in none of them."""
    pairs = [f"{name}={value}" for name, value in sorted(values.items())]
    mark = next(mark for mark in _marks() if not any(mark in pair for pair in pairs))
    return ",".join(pairs) if mark == "," else f"^{mark}^{mark.join(pairs)}"


def _marks() -> list[str]:
    return [",", ";", "|", "@@", *("~" * length for length in range(2, 9))]
