"""Bots stored by a former version, whose keys of the circuit breaker had no effect and were not bounded."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.bots import BotConfiguration
from app.domain.circuit_breaker import Breach
from app.domain.trading_state import TradingState
from app.services.observability.events import EventKind
from app.services.portfolio.breaker_reports import BreakerReports
from tests.builders import ScriptedBroker
from tests.notices import HeardNotifier

pytestmark = pytest.mark.unit

OUT_OF_BOUNDS = [
    ({"global_sl_pct": "1"}, "global_sl_pct", "1", "above 0 and below 1"),
    ({"global_sl_pct": "1.5"}, "global_sl_pct", "1.5", "above 0 and below 1"),
    ({"global_sl_pct": "0"}, "global_sl_pct", "0", "above 0 and below 1"),
    ({"global_sl_pct": "NaN"}, "global_sl_pct", "NaN", "above 0 and below 1"),
    ({"global_tp_pct": "1"}, "global_tp_pct", "1", "above 1"),
    ({"global_tp_pct": "0.5"}, "global_tp_pct", "0.5", "above 1"),
]
each = pytest.mark.parametrize(("keys", "name", "value", "bounds"), OUT_OF_BOUNDS)


@pytest.fixture
def scripted():
    broker = ScriptedBroker()
    broker.held |= {"AAPL": Decimal(7)}
    return broker


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def notifier():
    return HeardNotifier()


@pytest.fixture
def breaker(services, notifier):
    runtime = replace(services.portfolio.breaker.runtime, notifier=notifier)
    reports = BreakerReports(services.portfolio.breaker.stored, runtime)
    return replace(services.portfolio.breaker, runtime=runtime, reports=reports)


@pytest.fixture
def store_bot(services, store):
    """Put a bot's document into the store as a former version took it, whatever its fractions."""

    def put(bot="swing", **keys):
        if services.operations.bots.find(bot) is None:
            services.operations.bots.create(bot, BotConfiguration(enable_global_sl_tp=True))
        document = store.get(f"bots/{bot}")
        store.replace(document, document.value | {"configuration": document.value["configuration"] | keys})

    return put


@each
def test_fraction_when_out_of_bounds_then_it_is_never_acted_on(
    breaker, store_bot, scripted, services, keys, name, value, bounds
):
    store_bot(**keys)
    breaker.watch()
    breaker.watch()

    assert (services.operations.switch.read().state, scripted.held) == (TradingState.ACTIVE, {"AAPL": 7})
    ignored = Breach.STOP_LOSS if name == "global_sl_pct" else Breach.TAKE_PROFIT
    assert [breaker.read().strictest(breach) is None for breach in Breach] == [
        breach is ignored for breach in Breach
    ]


@each
def test_fraction_when_out_of_bounds_then_it_is_told_once(
    breaker, store_bot, notifier, settings, keys, name, value, bounds
):
    store_bot(**keys)
    breaker.watch()
    breaker.watch()
    told = f"`{name}` of bot swing is {value} and is ignored; give a fraction {bounds}."

    lines = (settings.log_folder / "activity.log").read_text().splitlines()
    assert [(event.kind, event.message) for event in notifier.events] == [(EventKind.CIRCUIT_BREAKER, told)]
    assert [line for line in lines if told in line] == [lines[0]]


@each
def test_fraction_when_out_of_bounds_then_readyz_warns(services, store_bot, keys, name, value, bounds):
    store_bot(**keys)

    assert services.operations.health.check().warnings == [
        f"`{name}` of bot swing is {value} and is ignored; give a fraction {bounds}."
    ]


def test_fractions_when_both_are_out_of_bounds_then_the_bot_wants_nothing(breaker, store_bot, scripted):
    store_bot(global_sl_pct="1", global_tp_pct="1")
    scripted.is_reachable = False

    assert (breaker.watch(), breaker.read().thresholds) == (0, ())
    assert breaker.stored.knows_equity("paper")


def test_fraction_when_it_is_mended_then_it_counts_and_the_warning_goes(breaker, store_bot, services):
    store_bot(global_sl_pct="1")
    breaker.watch()
    store_bot(global_sl_pct="0.90")
    breaker.watch()

    assert breaker.read().strictest(Breach.STOP_LOSS).glb_sl == Decimal("0.90")
    assert services.operations.health.check().warnings == []


def test_fraction_when_the_keys_are_off_then_nothing_is_told(breaker, store_bot, notifier, services):
    store_bot(global_sl_pct="1", enable_global_sl_tp=False)
    breaker.watch()

    assert (notifier.events, services.operations.health.check().warnings) == ([], [])


def test_breach_when_a_former_version_wrote_its_threshold_then_it_goes_too(breaker, store_bot, scripted):
    store_bot(global_sl_pct="0.90")
    breaker.watch()
    stored = breaker.stored.read("paper")
    breaker.stored.write(replace(stored, bots=(replace(stored.bots[0], glb_sl=Decimal(1)),)))
    store_bot(global_sl_pct="1")
    breaker.watch()

    assert (breaker.read().phase, scripted.held) == ("armed", {"AAPL": 7})
