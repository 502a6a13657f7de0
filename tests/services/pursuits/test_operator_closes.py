"""What the operator closes while a broker is away is what was held then; what bots enter comes after it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.orders import OrderStatus
from app.errors import OutcomeUnknown
from tests.builders import ENTER_LONG, ScriptedBroker, client_of, services_of, strategy_alert

pytestmark = pytest.mark.unit

POSITION = "/api/positions/paper/AAPL"
TURN = {
    "strategy_order_action": "sell",
    "strategy_order_contracts": "15",
    "market_position": "short",
    "market_position_size": "5",
    "prev_market_position": "long",
    "prev_market_position_size": "10",
}


@pytest.fixture
def scripted() -> ScriptedBroker:
    """A broker at which shares may be sold short."""
    broker = ScriptedBroker()
    broker.capabilities = replace(broker.capabilities, short=broker.capabilities.asset_classes)
    return broker


@pytest.fixture
def build(make_app, scripted):
    return lambda: make_app(brokers={"paper": scripted}, dry_run=False, allow_short_selling=True)


@pytest.fixture
def app(build):
    return build()


@pytest.fixture
def other(app, operator):
    """Let another bot buy five shares."""
    made = operator.post("/api/bots", json={"id": "other", "use_strategy_contracts": True}).json
    sender = client_of(app, x_bot_secret=made["secret"])
    words = ENTER_LONG | {"strategy_order_contracts": "5"}
    return lambda **changes: sender.post("/webhook", json=strategy_alert(**words | changes))


@pytest.fixture
def ten(post, configure, clock) -> None:
    """Hold ten shares."""
    configure(use_strategy_contracts=True, allow_short=True)
    assert post(**ENTER_LONG).json["status"] == "filled"
    clock.move(seconds=1)


@pytest.fixture
def closing(ten, operator, scripted, clock):
    """Want all of it closed while the broker is away; return the ticket's id."""
    scripted.is_reachable = False
    answer = operator.delete(POSITION)
    clock.move(seconds=1)
    scripted.is_reachable = True
    assert (answer.status_code, answer.json["status"]) == (202, "pursuing")
    return answer.json["id"]


@pytest.fixture
def tick(clock, services):
    def go_by(seconds: int = 2, on=None) -> None:
        clock.move(seconds=seconds)
        (services if on is None else services_of(on)).supervisor.tick(everything=True)

    return go_by


@pytest.fixture
def orders(scripted):
    return lambda: [(order.side.value, order.quantity) for order in scripted.submitted]


@pytest.fixture
def status(operator):
    return lambda ticket: operator.get(f"/api/tickets/{ticket}").json["status"]


BOUGHT, SOLD, ADDED = ("buy", 10), ("sell", 10), ("buy", 5)


@pytest.fixture(params=[False, True], ids=["lives", "restarted"])
def go_on(request, build, services, tick):
    """Let the clock come round, of this process or of the next one."""

    def rounds() -> None:
        on = None
        if request.param:
            services.portfolio.pursuits.runtime.locks.close()
            on = build()
        for _ in range(3):
            tick(on=on)

    return rounds


def test_entry_of_another_bot_when_a_close_goes_on_then_it_comes_after_it_and_is_kept(
    closing, other, scripted, orders, go_on, status
):
    entry = other()
    before = orders()
    go_on()

    assert (entry.status_code, before) == (202, [BOUGHT])
    assert (orders(), scripted.held["AAPL"]) == ([BOUGHT, SOLD, ADDED], 5)
    assert [status(closing), status(entry.json["ticket"])] == ["filled", "filled"]


def test_entry_when_its_own_bot_is_closed_then_it_comes_after_it_and_is_kept(
    closing, post, scripted, orders, tick
):
    post(**ENTER_LONG, n=2)
    for _ in range(3):
        tick()

    assert (orders(), scripted.held["AAPL"]) == ([BOUGHT, SOLD, BOUGHT], 10)


@pytest.mark.parametrize("filled", [0, 4])
def test_entry_when_the_order_of_a_close_ended_in_part_then_it_comes_after_the_rest(
    ten, operator, other, scripted, orders, tick, filled
):
    scripted.failures = [OutcomeUnknown("the line went dead")]
    ticket = operator.delete(POSITION).json["id"]
    part = {"status": OrderStatus.CANCELED, "filled_quantity": Decimal(filled)}
    sent = scripted.take(scripted.submitted[-1])
    scripted.taken[sent.client_order_id] = replace(sent, **part, average_fill_price=Decimal(100))
    scripted.held["AAPL"] = Decimal(10 - filled)
    entry = other()
    for _ in range(3):
        tick()

    assert entry.status_code == 202
    assert (orders(), scripted.held["AAPL"]) == ([BOUGHT, SOLD, ("sell", 10 - filled), ADDED], 5)
    assert operator.get(f"/api/tickets/{ticket}").json["status"] == "filled"


def test_reversal_when_a_close_goes_on_then_it_enters_after_it(closing, post, scripted, orders, tick):
    turn = post(**TURN)
    before = orders()
    for _ in range(3):
        tick()

    assert (turn.status_code, before) == (202, [BOUGHT])
    assert (orders(), scripted.held["AAPL"]) == ([BOUGHT, SOLD, ("sell", 5)], -5)


def test_reversal_when_a_close_takes_too_long_then_it_leaves_and_does_not_enter(
    closing, post, services, scripted, orders, clock, ticket_of
):
    turn = post(**TURN)
    clock.move(seconds=61)
    services.intake.recovery.recover()

    assert (orders(), scripted.held["AAPL"]) == ([BOUGHT, SOLD], 0)
    told = [stage.get("detail") or "" for stage in ticket_of(turn)["timeline"]]
    assert any(detail.startswith("nothing is entered: An exit of this position goes on") for detail in told)


def test_reversal_that_goes_on_when_all_is_closed_after_it_then_it_stays_out(
    ten, post, operator, scripted, clock, tick, orders
):
    scripted.is_reachable = False
    assert post(**TURN).json["status"] == "pursuing"
    clock.move(seconds=1)
    operator.delete(POSITION)
    scripted.is_reachable = True
    for _ in range(4):
        tick()

    assert (orders(), scripted.held["AAPL"]) == ([BOUGHT, SOLD], 0)


def test_reversal_that_comes_after_a_close_while_the_broker_is_away_then_it_enters_after_both(
    closing, post, scripted, clock, tick, orders
):
    scripted.is_reachable = False
    assert post(**TURN).json["status"] == "pursuing"
    scripted.is_reachable = True
    for _ in range(4):
        tick()

    assert (orders(), scripted.held["AAPL"]) == ([BOUGHT, SOLD, ("sell", 5)], -5)


def test_entry_when_a_close_takes_too_long_then_it_is_denied_by_name(
    closing, other, services, scripted, clock, operator
):
    entry = other()
    clock.move(seconds=61)
    services.intake.recovery.recover()
    ticket = operator.get(f"/api/tickets/{entry.json['ticket']}").json

    assert (ticket["status"], ticket["reason"], scripted.held["AAPL"]) == ("denied", "EXIT_PURSUED", 10)


def test_entry_when_the_operator_ends_the_close_then_it_has_its_turn(
    closing, other, operator, scripted, tick, orders
):
    other()
    assert operator.post(f"/api/tickets/{closing}/end").status_code == 200
    tick()

    assert (orders(), scripted.held["AAPL"]) == ([BOUGHT, ADDED], 15)


def test_entry_when_another_symbol_is_closed_then_it_does_not_wait(closing, other):
    assert other(symbol="MSFT").json["status"] == "filled"


@pytest.mark.parametrize("state", ["HALTED", "REDUCING"])
def test_entry_when_trading_is_halted_then_it_is_denied_at_once(closing, other, operator, state):
    operator.put("/api/trading-state", json={"state": state})

    assert other().json["reason"] == f"TRADING_{state}"


def test_entry_when_it_is_previewed_then_it_is_refused_by_name(closing, operator):
    seen = operator.post("/api/preview", json=strategy_alert(**ENTER_LONG)).json

    assert (seen["status"], seen["reason"]) == ("denied", "EXIT_PURSUED")
