"""What a backtest came to, as its report tells it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.closed_trades import ClosedTrade
from app.domain.orders import STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX, Side

# A moment and what the account was worth then.
EquityPoint = tuple[datetime, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestTrade:
    """A trade that went flat, or one that is open at the end: that has no exit; its gain is what it is worth.

    Prices are averages per unit, `gain` is after `fees`, in the account's currency. `reason` is what ended
    it: an alert, its stop-loss, its take-profit, or a rule of a structure.
    """

    symbol: str
    bot: str
    side: Side
    quantity: Decimal
    entry_time: datetime
    entry_price: Decimal | None
    exit_time: datetime | None
    exit_price: Decimal | None
    gain: Decimal | None
    fees: Decimal
    reason: str
    multiplier: Decimal = Decimal(1)

    @classmethod
    def of(cls, trade: ClosedTrade) -> "BacktestTrade":
        """Return a closed trade as it is reported."""
        return cls(
            symbol=trade.symbol,
            bot=trade.bot,
            side=trade.side,
            quantity=trade.quantity,
            entry_time=trade.opened_at,
            entry_price=trade.entry_price,
            exit_time=trade.closed_at,
            exit_price=trade.exit_price,
            gain=trade.gain,
            fees=trade.fees,
            reason=exit_reason(trade),
            multiplier=trade.multiplier,
        )


def exit_reason(trade: ClosedTrade) -> str:
    """Return what ended a trade; its last order tells."""
    if trade.structure is not None:
        return trade.structure.state.value if trade.structure.reason is None else trade.structure.reason.value
    last = next(reversed(trade.counted), "")
    if last.endswith(STOP_LOSS_SUFFIX):
        return "stop_loss"
    return "take_profit" if last.endswith(TAKE_PROFIT_SUFFIX) else "alert"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeDifference:
    """A trade of somebody's list beside ours; `difference` is our gain less theirs, `why` what makes it."""

    trade: str
    theirs: dict[str, Any]
    ours: dict[str, Any] | None
    difference: Decimal | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestResult:
    """A whole run; the same tape, bots and settings give the same one.

    `settings` are what was set differently, `bots` how the bots were set, `notes` what a reader should know.
    """

    first: datetime
    last: datetime
    alerts: int
    currency: str
    bars: Mapping[str, int]
    initial_equity: Decimal
    final_equity: Decimal
    fees: Decimal
    slippage: Decimal
    equity_curve: tuple[EquityPoint, ...]
    trades: tuple[BacktestTrade, ...]
    open_trades: tuple[BacktestTrade, ...]
    metrics: Mapping[str, Any]
    refusals: Mapping[str, int]
    comparison: tuple[TradeDifference, ...]
    settings: Mapping[str, str]
    bots: Mapping[str, Any]
    notes: tuple[str, ...]
