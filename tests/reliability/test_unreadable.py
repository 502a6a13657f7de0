"""One stored record in a form that is not ours: what it is about waits, all else goes on."""

import copy
import json
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from uuid import UUID

import pytest

from app import create_app
from app.config import Settings
from app.errors import RecordUnreadable
from app.storage.memory import MemoryStore
from tests.builders import OPERATOR_TOKEN, WEBHOOK_SECRET, HandClock, client_of, services_of
from tests.reliability.test_tape import MORNING, live, tape

pytestmark = pytest.mark.integration

# Of what a day leaves one record each is spoilt; of the others one is written that says nothing.
SPOILT = (
    "audit",
    "closed_trades",
    "equity",
    "exits",
    "inbox",
    "leases",
    "orders",
    "statistics",
    "tickets",
    "trades",
)
WRITTEN = (
    f"approvals/{UUID(int=1)}",
    f"pursuits/{UUID(int=1)}",
    f"structures/other/{UUID(int=1)}",
    f"inbox/other/unfinished-{UUID(int=1)}",
    "operator_requests/0000",
    f"unnumbered_trades/{UUID(int=1)}",
    f"orders/other-1780413367500-{UUID(int=1)}",
    "trades/other/paper:NVDA",
    "exits/other/paper:NVDA",
)
PAGES = (
    *("/status", "/metrics", "/api/positions", "/api/orders", "/api/trades", "/api/tickets", "/api/overview"),
    *("/api/bot-cards", "/api/audit", "/api/account", "/api/circuit-breaker", "/api/analytics/performance"),
    *("/api/analytics/equity", "/api/analytics/refusals", "/api/jobs", "/api/bots"),
)


@pytest.fixture(scope="module")
def day(tmp_path_factory) -> dict:
    stored, _ = live(tmp_path_factory.mktemp("day"), tape(seed=3, minutes=120))
    documents = json.loads(stored)
    # The tape tells no secrets; this one is made anew.
    del documents["state/account-secret"]
    return documents


def application(documents: dict, folder):
    clock, store = HandClock(), MemoryStore()
    clock.now = MORNING + timedelta(hours=5)
    for key, value in documents.items():
        store.create(key, copy.deepcopy(value))
    settings = Settings(
        database_path=folder / "gatehouse.sqlite3",
        webhook_secret=WEBHOOK_SECRET,
        operator_token=OPERATOR_TOKEN,
        rate_limit_per_second=Decimal(0),
        log_dir=folder / "logs",
    )
    return create_app(settings, store=store, clock=clock, wait=clock.wait)


def look(app) -> dict[str, int]:
    """Let the clock run, and return what an operator and a trader are answered."""
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    services_of(app).supervisor.tick(everything=True)
    answers = {page: operator.get(page).status_code for page in PAGES}
    for symbol in ("NFLX", "AMZN"):
        alert = {"symbol": symbol, "strategy_order_id": "long", "strategy_order_action": "buy"}
        size = {"strategy_order_contracts": 1, "strategy_order_price": "100"}
        answers[symbol] = operator.post(
            "/webhook", json=alert | size | {"secret": WEBHOOK_SECRET}
        ).status_code
    return answers


def refused(answers: dict[str, int]) -> dict[str, int]:
    """Return what was not answered well."""
    return {asked: status for asked, status in answers.items() if status != HTTPStatus.OK}


@pytest.mark.parametrize("which", [0, -1])
@pytest.mark.parametrize("kind", SPOILT)
def test_record_when_it_cannot_be_read_then_all_else_goes_on(day, tmp_path, kind, which):
    key = sorted(key for key in day if key.startswith(f"{kind}/"))[which]
    app = application(day | {key: {}}, tmp_path)

    assert refused(look(app)) == {}
    assert set(services_of(app).supervisor.failing) <= {"exits"}


@pytest.mark.parametrize("key", WRITTEN)
def test_record_when_it_is_no_record_of_ours_then_all_else_goes_on(day, tmp_path, key):
    app = application(day | {key: {}}, tmp_path)

    assert refused(look(app)) == {}
    # What is about exits and structures is told again and again: money waits there.
    assert set(services_of(app).supervisor.failing) <= {"exits", "structures"}


def test_bot_when_it_cannot_be_read_then_the_start_is_refused_with_its_name(day, tmp_path):
    with pytest.raises(RecordUnreadable, match="bots/capped holds something that cannot be read"):
        application(day | {"bots/capped": {}}, tmp_path)


def test_paper_account_when_an_operation_cannot_be_read_then_it_says_which(day, tmp_path):
    key = min(key for key in day if key.startswith("paper/journal/"))
    app = application(day | {key: {}}, tmp_path)
    answer = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}").get("/api/paper/prices")

    assert (answer.status_code, key in answer.json["error"]["message"]) == (503, True)


def test_exits_when_one_plan_cannot_be_read_then_the_others_are_looked_at(day, tmp_path, caplog):
    keys = sorted(key for key in day if key.startswith("exits/"))
    app = application(day | {keys[0]: {}}, tmp_path)
    services_of(app).supervisor.tick(everything=True)
    shown = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}").get("/api/positions?fresh=true").json

    assert len(keys) > 1
    assert [item["exits"] != [] for item in shown["positions"]].count(True) == len(keys) - 1
    assert "exits" in services_of(app).supervisor.failing
