import json
import re

import pytest
import yaml

from app.config import Settings
from deploy.look import NothingYet
from deploy.options import read_options
from deploy.plan import make_plan, steps_of
from deploy.wish import make_wish
from docs.generate import ROOT

pytestmark = pytest.mark.unit

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")


@pytest.fixture
def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["gatehouse"]


@pytest.fixture
def build():
    return yaml.safe_load((ROOT / "cloudbuild.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def flags(build):
    """Return the flags of the deployment by name."""
    parts = [argument.partition("=") for argument in build["steps"][-1]["args"]]
    return {name: value for name, _, value in parts}


@pytest.fixture
def planned():
    """Return the flags with which `make deploy` starts a revision, by name."""
    options = read_options({"PROJECT": "demo", "REGION": "us-east4"}, plan_only=True)
    plan = make_plan(make_wish(options, NothingYet(), {}, "source"))
    (words,) = (step.words for step in steps_of(plan) if step.words[:2] == ("run", "deploy"))
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def test_dockerfile_when_it_copies_then_the_files_exist_and_are_not_ignored():
    copied = re.findall(r"^COPY (?!--from)(\S+) \S+$", DOCKERFILE, re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert copied == ["requirements.txt", "main.py", "app"]
    assert all((ROOT / name).exists() and f"!{name}" in ignored for name in copied)


def test_dockerfile_when_started_then_the_process_gets_its_signals():
    command = json.loads(re.findall(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)[-1])

    assert command == ["python", "main.py"]
    assert (ROOT / command[1]).exists()


def test_dockerfile_when_built_then_the_lock_is_installed_and_nobody_is_root():
    assert "--no-deps -r requirements.txt" in DOCKERFILE
    assert re.search(r"^USER gatehouse$", DOCKERFILE, re.MULTILINE)


def test_dockerfile_when_health_is_checked_then_the_code_compiles():
    check = re.search(r"^HEALTHCHECK .* CMD (\[.+\])$", DOCKERFILE, re.MULTILINE)

    assert compile(json.loads(check[1])[2], "healthcheck", "exec")


def test_dockerfile_when_settings_are_named_then_they_are_ours():
    names = re.findall(r"(\w+)=\S+", re.search(r"^ENV (.+)$", DOCKERFILE, re.MULTILINE)[1])
    known = {name.upper() for name in Settings.__dataclass_fields__}

    assert set(names) - {"PATH", "PYTHONUNBUFFERED", "FLASK_APP"} <= known


def interpolated(text, environment):
    """Fill in ${NAME:-default} and ${NAME:+instead}, from the inside out, as Compose does."""
    pattern = re.compile(r"\$\{(\w+)(?::([-+])([^{}]*))?\}")

    def value(found):
        name, sign, other = found[1], found[2], found[3] or ""
        said = environment.get(name, "")
        return (other if said else "") if sign == "+" else said or other

    while pattern.search(text):
        text = pattern.sub(value, text)
    return text


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, ""),
        ({"POSTGRES_PASSWORD": "pw1"}, "postgresql://gatehouse:pw1@postgres:5432/gatehouse"),
        ({"POSTGRES_PASSWORD": "pw1", "DATABASE_URL": "postgresql://u:p@db/x"}, "postgresql://u:p@db/x"),
    ],
)
def test_compose_when_dotenv_has_a_password_then_the_service_finds_postgresql(compose, environment, address):
    told = compose["environment"] | {"WEBHOOK_SECRET": "w" * 40, "OPERATOR_TOKEN": "o" * 40}
    told = {name: interpolated(value, environment) for name, value in told.items()}

    assert told["DATABASE_URL"] == address
    assert Settings.from_environment(told).database_url == (address or None)


def test_compose_when_its_profile_is_chosen_then_postgresql_is_well_before_the_service_starts(compose):
    document = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    postgres = document["services"]["postgres"]
    mounted = {mount.split(":")[0] for each in document["services"].values() for mount in each["volumes"]}

    assert (compose.get("profiles"), postgres["profiles"]) == (None, ["postgres"])
    assert compose["depends_on"] == {"postgres": {"condition": "service_healthy", "required": False}}
    assert "pg_isready" in postgres["healthcheck"]["test"][1]
    assert postgres["environment"]["POSTGRES_PASSWORD"] == "${POSTGRES_PASSWORD:-}"
    assert mounted == set(document["volumes"])
    assert "ports" not in postgres


def test_compose_when_read_then_state_is_in_the_volume(compose):
    folder = compose["volumes"][0].split(":")[1]

    assert compose["environment"]["DATABASE_PATH"].startswith(folder + "/")
    assert compose["env_file"] == [{"path": ".env", "required": False}]


def test_deployment_when_planned_then_the_instance_takes_no_more_than_it_has_threads(planned):
    assert int(planned["--concurrency"]) <= Settings().web_threads
    assert planned["--max-instances"] == "1"
    assert {"--no-cpu-throttling", "--cpu-boost"} <= set(planned)


def test_cloudbuild_when_deployed_then_by_the_flags_of_make_deploy(flags, planned):
    own = {"run", "deploy", "gatehouse", "--image", "--region"}

    assert {name: value for name, value in flags.items() if planned.get(name) != value}.keys() <= own
    assert {"--cpu", "--memory", "--min-instances", "--no-cpu-throttling", "--timeout"} <= set(flags)


def test_cloudbuild_when_deployed_then_what_make_deploy_decided_stays(flags):
    decided = (
        "env",
        "secret",
        "instances=",
        "max",
        "concurrency",
        "network",
        "vpc",
        "sql",
        "invoker",
        "unauth",
    )

    assert [name for name in flags if any(word in name for word in decided)] == []


def test_upload_when_it_is_built_there_then_it_holds_what_the_image_copies():
    lines = {
        name: {
            line.replace("!/", "!").removeprefix("/")
            for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
            if not line.startswith("#")
        }
        for name in (".gcloudignore", ".dockerignore")
    }

    assert lines[".gcloudignore"] - lines[".dockerignore"] == {"!Dockerfile", "!.dockerignore", "__pycache__"}
    assert lines[".dockerignore"] - lines[".gcloudignore"] == {"**/__pycache__"}


def test_cloudbuild_when_a_substitution_is_used_then_it_has_a_default(build):
    used = set(re.findall(r"\$\{(_\w+)\}", json.dumps(build)))

    assert used <= set(build["substitutions"])


def test_page_when_it_says_where_the_server_listens_then_server_and_compose_do_so(compose):
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    address = re.search(r"every network interface of the machine \(`([\d.]+)`", page)[1]
    mapped = re.search(r'ports: \["127\.0\.0\.1:\d+:(\d+)"\]', page)[1]

    assert f'"bind": [f"{address}:{{settings.port}}"]' in (ROOT / "app" / "server.py").read_text(
        encoding="utf-8"
    )
    assert compose["ports"][0].endswith(f":{mapped}")
