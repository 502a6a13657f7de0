"""A project: what exists in it, and what each command makes of that. No HTTP, no command line."""

import json
import re
from pathlib import Path
from typing import Any

from deploy.known_settings import known_settings
from tests.simulators.gcloud.access import Access, State
from tests.simulators.gcloud.command_line import Command, pairs
from tests.simulators.gcloud.refusals import Refused, absent

SPOKEN_FOR = ("policies", "accounts", "buckets", "secrets", "repositories", "images", "networks", "subnets")
KINDS = (
    *SPOKEN_FOR,
    "addresses",
    "routers",
    "nats",
    "instances",
    "databases",
    "passwords",
    "services",
    "jobs",
)


def empty_project(name: str = "demo", number: str = "123456789012") -> State:
    """Return a project as it is on its first day, billing linked."""
    return {"project": name, "number": number, "billing": True, "enabled": [], **{kind: {} for kind in KINDS}}


SECRET = {name for name, setting in known_settings().items() if setting.is_secret}


class Project(Access):
    """Carries out commands on a state; raises Refused."""

    # Buckets
    def _storage_buckets_describe(self, command: Command, given: str) -> Any:
        return self._one("buckets", command.about[0])

    def _storage_buckets_get_iam_policy(self, command: Command, given: str) -> Any:
        self._one("buckets", command.about[0])
        return self._policy(command.about[0])

    def _storage_buckets_create(self, command: Command, given: str) -> Any:
        self._new("buckets", command.about[0], {"location": command.flag("location").upper()})
        self._storage_buckets_update(command, given)

    def _storage_buckets_update(self, command: Command, given: str) -> Any:
        bucket, flags = self._one("buckets", command.about[0]), command.flags
        if "--uniform-bucket-level-access" in flags:
            bucket["uniform_bucket_level_access"] = True
        if "--public-access-prevention" in flags:
            bucket["public_access_prevention"] = "enforced"
        if "--soft-delete-duration" in flags:
            seconds = int(command.flag("soft-delete-duration").rstrip("d")) * 86400
            bucket["soft_delete_policy"] = {"retentionDurationSeconds": str(seconds)}
        if "--lifecycle-file" in flags:
            bucket["lifecycle_config"] = read_json(command.flag("lifecycle-file"))

    def _storage_buckets_add_iam_policy_binding(self, command: Command, given: str) -> Any:
        self._one("buckets", command.about[0])
        self._bind(command.about[0], command)

    # Secrets
    def _secrets_list(self, command: Command, given: str) -> Any:
        return [{"name": f"projects/{self.state['number']}/secrets/{name}"} for name in self.state["secrets"]]

    def _secrets_get_iam_policy(self, command: Command, given: str) -> Any:
        self._one("secrets", command.about[0])
        return self._policy(f"secret {command.about[0]}")

    def _secrets_create(self, command: Command, given: str) -> Any:
        self._new("secrets", command.about[0], [given])

    def _secrets_versions_add(self, command: Command, given: str) -> Any:
        self._one("secrets", command.about[0]).append(given)

    def _secrets_versions_access(self, command: Command, given: str) -> Any:
        versions = self._one("secrets", command.flag("secret"))
        if not versions:
            raise absent("Secret Version", "latest")
        return versions[-1]

    def _secrets_add_iam_policy_binding(self, command: Command, given: str) -> Any:
        self._one("secrets", command.about[0])
        self._bind(f"secret {command.about[0]}", command)

    # Images
    def _artifacts_repositories_describe(self, command: Command, given: str) -> Any:
        return self._one("repositories", command.about[0])

    def _artifacts_repositories_get_iam_policy(self, command: Command, given: str) -> Any:
        self._one("repositories", command.about[0])
        return self._policy(f"repository {command.about[0]}")

    def _artifacts_repositories_create(self, command: Command, given: str) -> Any:
        self._new("repositories", command.about[0], {"location": command.flag("location")})

    def _artifacts_repositories_set_cleanup_policies(self, command: Command, given: str) -> Any:
        policies = read_json(command.flag("policy"))
        self._one("repositories", command.about[0])["cleanupPolicies"] = {p["name"]: p for p in policies}

    def _artifacts_repositories_add_iam_policy_binding(self, command: Command, given: str) -> Any:
        self._one("repositories", command.about[0])
        self._bind(f"repository {command.about[0]}", command)

    def _artifacts_docker_images_describe(self, command: Command, given: str) -> Any:
        return self._one("images", command.about[0])

    def _builds_submit(self, command: Command, given: str) -> Any:
        if not (Path(command.about[0]) / "Dockerfile").exists():
            raise Refused("Invalid value for [source]: Dockerfile required when specifying --tag")
        account = command.flag("service-account").rpartition("/")[2]
        self._known_account(account)
        bucket = command.flag("gcs-log-dir").rpartition("/")[0]
        self._one("buckets", bucket)
        repository = command.flag("tag").split("/")[2]
        self._one("repositories", repository)
        self._may(bucket, account, "roles/storage.admin")
        self._may("project", account, "roles/logging.logWriter")
        self._may(f"repository {repository}", account, "roles/artifactregistry.writer")
        self.state["images"][command.flag("tag")] = {"image_summary": {"digest": "sha256:0"}}

    # The service
    def _run_services_describe(self, command: Command, given: str) -> Any:
        if command.about[0] not in self.state["services"]:
            raise Refused(f"Cannot find service [{command.about[0]}]")
        return self.state["services"][command.about[0]]

    def _run_deploy(self, command: Command, given: str) -> Any:
        account = command.flag("service-account")
        self._known_account(account)
        self._one("images", command.flag("image"))
        variables = self._variables(command, account)
        before = self.state["services"].get(command.about[0])
        annotations = dict(before["spec"]["template"]["metadata"]["annotations"]) if before else {}
        self._connect(command, account, annotations)
        annotations["autoscaling.knative.dev/maxScale"] = command.flag("max-instances")
        container = {"image": command.flag("image"), "env": variables}
        number, region = self.state["number"], command.flag("region")
        self.state["services"][command.about[0]] = {
            "metadata": {"generation": before["metadata"]["generation"] + 1 if before else 1},
            "spec": {
                "template": {"metadata": {"annotations": annotations}, "spec": {"containers": [container]}}
            },
            "status": {"url": f"https://{command.about[0]}-{number}.{region}.run.app"},
        }

    def _variables(self, command: Command, account: str) -> list[State]:
        plain = pairs(command.flag("set-env-vars"))
        spoken = [name for name in plain if name in SECRET]
        if spoken:
            raise Refused(f"{spoken} are secrets, and stand on a command line.")
        found: list[State] = [{"name": name, "value": value} for name, value in plain.items()]
        for name, reference in pairs(command.flag("set-secrets")).items():
            secret, _, version = reference.partition(":")
            if not self._one("secrets", secret):
                raise absent("Secret Version", f"{secret}:{version}")
            self._may(f"secret {secret}", account, "roles/secretmanager.secretAccessor")
            held = {"secretKeyRef": {"name": secret, "key": version}}
            found.append({"name": name, "valueFrom": held})
        names = [each["name"] for each in found]
        if len(names) != len(set(names)):
            raise Refused("INVALID_ARGUMENT: a variable is set twice.")
        return found

    def _connect(self, command: Command, account: str, annotations: State) -> None:
        database = command.flag("add-cloudsql-instances")
        if database:
            self._one("instances", database.rpartition(":")[2])
            self._may("project", account, "roles/cloudsql.client")
            annotations["run.googleapis.com/cloudsql-instances"] = database
        if command.flag("network"):
            self._one("networks", command.flag("network"))
            self._one("subnets", command.flag("subnet"))
            annotations["run.googleapis.com/vpc-access-egress"] = command.flag("vpc-egress")
        if "--clear-network" in command.flags:
            annotations.pop("run.googleapis.com/vpc-access-egress", None)

    def _scheduler_jobs_describe(self, command: Command, given: str) -> Any:
        return self._one("jobs", command.about[0])

    def _scheduler_jobs_create_http(self, command: Command, given: str) -> Any:
        self._known_account(command.flag("oidc-service-account-email"))
        self._new("jobs", command.about[0], {"httpTarget": {"oidcToken": {}}})
        self._scheduler_jobs_update_http(command, given)

    def _scheduler_jobs_update_http(self, command: Command, given: str) -> Any:
        job = self._one("jobs", command.about[0])
        job["schedule"], job["httpTarget"]["uri"] = command.flag("schedule"), command.flag("uri")
        job["httpTarget"]["oidcToken"] = {
            "serviceAccountEmail": command.flag("oidc-service-account-email"),
            "audience": command.flag("oidc-token-audience"),
        }

    # PostgreSQL
    def _sql_instances_describe(self, command: Command, given: str) -> Any:
        return self._one("instances", command.about[0])

    def _sql_instances_create(self, command: Command, given: str) -> Any:
        state = "PENDING_CREATE" if self.state.get("instance_takes_long") else "RUNNABLE"
        instance = {"state": state, "settings": {"tier": command.flag("tier")}}
        self._new("instances", command.about[0], instance)
        if state == "PENDING_CREATE":
            raise Refused("Operation 0a1b is taking longer than expected. It timed out here, and goes on.")

    def _sql_instances_patch(self, command: Command, given: str) -> Any:
        self._running(command.about[0])["settings"]["tier"] = command.flag("tier")

    def _running(self, name: str) -> State:
        instance: State = self._one("instances", name)
        if instance["state"] != "RUNNABLE":
            raise Refused("HTTPError 400: The instance is not running.")
        return instance

    def _sql_operations_list(self, command: Command, given: str) -> Any:
        pending = self._one("instances", command.flag("instance"))["state"] == "PENDING_CREATE"
        return [{"name": "0a1b", "status": "RUNNING"}] if pending else []

    def _sql_operations_wait(self, command: Command, given: str) -> Any:
        for instance in self.state["instances"].values():
            instance["state"] = "RUNNABLE"

    def _sql_databases_describe(self, command: Command, given: str) -> Any:
        self._running(command.flag("instance"))
        return self._one("databases", command.about[0])

    def _sql_databases_create(self, command: Command, given: str) -> Any:
        self._running(command.flag("instance"))
        self._new("databases", command.about[0], {"instance": command.flag("instance")})

    def _sql_users_set_password(self, command: Command, given: str) -> Any:
        self._running(command.flag("instance"))
        if not re.fullmatch(r"\S{20,}\n", given):
            raise Refused("The password that was asked for did not come.")
        self.state["passwords"][command.about[0]] = given.rstrip("\n")

    # One address
    def _compute_networks_describe(self, command: Command, given: str) -> Any:
        return self._one("networks", command.about[0])

    def _compute_networks_create(self, command: Command, given: str) -> Any:
        self._new("networks", command.about[0], {})

    def _compute_networks_subnets_describe(self, command: Command, given: str) -> Any:
        return self._one("subnets", command.about[0])

    def _compute_networks_subnets_create(self, command: Command, given: str) -> Any:
        self._one("networks", command.flag("network"))
        self._new("subnets", command.about[0], {"ipCidrRange": command.flag("range")})

    def _compute_addresses_describe(self, command: Command, given: str) -> Any:
        return self._one("addresses", command.about[0])

    def _compute_addresses_create(self, command: Command, given: str) -> Any:
        self._new("addresses", command.about[0], {"address": "203.0.113.7", "status": "RESERVED"})

    def _compute_routers_describe(self, command: Command, given: str) -> Any:
        return self._one("routers", command.about[0])

    def _compute_routers_create(self, command: Command, given: str) -> Any:
        self._one("networks", command.flag("network"))
        self._new("routers", command.about[0], {})

    def _compute_routers_nats_describe(self, command: Command, given: str) -> Any:
        self._one("routers", command.flag("router"))
        return self._one("nats", command.about[0])

    def _compute_routers_nats_create(self, command: Command, given: str) -> Any:
        self._one("routers", command.flag("router"))
        self._one("addresses", command.flag("nat-external-ip-pool"))
        self._one("subnets", command.flag("nat-custom-subnet-ip-ranges"))
        self._new("nats", command.about[0], {})


def read_json(path: str) -> Any:
    """Read a file that a flag names."""
    return json.loads(Path(path).read_text(encoding="utf-8"))
