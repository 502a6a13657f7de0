"""How what limits entries and losses is made."""

from app.repositories.account_beginnings import AccountBeginnings
from app.repositories.closed_trades import ClosedTrades
from app.repositories.entry_stops import EntryStops
from app.repositories.recent_closings import RecentClosings
from app.repositories.structure_trades import StructureTrades
from app.services.portfolio.closings import Closings
from app.services.portfolio.loss_limits import PERIOD_SECONDS, LossLimits
from app.services.portfolio.snapshots import Snapshots
from app.services.runtime.supervisor import Task
from app.services.trading.context import TradingRules
from app.services.trading.entry_usage import EntryUsage
from app.wiring.foundation import Foundation
from app.wiring.policies import longest_wait, usage_refresh_seconds


def entry_usage(base: Foundation) -> EntryUsage:
    """Return what knows how much bots have entered."""
    return EntryUsage(
        base.ledger,
        base.open_orders,
        base.trades,
        base.clock,
        refresh_seconds=usage_refresh_seconds(base.settings),
        longest_wait=longest_wait(base.settings),
    )


def loss_limits(base: Foundation, snapshots: Snapshots, rules: TradingRules) -> LossLimits:
    """Return what knows losses, and whose entries have ended for them."""
    return LossLimits(
        closings=Closings(ClosedTrades(base.store), RecentClosings(base.store), base.clock),
        trades=base.trades,
        structures=StructureTrades(base.store),
        snapshots=snapshots,
        stops=EntryStops(base.store),
        beginnings=AccountBeginnings(base.store),
        bots=base.bots,
        runtime=base.runtime,
        ceiling=rules.ceiling,
        default_broker=rules.default_broker,
    )


def loss_task(limits: LossLimits) -> Task:
    """Return what the clock does about losses."""
    return Task("losses", PERIOD_SECONDS, limits.run)
