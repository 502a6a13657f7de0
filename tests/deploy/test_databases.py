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

    assert instances == 1 or 2 * instances * processes * (connections + 1) < connections_of(tier)


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


ELSEWHERE = {"DATABASE_URL": "postgresql://u:p@db.example.com/gatehouse"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ((), ("SQL=1",), {}),
        (("SQL=1",), ("SQL=0",), {}),
        (("SQL=1",), ("SQL=0",), ELSEWHERE),
        ((), (), ELSEWHERE),
    ],
)
def test_state_when_it_would_be_looked_for_elsewhere_then_nothing_new_is_started(
    deployer, before, after, said
):
    deployer("YES=1", *before)
    served = deployer.state["services"]["gatehouse"]

    assert deployer("YES=1", *after, said=said) == 0
    assert deployer.output.count("the state is in") == 2
    assert deployer.state["services"]["gatehouse"] == served
    assert not [verb for verb in deployer.changed() if verb.startswith(("run", "scheduler"))]


def test_state_when_it_was_moved_and_the_old_service_is_gone_then_the_new_one_starts(deployer):
    deployer("YES=1")
    deployer("YES=1", "SQL=1")
    deployer.state["services"].clear()
    deployer("YES=1", "SQL=1")

    assert "/cloudsql/" in deployer.told["DATABASE_URL"]
    assert "sql instances create gatehouse" not in deployer.changed()


def test_address_when_it_is_no_longer_wanted_then_it_is_let_go(deployer):
    deployer("YES=1", "EGRESS=1")
    deployer("YES=1", "EGRESS=0")
    annotations = deployer.state["services"]["gatehouse"]["spec"]["template"]["metadata"]["annotations"]

    assert "run.googleapis.com/vpc-access-egress" not in annotations
