"""Whatever goes to a broker is told, written down and counted once, and not at all in a dry run."""

import json
from contextlib import contextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from threading import Thread
from uuid import UUID

import pytest

from app.domain.circuit_breaker import CircuitBreaker
from app.domain.instruments import AssetClass
from app.domain.orders import OrderChange, OrderStatus
from app.errors import BrokerCredentialsRefused, BrokerRejected, OutcomeUnknown, StoreUnavailable
from app.services.broker_access.outcomes import Unknown
from app.services.runtime.locks import ThreadLocks
from tests.builders import (
    OPERATOR_TOKEN,
    WEBHOOK_SECRET,
    ScriptedBroker,
    client_of,
    services_of,
    strategy_alert,
)

pytestmark = pytest.mark.unit

FAILURES = {"rejected": BrokerRejected("No."), "unknown": OutcomeUnknown("Nobody knows.")}
CALLS = {
    "alert": "submit",
    "exit": "submit",
    "operator": "submit",
    "breaker": "submit",
    "cleanup": "cancel",
    "amendment": "cancel",
}
# Whose own clicks are sent in a dry run too.
OPERATORS = {"operator"}


class Counted(ScriptedBroker):
    """Counts what it is told."""

    def __init__(self) -> None:
        super().__init__(held_exits=frozenset({AssetClass.EQUITY}), oco=True)
        self.told: list[str] = []

    def submit(self, order):
        self.told.append("submit")
        return super().submit(order)

    def cancel(self, receipt):
        self.told.append("cancel")
        super().cancel(receipt)

    def replace(self, receipt, change):
        self.told.append("modify")
        return super().replace(receipt, change)


@pytest.fixture
def scripted():
    return Counted()


@pytest.fixture
def app(make_app, scripted):
    """The application that prepares what another one then acts on."""
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def enter(client, scripted):
    """Buy ten shares, and return the answer; the order stays as `status` says."""

    def entered(status: OrderStatus = OrderStatus.FILLED):
        scripted.status = status
        return client.post("/webhook", json=strategy_alert())

    return entered


@pytest.fixture
def alert(scripted):
    return lambda acting: client_of(acting, x_bot_secret=WEBHOOK_SECRET).post(
        "/webhook", json=strategy_alert()
    )


@pytest.fixture
def exit_order(enter, configure, scripted):
    configure(attach_sl_tp=True, sl_pct="0.05", tp_pct="0.1")
    enter(OrderStatus.ACCEPTED)
    scripted.take(scripted.submitted[-1], OrderStatus.FILLED)
    return lambda acting: services_of(acting).supervisor.tick(everything=True)


@pytest.fixture
def close(scripted):
    scripted.held["AAPL"] = Decimal(7)

    def closed(acting):
        with suppress(BrokerRejected):
            services_of(acting).portfolio.positions.close("paper", "AAPL")

    return closed


@pytest.fixture
def breaker(scripted):
    scripted.held["AAPL"] = Decimal(7)
    tripped = CircuitBreaker("paper", active=True, ticket=UUID(int=7))
    return lambda acting: services_of(acting).portfolio.breaker.liquidation.advance(
        tripped, scripted, lambda _: None
    )


@pytest.fixture
def cleanup(enter, scripted, clock):
    enter()
    order = scripted.submitted[-1]
    scripted.take(replace(order, client_order_id=f"{order.client_order_id}-sl"), OrderStatus.ACCEPTED)
    scripted.held.clear()

    def look_twice(acting):
        services_of(acting).portfolio.cleanup.run()
        clock.move(seconds=11)
        services_of(acting).portfolio.cleanup.run()

    return look_twice


@pytest.fixture
def amendment(enter):
    name = enter(OrderStatus.ACCEPTED).json["order"]["client_order_id"]
    command = {"command": "cancel", "order": name}
    return lambda acting: client_of(acting, x_bot_secret=WEBHOOK_SECRET).post("/webhook", json=command)


@pytest.fixture
def act(who, request):
    """What is done by whom the test is about, once everything is prepared for it."""
    names = {"exit": "exit_order", "operator": "close"}
    return request.getfixturevalue(names.get(who, who))


@pytest.fixture
def exchanges(settings):
    """Read what logs.jsonl says of exchanges with brokers."""

    def read() -> list[dict]:
        path = settings.log_folder / "logs.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [line for line in map(json.loads, lines) if line["kind"] == "exchange"]

    return read


def series(app, name: str) -> str | None:
    """Read a counter of an application; None where nothing was counted."""
    lines = services_of(app).observability.metrics.render()[0].decode().splitlines()
    return next((line.rpartition(" ")[2] for line in lines if line.startswith(f"{name} ")), None)


@pytest.mark.parametrize("result", ["placed", "rejected", "unknown"])
@pytest.mark.parametrize("who", CALLS)
def test_sending_when_it_is_done_then_the_broker_is_told_once_and_it_is_written_down(
    who, result, act, make_app, scripted, exchanges
):
    call, before, told = CALLS[who], len(exchanges()), len(scripted.told)
    failures = scripted.failures if call == "submit" else scripted.cancel_failures
    failures[:] = [FAILURES[result]] if result in FAILURES else []
    acting = make_app(brokers={"paper": scripted}, dry_run=False)
    act(acting)
    (line,) = exchanges()[before:]
    labels = f'{{broker="paper",call="{call}"}}'

    assert scripted.told[told:] == [call]
    assert (line["broker"], line["request"].get("command", "submit")) == ("paper", call)
    assert line["response"].get("error") == (FAILURES[result].message if result in FAILURES else None)
    assert (line["ticket"] is None) == (who == "cleanup")
    assert series(acting, f"gatehouse_broker_call_seconds_count{labels}") == "1.0"
    # What has ended meanwhile cannot be canceled: the broker did as it should.
    is_failure = result == "unknown" or (result == "rejected" and call == "submit")
    assert series(acting, f"gatehouse_broker_failures_total{labels}") == ("1.0" if is_failure else None)
    taken = call == "submit" and result == "placed"
    assert series(acting, "tv_orders_submitted_total") == ("1.0" if taken else "0.0")


@pytest.mark.parametrize("who", ["cleanup", "amendment"])
def test_cancel_when_it_is_refused_for_the_credentials_then_it_counts_as_a_failure(
    who, act, make_app, scripted
):
    scripted.cancel_failures[:] = [BrokerCredentialsRefused("The key is not known.")]
    acting = make_app(brokers={"paper": scripted}, dry_run=False)
    act(acting)

    assert series(acting, 'gatehouse_broker_failures_total{broker="paper",call="cancel"}') == "1.0"


@pytest.mark.parametrize("who", sorted(set(CALLS) - OPERATORS))
def test_sending_when_it_is_a_dry_run_then_the_broker_is_told_nothing(
    who, act, make_app, scripted, exchanges
):
    before, told = len(exchanges()), len(scripted.told)
    acting = make_app(brokers={"paper": scripted}, dry_run=True)
    act(acting)

    assert (scripted.told[told:], exchanges()[before:]) == ([], [])
    assert series(acting, "tv_orders_submitted_total") == "0.0"


def test_close_when_it_is_a_dry_run_then_the_operator_is_out_all_the_same(close, make_app, scripted):
    told = len(scripted.told)
    dry = services_of(make_app(brokers={"paper": scripted}, dry_run=True))
    ticket = dry.portfolio.positions.close("paper", "AAPL")

    assert (ticket["status"], scripted.told[told:]) == ("filled", ["submit"])


def test_cancel_when_it_is_a_dry_run_then_the_operators_is_sent_all_the_same(enter, make_app, scripted):
    name = enter(OrderStatus.ACCEPTED).json["order"]["client_order_id"]
    dry = make_app(brokers={"paper": scripted}, dry_run=True)
    answer = client_of(dry, authorization=f"Bearer {OPERATOR_TOKEN}").delete(f"/api/orders/{name}")

    assert (answer.status_code, scripted.told) == (204, ["submit", "cancel"])


def test_submit_when_a_symbol_is_held_then_who_asks_for_it_waits(services, scripted):
    with services.operations.orders.gateway.hold(scripted, "AAPL") as held:
        assert (held.broker, held.symbol) == (scripted, "AAPL")
        waiting = Thread(target=services.portfolio.positions.forget, args=(scripted, "AAPL"))
        waiting.start()
        waiting.join(0.05)
        assert waiting.is_alive()
    waiting.join(60)

    assert not waiting.is_alive()


def test_submit_when_it_cannot_be_written_down_then_nothing_has_left(enter, services, scripted):
    enter(OrderStatus.ACCEPTED)
    odd, gateway = replace(scripted.submitted[-1], limit_price="many"), services.operations.orders.gateway
    with gateway.hold(scripted, "AAPL") as held, pytest.raises(ValueError, match="format"):
        gateway.submit(held, odd, ticket=UUID(int=7))

    assert scripted.told == ["submit"]


def test_replace_when_it_cannot_be_written_down_then_nothing_has_left(enter, services, scripted):
    enter(OrderStatus.ACCEPTED)
    (receipt,), gateway = scripted.taken.values(), services.operations.orders.gateway
    with gateway.hold(scripted, "AAPL") as held, pytest.raises(ValueError, match="format"):
        gateway.replace(held, receipt, OrderChange(limit_price="many"))

    assert scripted.told == ["submit"]


class Lost(ThreadLocks):
    """Locks that go with their session, as soon as they are held."""

    @contextmanager
    def hold(self, name):
        with super().hold(name):
            yield self

    def assure(self):
        raise StoreUnavailable("The session is lost.")


def test_sending_when_the_symbol_is_lost_then_nothing_has_left(enter, services, scripted):
    enter(OrderStatus.ACCEPTED)
    order, (receipt,) = scripted.submitted[-1], scripted.taken.values()
    gateway, ticket = replace(services.operations.orders.gateway, locks=Lost()), UUID(int=7)
    asked = (
        lambda held: gateway.submit(held, order, ticket=ticket),
        lambda held: gateway.cancel(held, receipt),
        lambda held: gateway.replace(held, receipt, OrderChange(limit_price=Decimal(3))),
    )
    for ask in asked:
        with gateway.hold(scripted, "AAPL") as held, pytest.raises(StoreUnavailable):
            ask(held)

    assert scripted.told == ["submit"]


class Garbled(Counted):
    """A broker whose answer to an order is a receipt that no record can be made of; a look shows it right."""

    def submit(self, order):
        return replace(super().submit(order), filled_quantity="many")

    def replace(self, receipt, change):
        self.told.append("modify")
        return replace(receipt, status="odd")


@pytest.fixture
def garbled(make_app):
    broker = Garbled()
    return broker, make_app(brokers={"paper": broker}, dry_run=False)


def test_submit_when_the_answer_cannot_be_read_then_the_order_is_looked_up_and_not_sent_again(
    garbled, ticket_of
):
    broker, app = garbled
    answer = client_of(app, x_bot_secret=WEBHOOK_SECRET).post("/webhook", json=strategy_alert())
    unread = ticket_of(answer)
    services_of(app).supervisor.tick(everything=True)

    assert (answer.status_code, unread["reason"]) == (202, "OUTCOME_UNKNOWN")
    assert [order["status"] for order in unread["orders"]] == ["unknown"]
    assert (ticket_of(answer)["status"], broker.told) == ("filled", ["submit"])


def test_replace_when_the_answer_cannot_be_read_then_its_outcome_is_unknown(garbled, exchanges):
    broker, app = garbled
    gateway = services_of(app).operations.orders.gateway
    client_of(app, x_bot_secret=WEBHOOK_SECRET).post("/webhook", json=strategy_alert())
    (receipt,) = broker.taken.values()
    with gateway.hold(broker, "AAPL") as held:
        outcome = gateway.replace(held, receipt, OrderChange(limit_price=Decimal(3)))

    assert isinstance(outcome, Unknown)
    assert exchanges()[-1]["response"] == {"error": outcome.error.message}
