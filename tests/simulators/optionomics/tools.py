"""The tools that the server offers, each a function of its arguments alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.simulators.optionomics.figures import AS_OF, MARKET, numbers_for, price_of, trading_days

Figures = dict[str, Any]
MONEY = 100_000


def quote(symbol: str) -> Figures:
    """Return the last price of a stock with open, high, low, volume and change."""
    last, numbers = price_of(symbol), numbers_for(symbol, "quote")
    opened = round(last * numbers.uniform(0.985, 1.005), 2)
    return {
        "symbol": symbol.upper(),
        "price": last,
        "open": opened,
        "high": round(max(last, opened) * 1.004, 2),
        "low": round(min(last, opened) * 0.995, 2),
        "volume": numbers.randrange(1_000_000, 60_000_000),
        "change_percent": round((last / opened - 1) * 100, 2),
        "as_of": AS_OF.isoformat(),
    }


def price_history(symbol: str, days: int = 30) -> Figures:
    """Return daily bars of a stock, oldest first."""
    numbers, close = numbers_for(symbol, "history"), price_of(symbol)
    bars = []
    for day in reversed(trading_days(min(days, 250))):
        opened = round(close * numbers.uniform(0.98, 1.015), 2)
        high, low = round(max(opened, close) * 1.006, 2), round(min(opened, close) * 0.994, 2)
        volume = numbers.randrange(1_000_000, 60_000_000)
        bars.append(
            {
                "date": day.isoformat(),
                "open": opened,
                "high": high,
                "low": low,
                "close": close,
                "volume": volume,
            }
        )
        close = opened
    return {"symbol": symbol.upper(), "bars": bars[::-1]}


def options_flow(symbol: str, limit: int = 10) -> Figures:
    """Return the latest option trades of a stock and which way they lean."""
    numbers, price = numbers_for(symbol, "flow"), price_of(symbol)
    trades: list[Figures] = [
        {
            "type": numbers.choice(["call", "call", "put"]),
            "strike": round(price * numbers.uniform(0.9, 1.1)),
            "expiration": (AS_OF.date() + timedelta(days=numbers.choice([3, 10, 17, 45]))).isoformat(),
            "side": numbers.choice(["AA", "A", "M", "B", "BB"]),
            "trade": numbers.choice(["Sweep", "Block", "ISO", "Multi-leg"]),
            "premium": numbers.randrange(1, 40) * MONEY,
        }
        for _ in range(min(limit, 50))
    ]
    calls = sum(trade["premium"] for trade in trades if trade["type"] == "call")
    total = sum(trade["premium"] for trade in trades) or 1
    return {"symbol": symbol.upper(), "bullish_share": round(calls / total, 3), "trades": trades}


def net_flow(symbol: str) -> Figures:
    """Return the day's cumulative call and put premium of a stock in dollars."""
    numbers = numbers_for(symbol, "net")
    calls, puts = numbers.randrange(20, 90) * MONEY, numbers.randrange(5, 40) * MONEY
    return {"symbol": symbol.upper(), "call_premium": calls, "put_premium": puts, "net_premium": calls - puts}


def unusual_activity(symbol: str) -> Figures:
    """Return option alerts of high premium and volume for a stock."""
    numbers = numbers_for(symbol, "unusual")
    kinds = ["whale_trade", "volume_spike", "aggressive_call_buying", "iv_spike"]
    alerts = [
        {
            "kind": kind,
            "score": numbers.randrange(55, 99),
            "volume_to_open_interest": round(numbers.uniform(1, 9), 1),
        }
        for kind in numbers.sample(kinds, 2)
    ]
    return {"symbol": symbol.upper(), "alerts": alerts}


def levels(symbol: str) -> Figures:
    """Return support and resistance of a stock from options activity."""
    price = price_of(symbol)
    support, resistance = [0.97, 0.94], [1.03, 1.06]
    return {
        "symbol": symbol.upper(),
        "support": [round(price * share, 2) for share in support],
        "resistance": [round(price * share, 2) for share in resistance],
    }


def gamma_exposure(symbol: str) -> Figures:
    """Return dealers' gamma by strike and the regime that it makes."""
    numbers, price = numbers_for(symbol, "gamma"), price_of(symbol)
    strikes = {str(round(price * (0.95 + step / 50))): numbers.randrange(-9, 15) * MONEY for step in range(6)}
    regime = "positive" if sum(strikes.values()) >= 0 else "negative"
    return {"symbol": symbol.upper(), "regime": regime, "flip": round(price * 0.98, 2), "by_strike": strikes}


def iv_metrics(symbol: str) -> Figures:
    """Return implied volatility by term, its rank and what was realized."""
    numbers = numbers_for(symbol, "iv")
    now = numbers.uniform(0.2, 0.6)
    terms = {f"iv{days}": round(now * factor, 3) for days, factor in ((30, 1), (60, 0.97), (90, 0.95))}
    return {
        "symbol": symbol.upper(),
        **terms,
        "iv_rank": numbers.randrange(5, 95),
        "realized": round(now * 0.9, 3),
    }


def news(symbol: str, limit: int = 3) -> Figures:
    """Return recent headlines about a company."""
    name = symbol.upper()
    headlines = [
        f"{name} suppliers report steady demand",
        f"Analysts keep targets for {name}",
        f"{name} opens a plant",
    ]
    return {
        "symbol": name,
        "articles": [
            {
                "published": (AS_OF - timedelta(hours=age)).isoformat(),
                "source": "Simulated Wire",
                "headline": line,
            }
            for age, line in enumerate(headlines[:limit], start=1)
        ],
    }


def earnings(symbol: str) -> Figures:
    """Return the next earnings date of a company and its last surprise."""
    numbers = numbers_for(symbol, "earnings")
    expected = AS_OF.date() + timedelta(days=numbers.randrange(12, 80))
    surprise = round(numbers.uniform(-4, 9), 1)
    return {"symbol": symbol.upper(), "next": expected.isoformat(), "last_surprise_percent": surprise}


def events(symbol: str = "") -> Figures:
    """Return macro events ahead, with a company's own when a symbol is given."""
    macro = [{"date": "2026-06-10", "event": "CPI"}, {"date": "2026-06-17", "event": "FOMC decision"}]
    own = [{"date": earnings(symbol)["next"], "event": f"{symbol.upper()} earnings"}] if symbol != "" else []
    return {"events": macro + own}


def market_overview() -> Figures:
    """Return the broad market: SPY, QQQ, DIA and IWM with their change."""
    return {"as_of": AS_OF.isoformat(), "market": [quote(symbol) for symbol in MARKET]}


TOOLS: tuple[Callable[..., Figures], ...] = (
    quote,
    price_history,
    options_flow,
    net_flow,
    unusual_activity,
    levels,
    gamma_exposure,
    iv_metrics,
    news,
    earnings,
    events,
    market_overview,
)
