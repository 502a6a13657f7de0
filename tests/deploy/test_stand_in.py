"""The stand-in refuses what gcloud refuses, or else the other tests prove nothing."""

import pytest

from tests.simulators.gcloud import StandIn
from tests.simulators.gcloud.command_line import pairs
from tests.simulators.gcloud.project import empty_project
from tests.simulators.gcloud.refusals import Refused

pytestmark = pytest.mark.unit

PROJECT = "--project=demo"
BUCKET = "gs://demo-gatehouse"
RUNNER = "gatehouse@demo.iam.gserviceaccount.com"


@pytest.fixture
def gcloud():
    state = empty_project()
    state["enabled"] = [
        f"{api}.googleapis.com" for api in ("iam", "run", "secretmanager", "sqladmin", "storage")
    ]
    return StandIn(state)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("run services replace gatehouse", "Invalid choice"),
        ("secrets describe gatehouse-webhook-secret", "Invalid choice"),
        ("secrets create a-secret --data-file=- --shiny", "unrecognized arguments: --shiny"),
        ("secrets create a-secret --data-file=value.txt", "Bad value"),
        ("secrets create a-secret", "--data-file: Must be specified"),
        ("secrets create --data-file=-", "Must be specified"),
        ("secrets list everything", "unrecognized arguments: everything"),
        ("storage buckets create gs://Demo --location=us-east4", "Invalid value"),
        ("storage buckets create gs://demo --location=virginia", "Bad value"),
        (
            "storage buckets create gs://demo --location=us-east4 --uniform-bucket-level-access=true",
            "ignored",
        ),
        ("storage buckets create gs://demo --location", "expected one argument"),
        ("sql users set-password postgres --instance=gatehouse --password=hunter2", "unrecognized"),
        ("iam service-accounts create gatehouse --project=another-one", "does not exist"),
        ("compute networks list", "Invalid choice"),
        ("compute networks describe gatehouse", "is disabled"),
        ("secrets get-iam-policy a-secret", "not found"),
        ("secrets versions add a-secret --data-file=-", "not found"),
        (
            f"secrets add-iam-policy-binding a-secret --member=serviceAccount:{RUNNER} --role=roles/a.b",
            "not found",
        ),
        ("sql databases create gatehouse --instance=gatehouse", "not found"),
        (f"storage buckets get-iam-policy {BUCKET}", "not found"),
    ],
)
def test_command_when_gcloud_would_refuse_it_then_the_stand_in_does(gcloud, line, complaint):
    answer = gcloud(line.split(" "), "a value")

    assert answer.code != 0
    assert complaint in answer.complaint


@pytest.mark.parametrize(
    "line",
    [
        f"storage buckets create {BUCKET} --location=us-east4",
        "secrets create a-secret --data-file=-",
        "iam service-accounts create gatehouse",
        "sql instances create gatehouse --tier=db-g1-small",
    ],
)
def test_thing_when_it_is_made_twice_then_the_second_is_refused(gcloud, line):
    answers = [gcloud(line.split(" "), "a value").code for _ in range(2)]

    assert answers == [0, 1]


def test_service_when_a_secret_stands_among_its_variables_then_it_is_refused(gcloud):
    gcloud(["iam", "service-accounts", "create", "gatehouse"])
    image = "us-east4-docker.pkg.dev/demo/gatehouse/gatehouse:x"
    gcloud.state["images"][image] = {}
    words = [
        "run",
        "deploy",
        "gatehouse",
        f"--image={image}",
        "--region=us-east4",
        f"--service-account={RUNNER}",
    ]
    answer = gcloud([*words, "--max-instances=1", "--set-env-vars=OPENAI_API_KEY=sk-spoken"])

    assert "are secrets, and stand on a command line" in answer.complaint


@pytest.mark.parametrize("text", ["A", "A=1,B", "^;^A=1;B"])
def test_pairs_when_one_has_no_sign_then_they_are_refused(text):
    with pytest.raises(Refused, match="Bad syntax"):
        pairs(text)
