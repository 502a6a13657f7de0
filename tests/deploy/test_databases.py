import pytest

from deploy.rooms.database import connections_of, most_instances
from tests.deploy.test_deploy import KEYS

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("tier", "connections"),
    [("db-f1-micro", 25), ("db-g1-small", 50), ("db-custom-1-3840", 100), ("db-custom-2-7680", 400)],
)
def test_machine_when_named_then_its_connections_are_known(tier, connections):
    assert connections_of(tier) == connections


@pytest.mark.parametrize(
    "tier", ["db-g1-small", "db-custom-1-3840", "db-custom-2-7680", "db-custom-16-131072"]
)
@pytest.mark.parametrize(("processes", "connections"), [(1, 10), (2, 10), (1, 16), (4, 5)])
def test_instances_when_old_and_new_run_side_by_side_then_the_database_takes_them(
    tier, processes, connections
):
    instances = most_instances(tier, processes, connections)

    assert instances == 1 or 2 * instances * processes * connections < connections_of(tier)


def test_database_when_asked_for_then_several_instances_may_run_and_keep_their_state_there(deployer):
    deployer("YES=1", "SQL=1", said=KEYS)
    template = deployer.state["services"]["gatehouse"]["spec"]["template"]["metadata"]["annotations"]

    assert template["autoscaling.knative.dev/maxScale"] == "2"
    assert template["run.googleapis.com/cloudsql-instances"] == "demo:us-east4:gatehouse"
    assert deployer.told["DATABASE_URL"].endswith("@/gatehouse?host=/cloudsql/demo:us-east4:gatehouse")


def test_database_when_one_process_must_listen_to_quotes_then_one_instance_runs(deployer):
    deployer("YES=1", "SQL=1", said=KEYS | {"ALPACA_STREAMS": "true"})

    assert "instances  1, always on" in deployer.output


def test_database_when_a_machine_is_named_then_it_is_made_so_and_changed_so(deployer):
    deployer("YES=1", "SQL=db-custom-1-3840")
    deployer("YES=1", "SQL=db-custom-2-7680")

    assert deployer.state["instances"]["gatehouse"]["settings"]["tier"] == "db-custom-2-7680"
    assert deployer.changed() == ["sql instances patch gatehouse", "run deploy gatehouse"]


def test_database_when_dotenv_names_a_local_one_then_the_clouds_is_used(deployer):
    local = {"DATABASE_URL": "postgresql://gatehouse:x@127.0.0.1:5432/gatehouse"}
    deployer("YES=1", "SQL=1", said=local)

    assert "/cloudsql/" in deployer.told["DATABASE_URL"]
    assert "DATABASE_URL of .env is left out: SQL=1 has a database of its own" in deployer.output


def test_database_when_it_is_elsewhere_then_its_address_is_a_secret_and_nothing_is_made(deployer):
    deployer("YES=1", said={"DATABASE_URL": "postgresql://u:p@db.example.com/gatehouse"})

    assert deployer.told["DATABASE_URL"] == "postgresql://u:p@db.example.com/gatehouse"
    assert deployer.state["instances"] == {}


@pytest.mark.parametrize(("before", "after"), [((), ("SQL=1",)), (("SQL=1",), ("SQL=0",))])
def test_state_when_it_would_be_looked_for_elsewhere_then_a_person_must_say_yes(deployer, before, after):
    deployer("YES=1", *before)

    assert deployer("YES=1", *after) == 1
    assert ("WARNING: the state is in" in deployer.output, deployer.gcloud.changes) == (True, [])
    assert deployer(*after) == 0
    assert ("DATABASE_URL" in deployer.told) == (after == ("SQL=1",))


def test_address_when_it_is_no_longer_wanted_then_it_is_let_go(deployer):
    deployer("YES=1", "EGRESS=1")
    deployer("YES=1", "EGRESS=0")
    annotations = deployer.state["services"]["gatehouse"]["spec"]["template"]["metadata"]["annotations"]

    assert "run.googleapis.com/vpc-access-egress" not in annotations
