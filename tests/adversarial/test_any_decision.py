"""Any idea, any bot, any decision: the oracle holds. `FUZZ_EXAMPLES=2000` looks longer."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import create_app
from app.brokers.paper.broker import PaperBroker
from app.config import Settings
from app.domain.opinions import Action
from app.storage.sqlite import SqliteStore
from tests.adversarial.oracle import Bounds, permit, violations
from tests.adversarial.world import IDEAS, Watched
from tests.builders import (
    OPERATOR_TOKEN,
    WEBHOOK_SECRET,
    HandClock,
    ScriptedAnalyst,
    client_of,
    services_of,
    trade_idea,
)

pytestmark = pytest.mark.integration

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
many = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))

LEVELS = st.sampled_from(["worse", "same", None])
FIGURES = st.one_of(
    st.sampled_from(
        ["0", "0.3", "0.72", "0.7199", "1", "1.1", "-1", "250", "250.01", "9000", "1e-9", "9e999"]
    ),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
).map(Decimal)
CAPS = st.sampled_from(["0.01", "40", "250", "90000"])
GOOD = {"entry": "100", "target": "better", "stop": "better", "action": "follow", "symbol": "NVDA"}
GOOD |= {"notional_usd": Decimal(200), "confidence": Decimal("0.9"), "rationale": "Why not."}
DECIDED = ("action", "symbol", "notional_usd", "confidence", "rationale")
BOT = ("max_order_notional", "notional", "allow_short", "exits", "analyst")
ODDITIES = {
    "direction": st.just("neutral"),
    "entry": st.sampled_from(["0.5", None]),
    "target": LEVELS,
    "stop": LEVELS,
    "action": st.sampled_from(list(Action)),
    "symbol": st.one_of(st.sampled_from(["nvda", " NVDA", "TSLA", "NVD\u0410"]), st.text(max_size=9)),
    "notional_usd": FIGURES,
    "confidence": FIGURES,
    "rationale": st.text(max_size=20),
    "max_order_notional": CAPS,
    "notional": CAPS,
    "allow_short": st.booleans(),
    "exits": st.just("off"),
    "analyst": st.sampled_from(["advisory", "required"]),
}


def with_odd(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Return good examples that are odd in these respects."""
    direction = {"direction": st.sampled_from(["bullish", "bearish"])}
    odd = st.fixed_dictionaries(direction | {name: ODDITIES[name] for name in names})
    return odd.map(lambda drawn: GOOD | drawn)


# What is refused for five reasons shows nothing of the sixth.
EXAMPLE = st.lists(st.sampled_from(list(ODDITIES)), max_size=3, unique=True).flatmap(with_odd)


@contextmanager
def application(decision: dict[str, Any]) -> Iterator[tuple[Any, Watched]]:
    """Build an application whose analyst decides just this."""
    with TemporaryDirectory() as folder:
        file, clock = Path(folder) / "gatehouse.sqlite3", HandClock()
        store = SqliteStore(file)
        broker = Watched(PaperBroker(store, clock))
        wanted = Settings(
            database_path=file,
            webhook_secret=WEBHOOK_SECRET,
            operator_token=OPERATOR_TOKEN,
            allow_short_selling=True,
        )
        analyst = ScriptedAnalyst(**decision)
        app = create_app(wanted, store=store, brokers={"paper": broker}, clock=clock, analyst=analyst)
        yield app, broker
        services_of(app).observability.journal.close()
        store.close()


@many
@given(example=EXAMPLE)
def test_order_when_an_analyst_decides_anything_then_it_is_allowed(example):
    idea, decision = idea_of(example), decision_of(example)
    bot = {name: example[name] for name in BOT if name in example}
    with application(decision) as (app, broker):
        operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}", if_match="*")
        assert operator.patch("/api/bots/default", json=bot).status_code == 200
        answer = client_of(app, x_bot_secret=WEBHOOK_SECRET).post(IDEAS, json=idea)
        done = operator.post(f"/tasks/inbox/{answer.json['ticket']}")

    allowed = permit(idea, Bounds(bot=bot), decision)
    assert violations(allowed, broker.as_sent, Decimal(example["entry"] or 1)) == []
    assert done.status_code == 200


def idea_of(example: dict[str, Any]) -> dict[str, Any]:
    """Build an idea with target and stop on the side of its entry that their words say."""
    entry, sign = Decimal(example["entry"] or 100), -1 if example["direction"] == "bearish" else 1
    far = {"better": Decimal("0.1"), "worse": Decimal("-0.1"), "same": Decimal(0), None: None}
    target, stop = far[example["target"]], far[example["stop"]]
    return trade_idea(
        direction=example["direction"],
        entry_price=example["entry"],
        target_price=None if target is None else str(entry * (1 + sign * target)),
        stop_price=None if stop is None else str(entry * (1 - sign * stop)),
    )


def decision_of(example: dict[str, Any]) -> dict[str, Any]:
    """Return the decision; unless it is odd, its action is the idea's own."""
    own = Action.SELL_SHORT if example["direction"] == "bearish" else Action.BUY
    action = own if example["action"] == "follow" else example["action"]
    return {name: example[name] for name in DECIDED} | {"action": action}
