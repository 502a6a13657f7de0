"""What a broker offers that trades structures: contracts to choose from, and orders of several legs."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from app.dataclass import dataclass
from app.domain.instruments import Instrument
from app.domain.structures.chain import Chain
from app.domain.structures.fates import ContractEvent
from app.domain.structures.levels import OptionsLevel
from app.domain.structures.net_quotes import LegQuote
from app.domain.structures.orders import StructureOrder, StructureReceipt


@dataclass(frozen=True, slots=True)
class StructureCapabilities:
    """What a broker takes as one order.

    `most_legs` of contracts, four go as two hedged pairs where that is fewer; `share_legs`: shares may be one
    of the legs; `several_expiries`: legs may expire on different days; `net_price`: the order has one net
    limit, else each leg has a limit of its own; `rests`: it waits at its price, else it trades at once or not
    at all; `needs_cover`: what is sold beside other legs must be covered by what the same order buys.
    """

    most_legs: int
    share_legs: bool = False
    several_expiries: bool = True
    net_price: bool = True
    rests: bool = True
    needs_cover: bool = False


class StructureDesk(Protocol):
    """A broker's options desk; `Broker.structures` returns it, or None where there is none.

    Reads may retry and raise BrokerUnavailable. `submit` and `cancel` are sent once: they raise
    BrokerRejected when the broker proved that nothing happened, and OutcomeUnknown otherwise.
    """

    capabilities: StructureCapabilities

    def now(self) -> datetime:
        """Return the time at the broker, which is simulated at a simulated one."""

    def level(self) -> OptionsLevel:
        """Return what the account may do with options today."""

    def underlying(self, symbol: str) -> Instrument | None:
        """Return what contracts are written on, where this desk knows it better than by its name alone."""
        return None

    def expiries(self, underlying: str) -> list[date]:
        """Return the days on which listed contracts of an underlying expire, the first one first."""

    def chain(self, underlying: str, expiries: Sequence[date]) -> Chain | None:
        """Return the contracts of these days with fresh quotes; None where the underlying has no price."""

    def quotes(self, instruments: Sequence[Instrument]) -> dict[str, LegQuote]:
        """Return fresh quotes by canonical name, of all that have one, in as few calls as can be."""

    def settlement_price(self, underlying: str, day: date) -> Decimal | None:
        """Return what an underlying cost when contracts of a day expired, where the broker itself tells."""
        return None

    def history(self, since: date) -> list[ContractEvent]:  # most brokers tell nothing
        """Return what became of contracts without an order from a day on, where the broker tells of it."""
        return []

    def submit(self, order: StructureOrder) -> StructureReceipt:
        """Send once; raise BrokerRejected or OutcomeUnknown."""

    def find(self, client_order_id: str) -> StructureReceipt | None:
        """Return what the broker holds under our id, if anything."""

    def cancel(self, receipt: StructureReceipt) -> None:
        """Ask for a working order to be cancelled; a final order raises BrokerRejected."""
