import itertools
import json
import re
import shlex
from collections import Counter

import pytest

from app import create_app
from app.config import Settings
from app.storage.memory import MemoryStore
from deploy.__main__ import Outside, main
from tests.builders import strategy_alert
from tests.deploy.conftest import PLACE, Deployer
from tests.simulators.gcloud import Killed, StandIn
from tests.simulators.gcloud.refusals import Refused

pytestmark = pytest.mark.unit

URL = "https://gatehouse-123456789012.us-east4.run.app"
KEYS = {"ALPACA_API_KEY": "key-of-alpaca", "ALPACA_SECRET_KEY": "secret-of-alpaca", "DAILY_ORDER_CAP": "20"}
OPTIONS = [
    tuple(word for word in words if word) for words in itertools.product(("", "SQL=1"), ("", "EGRESS=1"))
]


def test_deploy_when_the_project_is_empty_then_it_serves_and_says_where(deployer):
    assert deployer("YES=1") == 0

    assert f"{URL}/webhook?secret=WEBHOOK_SECRET" in deployer.output
    assert f"Dashboard                    {URL}/" in deployer.output
    assert "versions access latest --secret=gatehouse-webhook-secret --project=demo" in deployer.output


def test_deploy_when_done_then_the_first_alert_is_taken_at_the_printed_address(deployer):
    deployer("YES=1")
    settings = Settings.from_environment({**deployer.told, "BACKGROUND_WORKER": "false"})
    with_secret = (
        re.search(rf"{URL}(/webhook\?secret=)WEBHOOK_SECRET", deployer.output)[1] + settings.webhook_secret
    )
    tradingview = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "52.89.214.238"}
    app = create_app(settings, store=MemoryStore())
    answer = app.test_client().post(with_secret, json=strategy_alert(), environ_overrides=tradingview)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("options", OPTIONS)
def test_deploy_when_run_again_then_only_a_new_revision_is_made(deployer, options):
    deployer("YES=1", *options, said=KEYS)
    deployer("YES=1", *options, said=KEYS)

    assert deployer.changed() == ["run deploy gatehouse"]
    assert deployer.state["services"]["gatehouse"]["metadata"]["generation"] == 2


@pytest.mark.parametrize("options", OPTIONS)
def test_deploy_when_options_are_left_out_later_then_what_runs_stays(deployer, options):
    deployer("YES=1", *options, said=KEYS)
    before = deployer.told
    deployer("YES=1")

    assert deployer.changed() == ["run deploy gatehouse"]
    assert deployer.told == before


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("options", OPTIONS)
def test_deploy_when_killed_at_any_step_then_the_next_run_ends_the_same(deployer, options, done):
    deployer("YES=1", *options, said=KEYS)
    steps = len(deployer.gcloud.changes)

    for number in range(1, steps + 1):
        broken = Deployer(StandIn(), deployer.capture)
        broken.gcloud.kill(number, done=done)
        with pytest.raises(Killed):
            broken("YES=1", *options, said=KEYS)
        assert broken("YES=1", *options, said=KEYS) == 0
        assert without_chance(broken.state) == without_chance(deployer.state), number
        assert_database_opens(broken)


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_deploy_when_a_command_fails_at_any_step_then_it_says_so_and_the_next_run_ends_the_same(
    deployer, done
):
    everything = ("YES=1", "SQL=1", "EGRESS=1")
    deployer(*everything, said=KEYS)
    steps = len(deployer.gcloud.changes)

    for number in range(1, steps + 1):
        broken = Deployer(StandIn(), deployer.capture)
        broken.gcloud.kill(number, done=done, by=Refused)
        assert broken(*everything, said=KEYS) == 1
        assert ("What to do: " in broken.complaint, "internal error" in broken.complaint) == (True, True)
        assert broken(*everything, said=KEYS) == 0
        assert without_chance(broken.state) == without_chance(deployer.state), number


def without_chance(state):
    """Return a state without what is made at random or counts attempts."""
    one = json.loads(json.dumps(state))
    one["secrets"] = dict.fromkeys(one["secrets"])
    one["passwords"] = sorted(one["passwords"])
    for service in one["services"].values():
        service["metadata"].clear()
    return one


def assert_database_opens(deployer):
    if "DATABASE_URL" in deployer.told:
        assert f":{deployer.state['passwords']['postgres']}@/" in deployer.told["DATABASE_URL"]


@pytest.mark.parametrize("options", OPTIONS)
def test_deploy_when_it_runs_then_no_secret_is_in_a_command_or_on_the_screen(deployer, options):
    deployer("YES=1", *options, said=KEYS)
    output = deployer.output + deployer.complaint
    commands = json.dumps(deployer.gcloud.calls)
    secrets = [version for versions in deployer.state["secrets"].values() for version in versions]
    secrets += deployer.state["passwords"].values()

    assert len(secrets) >= 4
    assert [secret for secret in secrets if secret in output or secret in commands] == []


@pytest.mark.parametrize("options", OPTIONS)
def test_plan_when_printed_then_it_is_what_an_empty_project_gets(deployer, options):
    deployer("plan", *options, said=KEYS)
    assert deployer.gcloud.calls == []
    planned = deployer.output.replace("PROJECT_NUMBER", "123456789012")

    deployer("YES=1", *options, said=KEYS)
    assert commands_in(planned) == [["gcloud", *words] for words in deployer.gcloud.changes]


@pytest.mark.parametrize("options", OPTIONS)
def test_deploy_when_asked_then_what_is_shown_is_what_is_run(deployer, options):
    deployer("YES=1", said=KEYS)
    deployer(*options, said=KEYS | {"DAILY_ORDER_CAP": "30"})

    assert commands_in(deployer.output) == [["gcloud", *words] for words in deployer.gcloud.changes]


def commands_in(page):
    """Read the commands of a page as a shell would."""
    lines = re.findall(r"^     (gcloud (?:.*\\\n)*.*)$", page, re.MULTILINE)
    return [shlex.split(line.replace("\\\n", "")) for line in lines]


@pytest.mark.parametrize("answer", ["", "n", "no", "later"])
def test_deploy_when_the_answer_is_not_yes_then_nothing_is_done(deployer, answer):
    assert deployer(answer=answer) == 1
    assert (deployer.gcloud.changes, "Nothing was done" in deployer.complaint) == ([], True)


def test_deploy_when_nobody_can_answer_then_nothing_is_done(deployer):
    def nobody(_question):
        raise EOFError

    assert main(PLACE, Outside(gcloud=deployer.gcloud, ask=nobody, said=dict)) == 1
    assert deployer.gcloud.changes == []


def test_deploy_when_what_was_made_is_not_known_everywhere_then_it_waits_and_goes_on(deployer):
    deployer.state["slow"] = True

    assert deployer("YES=1") == 0
    assert len(deployer.waited) == 3


def test_deploy_when_the_instance_takes_too_long_then_the_next_run_waits_for_it(deployer):
    deployer.state["instance_takes_long"] = True

    assert deployer("YES=1", "SQL=1") == 1
    assert "Run the same command again" in deployer.complaint
    assert deployer("YES=1", "SQL=1") == 0
    assert "sql operations wait 0a1b" in deployer.changed()


def test_deploy_when_the_instance_was_deleted_then_its_password_is_made_anew(deployer):
    deployer("YES=1", "SQL=1")
    old = deployer.told["DATABASE_URL"]
    deployer.state["instances"].clear()
    deployer.state["databases"].clear()
    deployer.gcloud.kill(3, done=True)
    with pytest.raises(Killed):
        deployer("YES=1", "SQL=1")

    assert deployer("YES=1", "SQL=1") == 0
    assert deployer.told["DATABASE_URL"] != old
    assert_database_opens(deployer)


def test_deploy_when_somebody_opened_the_bucket_then_it_is_protected_again(deployer):
    deployer("YES=1")
    bucket = deployer.state["buckets"]["gs://demo-gatehouse"]
    whole = dict(bucket)
    bucket.pop("soft_delete_policy")
    bucket["public_access_prevention"] = "inherited"
    deployer("YES=1")

    assert deployer.state["buckets"]["gs://demo-gatehouse"] == whole


def test_deploy_when_done_then_each_account_may_do_little(deployer):
    deployer("YES=1", "SQL=1", "EGRESS=1", said=KEYS)
    roles = {
        (resource.partition(" ")[0], role, member.partition("@")[0].partition(":")[2])
        for resource, bindings in deployer.state["policies"].items()
        for role, members in bindings.items()
        for member in members
    }

    assert roles == {
        ("gs://demo-gatehouse", "roles/storage.objectAdmin", "gatehouse"),
        ("secret", "roles/secretmanager.secretAccessor", "gatehouse"),
        ("project", "roles/cloudsql.client", "gatehouse"),
        ("project", "roles/logging.logWriter", "gatehouse-build"),
        ("gs://demo-gatehouse-build", "roles/storage.admin", "gatehouse-build"),
        ("repository", "roles/artifactregistry.writer", "gatehouse-build"),
    }


def test_deploy_when_nothing_is_asked_for_then_no_database_and_no_network_is_made(deployer):
    deployer("YES=1")

    assert not any(deployer.state[kind] for kind in ("instances", "networks", "addresses"))
    assert Counter(api.partition(".")[0] for api in deployer.state["enabled"])["sqladmin"] == 0


def test_deploy_when_one_address_is_asked_for_then_it_is_told(deployer):
    deployer("YES=1", "EGRESS=1", said={"FYERS_APP_ID": "XY12345-100", "FYERS_SECRET_ID": "s" * 10})

    assert "Register at Fyers            203.0.113.7" in deployer.output
    assert f"Fyers' redirect URL          {URL}/auth-callback" in deployer.output
