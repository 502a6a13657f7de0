"""The commands that are known, with their flags and the shape of each value.

From the reference at https://cloud.google.com/sdk/gcloud/reference; tests/deploy/test_real_gcloud.py holds
what is deployed with against an installed gcloud.
"""

from dataclasses import dataclass, field

NAME = r"[a-z][a-z0-9-]{1,61}[a-z0-9]"
EMAIL = r"[a-z][a-z0-9-]+@[a-z0-9-]+\.iam\.gserviceaccount\.com"
MEMBER = f"serviceAccount:{EMAIL}"
ROLE = r"roles/[a-z]+(\.[A-Za-z]+)+"
REGION = r"[a-z]+-[a-z]+\d+"
BUCKET = r"gs://[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]"
NUMBER = r"\d+"
SECONDS = r"\d+s?"
SWITCH = None
ANY = r".*"
CIDR = r"\d+\.\d+\.\d+\.\d+/\d+"
# Cloud Scheduler refuses a minute of 60 or an hour of 24.
CRON = r"(\*|[1-5]?\d) (\*|1?\d|2[0-3]) \* \* \*"
URL = r"https://[a-z0-9.-]+(/[\w/-]*)?"

BINDING = {"--member": MEMBER, "--role": ROLE}
WHERE = {"--region": REGION}
PLACE = {"--location": REGION}


@dataclass(frozen=True, slots=True)
class Form:
    """One command: what it is about, what it must be told, what else it may be told."""

    about: str | None
    must: dict[str, str | None] = field(default_factory=dict)
    may: dict[str, str | None] = field(default_factory=dict)
    api: str | None = None
    changes: bool = True

    @property
    def flags(self) -> dict[str, str | None]:
        return self.must | self.may


def reads(about: str | None, api: str | None = None, **more: dict[str, str | None]) -> Form:
    return Form(about, more.get("must", {}), more.get("may", {}), api, changes=False)


BUCKET_FLAGS: dict[str, str | None] = {
    "--uniform-bucket-level-access": SWITCH,
    "--public-access-prevention": SWITCH,
    "--soft-delete-duration": r"0|\d+d",
    "--lifecycle-file": r"\S+\.json",
}
JOB_FLAGS: dict[str, str | None] = {
    "--schedule": CRON,
    "--uri": URL,
    "--time-zone": r"[A-Za-z]+(/[A-Za-z_]+)?",
    "--http-method": "POST|GET|PUT|DELETE|HEAD",
    "--oidc-service-account-email": EMAIL,
    "--oidc-token-audience": URL,
    "--attempt-deadline": r"\d+[sm]",
    "--max-retry-attempts": r"[0-5]",
    "--min-backoff": r"\d+[smh]",
    "--max-backoff": r"\d+[smh]",
}
RUN_FLAGS: dict[str, str | None] = {
    "--service-account": EMAIL,
    "--no-invoker-iam-check": SWITCH,
    "--port": NUMBER,
    "--cpu": r"[1248]",
    "--memory": r"\d+(Mi|Gi)",
    "--no-cpu-throttling": SWITCH,
    "--cpu-boost": SWITCH,
    "--min-instances": NUMBER,
    "--max-instances": r"[1-9]\d*",
    "--concurrency": r"[1-9]\d{0,3}",
    "--timeout": SECONDS,
    "--set-env-vars": ANY,
    "--set-secrets": ANY,
    "--add-cloudsql-instances": rf"[a-z0-9-]+:{REGION}:{NAME}",
    "--network": NAME,
    "--subnet": NAME,
    "--vpc-egress": "all-traffic|private-ranges-only",
    "--clear-network": SWITCH,
}

FORMS: dict[str, Form] = {
    "projects describe": reads(NAME),
    "projects get-iam-policy": reads(NAME, "iam"),
    "projects add-iam-policy-binding": Form(NAME, BINDING | {"--condition": "None"}),
    "services list": reads(None, must={"--enabled": SWITCH}),
    "services enable": Form(r"[a-z]+\.googleapis\.com"),
    "iam service-accounts list": reads(None, "iam"),
    "iam service-accounts create": Form(
        r"[a-z][a-z0-9-]{4,28}[a-z0-9]", may={"--display-name": ANY}, api="iam"
    ),
    "storage buckets describe": reads(BUCKET, "storage"),
    "storage buckets get-iam-policy": reads(BUCKET, "storage"),
    "storage buckets create": Form(BUCKET, PLACE, BUCKET_FLAGS, "storage"),
    "storage buckets update": Form(BUCKET, {}, BUCKET_FLAGS, "storage"),
    "storage buckets add-iam-policy-binding": Form(BUCKET, BINDING, api="storage"),
    "secrets list": reads(None, "secretmanager"),
    "secrets get-iam-policy": reads(NAME, "secretmanager"),
    "secrets versions access": reads("latest|[0-9]+", "secretmanager", must={"--secret": NAME}),
    "secrets create": Form(
        NAME,
        {"--data-file": "-"},
        {"--replication-policy": "automatic", "--labels": r"\w+=\w+"},
        "secretmanager",
    ),
    "secrets versions add": Form(NAME, {"--data-file": "-"}, api="secretmanager"),
    "secrets add-iam-policy-binding": Form(NAME, BINDING, api="secretmanager"),
    "artifacts repositories describe": reads(NAME, "artifactregistry", must=PLACE),
    "artifacts repositories get-iam-policy": reads(NAME, "artifactregistry", must=PLACE),
    "artifacts repositories create": Form(
        NAME, PLACE | {"--repository-format": "docker"}, api="artifactregistry"
    ),
    "artifacts repositories set-cleanup-policies": Form(
        NAME, PLACE | {"--policy": r"\S+\.json"}, {"--no-dry-run": SWITCH}, "artifactregistry"
    ),
    "artifacts repositories add-iam-policy-binding": Form(NAME, PLACE | BINDING, api="artifactregistry"),
    "artifacts docker images describe": reads(r"\S+-docker\.pkg\.dev/\S+:\S+", "artifactregistry"),
    "builds submit": Form(
        r"\S+",
        {"--tag": r"\S+-docker\.pkg\.dev/\S+:\S+"},
        {
            "--service-account": rf"projects/[a-z0-9-]+/serviceAccounts/{EMAIL}",
            "--gcs-source-staging-dir": rf"{BUCKET}/\w+",
            "--gcs-log-dir": rf"{BUCKET}/\w+",
            "--timeout": r"\d+[smh]?",
        },
        "cloudbuild",
    ),
    "run services describe": reads(NAME, "run", must=WHERE),
    "run deploy": Form(NAME, WHERE | {"--image": r"\S+-docker\.pkg\.dev/\S+:\S+"}, RUN_FLAGS, "run"),
    "scheduler jobs describe": reads(NAME, "cloudscheduler", must=PLACE),
    "scheduler jobs create http": Form(
        NAME, PLACE | {"--schedule": CRON, "--uri": URL}, JOB_FLAGS, "cloudscheduler"
    ),
    "scheduler jobs update http": Form(NAME, PLACE, JOB_FLAGS, "cloudscheduler"),
    "sql instances describe": reads(NAME, "sqladmin"),
    "sql instances create": Form(
        NAME,
        {},
        {
            "--database-version": r"POSTGRES_1[4-8]",
            "--edition": "enterprise|enterprise-plus",
            "--tier": r"db-[\w-]+",
            "--region": REGION,
            "--availability-type": "zonal|regional",
            "--storage-type": "SSD|HDD",
            "--storage-size": r"\d+GB",
            "--storage-auto-increase": SWITCH,
            "--backup-start-time": r"\d\d:\d\d",
            "--enable-point-in-time-recovery": SWITCH,
            "--deletion-protection": SWITCH,
            "--timeout": r"\d+|unlimited",
        },
        "sqladmin",
    ),
    "sql instances patch": Form(NAME, {}, {"--tier": r"db-[\w-]+"}, "sqladmin"),
    "sql operations list": reads(None, "sqladmin", must={"--instance": NAME}, may={"--filter": ANY}),
    "sql operations wait": Form(r"[0-9a-f-]+", {}, {"--timeout": r"\d+|unlimited"}, "sqladmin"),
    "sql databases describe": reads(NAME, "sqladmin", must={"--instance": NAME}),
    "sql databases create": Form(NAME, {"--instance": NAME}, api="sqladmin"),
    "sql users set-password": Form(
        NAME, {"--instance": NAME, "--prompt-for-password": SWITCH}, api="sqladmin"
    ),
    "compute networks describe": reads(NAME, "compute"),
    "compute networks create": Form(NAME, {}, {"--subnet-mode": "auto|custom|legacy"}, "compute"),
    "compute networks subnets describe": reads(NAME, "compute", must=WHERE),
    "compute networks subnets create": Form(
        NAME,
        WHERE | {"--network": NAME, "--range": CIDR},
        {"--enable-private-ip-google-access": SWITCH},
        "compute",
    ),
    "compute addresses describe": reads(NAME, "compute", must=WHERE),
    "compute addresses create": Form(NAME, WHERE, api="compute"),
    "compute routers describe": reads(NAME, "compute", must=WHERE),
    "compute routers create": Form(NAME, WHERE | {"--network": NAME}, api="compute"),
    "compute routers nats describe": reads(NAME, "compute", must=WHERE | {"--router": NAME}),
    "compute routers nats create": Form(
        NAME,
        WHERE | {"--router": NAME},
        {"--nat-external-ip-pool": NAME, "--nat-custom-subnet-ip-ranges": NAME},
        "compute",
    ),
}

# Flags of every command; who may change something is never asked in a test.
EVERYWHERE: dict[str, str | None] = {"--project": NAME, "--format": "json", "--quiet": SWITCH}
