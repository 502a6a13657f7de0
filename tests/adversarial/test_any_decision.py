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
from app.brokers.paper import PaperBroker
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

# Most examples are nearly good ones: what is refused for three reasons shows nothing of the fourth.
LEVELS = st.sampled_from(["better", "better", "better", "worse", "same", None])
IDEAS_MADE = st.fixed_dictionaries(
    {
        "direction": st.sampled_from(["bullish", "bullish", "bearish", "bearish", "neutral"]),
        "entry_price": st.sampled_from(["100", "100", "100", "0.5", None]),
        "target_price": LEVELS,
        "stop_price": LEVELS,
    }
)
FIGURES = st.one_of(
    st.sampled_from(["0", "0.72", "0.719999", "1", "1.1", "-1", "250", "250.01", "1e12", "1e-9", "9e999"]),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
).map(Decimal)
DECISIONS = st.fixed_dictionaries(
    {
        "action": st.sampled_from(["follow", "follow", "follow", *Action]),
        "symbol": st.one_of(
            *[st.just("NVDA")] * 4, st.sampled_from(["nvda", "TSLA", "NVD\u0410"]), st.text()
        ),
        "notional_usd": st.one_of(st.just(Decimal(200)), FIGURES),
        "confidence": st.one_of(st.just(Decimal("0.9")), st.just(Decimal("0.9")), FIGURES),
        "rationale": st.text(max_size=20),
    }
)
CAPS = st.sampled_from([None, "0.01", "40", "250", "90000"])
BOTS = st.fixed_dictionaries(
    {
        "max_order_notional": CAPS,
        "notional": CAPS,
        "allow_short": st.sampled_from([None, True, False]),
        "exits": st.sampled_from(["on", "off"]),
        "analyst": st.sampled_from(["off", "advisory", "required"]),
    }
)


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
        services_of(app).journal.close()
        store.close()


@many
@given(said=IDEAS_MADE, bot=BOTS, decision=DECISIONS)
def test_order_when_an_analyst_decides_anything_then_it_is_allowed(said, bot, decision):
    idea, decision = trade_idea(**levelled(said)), decision | {"action": followed(decision, said)}
    with application(decision) as (app, broker):
        operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}", if_match="*")
        assert operator.patch("/api/bots/default", json=bot).status_code == 200
        answer = client_of(app, x_bot_secret=WEBHOOK_SECRET).post(IDEAS, json=idea)
        done = operator.post(f"/tasks/inbox/{answer.json['ticket']}")

        short = bot["allow_short"] is not False
        allowed = permit(idea, Bounds(bot=bot | {"allow_short": short}), decision)
        price = Decimal(str(idea.get("entry_price", 1)))
        assert violations(allowed, broker.as_sent, price) == []
        assert done.status_code == 200


def levelled(said: dict[str, Any]) -> dict[str, Any]:
    """Put target and stop on the side of the entry that their words say."""
    entry, sign = Decimal(said["entry_price"] or 100), -1 if said["direction"] == "bearish" else 1
    far = {"better": Decimal("0.1"), "worse": Decimal("-0.1"), "same": Decimal(0)}
    target, stop = far.get(said["target_price"]), far.get(said["stop_price"])
    return said | {
        "target_price": None if target is None else str(entry * (1 + sign * target)),
        "stop_price": None if stop is None else str(entry * (1 - sign * stop)),
    }


def followed(decision: dict[str, Any], said: dict[str, Any]) -> Action:
    """Return the action, which is mostly the idea's own."""
    own = Action.SELL_SHORT if said["direction"] == "bearish" else Action.BUY
    return own if decision["action"] == "follow" else Action(decision["action"])
