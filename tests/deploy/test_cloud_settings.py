import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.cloud_settings import is_of_this_machine
from deploy.rooms.service import joined
from tests.deploy.test_deploy import URL
from tests.simulators.gcloud.command_line import pairs

pytestmark = pytest.mark.unit


def test_settings_when_in_dotenv_then_secrets_and_plain_ones_go_where_they_belong(deployer):
    deployer(
        "YES=1",
        said={"OPENAI_API_KEY": "sk-model", "DAILY_ORDER_CAP": "20", "WEBHOOK_SECRET_TOKEN": "w" * 40},
    )
    variables = deployer.state["services"]["gatehouse"]["spec"]["template"]["spec"]["containers"][0]["env"]
    secret = {each["name"] for each in variables if "valueFrom" in each}

    assert secret == {"OPENAI_API_KEY", "OPERATOR_TOKEN", "WEBHOOK_SECRET"}
    assert deployer.told["DAILY_ORDER_CAP"] == "20"
    assert deployer.told["WEBHOOK_SECRET"] == "w" * 40


def test_settings_when_they_make_no_sense_there_then_it_is_said_and_they_stay_here(deployer):
    local = {
        "PORT": "9000",
        "DATABASE_PATH": "data/x.sqlite3",
        "LOG_DIR": "logs",
        "ALPACA_TRADING_URL": "http://127.0.0.1:9100",
        "PUBLIC_URL": "http://localhost:8080",
        "WEB_CONCURRENCY": "4",
        "POSTGRES_PASSWORD": "for-compose",
    }
    deployer("YES=1", said=local)

    assert deployer.told.keys() & local.keys() == {"PUBLIC_URL"}
    assert [name for name in local if f"{name} of .env is left out: " not in deployer.output] == []
    assert "for-compose" not in deployer.output


def test_setting_when_it_is_taken_away_then_it_is_gone_and_that_is_said(deployer):
    deployer("YES=1", said={"DAILY_ORDER_CAP": "20", "OPENAI_API_KEY": "sk-model"})
    deployer("YES=1", said={"DAILY_ORDER_CAP": "", "OPENAI_API_KEY": ""})

    assert deployer.told.keys() & {"DAILY_ORDER_CAP", "OPENAI_API_KEY"} == set()
    assert "DAILY_ORDER_CAP is taken away" in deployer.output


def test_setting_when_it_changes_then_the_plan_says_from_what(deployer):
    deployer("YES=1", said={"DAILY_ORDER_CAP": "20"})
    deployer("YES=1", said={"DAILY_ORDER_CAP": "30"})

    assert "DAILY_ORDER_CAP=30   (was 20)" in deployer.output


def test_secret_when_it_differs_then_it_gets_a_new_version_and_else_none(deployer):
    deployer("YES=1", said={"OPENAI_API_KEY": "sk-one"})
    deployer("YES=1", said={"OPENAI_API_KEY": "sk-two"})
    deployer("YES=1", said={"OPENAI_API_KEY": "sk-two"})

    assert deployer.state["secrets"]["gatehouse-openai-api-key"] == ["sk-one", "sk-two"]


@pytest.mark.parametrize("setting", ["WEBHOOK_SECRET", "OPERATOR_TOKEN"])
def test_secret_when_it_was_made_and_never_filled_then_it_gets_its_version(deployer, setting):
    deployer("YES=1")
    name = f"gatehouse-{setting.lower().replace('_', '-')}"
    deployer.state["secrets"][name] = []
    deployer("YES=1")

    assert [len(version) > 30 for version in deployer.state["secrets"][name]] == [True]


def test_address_when_it_holds_a_password_then_it_is_kept_as_a_secret(deployer):
    deployer("YES=1", said={"OPENAI_BASE_URL": "https://me:password@models.example.com/v1"})

    assert "password@" not in deployer.output
    assert "gatehouse-openai-base-url" in deployer.state["secrets"]


def test_setting_when_the_service_would_refuse_it_then_nothing_is_made(deployer):
    assert deployer("YES=1", said={"DRY_RUN": "perhaps"}) == 1

    assert "DRY_RUN must be true or false" in deployer.complaint
    assert deployer.gcloud.changes == []


def test_address_when_it_is_the_owners_own_then_everything_names_it(deployer):
    deployer("YES=1", said={"PUBLIC_URL": "https://alerts.example.com", "TRUSTED_PROXY_COUNT": "2"})
    job = deployer.state["jobs"]["gatehouse-tick"]["httpTarget"]

    assert "https://alerts.example.com/webhook?secret=" in deployer.output
    assert (job["uri"], job["oidcToken"]["audience"]) == (
        "https://alerts.example.com/tasks/tick",
        "https://alerts.example.com",
    )
    assert deployer.told["TRUSTED_PROXY_COUNT"] == "2"


def test_backup_when_nobody_says_when_then_cloud_scheduler_asks_for_it_by_night(deployer):
    deployer("YES=1")
    job = deployer.state["jobs"]["gatehouse-backup"]

    assert (job["schedule"], job["httpTarget"]["uri"]) == ("15 3 * * *", f"{URL}/tasks/backup")
    assert job["httpTarget"]["oidcToken"]["audience"] == URL


def test_backup_when_its_time_is_said_then_cloud_scheduler_has_it_and_keeps_it(deployer):
    deployer("YES=1", said={"BACKUP_TIME": "22:05"})
    said = deployer.output
    deployer("YES=1")

    assert "BACKUP_TIME of .env is left out: Cloud Scheduler asks for the backup" in said
    assert deployer.state["jobs"]["gatehouse-backup"]["schedule"] == "5 22 * * *"
    # The clock would make a second one, and a service without its thread would not start.
    assert "BACKUP_TIME" not in deployer.told


@pytest.mark.parametrize("wrong", ["25:00", "night"])
def test_backup_when_its_time_is_none_then_nothing_is_made(deployer, wrong):
    assert deployer("YES=1", said={"BACKUP_TIME": wrong}) == 1
    assert ("BACKUP_TIME must be a time of day" in deployer.complaint, deployer.gcloud.changes) == (True, [])


def test_backup_when_a_service_has_its_time_from_before_then_the_job_takes_it_over(deployer):
    deployer("YES=1")
    deployer.state["jobs"].pop("gatehouse-backup")
    template = deployer.state["services"]["gatehouse"]["spec"]["template"]
    template["spec"]["containers"][0]["env"].append({"name": "BACKUP_TIME", "value": "04:30"})
    deployer("YES=1")

    assert deployer.state["jobs"]["gatehouse-backup"]["schedule"] == "30 4 * * *"
    assert "BACKUP_TIME" not in deployer.told


def test_address_when_it_is_googles_then_one_proxy_is_believed(deployer):
    deployer("YES=1", said={"TRUSTED_PROXY_COUNT": "0"})

    assert deployer.told["TRUSTED_PROXY_COUNT"] == "1"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "dry run"),
        ({"DRY_RUN": "false"}, "to paper accounts"),
        ({"DRY_RUN": "false", "ALLOW_LIVE_TRADING": "true"}, "REAL MONEY"),
    ],
)
def test_plan_when_read_then_it_says_what_orders_may_cost(deployer, told, words):
    deployer("plan", said=told)

    assert words in deployer.output


@pytest.mark.parametrize(
    "value",
    [
        "http://localhost:9000",
        "http://127.0.0.1/v1",
        "http://[::1]:80/",
        "postgresql://u:p@postgres/gatehouse",
        "postgresql:///gatehouse",
        "http://host.docker.internal:1",
    ],
)
def test_address_when_it_is_of_this_machine_then_it_is_known(value):
    assert is_of_this_machine(value)


@pytest.mark.parametrize(
    "value",
    [
        "https://api.example.com",
        "postgresql://u:p@db.example.com:5432,other/x",
        "slack://key/key",
        "tradingview",
    ],
)
def test_address_when_it_is_elsewhere_or_none_then_it_is_left_alone(value):
    assert not is_of_this_machine(value)


@given(st.dictionaries(st.from_regex(r"[A-Z_]{1,8}", fullmatch=True), st.text(max_size=12), min_size=1))
def test_pairs_when_joined_then_gcloud_reads_the_same(values):
    assert pairs(joined(values)) == values
