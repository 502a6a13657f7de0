import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from app.brokers import fyers
from app.brokers.parts import BrokerParts
from app.brokers.registry import BROKERS
from app.config import Settings
from tests.storage.faulty import FaultyStore

# What a program pays for when it asks what brokers can do.
EXPENSIVE = {"alpaca", "fyers_apiv3", "aiohttp", "pandas", "numpy"}


@pytest.fixture
def parts():
    """Build what an adapter may use of the house; every login is set up unless told otherwise."""

    def make(tokens=frozenset(BROKERS)) -> BrokerParts:
        source = SimpleNamespace(token=lambda: "a-token")
        return BrokerParts(
            store=FaultyStore(),
            clock=lambda: datetime(2026, 6, 2, tzinfo=UTC),
            wait=lambda _: None,
            tokens=dict.fromkeys(tokens, source),
            contracts=SimpleNamespace(),
            known_names=list,
        )

    return make


def settings(names=()):
    return Settings.from_environment({name.upper(): "some-value" for name in names})


@pytest.mark.unit
@pytest.mark.parametrize("entry", BROKERS.values(), ids=BROKERS)
def test_entry_when_it_has_all_that_it_needs_then_builds_what_it_says(entry, parts):
    if entry is fyers.ENTRY:
        pytest.importorskip("fyers_apiv3")
    house = settings(entry.needs)

    assert entry.is_configured(house, parts())
    built = entry.build(house, parts())
    assert (built.name, built.capabilities) == (entry.name, entry.capabilities)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("entry", "missing"), [(entry, name) for entry in BROKERS.values() for name in entry.needs]
)
def test_entry_when_a_setting_is_missing_then_not_configured(entry, missing, parts):
    assert not entry.is_configured(replace(settings(entry.needs), **{missing: None}), parts())


@pytest.mark.unit
@pytest.mark.parametrize("entry", [entry for entry in BROKERS.values() if entry.logs_in])
def test_entry_when_nobody_can_log_in_then_not_configured(entry, parts):
    assert not entry.is_configured(settings(entry.needs), parts(tokens=()))


@pytest.mark.integration
def test_registry_when_read_then_no_sdk_was_paid_for():
    program = (
        "import json, sys; from app.brokers.registry import BROKERS;"
        "print(json.dumps([sorted(BROKERS), sorted(sys.modules)]))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    names, modules = json.loads(told)

    assert set(names) == set(BROKERS)
    assert EXPENSIVE & set(modules) == set()
