"""The same day twice: what is decided, stored and answered depends on the tape alone."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import pytest

from app import create_app
from app.config import Settings
from app.storage.memory import MemoryStore
from tests.builders import OPERATOR_TOKEN, WEBHOOK_SECRET, HandClock, client_of, services_of

pytestmark = pytest.mark.integration

MORNING = datetime(2026, 6, 2, 13, 30, tzinfo=UTC)
SYMBOLS = ("AAPL", "MSFT", "TSLA", "BTCUSD", "ETHUSD")
SIDES = (("long", "buy"), ("long", "sell"), ("sell", "sell"), ("sell", "buy"))
BOTS = (
    {"id": "guarded", "name": "Guarded", "attach_sl_tp": True, "sl_pct": "0.02", "tp_pct": "0.03"},
    {"id": "capped", "name": "Capped", "daily_order_cap": 20, "max_open_positions": 2},
)


def tape(seed: int, minutes: int) -> list[tuple[str, dict]]:
    """Write a day: every minute a price moves, and an alert may come."""
    chance = Random(seed)
    prices = {symbol: Decimal(100 + 10 * place) for place, symbol in enumerate(SYMBOLS)}
    events: list[tuple[str, dict]] = []
    for minute in range(minutes):
        symbol = chance.choice(SYMBOLS)
        prices[symbol] = (prices[symbol] * Decimal(chance.randint(985, 1016)) / 1000).quantize(
            Decimal("0.01")
        )
        events.append(("price", {symbol: str(prices[symbol])}))
        order, action = chance.choice(SIDES)
        alert = {
            "symbol": symbol,
            "strategy_order_id": order,
            "strategy_order_action": action,
            "strategy_order_contracts": chance.randint(1, 9),
            "strategy_order_price": str(prices[symbol]),
            "idempotency_key": f"alert {minute}",
            "bot": chance.choice(("default", "guarded", "capped")),
        }
        events.append(("alert", alert))
    return events


def live(folder, events: list[tuple[str, dict]]) -> tuple[bytes, list[tuple[int, dict]]]:
    """Play a tape to a fresh application; return all that it stored, and every answer."""
    clock, chance = HandClock(), Random(7)
    clock.now = MORNING
    settings = Settings(
        database_path=folder / "gatehouse.sqlite3",
        webhook_secret=WEBHOOK_SECRET,
        operator_token=OPERATOR_TOKEN,
        rate_limit_per_second=Decimal(0),
        allow_short_selling=True,
        paper_partial_fill_probability=Decimal("0.3"),
        paper_fee_pct=Decimal("0.001"),
        log_dir=folder / "logs",
    )
    store = MemoryStore()
    app = create_app(settings, store=store, clock=clock, wait=clock.wait, randomness=chance.randbytes)
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}", x_request_id="the-tape")
    secrets = {bot["id"]: operator.post("/api/bots", json=bot).json["secret"] for bot in BOTS}
    answers = []
    for kind, event in events:
        clock.move(seconds=30)
        if kind == "price":
            answer = operator.put("/api/paper/prices", json=event)
            services_of(app).supervisor.tick(everything=True)
        else:
            secret = secrets.get(event["bot"], WEBHOOK_SECRET)
            answer = operator.post("/webhook", json=event | {"secret": secret})
        answers.append((answer.status_code, answer.json))
    services_of(app).observability.journal.close()
    stored = {document.key: document.value for document in store.list("")}
    for bot in BOTS:
        # Secrets come from the machine alone: nobody may be able to play them again.
        stored[f"bots/{bot['id']}"]["secrets"]["digest"] = None
    stored["state/account-secret"] |= {"digest": None, "environment": None}
    return json.dumps(stored, indent=1, sort_keys=True).encode(), answers


def test_day_when_played_twice_then_all_that_is_stored_is_equal_to_the_byte(tmp_path):
    events = tape(seed=1, minutes=160)
    (first, said), (second, again) = (live(tmp_path / name, events) for name in ("one", "two"))

    assert said == again
    assert first == second
    assert first.count(b'"status": "filled"') > 100
    assert first.count(b'"closed_at"') > 20
