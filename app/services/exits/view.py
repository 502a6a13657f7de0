"""What positions are protected by, as the operator sees it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.exit_plan import covered_by, live_legs
from app.domain.money import ZERO, text
from app.domain.orders import STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX, Receipt
from app.domain.snapshots import BrokerSnapshot
from app.domain.trades import Place
from app.repositories.exit_plans import ExitPlans
from app.repositories.trades import Trades
from app.services.broker_access.registry import BrokerRegistry
from app.services.exits.position_status import PositionStatus, by_symbol, status_of


@dataclass(frozen=True, slots=True)
class ExitView:
    """Stop-losses and take-profits beside the positions that they belong to."""

    plans: ExitPlans
    trades: Trades
    registry: BrokerRegistry

    def beside(self, seen: BrokerSnapshot) -> list[tuple[Position, list[dict[str, Any]]]]:
        """Return a broker's positions as they were seen, each with the exits of every bot in it."""
        plans = self.plans.at(seen.broker)
        if not plans:
            return [(position, []) for position in seen.positions]
        snapshot, trades = by_symbol(seen.orders, seen.positions), self.trades.every()
        capabilities = self.registry.capabilities(seen.broker)
        exits: dict[str, list[dict[str, Any]]] = {}
        # Two bots may hold the same symbol in one account, each with a stop of its own.
        for plan in plans:
            trade = trades.get(Place(plan.bot, plan.broker, plan.symbol))
            status = status_of(plan, trade, snapshot, capabilities)
            if status.holding.share != ZERO:
                exits.setdefault(plan.symbol, []).append(_shown(plan.bot, status))
        return [(position, exits.get(position.symbol, [])) for position in seen.positions]


def _shown(bot: str, status: PositionStatus) -> dict[str, Any]:
    legs = live_legs(status.holding.legs)
    held = covered_by(legs)
    return {
        "bot": bot,
        # What rests at the broker stands where it was moved last; what is watched, where it should be.
        "stop_loss": text(_resting(legs, STOP_LOSS_SUFFIX) or status.levels.stop),
        "take_profit": text(_resting(legs, TAKE_PROFIT_SUFFIX) or status.levels.target),
        "held_by_broker": text(held),
        "watched": text(max(status.holding.held - held, ZERO)),
    }


def _resting(legs: Iterable[Receipt], suffix: str) -> Decimal | None:
    prices = (leg.stop_price or leg.limit_price for leg in legs if leg.client_order_id.endswith(suffix))
    return next((price for price in prices if price is not None), None)
