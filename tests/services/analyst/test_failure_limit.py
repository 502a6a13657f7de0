from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.bots import AnalystUse, Bot, BotConfiguration, BotSecrets
from app.domain.opinions import Failure, Opinion
from app.domain.reasons import Reason
from app.domain.trading_state import StateSwitch, TradingState
from app.services.analyst.failure_limit import FailureCount
from app.services.observability.events import EventKind
from tests.notices import HeardNotifier

pytestmark = pytest.mark.unit

FAILED = Opinion(analyst="openai", model="x", failure=Failure(Reason.OPINION_FAILED, "HTTP 500."))
NOW = datetime.now(UTC)
BOT = Bot("default", BotSecrets("", NOW), NOW, BotConfiguration(analyst=AnalystUse.REQUIRED))
GIVEN = Opinion(analyst="openai", model="x")


@pytest.fixture
def notifier():
    return HeardNotifier()


@pytest.fixture
def told(notifier):
    return notifier.events


@pytest.fixture
def make(services, clock, notifier):
    """Build the count as a process has it."""

    def make() -> FailureCount:
        return FailureCount(
            store=services.store,
            bots=services.operations.bots,
            clock=clock,
            journal=services.observability.journal,
            notifier=notifier,
            limit=3,
        )

    return make


@pytest.fixture
def failures(make):
    return make()


def state(services) -> StateSwitch:
    return services.operations.bots.find("default").switch


def test_count_when_fewer_fail_than_the_limit_then_the_bot_goes_on(failures, services, told):
    assert [failures.count(BOT, FAILED) for _ in range(2)] == [1, 2]
    assert (state(services).state, told) == (TradingState.ACTIVE, [])


def test_count_when_the_limit_is_reached_then_the_bot_only_exits_and_the_owner_is_told(
    make, services, settings, told
):
    for _ in range(3):
        make().count(BOT, FAILED)
    (event,) = told
    line = (settings.log_folder / "activity.log").read_text().splitlines()[-1].partition(" ")[2]

    assert state(services).state is TradingState.REDUCING
    assert "3 times in a row, last with OPINION_FAILED" in state(services).reason
    assert (event.kind, event.key, event.message) == (EventKind.ANALYST_FAILING, "default", line)


@pytest.mark.parametrize("use", [AnalystUse.OFF, AnalystUse.ADVISORY])
def test_count_when_the_bot_trades_without_opinions_too_then_only_the_owner_is_told(
    failures, services, told, use
):
    bot = replace(BOT, configuration=BotConfiguration(analyst=use))
    for _ in range(3):
        failures.count(bot, FAILED)
    (event,) = told

    assert state(services).state is TradingState.ACTIVE
    assert (event.kind, event.key) == (EventKind.ANALYST_FAILING, "default")
    assert "no trade idea is followed" in event.message


def test_count_when_one_succeeds_in_between_then_it_begins_anew(failures, services):
    for opinion in (FAILED, FAILED, GIVEN, FAILED, FAILED):
        failures.count(BOT, opinion)

    assert state(services).state is TradingState.ACTIVE


def test_count_when_all_goes_well_then_nothing_is_written(failures, services):
    failures.count(BOT, GIVEN)

    assert services.store.get("state/analyst-default") is None


def test_count_when_another_bot_fails_then_this_one_goes_on(failures, services):
    for bot in ("other", "default", "other"):
        failures.count(replace(BOT, id=bot), FAILED)

    assert state(services).state is TradingState.ACTIVE


@pytest.mark.parametrize("thrown", [TradingState.HALTED, TradingState.REDUCING])
def test_count_when_the_owner_has_stopped_the_bot_already_then_that_stays(failures, services, told, thrown):
    services.operations.bots.set_state("default", StateSwitch(thrown, "mine"))
    for _ in range(4):
        failures.count(BOT, FAILED)

    assert (state(services), told) == (StateSwitch(thrown, "mine"), [])


def test_count_when_a_halt_is_over_by_its_time_then_the_bot_is_stopped_again(failures, services, clock):
    services.operations.bots.set_state(
        "default", StateSwitch(TradingState.HALTED, "mine", clock() - timedelta(hours=1))
    )
    for _ in range(3):
        failures.count(BOT, FAILED)

    assert state(services).state is TradingState.REDUCING


def test_count_when_the_owner_sets_it_active_again_then_it_has_all_its_attempts(failures, services):
    for _ in range(3):
        failures.count(BOT, FAILED)
    services.operations.bots.set_state("default", StateSwitch())
    failures.count(BOT, FAILED)

    assert state(services).state is TradingState.ACTIVE
