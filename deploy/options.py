"""What the owner asks for, and the names of everything that is made of it."""

import re
from dataclasses import dataclass

from deploy.errors import DeployError

SERVICE = "gatehouse"
DEFAULT_TIER = "db-g1-small"

_PROJECT = re.compile(r"[a-z][a-z0-9-]{2,28}[a-z0-9]")
_REGION = re.compile(r"[a-z]+(-[a-z]+)+[0-9]+")
_TIER = re.compile(r"db-(f1-micro|g1-small|custom-[0-9]+-[0-9]+|perf-optimized-N-[0-9]+)")
_SWITCHES = {"": None, "0": False, "1": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says; None where it says nothing, and what runs already decides."""

    project: str
    region: str
    sql: bool | None = None
    tier: str | None = None
    egress: bool | None = None
    yes: bool = False
    plan_only: bool = False


@dataclass(frozen=True, slots=True)
class CloudNames:
    """How things are called in one project and region."""

    project: str
    region: str

    @property
    def bucket(self) -> str:
        """Return the bucket of the state, unless settings name another."""
        return f"{self.project}-{SERVICE}"

    @property
    def build_bucket(self) -> str:
        """Return the bucket that what is built is uploaded to, logs of builds beside it."""
        return f"{self.project}-{SERVICE}-build"

    @property
    def runner(self) -> str:
        """Return the account that the service runs as."""
        return self._account(SERVICE)

    @property
    def builder(self) -> str:
        """Return the account that builds images."""
        return self._account(f"{SERVICE}-build")

    @property
    def clock(self) -> str:
        """Return the account whose token Cloud Scheduler presents."""
        return self._account(f"{SERVICE}-clock")

    @property
    def image(self) -> str:
        """Return the image's name, without a tag."""
        return f"{self.region}-docker.pkg.dev/{self.project}/{SERVICE}/{SERVICE}"

    @property
    def database(self) -> str:
        """Return the connection name of the Cloud SQL instance."""
        return f"{self.project}:{self.region}:{SERVICE}"

    def secret(self, setting: str) -> str:
        """Return the secret that holds a setting."""
        return f"{SERVICE}-{setting.lower().replace('_', '-')}"

    def _account(self, name: str) -> str:
        return f"{name}@{self.project}.iam.gserviceaccount.com"


def read_options(words: dict[str, str], *, plan_only: bool) -> Options:
    """Read NAME=value as `make` hands it on; raise DeployError with a sentence that names what is wrong."""
    project, region = words.get("PROJECT", ""), words.get("REGION", "")
    if _PROJECT.fullmatch(project) is None:
        raise DeployError(
            f"PROJECT must be a project's id, such as my-trading-1, not {project!r}.",
            "make deploy PROJECT=my-trading-1 REGION=us-east4; `gcloud projects list` shows yours.",
        )
    if _REGION.fullmatch(region) is None:
        raise DeployError(
            f"REGION must be a region of Cloud Run, such as us-east4, not {region!r}.",
            "`gcloud run regions list` shows them; TradingView sends from Oregon (us-west1).",
        )
    sql = words.get("SQL", "")
    tier = sql if _TIER.fullmatch(sql) else None
    return Options(
        project=project,
        region=region,
        sql=True if tier else _switch("SQL", sql, "1, 0 or a machine type such as db-custom-2-7680"),
        tier=tier,
        egress=_switch("EGRESS", words.get("EGRESS", "")),
        yes=_switch("YES", words.get("YES", "")) is True,
        plan_only=plan_only,
    )


def _switch(name: str, text: str, wanted: str = "1 or 0") -> bool | None:
    if text not in _SWITCHES:
        raise DeployError(f"{name} must be {wanted}, not {text!r}.", "Leave it out to keep what runs.")
    return _SWITCHES[text]
