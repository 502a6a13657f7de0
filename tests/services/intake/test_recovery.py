"""What a crash leaves behind: alerts in the inbox whose process is gone."""

from decimal import Decimal
from uuid import UUID

import pytest

from app.domain.json_codec import timestamp
from app.domain.orders import Order, OrderRole, Side, client_order_id
from app.domain.symbols import parse_symbol
from app.repositories.inbox import Arrival, Inbox
from app.services.runtime.locks import MachineLocks, ThreadLocks
from tests.builders import ENTER_LONG, EXIT_LONG, client_of, fresh_ticket_id, services_of, strategy_alert

pytestmark = pytest.mark.unit


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def leave(store, clock):
    """Put an alert into the inbox as a process does that dies right afterwards; return its ticket's id."""

    def left(locks=None, **changes) -> str:
        inbox = Inbox(store, clock, (locks or ThreadLocks()).owner, ttl_seconds=300)
        alert, ticket = strategy_alert(**changes), fresh_ticket_id(clock())
        inbox.claim(Arrival(ticket, "default", "strategy", str(ticket), alert, clock()))
        return str(ticket)

    return left


@pytest.fixture
def recovered(services, operator):
    """Let the clock tick once and read a ticket."""

    def read(ticket: str) -> dict:
        services.supervisor.tick(everything=True)
        return operator.get(f"/api/tickets/{ticket}").json

    return read


def order_of(ticket: UUID, side: Side = Side.BUY, role: OrderRole = OrderRole.ENTRY) -> Order:
    return Order(
        client_order_id("default", ticket, role), parse_symbol("AAPL"), side, role, quantity=Decimal(20)
    )


def test_entry_when_it_is_young_then_it_is_finished(leave, recovered, scripted):
    ticket = recovered(leave())

    assert (ticket["status"], len(scripted.submitted)) == ("filled", 1)
    assert "resumed after a crash" in [item["stage"] for item in ticket["timeline"]]


@pytest.mark.parametrize(("seconds", "status"), [(119, "filled"), (121, "expired")])
def test_entry_when_it_is_older_than_two_minutes_then_it_expires(
    leave, recovered, scripted, clock, seconds, status
):
    name = leave()
    clock.move(seconds=seconds)
    ticket = recovered(name)

    assert ticket["status"] == status
    assert len(scripted.submitted) == int(status == "filled")
    assert ticket["reason"] == ("ALERT_EXPIRED" if status == "expired" else None)


def test_entry_when_the_broker_has_its_order_then_it_is_adopted(leave, recovered, scripted, store, clock):
    name = leave()
    scripted.take(order_of(UUID(name)))
    clock.move(hours=1)
    ticket = recovered(name)

    assert (ticket["status"], scripted.submitted) == ("filled", [])
    assert ticket["orders"][0]["filled_quantity"] == "20"


def test_entry_when_it_is_adopted_then_the_bots_trade_is_counted(leave, recovered, scripted, store):
    name = leave()
    scripted.take(order_of(UUID(name)))
    recovered(name)

    assert store.get("trades/default/paper:AAPL").value["quantity"] == "20"


def test_entry_when_it_is_adopted_then_it_counts_towards_the_daily_caps(
    make_app, leave, configure, scripted, settings
):
    app = make_app(brokers={"paper": scripted}, dry_run=False)
    configure(daily_order_cap=1)
    scripted.take(order_of(UUID(leave())))
    services_of(app).intake.recovery.recover()
    response = client_of(app, x_bot_secret=settings.webhook_secret).post("/webhook", json=strategy_alert())

    assert response.json["reason"] == "DAILY_ORDER_CAP"
    assert scripted.submitted == []


def test_entry_when_it_is_adopted_then_its_value_is_in_the_ticket(leave, recovered, scripted, services):
    name = leave()
    sent_at = scripted.take(order_of(UUID(name))).created_at
    recovered(name)

    assert services.operations.ledger.document(UUID(name)).value["entry"] == {
        "symbol": "AAPL",
        "notional": "2000",
        "at": timestamp(sent_at),
    }


def test_entry_when_the_broker_cannot_be_asked_then_it_waits(leave, recovered, scripted, clock):
    scripted.is_reachable = False
    name = leave()
    waiting = recovered(name)["status"]
    scripted.is_reachable = True
    clock.move(seconds=6)

    assert (waiting, recovered(name)["status"]) == ("received", "filled")
    assert len(scripted.submitted) == 1


def test_entry_when_the_broker_was_away_for_long_then_it_is_finished_as_soon_as_it_is_back(
    leave, recovered, scripted, clock
):
    scripted.is_reachable = False
    name = leave()
    for _ in range(20):
        waiting = recovered(name)["status"]
        clock.move(seconds=2)
    scripted.is_reachable = True

    assert (waiting, recovered(name)["status"]) == ("received", "filled")
    assert len(scripted.submitted) == 1


def test_exit_when_the_broker_does_not_say_what_was_bought_before_then_it_is_counted_after_it(
    leave, services, scripted, store, clock
):
    bought = UUID(leave())
    clock.move(seconds=1)
    sold = UUID(leave(**EXIT_LONG))
    scripted.submit(order_of(bought))
    scripted.submit(order_of(sold, Side.SELL, OrderRole.EXIT))
    answers = iter([False])
    scripted.before_find = lambda: setattr(scripted, "is_reachable", next(answers, True))
    closed = [services.intake.recovery.recover(), services.intake.recovery.recover()]

    assert (closed, list(store.list("trades/"))) == ([0, 2], [])


@pytest.fixture
def forgetful(make_app, scripted):
    """Serve with a broker that takes an id twice."""
    scripted.capabilities = type(scripted)(unique_client_order_ids=False).capabilities
    return services_of(make_app(brokers={"paper": scripted}, dry_run=False, unknown_grace_seconds=10))


def test_entry_when_the_broker_takes_an_id_twice_then_it_is_given_up_after_a_while(
    leave, forgetful, scripted, clock
):
    name = leave()
    closed = forgetful.intake.recovery.recover()
    clock.move(seconds=11)
    forgetful.intake.recovery.recover()
    ticket = forgetful.operations.ledger.find(UUID(name))

    assert (closed, ticket["status"], ticket["reason"]) == (0, "failed", "ORDER_NOT_PLACED")
    assert scripted.submitted == []


def test_entry_when_crash_follows_on_crash_at_such_a_broker_then_the_reason_is_the_same(
    leave, forgetful, store, clock
):
    name = leave()
    (entry,) = [document for document in store.list("inbox/") if document.value.get("ticket") == name]
    store.replace(entry, entry.value | {"attempts": 9})
    forgetful.intake.recovery.recover()
    clock.move(seconds=11)
    forgetful.intake.recovery.recover()

    assert forgetful.operations.ledger.find(UUID(name))["reason"] == "ORDER_NOT_PLACED"


def test_entry_when_such_a_broker_shows_its_order_late_then_it_is_taken_up(leave, forgetful, scripted, clock):
    name = UUID(leave())
    forgetful.intake.recovery.recover()
    scripted.take(order_of(name))
    clock.move(seconds=11)
    forgetful.intake.recovery.recover()

    assert forgetful.operations.ledger.find(name)["status"] == "filled"


def test_entry_when_its_owner_lives_then_it_is_left_alone(leave, recovered, scripted, settings, clock):
    neighbour = MachineLocks(settings.database_path.parent / "locks")
    name = leave(neighbour)
    clock.move(hours=1)

    assert recovered(name)["status"] == "received"
    neighbour.close()
    clock.move(minutes=1)
    assert recovered(name)["status"] == "expired"


def test_entry_when_it_is_recovered_many_times_then_it_is_ordered_once(leave, recovered, services, scripted):
    name = leave()
    tickets = [recovered(name) for _ in range(3)]

    assert tickets[0] == tickets[1] == tickets[2]
    assert len(scripted.submitted) == 1


def test_entry_when_two_processes_recover_it_then_it_is_ordered_once(leave, make_app, scripted):
    leave()
    apps = [make_app(brokers={"paper": scripted}, dry_run=False) for _ in range(2)]
    closed = [services_of(app).intake.recovery.recover() for app in apps]

    assert sorted(closed) == [0, 1]
    assert len(scripted.submitted) == 1


def test_entry_when_its_bot_is_gone_then_the_ticket_says_so(leave, recovered, store, scripted):
    name = leave()
    store.delete(store.get("bots/default"))
    ticket = recovered(name)

    assert (ticket["status"], ticket["message"]) == (
        "failed",
        "Gatehouse failed; the log has the details. The bot is gone.",
    )
    assert scripted.submitted == []


def test_entry_when_trading_was_halted_meanwhile_then_it_is_denied(leave, recovered, operator, scripted):
    name = leave()
    operator.put("/api/trading-state", json={"state": "HALTED"})

    assert recovered(name)["reason"] == "TRADING_HALTED"
    assert scripted.submitted == []


def test_process_when_it_dies_after_the_submit_then_the_order_is_found_and_not_doubled(
    make_app, client, scripted, clock, operator
):
    def die() -> None:
        scripted.take(scripted.submitted[-1])
        raise Killed

    scripted.before_answer = die
    with pytest.raises(Killed):
        client.post("/webhook", json=strategy_alert())
    clock.move(seconds=6)
    services_of(client.application).intake.recovery.recover()

    assert [ticket["status"] for ticket in operator.get("/api/tickets").json["tickets"]] == ["filled"]
    assert len(scripted.submitted) == 1


def test_duplicate_when_the_first_was_recovered_then_it_gets_that_answer(
    client, scripted, clock, services, ticket_of
):
    alert, scripted.failures = strategy_alert(), [Killed()]
    with pytest.raises(Killed):
        client.post("/webhook", json=alert)
    clock.move(seconds=6)
    services.intake.recovery.recover()
    response = client.post("/webhook", json=alert)

    assert (response.status_code, response.json["status"]) == (200, "filled")
    assert len(scripted.taken) == 1


def test_reversal_when_it_died_between_its_orders_then_the_ticket_says_so(leave, recovered, scripted):
    name = leave(market_position="short", strategy_order_action="sell")
    scripted.held["AAPL"] = Decimal(20)
    scripted.take(order_of(UUID(name), Side.SELL, OrderRole.EXIT))
    ticket = recovered(name)

    assert (scripted.submitted, ticket["reason"]) == ([], "RECOVERED_PARTLY")
    assert [order["client_order_id"] for order in ticket["orders"]] == list(scripted.taken)


def test_exit_when_the_broker_has_its_order_then_nothing_is_missing(leave, recovered, scripted):
    name = leave(**EXIT_LONG)
    scripted.take(order_of(UUID(name), Side.SELL, OrderRole.EXIT))
    ticket = recovered(name)

    assert (ticket["status"], ticket["reason"]) == ("filled", None)
    assert ticket["orders"][0]["role"] == "exit"


def test_paper_exit_when_it_was_interrupted_then_it_is_finished_once(make_app, leave, settings):
    app = make_app()
    client = client_of(app, x_bot_secret=settings.webhook_secret)
    client.post("/webhook", json=strategy_alert(**ENTER_LONG))
    leave(**EXIT_LONG)
    services_of(app).intake.recovery.recover()

    assert services_of(app).brokers.registry.get("paper").positions() == []
