"""What follows when the simulated market moves: everybody looks at once, and nobody waits for the clock."""

from app.dataclass import dataclass
from app.services.orders.tracking import OrderTracker
from app.services.portfolio.snapshots import Snapshots
from app.services.structures.ladders import Ladders
from app.services.structures.settling import Settling
from app.services.structures.watch import StructureWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketMoves:
    """Orders, positions, what has expired, rules of structures, their ladders: in this order."""

    tracker: OrderTracker
    snapshots: Snapshots
    settling: Settling
    watch: StructureWatch
    ladders: Ladders

    def follow(self, name: str) -> None:
        """Look at a simulated broker whose prices, time or switches have changed."""
        self.tracker.follow()
        self.snapshots.look(name)
        # What is gone is no longer watched, and what is to be left gets its first order now.
        self.settling.run()
        self.watch.run(is_forced=True)
        if self.ladders.run():
            self.snapshots.look(name)
