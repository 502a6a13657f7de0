"""The service as it runs now: what it was told, and what it is connected to."""

from dataclasses import dataclass, field
from typing import Any

from deploy.look import Cloud
from deploy.options import SERVICE, Options


@dataclass(frozen=True, slots=True)
class Running:
    """The latest revision's settings and connections; empty before the first deployment."""

    exists: bool = False
    plain: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    """The name of each secret, by the setting that it holds."""
    has_database: bool = False
    """A Cloud SQL instance is attached."""
    has_egress: bool = False
    """Whatever it sends goes through a network with one address."""
    instances: int = 1
    """How many may run at once."""

    @property
    def keeps_state_in_database(self) -> bool:
        """True where the state is in PostgreSQL, Google's or another."""
        return "DATABASE_URL" in self.secrets or "DATABASE_URL" in self.plain


def look_at_service(cloud: Cloud, options: Options) -> Running:
    """Ask Cloud Run for the service."""
    seen = cloud.read("run", "run", "services", "describe", SERVICE, f"--region={options.region}")
    return Running() if seen is None else running(seen)


def running(service: dict[str, Any]) -> Running:
    """Read a service as `gcloud run services describe` tells it."""
    template = service["spec"]["template"]
    annotations = template.get("metadata", {}).get("annotations", {})
    variables = template["spec"]["containers"][0].get("env", [])
    held = {
        each["name"]: each["valueFrom"]["secretKeyRef"]["name"] for each in variables if "valueFrom" in each
    }
    return Running(
        exists=True,
        plain={each["name"]: each.get("value", "") for each in variables if "valueFrom" not in each},
        secrets=held,
        has_database=bool(annotations.get("run.googleapis.com/cloudsql-instances")),
        has_egress=annotations.get("run.googleapis.com/vpc-access-egress") == "all-traffic",
        instances=int(annotations.get("autoscaling.knative.dev/maxScale", 1)),
    )
