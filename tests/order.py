"""In which order the tests of a run begin: the long ones early, so that all processes end together."""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby, islice

import pytest

# The modules whose tests take long, longest first; the first ones have single tests of half a minute.
LONG = (
    "tests/reliability/fleet/test_siege.py",
    "tests/contract/test_document.py",
    "tests/services/structures/test_calls_at_alpaca.py",
    "tests/reliability/test_structures.py",
    "tests/test_server_database.py",
    "tests/reliability/test_fyers_torture.py",
    "tests/reliability/test_alpaca_torture.py",
    "tests/reliability/test_ideas.py",
    "tests/browser/test_jobs_with_brokers_bars.py",
    "tests/browser/test_many_tickets.py",
    "tests/test_server_entries.py",
    "tests/browser/test_screens.py",
    "tests/adversarial/test_ideas.py",
    "tests/services/pursuits/test_alert_exits.py",
    "tests/blueprints/test_api_jobs_of_the_past.py",
    "tests/browser/test_bots.py",
    "tests/options/test_structures.py",
    "tests/browser/test_jobs.py",
    "tests/blueprints/test_api_jobs_with_brokers_bars.py",
    "tests/browser/test_setup.py",
    "tests/services/runtime/test_database_locks.py",
    "tests/test_server.py",
    "tests/browser/test_home.py",
    "tests/storage/test_postgres_outage.py",
    "tests/reliability/test_chat.py",
    "tests/browser/test_live.py",
    "tests/reliability/test_machines.py",
    "tests/cli/test_migrate_store.py",
    "tests/storage/test_conformance.py",
    "tests/adversarial/test_alerts.py",
    "tests/reliability/test_torture.py",
    "tests/reliability/test_tape.py",
    "tests/reliability/test_jobs.py",
    "tests/deploy/test_make.py",
    "tests/deploy/test_real_gcloud.py",
    "tests/storage/test_postgres_migration.py",
    "tests/adversarial/test_any_decision.py",
    "tests/browser/test_first_run.py",
    "tests/browser/test_approvals.py",
    "tests/browser/test_stop_page.py",
    "tests/services/jobs/test_apart.py",
    "tests/services/analyst/test_simulated.py",
    "tests/services/instruments/test_master.py",
    "tests/services/runtime/test_locks.py",
    "tests/options/test_pursuits.py",
    "tests/options/test_ten_steps.py",
    "tests/cli/test_restore.py",
    "tests/cli/test_application.py",
    "tests/brokers/alpaca/test_streams.py",
    "tests/test_server_logins.py",
    "tests/services/runtime/test_supervisor_at_alpaca.py",
    "tests/browser/test_deploy.py",
    "tests/browser/test_analytics.py",
    "tests/test_first_start.py",
    "tests/services/observability/test_journal.py",
    "tests/storage/test_gcs.py",
    "tests/reliability/test_flood.py",
    "tests/reliability/test_fuzz.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests in the order in which xdist hands them out, a part to each process."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        modules = [item.nodeid.partition("::")[0] for item in items]
        items[:] = [items[place] for place in order(modules, LONG, worker["workercount"])]


def order(modules: Sequence[str], long: Sequence[str], processes: int) -> list[int]:
    """Return the places of tests, given their modules: a first part for the first process, and so on.

    Each process gets as many tests, and the long modules in turns. Between two of them stand short tests:
    else all processes would wait for servers at one time, and compute at another.
    """
    blocks: dict[str, list[int]] = {name: [] for name in long}
    short = []
    for place, module in enumerate(modules):
        blocks.get(module, short).append(place)
    left, shorts, ordered = len(modules), iter(short), []
    for number in range(processes):
        size = left // (processes - number)
        mine = [block for block in islice(blocks.values(), number, None, processes) if block]
        others = islice(shorts, max(0, size - sum(map(len, mine))))
        ordered += mixed(mine, [list(room) for _, room in groupby(others, modules.__getitem__)])
        left -= size
    return [*ordered, *shorts]


def mixed(blocks: Sequence[list[int]], rooms: Sequence[list[int]]) -> Iterator[int]:
    """Yield all of them: after each block some rooms, which stay whole, and most rooms last."""
    few = sum(map(len, rooms)) // (len(blocks) + 3)
    rest = iter(rooms)
    for block in blocks:
        yield from block
        yielded = 0
        while yielded < few:
            room = next(rest, [])
            yield from room
            yielded += len(room) or few
    yield from chain.from_iterable(rest)
