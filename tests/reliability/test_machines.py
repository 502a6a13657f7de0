"""Three servers, each as on a machine of its own, serve one account: what one of them knows holds in all."""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count

import pytest

from app.clock import system_clock
from app.repositories.inbox import Arrival, Inbox
from app.repositories.leases import StoredLeases
from app.services.runtime.supervisor import LEASE
from app.storage.postgres import PostgresStore
from tests.builders import fresh_ticket_id
from tests.reliability.alerts import Alert, strategy_alert
from tests.reliability.fleet.fleet import family
from tests.reliability.server import OPERATOR_TOKEN, Answer, Server, ask
from tests.services.runtime.lock_holder import open_locks
from tests.warm.process import PIPE, begin

pytestmark = pytest.mark.integration

ACCOUNT = "5f0f9c2e-9a0b-4c35-8f0e-2a3d1f6a7b8c"
MACHINES = 3
OPERATOR = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
_numbers = count()


@pytest.fixture(scope="module")
def database(new_database) -> str:
    return new_database()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def servers(request, tmp_path_factory) -> Iterator[list[Server]]:
    """Servers that share nothing but a store: a file on one machine, a database among several."""
    folder = tmp_path_factory.mktemp("machines")
    shared = {"DATABASE_PATH": str(folder / "gatehouse.sqlite3")}
    if request.param == "postgres":
        shared = {"DATABASE_URL": request.getfixturevalue("database")}
    servers = []
    for number in range(MACHINES):
        (folder / str(number)).mkdir()
        servers.append(Server(folder / str(number), ACCOUNT_SECRET=ACCOUNT, **shared))
    for server in servers:
        server.launch()
    for server in servers:
        server.wait_until_healthy()
    yield servers
    for server in servers:
        server.kill()


@pytest.fixture
def bot(servers) -> Callable[..., tuple[str, str]]:
    """Make a bot; return its name and its secret."""

    def make(**configuration: object) -> tuple[str, str]:
        name = f"bot-{next(_numbers)}"
        return name, servers[0].create_bot(name, **configuration)

    return make


def post(server: Server, alert: Alert) -> Answer:
    return ask(server.port, "POST", alert.path, alert.body)


def at_once(actions: list[Callable[[], Answer]]) -> list[Answer]:
    """Do all in the same moment."""
    barrier = threading.Barrier(len(actions))

    def act(action: Callable[[], Answer]) -> Answer:
        barrier.wait(60)
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(act, actions))


def test_alert_when_it_comes_to_all_at_once_then_it_is_one_order(servers, bot):
    name, secret = bot()
    for number in range(10):
        alert = strategy_alert(f"{name}-{number}", secret, symbol="MSFT", strategy_order_price="410")
        answers = at_once([partial(post, server, alert) for server in servers for _ in "ab"])

        assert [answer.status for answer in answers] == [200] * 2 * MACHINES
        assert len({answer.body["ticket"] for answer in answers}) == 1
    orders = servers[1].call("GET", "/api/orders?limit=200").body["orders"]

    assert sum(order["bot"] == name for order in orders) == 10


@pytest.mark.parametrize(("cap", "reached"), [("daily_order_cap", 7), ("daily_notional_cap", "700")])
def test_cap_when_all_are_hammered_then_it_is_reached_and_not_passed(servers, bot, cap, reached):
    name, secret = bot(notional="100", **{cap: reached})
    alerts = [strategy_alert(f"{name}-{number}", secret) for number in range(30)]
    with ThreadPoolExecutor(2 * MACHINES) as pool:
        answers = list(pool.map(lambda item: post(servers[item[0] % MACHINES], item[1]), enumerate(alerts)))
    said = Counter(answer.body.get("reason") or answer.body["status"] for answer in answers)

    assert said == {"filled": 7, cap.upper(): 23}


def test_switch_when_it_is_thrown_in_one_then_it_acts_on_the_next_alert_of_each(servers, bot):
    name, secret = bot()
    for number, server in enumerate(servers * 2):
        state = ("HALTED", "ACTIVE")[number % 2]
        assert server.call("PUT", "/api/trading-state", {"state": state}).status == 200
        alerts = [strategy_alert(f"{name}-{number}-{place}", secret) for place in range(MACHINES)]
        answers = [post(other, alert) for other, alert in zip(servers, alerts, strict=True)]
        expected = {"HALTED": (400, "TRADING_HALTED"), "ACTIVE": (200, None)}[state]

        assert {(answer.status, answer.body.get("reason")) for answer in answers} == {expected}


def test_bot_when_it_is_stopped_in_one_then_none_trades_for_it(servers, bot):
    name, secret = bot()
    for state, status in (("HALTED", 400), ("ACTIVE", 200)):
        assert servers[0].call("PUT", f"/api/bots/{name}/trading-state", {"state": state}).status == 200
        alerts = [strategy_alert(f"{name}-{state}-{place}", secret) for place in range(MACHINES)]

        assert [post(*pair).status for pair in zip(servers, alerts, strict=True)] == [status] * MACHINES


def test_secret_when_it_is_new_in_one_then_all_take_it_at_once(servers, bot):
    name, _ = bot()
    secret = servers[0].call("POST", f"/api/bots/{name}/secret").body["secret"]
    answers = [post(server, strategy_alert(f"{name}-{server.port}", secret)) for server in servers]

    assert [answer.status for answer in answers] == [200] * MACHINES


def test_account_when_all_are_asked_then_sixty_a_minute_are_answered_together(servers):
    wanted = [partial(ask, server.port, "GET", f"/webhook/{ACCOUNT}/bots") for server in servers]
    with ThreadPoolExecutor(2 * MACHINES) as pool:
        answers = list(pool.map(lambda want: want(), wanted * 25))

    assert Counter(answer.status for answer in answers) == {200: 60, 429: 15}


def test_change_when_it_is_made_in_one_then_all_tell_of_it_soon(servers, bot):
    cursors = [ask_changes(server, "").body["cursor"] for server in servers]
    bot()
    for server, cursor in zip(servers, cursors, strict=True):
        ends = time.monotonic() + 5
        while "bots" not in (changed := ask_changes(server, cursor).body["changed"]):
            assert time.monotonic() < ends, changed
            time.sleep(0.05)


def ask_changes(server: Server, cursor: str) -> Answer:
    return ask(server.port, "GET", f"/api/changes?after={cursor}", headers=OPERATOR)


@pytest.fixture
def machines(settled_url, tmp_path) -> Iterator[list[Server]]:
    """Two servers over one database, which may be killed."""
    servers = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        servers.append(Server(tmp_path / str(number), DATABASE_URL=settled_url))
        servers[-1].start()
    yield servers
    for server in servers:
        server.kill()


@pytest.fixture
def store(settled_url) -> Iterator[PostgresStore]:
    store = PostgresStore(settled_url)
    yield store
    store.close()


def leader(store: PostgresStore) -> int:
    """Return the process that leads."""
    lease = StoredLeases(store).find(LEASE)
    return int(lease.owner.partition("-")[0]) if lease is not None else 0


def test_leader_when_it_is_killed_then_another_leads_within_seconds(machines, store):
    first = leader(store)
    (leads,) = [server for server in machines if first in family(server.pid)]
    leads.kill()
    killed_at = time.monotonic()
    while (second := leader(store)) == first:
        assert time.monotonic() - killed_at < 10
        time.sleep(0.05)

    assert [second in family(server.pid) for server in machines if server is not leads] == [True]


def test_alert_when_its_process_is_killed_then_another_machine_takes_it_over_within_seconds(
    machines, store, settled_url
):
    command = [sys.executable, "-m", open_locks.__module__, "hold", "database", settled_url]
    with begin(command, stdin=PIPE, stdout=PIPE, text=True) as other:
        inbox = Inbox(store, system_clock, other.stdout.readline().strip(), ttl_seconds=300)
        alert = json.loads(strategy_alert("left behind").body) | {"secret": "***"}
        ticket = fresh_ticket_id(system_clock())
        entry = inbox.claim(Arrival(ticket, "default", "strategy", "key", alert, system_clock()))
        # Whoever lives is left to finish it, however long that takes.
        time.sleep(4)
        assert inbox.answer(entry) is None
        other.kill()
        killed_at = time.monotonic()
    while (answer := inbox.answer(entry)) is None:
        assert time.monotonic() - killed_at < 10
        time.sleep(0.05)

    assert (answer.status, answer.body["status"]) == (200, "filled")


def test_server_when_several_workers_serve_on_each_machine_then_each_alert_is_one_order(
    settled_url, tmp_path
):
    server = Server(tmp_path, DATABASE_URL=settled_url)
    server.start(WEB_CONCURRENCY="2")
    try:
        alerts = [strategy_alert(f"workers-{number % 10}") for number in range(40)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(partial(post, server), alerts))
    finally:
        server.kill()

    assert {answer.status for answer in answers} == {200}
    assert len({answer.body["ticket"] for answer in answers}) == 10
