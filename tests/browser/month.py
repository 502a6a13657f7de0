"""A month of paper trading on a clock that is moved by hand: the same every time that it is played."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask

from app import create_app
from app.config import Settings
from app.storage.sqlite import SqliteStore
from examples.make import HERE as EXAMPLES
from tests.builders import (
    ACCOUNT_SECRET,
    HandClock,
    ScriptedAnalyst,
    client_of,
    services_of,
    strategy_alert,
    trade_idea,
)
from tests.option_bots import FAST_CONDOR
from tests.reliability.server import OPERATOR_TOKEN, WEBHOOK_SECRET

# A Friday at noon in New York.
END = datetime(2026, 11, 20, 17, 0, 12, tzinfo=UTC)
DAYS, TURNS_A_DAY, LADDER_SECONDS = 30, 4, 40
SIZED = {"use_strategy_contracts": True, "allow_short": True, "max_order_notional": "6000"}
BOTS = {
    "swing": {"name": "Swing", **SIZED, "daily_loss_limit": "500", "cooldown_seconds": 300},
    "coins": {"name": "Coins", **SIZED, "daily_order_cap": 40},
    "condor": {"name": "Condor", **FAST_CONDOR},
    "ideas": {"name": "Ideas", "analyst": "required", "approval": "always", "notional": "2500"},
}
MARKET = {
    "MSFT": (412.0, "10", "swing"),
    "TSLA": (251.0, "12", "swing"),
    "AMZN": (185.0, "20", "swing"),
    "BTC-USD": (61_000.0, "0.08", "coins"),
    "ETH-USD": (3_010.0, "1.5", "coins"),
}
RATIONALE = (
    "Price holds above the 20-day average with rising volume, and implied volatility is in its lower third. "
    "Half the usual size: earnings are eight days away."
)


class RunningClock(HandClock):
    """A clock that goes on by a fraction of a millisecond whenever somebody looks, as a real one would."""

    def __call__(self) -> datetime:
        self.move(microseconds=210)
        return self.now


@dataclass
class Month:
    """The application at the end of the month, and where its things are."""

    app: Flask
    clock: RunningClock
    chance: Random = field(default_factory=lambda: Random(20))
    secrets: dict[str, str] = field(default_factory=dict)
    prices: dict[str, float] = field(default_factory=lambda: {name: row[0] for name, row in MARKET.items()})
    held: set[str] = field(default_factory=set)
    tickets: dict[str, str] = field(default_factory=dict)
    structure: int = 0
    backtest: str = ""

    def operator(self, method: str, path: str, body: Any = None) -> Any:
        """Ask as the operator."""
        answer = client_of(self.app, authorization=f"Bearer {OPERATOR_TOKEN}").open(
            path, method=method, json=body
        )
        assert answer.status_code < 400, answer.text
        return answer.json

    def alert(self, symbol: str, action: str, bot: str | None = None, **changes: Any) -> Any:
        """Send an alert that left TradingView a moment ago, at a price that has moved a little since."""
        price, late = self.prices[symbol], self.chance.choice([180, 240, 310, 420, 900])
        sent = self.clock.now - timedelta(milliseconds=late)
        body = strategy_alert(
            symbol=symbol,
            strategy_order_action=action,
            strategy_order_contracts=MARKET[symbol][1],
            strategy_order_price=f"{price * (1 + self.chance.gauss(0, 0.0006)):.2f}",
            time=sent.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        )
        client = client_of(self.app, x_bot_secret=self.secrets[bot or MARKET[symbol][2]])
        answer = client.post("/webhook", json=body | changes).json
        self.clock.move(seconds=1)
        return answer

    def quote(self) -> None:
        """Tell the paper broker what everything costs."""
        quotes = {name: f"{price:.2f}" for name, price in self.prices.items()}
        self.operator("PUT", "/api/paper/prices", quotes | {"AAPL": "200", "NVDA": "142.50"})

    def climb(self) -> None:
        """Let ladders come to their end."""
        for _ in range(LADDER_SECONDS):
            services_of(self.app).structures.ladders.run()
            self.clock.move(seconds=1)

    def tick(self) -> None:
        """Let the clock's work be done."""
        services_of(self.app).supervisor.tick(everything=True)


def play(folder: Path) -> Month:
    """Play the whole month into a database in a folder."""
    clock, chance = RunningClock(), Random(7)
    clock.now = END - timedelta(days=DAYS)
    analyst = ScriptedAnalyst(rationale=RATIONALE, confidence=Decimal("0.81"))
    analyst.name, analyst.model = "model", "scripted"
    app = create_app(
        _settings(folder / "month.sqlite3"),
        store=SqliteStore(folder / "month.sqlite3"),
        clock=clock,
        wait=clock.wait,
        randomness=chance.randbytes,
        analyst=analyst,
    )
    month = Month(app, clock, secrets={"default": WEBHOOK_SECRET})
    month.quote()
    for bot, keys in BOTS.items():
        month.secrets[bot] = month.operator("POST", "/api/bots", {"id": bot, **keys})["secret"]
    while clock.now < END - timedelta(hours=2):
        _turn(month)
    _last_hour(month)
    month.backtest = _backtest(month)
    return month


def _backtest(month: Month) -> str:
    """Play the examples, with a stop; return the job."""
    files = {name: (EXAMPLES / name).read_text(encoding="utf-8") for name in ("alerts.csv", "bars.csv")}
    wanted = {
        "kind": "backtest",
        "alerts": {"name": "alerts.csv", "text": files["alerts.csv"]},
        "bars": [{"name": "bars.csv", "symbol": "AAPL", "text": files["bars.csv"]}],
        "set": {"use_strategy_contracts": True, "attach_sl_tp": True, "sl_pct": "0.004"},
    }
    job: str = month.operator("POST", "/api/jobs", wanted)["id"]
    services_of(month.app).operations.jobs.run()
    return job


def _settings(database: Path) -> Settings:
    return Settings(
        database_path=database,
        webhook_secret=WEBHOOK_SECRET,
        operator_token=OPERATOR_TOKEN,
        account_secret=ACCOUNT_SECRET,
        rate_limit_per_second=Decimal(0),
        allow_short_selling=True,
        paper_fee_per_order=Decimal("1.25"),
        paper_slippage_pct=Decimal("0.0004"),
    )


def _turn(month: Month) -> None:
    """Let prices move, and some of the strategies trade."""
    for symbol in MARKET:
        month.prices[symbol] *= 1 + month.chance.gauss(0.0012, 0.010)
    month.quote()
    for symbol in MARKET:
        if symbol in month.held and month.chance.random() < 0.5:
            month.alert(symbol, "sell")
            month.held.discard(symbol)
        elif symbol not in month.held and month.chance.random() < 0.35:
            month.alert(symbol, "buy")
            month.held.add(symbol)
    if month.chance.random() < 0.12:
        month.alert("MSFT", "buy", strategy_order_contracts="500")
    month.tick()
    month.clock.move(hours=24 / TURNS_A_DAY)


def _last_hour(month: Month) -> None:
    """Open a condor, ask for an approval, and let three last alerts come in."""
    month.clock.now = END - timedelta(minutes=9)
    month.quote()
    number = next(
        bot["number"] for bot in month.operator("GET", "/api/bots")["bots"] if bot["id"] == "condor"
    )
    month.app.test_client().post(f"/webhook/{ACCOUNT_SECRET}/enter/{number}", json={})
    month.climb()
    trades = month.operator("GET", "/api/trades")["trades"]
    month.structure = next(trade["number"] for trade in trades if trade["structure"])
    month.clock.now = END - timedelta(minutes=4)
    idea = trade_idea(triggered_at=f"{month.clock.now:%Y-%m-%dT%H:%M:%SZ}", alert_name="Bullish ideas")
    asked = client_of(month.app).post(
        f"/webhooks/optionomics/trade-ideas?secret={month.secrets['ideas']}", json=idea
    )
    month.tickets["waiting"] = asked.json["ticket"]
    services_of(month.app).intake.recovery.recover()
    month.clock.now = END - timedelta(minutes=2)
    month.tickets["denied"] = month.alert("TSLA", "buy", strategy_order_contracts="90")["ticket"]
    month.clock.now = END - timedelta(seconds=40)
    entry = {"symbol": "MSFT", "action": "sell" if "MSFT" in month.held else "buy"}
    month.tickets["filled"] = month.alert(entry["symbol"], entry["action"])["ticket"]
    month.clock.now = END
    month.tick()
