"""The image: where images are kept, and the one that is to run."""

from collections.abc import Iterator

from deploy.look import may
from deploy.options import SERVICE
from deploy.steps import Part, PlanStep, step
from deploy.wish import Wish

KEPT_IMAGES = "deploy/kept_images.json"


def image(wish: Wish) -> Part:
    """Make the repository, and build what is not built yet."""
    return Part("Image", (*_repository(wish), *_built(wish)))


def _repository(wish: Wish) -> Iterator[PlanStep]:
    place = (SERVICE, f"--location={wish.options.region}")
    there = wish.cloud.read("artifactregistry", "artifacts", "repositories", "describe", *place)
    if there is None:
        yield step(
            "Make the repository of images",
            *("artifacts", "repositories", "create", *place),
            *("--repository-format=docker", wish.project),
        )
    if not (there or {}).get("cleanupPolicies"):
        yield step(
            "Keep the last five images, and others for a month",
            *("artifacts", "repositories", "set-cleanup-policies", *place),
            *(f"--policy={KEPT_IMAGES}", "--no-dry-run", wish.project),
        )
    policy = there and wish.cloud.read(
        "artifactregistry", "artifacts", "repositories", "get-iam-policy", *place
    )
    if not may(policy, wish.names.builder, "roles/artifactregistry.writer"):
        yield step(
            "Let builds store images there",
            *("artifacts", "repositories", "add-iam-policy-binding", *place),
            *(f"--member=serviceAccount:{wish.names.builder}", "--role=roles/artifactregistry.writer"),
            wish.project,
        )


def _built(wish: Wish) -> Iterator[PlanStep]:
    there = wish.cloud.read("artifactregistry", "artifacts", "docker", "images", "describe", wish.image)
    if there is None:
        bucket = f"gs://{wish.names.build_bucket}"
        account = f"projects/{wish.options.project}/serviceAccounts/{wish.names.builder}"
        yield step(
            "Build the image from this folder",
            *("builds", "submit", ".", f"--tag={wish.image}", f"--service-account={account}"),
            *(f"--gcs-source-staging-dir={bucket}/source", f"--gcs-log-dir={bucket}/logs"),
            *("--timeout=20m", wish.project),
        )
