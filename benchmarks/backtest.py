"""How long a year takes to be played: `python -m benchmarks.backtest`.

A year of bars of five minutes, of a market that never closes (105,120 of them), and 2,000 alerts; with
`--stock` the hours of a stock exchange (19,656 bars).
"""

import argparse
import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from app.config import Settings
from app.domain.backtest.tape import TapeAlert
from app.domain.backtest.whole_tape import Tape
from app.domain.bars import Bar, Series
from app.domain.bots import BotConfiguration
from app.wiring.backtest import backtest_of
from app.wiring.backtest_setup import Setup

START, SPAN, CENT = datetime(2025, 1, 1, tzinfo=UTC), timedelta(minutes=5), Decimal("0.01")
ALWAYS, STOCK, ALERTS = 105_120, 19_656, 2_000


def tape(bars: int, alerts: int) -> Tape:
    """Return a walk with a seed, and alerts at even distances that buy and sell in turn."""
    chance, price, made = Random(1), Decimal(100), list[Bar]()  # noqa: S311  # prices, not secrets
    for place in range(bars):
        last = (price * chance.randint(9980, 10020) / 10000).quantize(CENT)
        high, low = max(price, last) + CENT * 5, min(price, last) - CENT * 5
        made.append(Bar(START + place * SPAN, price, high, low, last))
        price = last
    told = [_alert(number, made[number * (bars // alerts)]) for number in range(alerts)]
    return Tape(alerts=told, bars={"AAPL": Series(tuple(made), SPAN, START, START + bars * SPAN)})


def _alert(number: int, bar: Bar) -> TapeAlert:
    words = {
        "symbol": "AAPL",
        "strategy_order_id": "long",
        "strategy_order_action": "sell" if number % 2 else "buy",
        "strategy_order_contracts": 10,
        "strategy_order_price": str(bar.close),
        "n": number,
    }
    return TapeAlert(bar.at + SPAN, f"alert {number}", json.dumps(words))


def main() -> None:
    """Play, and print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stock", action="store_true")
    parser.add_argument("--trailing", action="store_true", help="with a stop that follows every price")
    said = parser.parse_args()
    played = tape(STOCK if said.stock else ALWAYS, ALERTS)
    keys = {"attach_sl_tp": True, "use_strategy_contracts": True}
    if said.trailing:
        keys |= {"trailing_stop_pct": Decimal("0.02")}
    setup = Setup(
        environment=Settings(webhook_secret="s" * 32),
        bots=[("default", BotConfiguration(name="default"))],
        settings={},
        keys=keys,
        told={},
    )
    begun, used = time.monotonic(), time.process_time()
    result = backtest_of(setup, START).run(played)
    print(  # noqa: T201  # what it is for
        f"{sum(result.bars.values()):,} bars, {result.alerts:,} alerts, {len(result.trades):,} trades: "
        f"{time.monotonic() - begun:.1f} s, of which {time.process_time() - used:.1f} s of the processor"
    )


if __name__ == "__main__":
    main()
