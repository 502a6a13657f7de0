"""Alerts that come while an interrupted one is not in the books: that one is finished first."""

from decimal import Decimal
from uuid import UUID

import pytest

from app.domain.orders import Order, OrderRole, Side, client_order_id
from app.domain.symbols import parse_symbol
from app.domain.tickets import Stage, Ticket
from app.repositories.inbox import Arrival, Inbox
from app.services.intake.in_turn import InTurn
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


class TestInTurn:
    OTHER = UUID(int=1)

    @pytest.fixture
    def ticket(self, clock) -> Ticket:
        ticket = Ticket(fresh_ticket_id(clock()), "default", "strategy", clock(), {})
        ticket.note(Stage.RECEIVED, clock())
        return ticket

    @pytest.fixture
    def finished(self) -> list[UUID]:
        return []

    @pytest.fixture
    def in_turn(self, clock, finished) -> InTurn:
        return InTurn(lambda ticket: bool(finished.append(ticket)), clock.wait)

    def test_work_when_it_has_to_wait_once_then_it_is_begun_anew(self, in_turn, ticket, finished, clock):
        tried = []

        def work(mine: Ticket) -> str:
            tried.append([entry.stage for entry in mine.timeline])
            mine.note(Stage.GATES_CHECKED, clock())
            if not finished:
                raise EntryMustWait("One is behind.", [self.OTHER])
            return "done"

        assert (in_turn.carry_out(ticket, work), finished) == ("done", [self.OTHER])
        assert tried == [[Stage.RECEIVED]] * 2

    @pytest.mark.parametrize(
        ("behind", "fewest", "most"), [([OTHER], 2, 60), ([OTHER] * 100, 2, 60), ([], 0, 0)]
    )
    def test_work_when_it_has_to_wait_for_ever_then_it_is_left(
        self, in_turn, ticket, finished, behind, fewest, most
    ):
        def work(_: Ticket) -> None:
            raise EntryMustWait("One is behind.", behind)

        with pytest.raises(EntryMustWait):
            in_turn.carry_out(ticket, work)

        assert fewest <= len(finished) <= most
