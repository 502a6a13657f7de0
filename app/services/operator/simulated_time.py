"""The clock and the switches of the simulated broker, set by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from app.dataclass import dataclass
from app.domain.audit import Actor, Deed
from app.domain.hours import exchange_zone
from app.domain.json_codec import timestamp, to_json
from app.domain.structures.exchange_switches import Switches
from app.domain.structures.exit_rules import exit_times
from app.domain.structures.settlement import closing_of, contract_of
from app.domain.structures.trades import StructureTrade
from app.errors import RequestRefused
from app.repositories.audit import AuditLog
from app.repositories.bots import BotDirectory
from app.repositories.structure_trades import StructureTrades
from app.services.broker_access.registry import BrokerRegistry
from app.services.operator.market_moves import MarketMoves
from app.services.structures.bot_rules import exit_rules

# A ladder that nobody fills begins anew every half minute: a jump over years must come to its end.
MOST_STOPS = 200


class SimulatedExchange(Protocol):
    """A broker whose time goes as the operator says."""

    @property
    def name(self) -> str:
        """The broker's name."""

    @property
    def is_clock_set(self) -> bool:
        """Tell whether its time stands still."""

    def now(self) -> datetime:
        """Return its time."""

    def set_clock(self, now: datetime | None) -> datetime:
        """Move its time forward, or let it go with the real one again."""

    def switches(self) -> Switches:
        """Return what it does beside trading."""

    def set_switches(self, switches: Switches) -> None:
        """Say what it does beside trading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedTime:
    """Move the simulated time, from one thing that was due to the next, so that each happens at its time."""

    registry: BrokerRegistry
    audit: AuditLog
    bots: BotDirectory
    structures: StructureTrades
    moves: MarketMoves

    def show(self) -> dict[str, Any]:
        """Return the simulated time, and whether it stands still."""
        exchange = self._exchange()
        return {"now": timestamp(exchange.now()), "is_set": exchange.is_clock_set}

    def move(self, now: datetime | None, *, by: str = Actor.OPERATOR) -> dict[str, Any]:
        """Set the simulated time, which then stands still; None lets it go with the real one again.

        Raise RequestRefused where it would go back.
        """
        exchange, before = self._exchange(), self.show()
        if now is not None and now < exchange.now():
            raise RequestRefused(f"The paper clock only goes forward, and it is {before['now']}.")
        after = None if now is None else timestamp(now)
        self.audit.record(
            by, Deed.SET_PAPER_CLOCK, exchange.name, before={"now": before["now"]}, after={"now": after}
        )
        for _ in range(MOST_STOPS):
            stop = None if now is None else self._next(exchange, now)
            if stop is None:
                break
            exchange.set_clock(stop)
            self.moves.follow(exchange.name)
        exchange.set_clock(now)
        self.moves.follow(exchange.name)
        return self.show()

    def switches(self) -> dict[str, Any]:
        """Return what the simulated exchange does beside trading."""
        found = self._exchange().switches()
        return {
            "early_assignment": list(found.early_assignment),
            "close_short_legs_at_expiry": found.closes_shorts,
        }

    def throw(
        self,
        early_assignment: list[str] | None = None,
        *,
        closes_shorts: bool | None = None,
        by: str = Actor.OPERATOR,
    ) -> dict[str, Any]:
        """Set switches; what is None stays as it is."""
        exchange, before = self._exchange(), self.switches()
        switches = exchange.switches()
        if early_assignment is not None:
            switches = replace(switches, early_assignment=tuple(early_assignment))
        if closes_shorts is not None:
            switches = replace(switches, closes_shorts=closes_shorts)
        exchange.set_switches(switches)
        after = self.switches()
        self.audit.record(
            by, Deed.SET_PAPER_SWITCHES, exchange.name, before=to_json(before), after=to_json(after)
        )
        self.moves.follow(exchange.name)
        return after

    def _next(self, exchange: SimulatedExchange, end: datetime) -> datetime | None:
        """Return the first moment before `end` at which a ladder or a rule of a structure is due."""
        start = exchange.now()
        trades = self.structures.at(exchange.name)
        times = (at for trade in trades for at in self._times(trade))
        return min((at for at in times if start < at < end), default=None)

    def _times(self, trade: StructureTrade) -> Iterator[datetime]:
        if trade.work is not None and trade.work.due_at is not None:
            yield trade.work.due_at
        zone = exchange_zone(contract_of(trade))
        yield from (closing_of(trade, day) for day in trade.structure.expiries)
        bot = self.bots.find(trade.bot)
        if bot is not None and bot.configuration.managed:
            yield from exit_times(trade.structure, exit_rules(bot.configuration), zone)

    def _exchange(self) -> SimulatedExchange:
        for broker in self.registry.all():
            if broker.capabilities.simulated:
                return broker  # type: ignore[return-value]  # simulated brokers offer all of it
        raise RequestRefused("No simulated broker is configured.")
