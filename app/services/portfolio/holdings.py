"""Positions and accounts as the operator sees them, from what was seen last."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.json_codec import to_json
from app.domain.money import text
from app.domain.snapshots import BrokerSnapshot
from app.services.exits.view import ExitView


@dataclass(frozen=True, slots=True)
class Holdings:
    """Every broker's, each position with its exits; brokers that do not answer hide no other's."""

    exits: ExitView

    def positions(self, seen: Iterable[BrokerSnapshot]) -> list[dict[str, Any]]:
        """Return all positions."""
        return [
            _position(snapshot.broker, position) | {"exits": exits}
            for snapshot in seen
            for position, exits in self.exits.beside(snapshot)
        ]


def accounts(seen: Iterable[BrokerSnapshot]) -> list[dict[str, Any]]:
    """Return the money of every broker whose account was ever seen."""
    return [
        {
            "broker": item.broker,
            "currency": item.account.currency,
            "cash": text(item.account.cash),
            "equity": text(item.account.equity),
            "buying_power": text(item.account.buying_power),
            "at": to_json(item.account_at),
        }
        for item in seen
        if item.account is not None
    ]


def broker_rows(seen: Iterable[BrokerSnapshot], *, of_accounts: bool = False) -> list[dict[str, Any]]:
    """Return when each broker was seen, and whether it answered last."""
    return [_row(item, item.account_at if of_accounts else item.at) for item in seen]


def _row(item: BrokerSnapshot, at: datetime | None) -> dict[str, Any]:
    return {
        "broker": item.broker,
        "at": to_json(at),
        "reachable": item.reachable,
        "message": item.message,
    }


def _position(broker: str, position: Position) -> dict[str, Any]:
    return {
        "broker": broker,
        "symbol": position.symbol,
        "quantity": text(position.quantity),
        "average_price": text(position.average_price),
        "market_price": text(position.market_price),
        "unrealized_pnl": text(position.unrealized_pnl),
    }
