"""Alerts that come while an interrupted one is not in the books: that one is finished first."""

from decimal import Decimal
from time import monotonic
from uuid import UUID

import pytest

from app.domain.orders import Order, OrderRole, Side, client_order_id
from app.domain.symbols import parse_symbol
from app.domain.tickets import Stage
from app.repositories.inbox import Arrival, Inbox
from app.services.intake.in_turn import MEANWHILE, InTurn
from app.services.runtime.locks import MachineLocks, ThreadLocks
from app.services.trading.context import EntryMustWait
from tests.builders import (
    ENTER_LONG,
    EXIT_LONG,
    client_of,
    fresh_ticket_id,
    services_of,
    strategy_alert,
)

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app, scripted):
    """Serve as one of two processes."""
    return make_app(brokers={"paper": scripted}, dry_run=False, web_concurrency=2)


@pytest.fixture
def leave(store, clock, scripted):
    """Put an alert into the inbox as a process that died at it; `placed`: its order had arrived before."""

    def left(*, placed: bool = True, owner: str | None = None, symbol: str = "AAPL") -> str:
        alert, ticket = strategy_alert(symbol=symbol, **ENTER_LONG), fresh_ticket_id(clock())
        arrival = Arrival(
            ticket, "default", "strategy", str(ticket), alert, clock(), instrument=parse_symbol(symbol).symbol
        )
        Inbox(store, clock, owner or ThreadLocks().owner, ttl_seconds=300).claim(arrival)
        if placed:
            name = client_order_id("default", ticket, OrderRole.ENTRY)
            side, role = Side.BUY, OrderRole.ENTRY
            scripted.take(Order(name, parse_symbol(symbol), side, role, quantity=Decimal(20)))
        clock.move(seconds=1)
        return str(ticket)

    return left


@pytest.fixture
def post(app, operator, settings):
    """Send an alert for one of two bots, and return what it came to."""
    secrets = {"default": settings.webhook_secret}
    secrets["other"] = operator.post("/api/bots", json={"id": "other"}).json["secret"]

    def send(bot: str = "default", **changes) -> dict:
        alert = strategy_alert(**ENTER_LONG | changes)
        return client_of(app, x_bot_secret=secrets[bot]).post("/webhook", json=alert).json

    return send


@pytest.fixture
def statuses(store):
    """Read how tickets stand."""
    return lambda: {item.value["id"]: item.value["status"] for item in store.list("tickets/")}


def bought(store) -> dict[str, str]:
    return {item.key: item.value["quantity"] for item in store.list("trades/")}


@pytest.mark.parametrize("bot", ["default", "other"])
def test_exit_when_an_entry_before_it_was_interrupted_then_each_bot_leaves_what_is_its_own(
    post, leave, scripted, store, bot
):
    post("other")
    leave()
    answer = post(bot, **EXIT_LONG)

    assert (answer["status"], answer["order"]["quantity"]) == ("filled", "20")
    assert [*bought(store)] == [f"trades/{({'default': 'other', 'other': 'default'})[bot]}/paper:AAPL"]
    assert scripted.held == {"AAPL": Decimal(20)}


def test_entry_when_its_bot_has_a_cap_then_what_was_interrupted_before_it_is_counted(
    post, leave, configure, statuses, scripted
):
    configure(daily_order_cap=1)
    left = leave()
    answer = post()

    assert (answer["reason"], statuses()[left]) == ("DAILY_ORDER_CAP", "filled")
    assert scripted.submitted == []


@pytest.mark.parametrize(("alert", "status"), [(ENTER_LONG, "filled"), (EXIT_LONG, "skipped")])
def test_alert_when_nothing_of_an_interrupted_one_is_at_the_broker_then_it_does_not_wait(
    post, leave, statuses, scripted, alert, status
):
    left, asked = leave(placed=False), []
    scripted.before_find = lambda: asked.append(1)
    answers = [post(**alert)["status"] for _ in range(2)]

    assert (answers[0], left in statuses()) == (status, False)
    # One look by each of the names that its order may have.
    assert len(asked) == len(OrderRole)


def test_alert_when_another_symbols_was_interrupted_then_it_does_not_wait(post, leave, statuses):
    left = leave(symbol="MSFT")

    assert post()["status"] == "filled"
    assert left not in statuses()


def test_alert_when_an_interrupted_ones_taker_lives_then_it_waits_and_has_its_turn_later(
    app, post, leave, statuses, settings, store, scripted
):
    neighbour = MachineLocks(settings.database_path.parent / "locks")
    left = leave(owner=neighbour.owner)
    (entry,) = [item for item in store.list("inbox/") if item.value.get("ticket") == left]
    store.replace(entry, entry.value | {"attempts": 2})
    answer = post()
    assert (answer["status"], left in statuses()) == ("received", False)
    neighbour.close()
    for _ in range(2):
        services_of(app).intake.recovery.recover()

    assert statuses() == {left: "filled", answer["ticket"]: "filled"}
    assert len(scripted.submitted) == 1


def test_alert_when_it_was_begun_anew_then_its_timeline_tells_of_the_last_time_alone(
    post, leave, configure, statuses, store
):
    configure(daily_order_cap=2)
    left = leave(symbol="MSFT")
    answer = post()
    (ticket,) = [item.value for item in store.list("tickets/") if item.value["id"] == answer["ticket"]]
    stages = [entry["stage"] for entry in ticket["timeline"]]

    assert (answer["status"], statuses()[left]) == ("filled", "filled")
    assert stages[:2] == [Stage.RECEIVED, Stage.STORED]
    assert sorted(set(stages)) == sorted(stages)


class TestInTurn:
    OTHER = UUID(int=1)

    @pytest.fixture
    def finished(self) -> list[UUID]:
        return []

    @pytest.fixture
    def in_turn(self, clock, finished) -> InTurn:
        return InTurn(lambda ticket: bool(finished.append(ticket)), clock.wait)

    @pytest.fixture
    def met(self) -> EntryMustWait:
        return EntryMustWait("One is behind.", [self.OTHER])

    def test_work_when_it_has_to_wait_once_then_it_is_begun_anew(self, in_turn, met, finished):
        assert (in_turn.after_others(met, lambda: "done", monotonic()), finished) == ("done", [self.OTHER])

    def test_work_when_its_caller_has_waited_long_already_then_it_is_left(self, in_turn, met, finished):
        with pytest.raises(EntryMustWait):
            in_turn.after_others(met, lambda: "done", monotonic() - MEANWHILE.seconds)

        assert finished == [self.OTHER]

    @pytest.mark.parametrize(
        ("behind", "fewest", "most"), [([OTHER], 2, 60), ([OTHER] * 100, 2, 60), ([], 0, 0)]
    )
    def test_work_when_it_has_to_wait_for_ever_then_it_is_left(self, in_turn, finished, behind, fewest, most):
        def work() -> None:
            raise EntryMustWait("One is behind.", behind)

        with pytest.raises(EntryMustWait):
            in_turn.after_others(EntryMustWait("One is behind.", behind), work, monotonic())

        assert fewest <= len(finished) <= most
