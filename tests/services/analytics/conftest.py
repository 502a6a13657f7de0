from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.closed_trades import ClosedTrade
from app.domain.orders import Side
from app.repositories.closed_trades import ClosedTrades


@pytest.fixture
def keep(store, clock):
    """Keep a closed trade of a gain, as whoever counts its last fill does."""

    def kept(gain: str, closed_at: datetime | None = None, **changes) -> ClosedTrade:
        at = closed_at or clock()
        number = len(list(store.list("closed_trades/"))) + 1
        told = {"id": f"trade-{number}", "number": number, "bot": "default", "broker": "paper"}
        told |= {"symbol": "AAPL", "side": Side.BUY, "quantity": Decimal(10), "multiplier": Decimal(1)}
        told |= {"entry_price": Decimal(100), "exit_price": Decimal(101), "fees": Decimal(0)}
        told |= {"is_priced": True, "opened_at": at - timedelta(hours=1), "closed_at": at, "tickets": ()}
        trade = ClosedTrade(**told | {"realized_pnl": Decimal(gain)} | changes)
        store.apply(ClosedTrades(store).keeping(trade, clock()))
        return trade

    return kept
