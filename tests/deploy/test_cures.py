import pytest

from deploy.cures import is_passing, meaning

pytestmark = pytest.mark.unit

# What gcloud says, and a word of what the owner must be told to do about it.
COMPLAINTS = [
    (
        "You do not currently have an active account selected. Please run: $ gcloud auth login",
        "gcloud auth login",
    ),
    (
        "ERROR: (gcloud.auth) There was a problem refreshing your auth tokens: invalid_grant",
        "gcloud auth login",
    ),
    ("ERROR: (gcloud.run.deploy) unrecognized arguments: --no-invoker-iam-check", "gcloud components update"),
    (
        "FAILED_PRECONDITION: Billing account for project '1' is not found. Billing must be enabled.",
        "billing/linkedaccount?project=demo",
    ),
    ("The billing account for the owning project is disabled in state absent", "billing/linkedaccount"),
    (
        "FAILED_PRECONDITION: Constraint constraints/run.managed.requireInvokerIam violated",
        "requireInvokerIam",
    ),
    (
        "FAILED_PRECONDITION: One or more users named in the policy do not belong to a permitted customer.",
        "iam.allowedPolicyMemberDomains",
    ),
    ("Constraint constraints/gcp.resourceLocations violated for projects/demo", "another REGION"),
    (
        "PERMISSION_DENIED: Permission 'artifactregistry.repositories.create' denied on resource",
        "roles/owner",
    ),
    (
        "PERMISSION_DENIED: Permission denied on 'locations/mars-east1' (or it may not exist).",
        "gcloud run regions list",
    ),
    (
        "INVALID_ARGUMENT: Location mars-east1 is not found or access is unauthorized.",
        "gcloud run regions list",
    ),
    (
        "ERROR: gcloud crashed: Failed to find the server at mars-east1-run.googleapis.com",
        "gcloud run regions list",
    ),
    ("HTTPError 409: The requested bucket name is not available.", "GCS_BUCKET_NAME"),
    ("HTTPError 409: The instance name cannot be reused for up to a week", "leave SQL=1 out"),
    ("RESOURCE_EXHAUSTED: Quota exceeded for quota metric 'CPU'", "iam-admin/quotas"),
    (
        "The user-provided container failed to start and listen on the port defined by PORT=8080",
        "logs read gatehouse",
    ),
    ('build 0a1b completed with status "FAILURE"', "gcloud builds list"),
    ("PERMISSION_DENIED: The project nowhere does not exist, or you may not see it.", "gcloud projects list"),
    ("Cloud Scheduler API has not been used in project 1 before or it is disabled.", "Wait two minutes"),
    ("Max retries exceeded: Connection timed out", "goes on where it stopped"),
    ("Something nobody has ever seen", "goes on where it stopped"),
]


@pytest.mark.parametrize(("complaint", "cure"), COMPLAINTS)
def test_complaint_when_it_is_explained_then_the_cure_is_named(complaint, cure):
    assert cure in " ".join(meaning(complaint, "demo"))


@pytest.mark.parametrize(
    "complaint",
    [
        "Secret Manager API has not been used in project 1 before or it is disabled. SERVICE_DISABLED",
        "INVALID_ARGUMENT: Service account gatehouse@demo.iam.gserviceaccount.com does not exist.",
        "ABORTED: There were concurrent policy changes.",
        "Permission denied on secret: projects/1/secrets/gatehouse-operator-token/versions/latest",
        "gatehouse-build@demo.iam.gserviceaccount.com does not have storage.objects.get access.",
    ],
)
def test_complaint_when_it_passes_by_itself_then_it_is_tried_again(complaint):
    assert is_passing(complaint)


@pytest.mark.parametrize(
    "complaint",
    [
        "PERMISSION_DENIED",
        "NOT_FOUND: secret",
        "Billing must be enabled",
        "me@example.com does not have storage.buckets.create access",
    ],
)
def test_complaint_when_it_stays_then_nobody_waits(complaint):
    assert not is_passing(complaint)


@pytest.mark.parametrize(
    ("command", "complaint", "told"),
    [
        ("run deploy", "Constraint constraints/run.managed.requireInvokerIam violated", "organisation"),
        (
            "secrets create",
            "PERMISSION_DENIED: Permission 'secretmanager.secrets.create' denied",
            "roles/owner",
        ),
        (
            "storage buckets create",
            "HTTPError 409: The requested bucket name is not available",
            "GCS_BUCKET_NAME",
        ),
    ],
)
def test_deploy_when_a_command_fails_then_it_says_what_to_do_and_goes_on_later(
    deployer, command, complaint, told
):
    deployer.state["refuses"] = {command: complaint}

    assert deployer("YES=1") == 1
    assert (f"`gcloud {command}" in deployer.complaint, told in deployer.complaint) == (True, True)
    deployer.state["refuses"] = {}
    assert deployer("YES=1") == 0


def test_deploy_when_billing_is_not_linked_then_it_leads_there(deployer):
    deployer.state["billing"] = False

    assert deployer("YES=1") == 1
    assert "https://console.cloud.google.com/billing/linkedaccount?project=demo" in deployer.complaint


def test_deploy_when_a_command_repeats_a_secret_then_it_is_hidden(deployer):
    deployer.state["refuses"] = {"secrets create": "INVALID_ARGUMENT: sk-of-the-model is no value"}
    deployer("YES=1", said={"OPENAI_API_KEY": "sk-of-the-model"})

    assert "sk-of-the-model" not in deployer.output + deployer.complaint
