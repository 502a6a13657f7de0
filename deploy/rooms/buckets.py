"""Two buckets: the service's, and one that images are built from."""

from collections.abc import Iterator
from typing import Any

from deploy.look import may
from deploy.steps import Part, PlanStep, step
from deploy.wish import Wish

# A week in which what was overwritten or deleted can be brought back.
SOFT_DELETE_SECONDS = 7 * 24 * 3600
STATE_LIFECYCLE = "deploy/bucket_lifecycle.json"
BUILD_LIFECYCLE = "deploy/build_lifecycle.json"


def buckets(wish: Wish) -> Part:
    """Make both, and mend what is not as it should be."""
    return Part("Buckets", (*_state(wish), *_build(wish)))


def _state(wish: Wish) -> Iterator[PlanStep]:
    bucket = f"gs://{wish.settings.bucket}"
    there = wish.cloud.read("storage", "storage", "buckets", "describe", bucket)
    if there is None:
        yield _made(wish, bucket, "Make the service's bucket", "7d", STATE_LIFECYCLE)
    else:
        yield from _mended(wish, bucket, there)
    yield from _role(
        wish, bucket, there, "Let the service use its bucket", wish.names.runner, "roles/storage.objectAdmin"
    )


def _build(wish: Wish) -> Iterator[PlanStep]:
    bucket = f"gs://{wish.names.build_bucket}"
    there = wish.cloud.read("storage", "storage", "buckets", "describe", bucket)
    if there is None:
        yield _made(wish, bucket, "Make the bucket that builds are uploaded to", "0", BUILD_LIFECYCLE)
    # A build's log in a bucket of one's own wants this role, and this bucket holds nothing else.
    yield from _role(
        wish, bucket, there, "Let builds use their bucket", wish.names.builder, "roles/storage.admin"
    )


def _made(wish: Wish, bucket: str, why: str, kept: str, lifecycle: str) -> PlanStep:
    return step(
        why,
        *("storage", "buckets", "create", bucket, f"--location={wish.options.region}"),
        *("--uniform-bucket-level-access", "--public-access-prevention"),
        *(f"--soft-delete-duration={kept}", f"--lifecycle-file={lifecycle}", wish.project),
    )


def _mended(wish: Wish, bucket: str, there: dict[str, Any]) -> Iterator[PlanStep]:
    kept = int((there.get("soft_delete_policy") or {}).get("retentionDurationSeconds", 0))
    flags = [
        None if there.get("uniform_bucket_level_access") else "--uniform-bucket-level-access",
        None if there.get("public_access_prevention") == "enforced" else "--public-access-prevention",
        None if kept >= SOFT_DELETE_SECONDS else "--soft-delete-duration=7d",
        None if there.get("lifecycle_config") else f"--lifecycle-file={STATE_LIFECYCLE}",
    ]
    if any(flags):
        yield step(
            "Protect the service's bucket", "storage", "buckets", "update", bucket, *flags, wish.project
        )


def _role(wish: Wish, bucket: str, there: Any, why: str, account: str, role: str) -> Iterator[PlanStep]:
    policy = there and wish.cloud.read("storage", "storage", "buckets", "get-iam-policy", bucket)
    if not may(policy, account, role):
        yield step(
            why,
            *("storage", "buckets", "add-iam-policy-binding", bucket),
            *(f"--member=serviceAccount:{account}", f"--role={role}", wish.project),
        )
