"""How the wing of option structures is made."""

from functools import cached_property

from app.repositories.beyond_books import KeptBeyondBooks
from app.repositories.close_prices import ClosePrices
from app.repositories.closed_trades import ClosedTrades
from app.repositories.missed_things import KeptMissedThings
from app.repositories.structure_trades import StructureTrades
from app.services.broker_access.structure_gateway import StructureGateway
from app.services.operator.market_moves import MarketMoves
from app.services.operator.simulated_time import SimulatedTime
from app.services.orders.tracking import OrderTracker
from app.services.portfolio.snapshots import Snapshots
from app.services.portfolio.structure_marks import StructureMarks
from app.services.runtime.kept_look import KeptLook
from app.services.runtime.supervisor import Task
from app.services.structures.alert_signals import AlertSignals
from app.services.structures.beyond import SharesBeyond
from app.services.structures.bookings import Bookings
from app.services.structures.closing_prices import ClosingPrices
from app.services.structures.closings import StructureClosings
from app.services.structures.confirmations import Confirmations
from app.services.structures.entries import Entries
from app.services.structures.entry_switches import EntrySwitches
from app.services.structures.exits import StructureExits
from app.services.structures.expiries import Expiries
from app.services.structures.handler import StructureHandler
from app.services.structures.ladders import Ladders
from app.services.structures.pacing import LadderPacing
from app.services.structures.progress import StructureProgress
from app.services.structures.quotes_ahead import QuotesAhead
from app.services.structures.settlement_prices import SettlementPrices
from app.services.structures.settling import Settling
from app.services.structures.watch import StructureWatch
from app.services.trading.assessment import Assessor
from app.wiring.foundation import Foundation

# A step of a ladder rests for four seconds at least.
LADDER_SECONDS = 1.0
# A stop wants looks ten seconds apart.
WATCH_SECONDS = 5.0
# Behind the snapshots, which are what positions are read from.
SETTLE_SECONDS = 5.0
# Histories are told once a day.
CONFIRM_SECONDS = 3600.0


class StructuresWiring:
    """The collaborators that trade structures, by name."""

    def __init__(self, base: Foundation, assessor: Assessor, snapshots: Snapshots) -> None:
        self.base = base
        self.assessor = assessor
        self.snapshots = snapshots

    @cached_property
    def trades(self) -> StructureTrades:
        """What is open."""
        return StructureTrades(self.base.store)

    @cached_property
    def gateway(self) -> StructureGateway:
        """The way to options desks."""
        return StructureGateway(self.base.gateway)

    @cached_property
    def closing(self) -> ClosingPrices:
        """At which prices trades are left."""
        ahead = QuotesAhead(runtime=self.base.runtime)
        return ClosingPrices(gateway=self.gateway, bots=self.base.bots, ahead=ahead)

    @cached_property
    def progress(self) -> StructureProgress:
        """What is told of ladders."""
        return StructureProgress(runtime=self.base.runtime, ledger=self.base.ledger, trades=self.trades)

    @cached_property
    def ladders(self) -> Ladders:
        """Orders that move toward the market."""
        return Ladders(
            runtime=self.base.runtime,
            trades=self.trades,
            gateway=self.gateway,
            closing=self.closing,
            progress=self.progress,
            pacing=LadderPacing(runtime=self.base.runtime),
            switches=EntrySwitches(runtime=self.base.runtime, bots=self.base.bots, switch=self.base.switch),
        )

    @cached_property
    def entries(self) -> Entries:
        """The way in."""
        return Entries(assessor=self.assessor, trades=self.trades, gateway=self.gateway, ladders=self.ladders)

    @cached_property
    def exits(self) -> StructureExits:
        """The way out."""
        return StructureExits(
            runtime=self.base.runtime,
            assessor=self.assessor,
            trades=self.trades,
            gateway=self.gateway,
            ladders=self.ladders,
        )

    @cached_property
    def closings(self) -> StructureClosings:
        """The way out for those who stand above bots."""
        return StructureClosings(
            runtime=self.base.runtime,
            ledger=self.base.ledger,
            trades=self.trades,
            gateway=self.gateway,
            exits=self.exits,
            ladders=self.ladders,
        )

    @cached_property
    def watch(self) -> StructureWatch:
        """What looks at open trades."""
        return StructureWatch(
            runtime=self.base.runtime,
            bots=self.base.bots,
            trades=self.trades,
            exits=self.exits,
            marks=self.marks,
        )

    @cached_property
    def marks(self) -> StructureMarks:
        """What open trades are worth."""
        return StructureMarks(runtime=self.base.runtime)

    @cached_property
    def settling(self) -> Settling:
        """What books legs that no order of ours has closed."""
        return Settling(
            runtime=self.base.runtime,
            trades=self.trades,
            shares=self.base.trades,
            gateway=self.gateway,
            snapshots=self.snapshots,
            prices=self.closes,
            expiries=self.expiries,
            bookings=self.bookings,
            beyond=self.beyond,
            looks=self.looks,
        )

    @cached_property
    def expiries(self) -> Expiries:
        """What books contracts that are over."""
        return Expiries(
            runtime=self.base.runtime,
            trades=self.trades,
            gateway=self.gateway,
            prices=self.closes,
            bookings=self.bookings,
            beyond=self.beyond,
            looks=self.looks,
        )

    @cached_property
    def bookings(self) -> Bookings:
        """What writes down that something went by itself."""
        return Bookings(
            runtime=self.base.runtime,
            trades=self.trades,
            shares=self.base.trades,
            progress=self.progress,
        )

    @cached_property
    def beyond(self) -> SharesBeyond:
        """Which shares nobody's books hold."""
        return SharesBeyond(
            trades=self.trades, shares=self.base.trades, kept=KeptBeyondBooks(self.base.store)
        )

    @cached_property
    def looks(self) -> KeptLook:
        """Since when something is missing."""
        return KeptLook(self.base.clock, KeptMissedThings(self.base.store, "structures"))

    @cached_property
    def closes(self) -> SettlementPrices:
        """What underlyings cost when their contracts expired."""
        return SettlementPrices(
            runtime=self.base.runtime, trades=self.trades, closes=ClosePrices(self.base.store)
        )

    @cached_property
    def confirmations(self) -> Confirmations:
        """What compares the ends of trades with brokers' own histories."""
        return Confirmations(runtime=self.base.runtime, closed=ClosedTrades(self.base.store))

    @cached_property
    def handler(self) -> StructureHandler:
        """Both, for alerts."""
        return StructureHandler(self.entries, self.exits, AlertSignals(self.trades, self.base.clock))

    def moves(self, tracker: OrderTracker) -> MarketMoves:
        """Return what looks at once when the simulated market has moved."""
        return MarketMoves(
            tracker=tracker,
            snapshots=self.snapshots,
            settling=self.settling,
            watch=self.watch,
            ladders=self.ladders,
        )

    def simulated_time(self, tracker: OrderTracker) -> SimulatedTime:
        """Return the clock and the switches of the simulated broker."""
        return SimulatedTime(
            registry=self.base.registry,
            audit=self.base.audit,
            bots=self.base.bots,
            structures=self.trades,
            moves=self.moves(tracker),
        )

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What this does by the clock."""
        return (
            Task("ladders", LADDER_SECONDS, self.ladders.run),
            Task("structures", WATCH_SECONDS, self.watch.run),
            Task("closing prices", WATCH_SECONDS, self.closes.run),
            Task("settlement", SETTLE_SECONDS, self.settling.run),
            Task("confirmations", CONFIRM_SECONDS, self.confirmations.run),
        )
