"""What positions are protected by, as the operator sees it."""

from dataclasses import dataclass
from typing import Any

from app.brokers.base import Broker
from app.domain.accounts import Position
from app.domain.exit_plan import covered_by, live_legs
from app.domain.money import ZERO, text
from app.repositories.exit_plans import ExitBook, protection_of
from app.repositories.trades import TradeBook
from app.services.exits.position_status import Prospect, look, prospect_of


@dataclass(frozen=True, slots=True)
class ExitList:
    """Stop-losses and take-profits beside the positions that they belong to."""

    book: ExitBook
    trades: TradeBook

    def beside(self, broker: Broker) -> list[tuple[Position, list[dict[str, Any]]]]:
        """Return a broker's positions, each with the exits of every bot in it; raise BrokerUnavailable."""
        protections = [
            protection
            for protection in map(protection_of, self.book.every())
            if protection.broker == broker.name
        ]
        if not protections:
            return [(position, []) for position in broker.positions()]
        scene, trades = look(broker), self.trades.every()
        exits: dict[str, list[dict[str, Any]]] = {}
        for item in protections:
            trade = trades.get((item.bot, item.broker, item.symbol))
            prospect = prospect_of(item, trade, scene, broker.capabilities)
            if prospect.holding.share != ZERO:
                exits.setdefault(item.symbol, []).append(_shown(item.bot, prospect))
        return [(position, exits.get(symbol, [])) for symbol, position in scene.positions.items()]


def _shown(bot: str, prospect: Prospect) -> dict[str, Any]:
    held = covered_by(live_legs(prospect.holding.legs))
    return {
        "bot": bot,
        "stop_loss": text(prospect.levels.stop),
        "take_profit": text(prospect.levels.target),
        "held_by_broker": text(held),
        "watched": text(max(prospect.holding.held - held, ZERO)),
    }
