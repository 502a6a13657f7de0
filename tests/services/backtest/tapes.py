"""Tapes for backtests, and the one way to play them here."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.config import Settings
from app.domain.backtest.result import BacktestResult
from app.domain.backtest.tape import TapeAlert
from app.domain.backtest.whole_tape import Tape
from app.domain.bars import Bar, Series
from app.domain.bots import BotConfiguration
from app.wiring.backtest import backtest_of
from app.wiring.backtest_setup import Setup

START = datetime(2026, 6, 1, 13, 30, tzinfo=UTC)
SPAN = timedelta(minutes=5)

# Open, high, low, close.
Prices = tuple[float | str, float | str, float | str, float | str]


def at(bars: float) -> datetime:
    """Return when so many bars are over."""
    return START + bars * SPAN


def series(*rows: Prices) -> Series:
    bars = tuple(Bar(at(place), *(Decimal(str(price)) for price in row)) for place, row in enumerate(rows))
    return Series(bars, SPAN, START, at(len(rows)))


def alert(bars: float, side: str, price: float, *, symbol: str = "AAPL", **more: Any) -> TapeAlert:
    words = {
        "symbol": symbol,
        "strategy_order_id": "long" if more.pop("long", True) else "short",
        "strategy_order_action": side,
        "strategy_order_contracts": 10,
        "strategy_order_price": price,
    }
    return TapeAlert(at(bars), f"bar {bars}", json.dumps(words | more))


def played(
    bars: dict[str, Series],
    alerts: Iterable[TapeAlert],
    *,
    trades: Sequence[Any] = (),
    settings: dict[str, Any] | None = None,
    **keys: Any,
) -> BacktestResult:
    """Play a tape to one bot; keys are the bot's, sizes are the alerts' own unless it says otherwise."""
    tape = Tape(alerts=list(alerts), bars=bars, trades=trades)
    setup = Setup(
        environment=Settings(webhook_secret="s" * 32, allow_short_selling=True),
        bots=[("default", BotConfiguration(name="default"))],
        settings=settings or {},
        keys={"use_strategy_contracts": True} | keys,
        told={},
    )
    assert tape.first is not None
    return backtest_of(setup, tape.first).run(tape)
