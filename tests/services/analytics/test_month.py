"""A scripted month through the real service, and its figures beside those of a second computation.

Three bots trade on paper with fees and slippage while the clock is moved: two trade shares and coins by
alerts, one a condor by commands. What each trade must have brought follows from the prices of the script
alone, of the condor from the account's cash.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from tests.builders import ACCOUNT_SECRET, client_of, strategy_alert
from tests.option_bots import FAST_CONDOR

pytestmark = pytest.mark.unit

START = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)
FEE, FEE_PCT, SLIPPAGE_PCT = Decimal("1.25"), Decimal("0.0004"), Decimal("0.0005")
CENT = Decimal("0.01")


class Planned(NamedTuple):
    """A trade of the script: entered and left on these days (and hours) at these prices."""

    bot: str
    symbol: str
    sign: int
    quantity: str
    entry: str
    exit: str
    days: tuple[float, float]


SCRIPT = (
    Planned("swing", "MSFT", 1, "10", "400", "412.50", (0, 1)),
    Planned("swing", "TSLA", 1, "7", "251.30", "240.10", (1, 4)),
    Planned("swing", "MSFT", -1, "12", "415", "409.25", (4, 8)),
    Planned("coins", "BTC-USD", 1, "0.35", "61000", "63350.55", (0, 3)),
    Planned("coins", "ETH-USD", 1, "4.2", "3010.10", "2990.40", (2, 2.25)),
    Planned("coins", "BTC-USD", 1, "0.1", "64000", "62111", (9, 16)),
    Planned("swing", "TSLA", 1, "20", "239", "239", (10, 11)),
    Planned("swing", "NVDA", 1, "15", "121.07", "130.01", (14, 21)),
    Planned("coins", "ETH-USD", 1, "1.5", "2800", "2950.75", (15, 28)),
)
CONDOR_DAYS = (2, 9)
SHOWN = {"from": "2026-06-01", "to": "2026-06-30"}


@pytest.fixture
def clock(clock):
    clock.now = START
    return clock


@pytest.fixture
def app(make_app):
    fees = {"paper_fee_per_order": FEE, "paper_fee_pct": FEE_PCT, "paper_slippage_pct": SLIPPAGE_PCT}
    return make_app(**fees, allow_short_selling=True)


@pytest.fixture
def secrets(operator, configure):
    """Make the bots."""
    sized = {"use_strategy_contracts": True, "allow_short": True}
    made = {}
    for bot, keys in (("swing", sized), ("coins", sized), ("condor", FAST_CONDOR)):
        answer = operator.post("/api/bots", json={"id": bot, **keys})
        assert answer.status_code == 201, answer.json
        made[bot] = answer.json["secret"]
    return made


class Month:
    """The month as it goes: alerts, the clock's rounds, and what the account was worth after each."""

    def __init__(self, app, services, broker, clock, secrets, anonymous) -> None:
        self.services, self.broker, self.clock, self.anonymous = services, broker, clock, anonymous
        self.clients = {bot: client_of(app, x_bot_secret=secret) for bot, secret in secrets.items()}
        self.number = services.operations.bots.get("condor")[0].number
        self.worths = []
        self.cash_moved = Decimal(0)

    def run(self) -> None:
        events = [(trade.days[0], trade, "enter") for trade in SCRIPT]
        events += [(trade.days[1], trade, "leave") for trade in SCRIPT]
        events += [(CONDOR_DAYS[0], None, "enter"), (CONDOR_DAYS[1], None, "leave")]
        events += [(day + 0.5, None, "round") for day in range(29)]
        for day, trade, deed in sorted(events, key=lambda event: event[0]):
            self.clock.now = max(self.clock.now, START + timedelta(days=day))
            if deed == "round":
                self.go_round()
            elif trade is None:
                self.command(deed)
            else:
                self.alert(trade, deed)

    def go_round(self) -> None:
        self.services.supervisor.tick(everything=True)
        self.worths.append(self.broker.account().equity)

    def alert(self, trade: Planned, deed: str) -> None:
        enters = deed == "enter"
        side = "buy" if (trade.sign > 0) == enters else "sell"
        answer = self.clients[trade.bot].post(
            "/webhook",
            json=strategy_alert(
                symbol=trade.symbol,
                strategy_order_id="long" if trade.sign > 0 else "sell",
                strategy_order_action=side,
                strategy_order_contracts=trade.quantity,
                strategy_order_price=trade.entry if enters else trade.exit,
            ),
        )
        assert answer.json["status"] == "filled", answer.json
        self.clock.move(seconds=1)

    def command(self, deed: str) -> None:
        before = self.broker.account().cash
        self.broker.set_prices({"AAPL": Decimal(200) if deed == "enter" else Decimal(203)})
        open_trades = [stored.trade.number for stored in self.services.structures.trades.every()]
        path = f"enter/{self.number}" if deed == "enter" else f"exit/{open_trades[0]}"
        body = {"quantity": 3} if deed == "enter" else {}
        answer = self.anonymous.post(f"/webhook/{ACCOUNT_SECRET}/{path}", json=body)
        assert answer.json["success"], answer.json
        for _ in range(60):
            self.services.structures.ladders.run()
            self.clock.move(seconds=1)
        self.cash_moved += self.broker.account().cash - before


@pytest.fixture
def month(app, services, broker, clock, secrets, anonymous) -> Month:
    going = Month(app, services, broker, clock, secrets, anonymous)
    going.start_cash = broker.account().cash
    going.run()
    return going


class Expected(NamedTuple):
    """What a trade must have come to."""

    bot: str
    symbol: str
    day: str
    structure: str | None
    gain: Decimal
    fees: Decimal
    seconds: float | None


def of_script(trade: Planned) -> Expected:
    quantity, sign = Decimal(trade.quantity), trade.sign
    entry = Decimal(trade.entry) * (1 + sign * SLIPPAGE_PCT)
    leaving = Decimal(trade.exit) * (1 - sign * SLIPPAGE_PCT)
    fees = sum(FEE + FEE_PCT * price * quantity for price in (entry, leaving))
    gain = sign * (leaving - entry) * quantity - fees
    day = (START + timedelta(days=trade.days[1])).date().isoformat()
    return Expected(trade.bot, trade.symbol, day, None, gain, fees, None)


def of_condor(month: Month, operator) -> Expected:
    (row,) = operator.get("/api/trades?bot=condor&state=closed").json["trades"]
    day = (START + timedelta(days=CONDOR_DAYS[1])).date().isoformat()
    return Expected("condor", "AAPL", day, "iron_condor", month.cash_moved, Decimal(row["fees"]), None)


def cents(value) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(CENT)


def figures(trades: list[Expected]) -> dict:
    """Return what the trades come to together, computed here and to the cent."""
    gains = [trade.gain for trade in trades]
    won, lost = [gain for gain in gains if gain > 0], [gain for gain in gains if gain < 0]
    return {
        "trades": len(gains),
        "wins": len(won),
        "losses": len(lost),
        "realized_gain": cents(sum(gains)),
        "fees": cents(sum(trade.fees for trade in trades)),
        "win_rate": cents(Decimal(len(won)) / len(gains)),
        "average_win": cents(sum(won) / len(won)) if won else None,
        "average_loss": cents(sum(lost) / len(lost)) if lost else None,
        "profit_factor": cents(sum(won) / -sum(lost)) if lost else None,
        "expectancy": cents(sum(gains) / len(gains)),
    }


COUNTS = ("trades", "wins", "losses")


def told(row: dict) -> dict:
    shown = {name: row[name] for name in COUNTS}
    amounts = (
        "realized_gain",
        "fees",
        "win_rate",
        "average_win",
        "average_loss",
        "profit_factor",
        "expectancy",
    )
    return shown | {name: cents(row[name]) for name in amounts}


def test_month_when_looked_back_at_then_every_figure_equals_the_second_computation(month, operator):
    expected = [*map(of_script, SCRIPT), of_condor(month, operator)]
    answer = operator.get("/api/analytics/performance", query_string=SHOWN).json

    assert told(answer) == figures(expected)
    assert (answer["unpriced"], answer["currency"], answer["pending_days"]) == (0, "USD", 0)
    for name in ("bot", "symbol", "day", "structure"):
        groups = defaultdict(list)
        for trade in expected:
            groups[getattr(trade, name)].append(trade)
        assert {row[name]: told(row) for row in answer[f"by_{name}"]} == {
            key: figures(trades) for key, trades in groups.items()
        }


def test_month_when_all_is_flat_then_the_gain_is_what_the_cash_has_grown_by(month, operator, broker):
    grown = broker.account().cash - month.start_cash
    gain = operator.get("/api/analytics/performance", query_string=SHOWN).json["realized_gain"]

    assert (cents(gain), broker.positions()) == (cents(grown), [])


def test_month_when_the_account_is_looked_back_at_then_its_curve_is_that_of_the_rounds(month, operator):
    answer = operator.get("/api/analytics/equity", query_string=SHOWN).json
    worths, peak, deepest = [], Decimal(0), Decimal(0)
    for worth in month.worths:
        peak = max(peak, worth)
        deepest = max(deepest, 1 - worth / peak)
        worths.append(worth)

    assert [cents(worth) for _, worth in answer["points"]] == [cents(worth) for worth in worths]
    assert cents(Decimal(answer["max_drawdown"]) * 10_000) == cents(round(deepest, 6) * 10_000)
    assert (answer["count"], deepest > 0) == (29, True)


def test_month_when_its_alerts_are_looked_back_at_then_counts_and_costs_are_those_of_the_script(
    month, operator
):
    funnel = operator.get("/api/analytics/refusals", query_string=SHOWN).json["funnel"]
    slippage = operator.get("/api/analytics/slippage", query_string=SHOWN).json

    assert funnel == {"alerts": 20, "entered": 10, "filled": 10, "closed": 10}
    # The same five basis points each time; the condor's price is none that an alert named.
    assert (slippage["n"], slippage["median"], slippage["p95"]) == (18, "5", "5")
    assert {row["symbol"]: row["n"] for row in slippage["by_symbol"]} == {
        "MSFT": 4,
        "TSLA": 4,
        "NVDA": 2,
        "BTC-USD": 4,
        "ETH-USD": 4,
    }
