"""How what people see at first glance is made."""

from typing import Any

from app.domain.json_codec import to_json
from app.repositories.account_beginnings import AccountBeginnings
from app.repositories.equity import EquityHistory
from app.repositories.notification_trials import stored_trial
from app.repositories.structure_trades import StructureTrades
from app.services.exits.view import ExitView
from app.services.instruments import SymbolMaster
from app.services.overview.bot_cards import BotCards
from app.services.overview.broker_cards import BrokerCards, ContractList
from app.services.overview.day_results import DayResults
from app.services.overview.first_run import FirstRun
from app.services.overview.holders import Holders
from app.services.overview.home import Home
from app.services.overview.preflight import Preflight
from app.services.portfolio.holdings import Holdings
from app.version import VERSION
from app.wiring.application import Wiring
from app.wiring.container import OverviewWing


def overview_wing(wiring: Wiring) -> OverviewWing:
    """Return the first page and the cards of the brokers."""
    base = wiring.base
    return OverviewWing(
        home=_home(wiring), brokers=_cards(wiring), bots=_bot_cards(wiring), trial=stored_trial(base.store)
    )


def _home(wiring: Wiring) -> Home:
    base = wiring.base
    return Home(
        registry=base.registry,
        gateway=base.gateway,
        switch=base.switch,
        bots=base.bots,
        ledger=base.ledger,
        snapshots=wiring.snapshots,
        holdings=Holdings(ExitView(wiring.exit_plans, base.trades, base.registry)),
        holders=Holders(base.trades, StructureTrades(base.store)),
        day_results=DayResults(
            EquityHistory(base.store), AccountBeginnings(base.store), base.registry, base.clock
        ),
        health=wiring.health,
        reconciliation=wiring.upkeep.reconciliation,
        pursuits=wiring.pursuits,
        loss_limits=wiring.loss_limits,
        first_run=_first_run(wiring),
        clock=base.clock,
        version=VERSION,
    )


def _first_run(wiring: Wiring) -> FirstRun:
    base = wiring.base
    preflight = Preflight(
        registry=base.registry,
        gateway=base.gateway,
        bots=base.bots,
        health=wiring.health,
        default_broker=base.settings.default_broker,
        allow_live=base.settings.allow_live_trading,
    )
    return FirstRun(
        ledger=base.ledger,
        bots=base.bots,
        refusals=base.refusals,
        trial=stored_trial(base.store),
        preflight=preflight,
        ceiling=wiring.rules.ceiling,
        notifies=base.settings.notification_url is not None,
    )


def _cards(wiring: Wiring) -> BrokerCards:
    base, symbols = wiring.base, wiring.base.symbols
    # The list is Fyers': whoever has one has a login there.
    lists = {} if symbols is None else dict.fromkeys(wiring.upkeep.logins, _contract_list(symbols))
    return BrokerCards(
        registry=base.registry,
        gateway=base.gateway,
        snapshots=wiring.snapshots,
        health=wiring.health,
        breaker=wiring.upkeep.breaker,
        call_times=base.metrics.call_times,
        contract_lists=lists,
        clock=base.clock,
    )


def _bot_cards(wiring: Wiring) -> BotCards:
    base = wiring.base
    return BotCards(
        bots=base.bots,
        registry=base.registry,
        snapshots=wiring.snapshots,
        trades=base.trades,
        structures=StructureTrades(base.store),
        usage=wiring.usage,
        losses=wiring.loss_limits,
        ledger=base.ledger,
        ceiling=wiring.rules.ceiling,
        default_broker=wiring.rules.default_broker,
        clock=base.clock,
    )


def _contract_list(symbols: SymbolMaster) -> ContractList:
    def look() -> dict[str, Any] | None:
        record = symbols.record()
        if record is None:
            return {"downloaded_at": None, "contracts": 0, "is_stale": True}
        return {
            "downloaded_at": to_json(record.downloaded_at),
            "contracts": record.rows,
            "is_stale": symbols.is_stale(record),
        }

    return look
