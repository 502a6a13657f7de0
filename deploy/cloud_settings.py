"""What the service in the cloud is told: `.env`, what it was told before, and what the cloud decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from deploy.known_settings import canonical, known_settings
from deploy.options import CloudNames
from deploy.running import Running

# Without these two the service does not start where state is in the cloud.
MUST_BE = ("WEBHOOK_SECRET", "OPERATOR_TOKEN")

_NO_DISK = "there is no disk; Cloud Logging has it all"
_LEFT_OUT = {
    "PORT": "Cloud Run says which",
    "DATABASE_PATH": "there is no disk; the state is in the bucket, or in PostgreSQL with SQL=1",
    "LOG_DIR": _NO_DISK,
    "LOG_FILE": _NO_DISK,
    "FILE_LOG_LEVEL": _NO_DISK,
    "USE_CLOUD_LOGGING": "always on there",
    "GOOGLE_CLOUD_PROJECT": "it is PROJECT",
    "TASKS_SERVICE_ACCOUNT": "the account of the scheduler that is made here",
    "TASKS_OIDC_AUDIENCE": "it is PUBLIC_URL, which the scheduler is told too",
}
# Schemes whose next word is a host; in a notification's it may be a key.
_ADDRESSES = {"http", "https", "postgres", "postgresql"}
_THIS_MACHINE = {"::1", "0.0.0.0", "host.docker.internal"}
_ONE_MACHINE = "this address is of this machine, which the cloud cannot reach"


@dataclass(slots=True)
class CloudSettings:
    """What goes where. A secret without a value stays what Secret Manager holds."""

    public_url: str
    bucket: str
    plain: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str | None] = field(default_factory=dict, repr=False)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    backup_time: str | None = None
    """When Cloud Scheduler asks for the day's backup; None where nobody has said."""

    @property
    def uses_database(self) -> bool:
        """True where the state is in PostgreSQL."""
        return "DATABASE_URL" in self.secrets

    def whole(self, name: str, default: int) -> int:
        """Return a whole number that the service is told, or the default."""
        text = self.plain.get(name, "")
        return int(text) if text.isdigit() and int(text) else default


def cloud_settings(
    said: Mapping[str, str], running: Running, names: CloudNames, number: str, *, sql: bool
) -> CloudSettings:
    """Decide what the service is told.

    What `.env` does not name stays as it is there; `NAME=` without a value takes it away.
    """
    said = {canonical(name): value.strip() for name, value in said.items()}
    url = _public_url(said, running, names, number)
    bucket = said.get("GCS_BUCKET_NAME") or running.plain.get("GCS_BUCKET_NAME") or names.bucket
    chosen = CloudSettings(url, bucket)
    chosen.plain |= {name: value for name, value in running.plain.items() if name not in running.secrets}
    chosen.secrets |= dict.fromkeys(running.secrets)
    for name, value in said.items():
        _take(chosen, name, value, sql=sql)
    chosen.secrets |= {name: None for name in MUST_BE if name not in chosen.secrets}
    _decide(chosen, names, sql=sql, had_database=running.has_database)
    return chosen


def _take(chosen: CloudSettings, name: str, value: str, *, sql: bool) -> None:
    reason = _reason_to_leave_out(name, value, sql=sql)
    if reason:
        if value:
            chosen.left_out.append((name, reason))
        return
    if name in chosen.plain or name in chosen.secrets:
        chosen.plain.pop(name, None)
        chosen.secrets.pop(name, None)
        if not value:
            chosen.removed.append(name)
    if value and (known_settings()[name].is_secret or _holds_a_password(value)):
        chosen.secrets[name] = value
    elif value:
        chosen.plain[name] = value


def _reason_to_leave_out(name: str, value: str, *, sql: bool) -> str:
    if name in _LEFT_OUT:
        return _LEFT_OUT[name]
    if name not in known_settings():
        return "no setting of Gatehouse"
    if name == "DATABASE_URL" and sql:
        return "SQL=1 has a database of its own"
    if is_of_this_machine(value):
        return _ONE_MACHINE
    return ""


def _decide(chosen: CloudSettings, names: CloudNames, *, sql: bool, had_database: bool) -> None:
    """Set what the cloud decides, whatever `.env` says."""
    if sql:
        chosen.secrets["DATABASE_URL"] = None
    elif had_database and chosen.secrets.get("DATABASE_URL") is None:
        # SQL=0: the address of the instance that is let go.
        chosen.secrets.pop("DATABASE_URL", None)
    if not chosen.uses_database and chosen.plain.pop("WEB_CONCURRENCY", "1") != "1":
        chosen.left_out.append(("WEB_CONCURRENCY", "several processes need PostgreSQL (SQL=1)"))
    chosen.backup_time = chosen.plain.pop("BACKUP_TIME", None)
    if chosen.backup_time is not None:
        chosen.left_out.append(("BACKUP_TIME", "Cloud Scheduler asks for the backup at that time"))
    chosen.plain |= {
        "GCS_BUCKET_NAME": chosen.bucket,
        "GOOGLE_CLOUD_PROJECT": names.project,
        "PUBLIC_URL": chosen.public_url,
        "TASKS_SERVICE_ACCOUNT": names.clock,
        "USE_CLOUD_LOGGING": "true",
    }
    if chosen.public_url.endswith(".run.app"):
        # Google's front end alone stands before it.
        chosen.plain["TRUSTED_PROXY_COUNT"] = "1"
    chosen.plain.setdefault("TRUSTED_PROXY_COUNT", "1")
    chosen.plain.setdefault("ALLOWED_SOURCE_IPS", "tradingview")


def _public_url(said: Mapping[str, str], running: Running, names: CloudNames, number: str) -> str:
    """Return the owner's own domain where there is one, else the address that Cloud Run gives a service."""
    for address in (
        said.get("PUBLIC_URL", ""),
        "" if "PUBLIC_URL" in said else running.plain.get("PUBLIC_URL", ""),
    ):
        if address.startswith("https://") and not is_of_this_machine(address):
            return address.rstrip("/")
    return f"https://gatehouse-{number}.{names.region}.run.app"


def is_of_this_machine(value: str) -> bool:
    """Tell whether an address leads to the machine it is written on, or to a neighbour in its own network."""
    scheme, _, rest = value.partition("://")
    if scheme not in _ADDRESSES or not rest:
        return False
    host = urlsplit(f"//{rest.partition('/')[0].partition(',')[0]}").hostname or ""
    is_a_bare_name = "." not in host and ":" not in host
    return is_a_bare_name or host.startswith("127.") or host in _THIS_MACHINE


def _holds_a_password(value: str) -> bool:
    return "://" in value and "@" in value
