"""A house of its own for the past: the very collaborators, over memory, a tape's clock and its prices."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from random import Random
from typing import Any

from app.brokers.base import Broker
from app.brokers.parts import BrokerParts
from app.brokers.registry import BROKERS
from app.config import Settings
from app.dataclass import dataclass
from app.domain.audit import Actor
from app.domain.backtest.whole_tape import Tape
from app.domain.bots import AnalystUse, Approval, BotConfiguration
from app.errors import InvalidRequest
from app.repositories.change_counts import Counts
from app.repositories.closed_trades import ClosedTrades
from app.repositories.trades import Trades
from app.services.analyst.base import Analyst
from app.services.backtest.outcome import Books
from app.services.backtest.reports import report_of
from app.services.backtest.run import BacktestRun
from app.services.backtest.simulated import TapeClock, TapeMarket
from app.services.instruments.resolver import no_contracts
from app.services.instruments.tickers import ListedTickers
from app.services.observability.journal import Journal
from app.services.runtime.locks import Locks, ThreadLocks
from app.services.runtime.shared_counts import SharedCounts
from app.services.runtime.supervisor import Supervisor
from app.storage.memory import MemoryStore
from app.wiring.application import Wiring
from app.wiring.backtest_setup import Setup
from app.wiring.container import Services
from app.wiring.foundation import Foundation
from app.wiring.shared_parts import SharedParts
from app.wiring.tape_alerts import in_traded_currency, read_tape_alert
from app.wiring.wings import assembled

# What follows from what happened at the broker; the rest of the clock's tasks keeps a service in order.
TASKS = frozenset(
    {
        "inbox",
        "purge",
        "orders",
        "pursuits",
        "exits",
        "circuit breaker",
        "market orders",
        "losses",
        "ladders",
        "structures",
        "closing prices",
        "settlement",
        "approvals",
    }
)


# Of these, what looks at prices.
WATCHING = frozenset({"exits", "circuit breaker", "structures"})


def simulated_broker() -> str:
    """Return the name of the broker that simulates a market."""
    return next(name for name, entry in BROKERS.items() if entry.capabilities.simulated)


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestHouse:
    """What a backtest is played in."""

    clock: TapeClock
    market: TapeMarket
    broker: Broker
    services: Services
    supervisor: Supervisor
    watcher: Supervisor


def backtest_house(
    settings: Settings, clock: TapeClock, market: TapeMarket, seed: int = 0, analyst: Analyst | None = None
) -> BacktestHouse:
    """Build a house whose orders all go to the simulated broker, and in which nobody is told or asked."""
    settings = _quiet(settings)
    store, randomness = MemoryStore(), Random(seed).randbytes  # noqa: S311  # ids that come again, no secrets
    name = simulated_broker()
    parts = BrokerParts(
        store=store,
        clock=clock,
        wait=clock.wait,
        tokens={},
        contracts=ListedTickers(no_contracts),
        known_names=lambda: (),
        prices=market,
    )
    broker = BROKERS[name].build(settings, parts)
    base = _Foundation(
        settings,
        store,
        {name: broker},
        clock,
        wait=clock.wait,
        monotonic=clock.monotonic,
        randomness=randomness,
        notify=lambda *_: None,
        analyst=analyst,
        on_console=False,
    )
    services = assembled(Wiring(base))
    tasks = [task for task in services.supervisor.tasks if task.name in TASKS]
    watching = [task for task in tasks if task.name in WATCHING]
    return BacktestHouse(
        clock=clock,
        market=market,
        broker=broker,
        services=services,
        supervisor=Supervisor(tasks, monotonic=clock.monotonic),
        watcher=Supervisor(watching, monotonic=clock.monotonic),
    )


def for_the_past(configuration: BotConfiguration) -> BotConfiguration:
    """Return a bot's configuration as it can be played: on paper, with nobody to ask."""
    return replace(
        configuration,
        broker=simulated_broker(),
        live=False,
        analyst=AnalystUse.OFF,
        approval=Approval.OFF,
    )


class _Alone(SharedParts):
    """Nothing is shared with anybody: no files, no locks of the machine."""

    def locks(self, nonce: str) -> Locks:
        """Exclude threads of this process alone."""
        return ThreadLocks(nonce)

    def counts(self) -> Counts:
        """Count in memory."""
        return SharedCounts(None)


class _Foundation(Foundation):
    """A foundation that leaves no trace."""

    shared_parts = _Alone

    @cached_property
    def journal(self) -> Journal:
        """Nothing is written down outside of the memory."""
        return Journal(None, clock=self.clock)


def _quiet(settings: Settings) -> Settings:
    return replace(
        settings,
        default_broker=simulated_broker(),
        dry_run=False,
        allow_live_trading=False,
        alpaca_api_key=None,
        alpaca_secret_key=None,
        fyers_app_id=None,
        fyers_secret_id=None,
        fyers_auth_code=None,
        fyers_pin=None,
        openai_api_key=None,
        notification_url=None,
        notification_topic=None,
        background_worker=False,
        log_dir=None,
        public_url=None,
        database_url=None,
        gcs_bucket_name=None,
        use_cloud_logging=False,
    )


def play(setup: Setup, tape: Tape, progress: Callable[[int], None]) -> dict[str, Any]:
    """Play a tape and return its report; a list of trades has its own sizes.

    Raise InvalidRequest where nothing is on the tape.
    """
    start = tape.first
    if start is None:
        raise InvalidRequest("There is nothing to play in this time.")
    sizes = {"use_strategy_contracts": True} if tape.trades else {}
    setup, notes = in_traded_currency(setup, tape.alerts)
    run = backtest_of(replace(setup, keys=sizes | dict(setup.keys)), start)
    return report_of(run.run(replace(tape, notes=[*tape.notes, *notes]), progress))


def backtest_of(setup: Setup, start: datetime) -> BacktestRun:
    """Return a backtest that begins at a time, ready to be played once."""
    clock, market = TapeClock(start), TapeMarket()
    house = backtest_house(replace(setup.environment, **setup.settings), clock, market)
    services = house.services
    for name, configuration in setup.bots:
        own = replace(configuration, **setup.keys)
        services.operations.bots.create(name, for_the_past(own), secret=f"of the bot {name}", by=Actor.CLOCK)
    store = services.store
    return BacktestRun(
        broker=house.broker,
        clock=clock,
        market=market,
        supervisor=house.supervisor,
        watcher=house.watcher,
        intake=services.intake.alerts,
        bots=services.operations.bots,
        books=Books(
            closed=ClosedTrades(store),
            open=Trades(store, clock),
            ledger=services.operations.ledger,
            market=market,
        ),
        read=read_tape_alert,
        fees=house.broker.fees_paid,  # type: ignore[attr-defined]  # the simulated one tells
        settings=setup.told,
        only=setup.only,
        hours_only=services.settings.market_hours_only,
    )
