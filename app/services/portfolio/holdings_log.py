"""What is held and what it is worth, in `activity.log`: every hour, and whenever a position changes."""

from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.accounts import Account, Position
from app.domain.money import text
from app.domain.refusals import money
from app.domain.snapshots import BrokerSnapshot
from app.repositories.bots import BotDirectory
from app.repositories.trading_state import GlobalSwitch
from app.services.observability.journal import Journal
from app.services.portfolio.snapshots import Snapshots

EVERY = timedelta(hours=1)

_Held: TypeAlias = dict[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingsLog:
    """Writes a line for each broker, and with the hourly ones the states of the bots.

    It asks no broker: it compares what the clock saw last with what it wrote last. A start writes all anew.
    """

    snapshots: Snapshots
    bots: BotDirectory
    switch: GlobalSwitch
    journal: Journal
    clock: Clock
    _written: dict[str, tuple[datetime, _Held]] = field(default_factory=dict)
    _told: dict[str, datetime] = field(default_factory=dict)

    def run(self) -> int:
        """Write what is due; return how many lines that were."""
        now = self.clock()
        lines = [line for seen in self.snapshots.read() for line in self._due(seen, now)]
        lines += self._states(now)
        for line in lines:
            self.journal.activity(line)
        return len(lines)

    def _due(self, seen: BrokerSnapshot, now: datetime) -> list[str]:
        # What a broker that is away held before is no news of now.
        if seen.at is None or seen.account is None or not seen.reachable:
            return []
        held = {position.symbol: position.quantity for position in seen.positions}
        at, before = self._written.get(seen.broker, (None, None))
        if at is not None and now - at < EVERY and held == before:
            return []
        self._written[seen.broker] = (now, held)
        return [_line(seen.broker, seen.account, seen.positions)]

    def _states(self, now: datetime) -> list[str]:
        # Changes have lines of their own where they are made; the bots are read for this once an hour.
        told = self._told.get("states")
        if told is not None and now - told < EVERY:
            return []
        self._told["states"] = now
        states = [f"{bot.id} {bot.switch.at(now).value}" for bot, _ in self.bots.all()]
        return [f"trading {self.switch.read().at(now).value}; bots: {', '.join(states)}"]


def _line(broker: str, account: Account, positions: tuple[Position, ...]) -> str:
    worth = f"equity {money(account.equity, account.currency)}, cash {money(account.cash, account.currency)}"
    held = ", ".join(map(_position, sorted(positions, key=lambda position: position.symbol)))
    return f"{broker}: {worth}; {f'holds {held}' if held else 'holds nothing'}"


def _position(position: Position) -> str:
    gain = position.unrealized_pnl
    told = f" (gain {money(gain, None)})" if gain is not None else ""
    return f"{position.symbol} {text(position.quantity)} at {money(position.average_price, None)}{told}"
