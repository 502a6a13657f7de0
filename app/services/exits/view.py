"""What positions are protected by, as the operator sees it."""

from dataclasses import dataclass
from typing import Any

from app.brokers.base import Broker
from app.domain.accounts import Position
from app.domain.exit_plan import covered_by, live_legs
from app.domain.money import ZERO, text
from app.domain.trades import Place
from app.repositories.exit_plans import ExitPlans
from app.repositories.trades import Trades
from app.services.exits.position_status import PositionStatus, look, status_of


@dataclass(frozen=True, slots=True)
class ExitView:
    """Stop-losses and take-profits beside the positions that they belong to."""

    book: ExitPlans
    trades: Trades

    def beside(self, broker: Broker) -> list[tuple[Position, list[dict[str, Any]]]]:
        """Return a broker's positions, each with the exits of every bot in it; raise BrokerUnavailable."""
        protections = [known.plan for known in self.book.every() if known.position.broker == broker.name]
        if not protections:
            return [(position, []) for position in broker.positions()]
        snapshot, trades = look(broker), self.trades.every()
        exits: dict[str, list[dict[str, Any]]] = {}
        for item in protections:
            trade = trades.get(Place(item.bot, item.broker, item.symbol))
            status = status_of(item, trade, snapshot, broker.capabilities)
            if status.holding.share != ZERO:
                exits.setdefault(item.symbol, []).append(_shown(item.bot, status))
        return [(position, exits.get(symbol, [])) for symbol, position in snapshot.positions.items()]


def _shown(bot: str, status: PositionStatus) -> dict[str, Any]:
    held = covered_by(live_legs(status.holding.legs))
    return {
        "bot": bot,
        "stop_loss": text(status.levels.stop),
        "take_profit": text(status.levels.target),
        "held_by_broker": text(held),
        "watched": text(max(status.holding.held - held, ZERO)),
    }
