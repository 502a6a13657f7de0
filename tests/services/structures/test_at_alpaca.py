"""Structures at the simulated Alpaca: ladders of orders, and what line and broker do to them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.reasons import Reason
from app.domain.structures.commands import EnterCommand, WantedLeg
from app.domain.structures.trades import ExitCause, TradeState
from app.repositories.trades import Trades
from tests.brokers.paper.structures.builders import contract
from tests.builders import in_a_hurry
from tests.services.structures.conftest import CONDOR
from tests.simulators.alpaca.assets import Asset
from tests.simulators.alpaca.chains import EXPIRIES, list_chain

pytestmark = pytest.mark.integration
KEYS = {
    "underlying": "AAPL",
    "structure": "iron_condor",
    "days_to_expiry": 18,
    "strike_by": "percent",
    "strike_value": "0.05",
    "wing_width": "5",
    "ladder": "fast",
    "ladder_give_pct": "1",
    "let_expire": True,
}
SYMBOLS = [leg.instrument.symbol for leg in CONDOR.legs]
LAST_HOUR = datetime(2025, 3, 21, 19, 29, tzinfo=UTC)
ORDERS = ("POST", "/v2/orders")


@pytest.fixture
def fake(alpaca_simulator, clock):
    clock.now = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
    alpaca_simulator.set_clock(clock())
    alpaca_simulator.market.move("AAPL", Decimal(100))
    list_chain(alpaca_simulator, "AAPL", Decimal(100))
    return alpaca_simulator


@pytest.fixture
def broker(fake, connect_alpaca):
    return connect_alpaca()


@pytest.fixture
def app(make_app, broker):
    return make_app(brokers={"alpaca": broker}, default_broker="alpaca", dry_run=False)


@pytest.fixture(autouse=True)
def _price(fake, configure):
    """The simulator has its own prices; the default bot trades condors there."""
    configure(**KEYS)


@pytest.fixture
def run(wing, clock, fake):
    """Let ladders climb, a second a step, both clocks going together."""

    def go(seconds=60):
        for _ in range(seconds):
            wing.ladders.run()
            clock.move(seconds=1)
            fake.set_clock(clock())

    return go


@pytest.fixture
def tick(services, clock, fake):
    """Let everything come round that the clock does, every five seconds."""

    def go(rounds):
        for _ in range(rounds):
            services.supervisor.tick(everything=True)
            clock.move(seconds=5)
            fake.set_clock(clock())

    return go


@pytest.fixture
def trade(wing):
    """Return the only trade, None once it is over."""

    def read():
        found = [stored.trade for stored in wing.trades.every()]
        return found[0] if found else None

    return read


@pytest.fixture
def sent(fake):
    return lambda: fake.sent(*ORDERS)


@pytest.fixture
def opened(enter, run, trade):
    """Hold a condor of two units."""

    def make():
        enter(EnterCommand(units=2))
        run(40)
        assert trade().state is TradeState.OPEN
        return trade()

    return make


@pytest.fixture
def leave(wing, trade):
    def begin():
        wing.exits.begin(trade(), trade().tickets[0], ExitCause.COMMAND)

    return begin


def units(count):
    return {leg.instrument.symbol: leg.ratio * count for leg in CONDOR.legs}


def test_entry_when_the_market_holds_then_limits_rise_one_order_a_price_until_it_fills(
    opened, sent, held, broker
):
    cash = broker.account().cash
    trade = opened()
    limits = [Decimal(body["limit_price"]) for body in sent()]

    assert limits == sorted(set(limits))
    assert len(limits) > 2
    assert all(
        limit < 0 and body["order_class"] == "mleg" for limit, body in zip(limits, sent(), strict=True)
    )
    assert len({body["client_order_id"] for body in sent()}) == len(limits)
    assert (trade.units, trade.entry_net) == (2, limits[-1])
    assert held() == units(2)
    assert broker.account().cash - cash == -trade.entry_net * 200


def test_entry_when_part_fills_then_the_rest_is_wanted_at_the_next_price(enter, run, fake, sent, held, trade):
    enter(EnterCommand(units=5))
    close_spreads(fake, volume=2)
    run(2)
    assert (trade().state, trade().units) == (TradeState.OPENING, 2)
    run(30)

    assert (trade().state, trade().units) == (TradeState.OPEN, 5)
    assert held() == units(5)
    assert [body["qty"] for body in sent()][:2] == ["5", "3"]


def close_spreads(fake, volume=None):
    """Quote without a spread, so that the first price of a ladder fills; so many units at the last move."""
    for symbol in SYMBOLS:
        tick = fake.market.tick(Asset(symbol))
        fake.market.move(symbol, tick.price, volume=volume)


def test_entry_when_nobody_takes_it_then_every_order_is_canceled_and_nothing_is_held(
    enter, run, fake, configure, trade, held, services
):
    configure(ladder_give_pct="0.25")
    enter()
    run(60)
    closed = services.portfolio.trades.closed.numbered(1)

    assert trade() is None
    assert held() == {}
    assert closed.structure.reason is Reason.LADDER_EXHAUSTED
    states = {order.status for order in fake.exchange.book.orders.values()}
    assert states == {"canceled"}


def test_step_when_the_cancel_takes_its_time_then_no_second_order_before_it_is_final(
    enter, run, fake, sent, held, trade
):
    enter()
    fake.inject("late_cancel", seconds=3, times=1)
    run(6)
    assert len(sent()) == 1
    run(40)

    assert len(sent()) > 1
    assert held() == units(1)
    assert trade().units == 1


@pytest.mark.parametrize("fault", [{"kind": "timeout"}, {"kind": "reset"}, {"kind": "html", "status": 502}])
def test_entry_when_the_answer_is_lost_then_looked_up_and_never_twice(
    enter, run, fake, sent, held, trade, broker, fault
):
    close_spreads(fake)
    fake.inject(**fault, when="after", methods=("POST",), times=1)
    with in_a_hurry(broker, fault["kind"]):
        enter(EnterCommand(units=2))
        run(1)
    run(19)

    assert len(sent()) == 1
    assert (trade().state, trade().units) == (TradeState.OPEN, 2)
    assert held() == units(2)


def test_entry_when_it_was_lost_on_the_way_then_sent_again_under_the_same_id(
    enter, run, fake, sent, held, trade
):
    close_spreads(fake)
    fake.inject("reset", when="before", methods=("POST",), times=1)
    enter()
    run(20)

    assert len({body["client_order_id"] for body in sent()}) == 1
    assert held() == units(1)
    assert trade().units == 1


def no_longer_tradable(fake):
    symbol = contract("P95").symbol
    fake.exchange.catalogue.list(Asset(symbol, tradable=False))
    fake.options.facts[symbol] = {"tradable": True}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (no_longer_tradable, Reason.CONTRACT_NOT_TRADABLE),
        (lambda fake: setattr(fake.exchange.account, "most_contracts", 0), Reason.QUANTITY_EXCEEDS_LIMIT),
        (lambda fake: setattr(fake.exchange.account, "spreads_enabled", False), Reason.STRUCTURE_UNSUPPORTED),
    ],
    ids=["contract", "limit", "no spreads"],
)
def test_entry_when_alpaca_refuses_then_the_trade_ends_by_its_reason_and_nothing_is_sent_again(
    enter, run, fake, sent, services, spoil, reason, ticket_by_id
):
    spoil(fake)
    ticket = ticket_by_id(enter().id)
    run(20)
    closed = services.portfolio.trades.closed.numbered(1)

    assert len(sent()) == 1
    assert closed.structure.reason is reason
    assert (ticket["status"], ticket["reason"]) == ("rejected", reason.value)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"structure": "short_strangle"}, "STRUCTURE_UNSUPPORTED"),
        ({"structure": "jade_lizard"}, "STRUCTURE_UNSUPPORTED"),
        ({"structure": "covered_call"}, "STRUCTURE_UNSUPPORTED"),
        ({"contracts": 300}, "BUYING_POWER_INSUFFICIENT"),
        ({"min_open_interest": 238}, "OPEN_INTEREST_LOW"),
        ({"min_volume": 101}, "VOLUME_LOW"),
    ],
)
def test_entry_when_alpaca_cannot_take_it_then_denied_before_anything_is_sent(
    enter, configure, sent, keys, reason
):
    configure(**keys)
    ticket = enter()

    assert (ticket.status.value, ticket.reason.value) == ("denied", reason)
    assert sent() == []


def test_entry_when_the_level_is_too_low_then_denied(enter, fake, sent):
    fake.exchange.account.options_level = 2

    assert enter().reason.value == "OPTIONS_LEVEL_INSUFFICIENT"
    assert sent() == []


def test_exit_when_begun_then_all_is_left_and_the_cash_is_the_gain(
    opened, leave, run, held, trade, broker, services
):
    cash = broker.account().cash
    opened()
    leave()
    run(40)

    assert trade() is None
    assert held() == {}
    assert services.portfolio.trades.closed.numbered(1).realized_pnl == broker.account().cash - cash


def test_exit_when_a_bought_leg_has_no_bid_then_the_sold_ones_are_bought_back_alone(
    opened, leave, run, fake, held, sent, trade
):
    opened()
    before = len(sent())
    fake.market.move(contract("C110").symbol, Decimal("0.01"), bid=Decimal(0), ask=Decimal("0.02"))
    leave()
    run(40)

    bought = sent()[before]
    assert {leg["symbol"] for leg in bought["legs"]} == {contract("P95").symbol, contract("C105").symbol}
    assert all(leg["position_intent"] == "buy_to_close" for leg in bought["legs"])
    assert held() == {contract("P90").symbol: 2, contract("C110").symbol: 2}
    assert trade().state is TradeState.BROKEN


def test_expiry_when_alpaca_closes_the_short_legs_alone_then_adopted_and_the_rest_is_left(
    opened, tick, fake, clock, held, trade, sent, services
):
    opened()
    clock.now = LAST_HOUR
    fake.set_clock(clock())
    fake.exchange.expiring.closes_shorts = True
    list_chain(fake, "AAPL", Decimal(100), EXPIRIES[1:2])
    for symbol in (contract("P90").symbol, contract("C110").symbol):
        fake.market.move(symbol, Decimal("0.02"), bid=Decimal("0.01"), ask=Decimal("0.03"))
    tick(16)
    assert {contract("P95").symbol, contract("C105").symbol} & set(held()) == set()
    tick(40)

    assert held() == {}
    assert trade() is None
    closed = services.portfolio.trades.closed.numbered(1)
    assert (closed.quantity, closed.structure.state) == (2, TradeState.CLOSED)
    # What is left goes leg by leg, each as a whole, by plain orders that can only close.
    alone = [body for body in sent() if "legs" not in body]
    assert {body["symbol"] for body in alone} == {contract("P90").symbol, contract("C110").symbol}
    assert {(body["qty"], body["position_intent"]) for body in alone} == {("2", "sell_to_close")}


def test_expiry_when_nothing_is_in_the_money_then_expired_and_the_credit_is_kept(
    opened, tick, fake, clock, held, trade, services
):
    trade_before = opened()
    clock.now = LAST_HOUR.replace(hour=20, minute=1)
    fake.set_clock(clock())
    tick(8)

    assert held() == {}
    assert trade() is None
    closed = services.portfolio.trades.closed.numbered(1)
    assert closed.structure.state is TradeState.EXPIRED
    assert closed.realized_pnl == -trade_before.entry_net * 200


def test_leg_when_another_trade_opposes_it_then_denied(opened, enter, configure):
    opened()
    configure(structure="custom")
    legs = (
        WantedLeg("AAPL", 1, EXPIRIES[1], "call", Decimal(105)),
        WantedLeg("AAPL", -1, EXPIRIES[1], "call", Decimal(115)),
    )

    assert enter(EnterCommand(legs=legs)).reason.value == "LEG_HELD"


@pytest.fixture
def shares(services, clock):
    """Return the shares that bots hold."""
    return lambda: {one.symbol: one.quantity for one in Trades(services.store, clock).every().values()}


def test_leg_when_a_part_is_assigned_and_the_broker_closes_the_rest_then_those_shares_are_booked(
    opened, tick, fake, held, shares, trade
):
    opened()
    fake.exchange.expiring.assign(contract("P95").symbol, 1)
    fake.exchange.close(contract("P95").symbol, {})
    tick(40)

    assert trade() is None
    assert held() == shares() == {"AAPL": 100}


def test_leg_when_it_is_assigned_and_a_fraction_is_in_no_book_yet_then_the_whole_contract_is_booked(
    opened, tick, fake, shares, trade
):
    opened()
    tick(4)
    fake.exchange.expiring.assign(contract("P95").symbol, 1)
    fake.exchange.account.trade(fake.exchange.catalogue.find("AAPL"), Decimal("-0.4"), Decimal(100))
    fake.exchange.close(contract("P95").symbol, {})
    tick(40)

    # What was sold by hand is taken off again: the account has no more.
    assert (trade(), shares()) == (None, {"AAPL": Decimal("99.6")})


def test_leg_when_the_broker_closes_it_beside_shares_held_by_hand_then_none_of_those_are_booked(
    opened, tick, fake, held, shares, trade
):
    opened()
    fake.exchange.account.trade(fake.exchange.catalogue.find("AAPL"), Decimal(500), Decimal(100))
    tick(4)
    fake.exchange.close(contract("P95").symbol, {})
    tick(40)

    assert trade() is None
    assert (held(), shares()) == ({"AAPL": 500}, {})


def test_leg_when_it_is_assigned_twice_a_day_then_both_are_booked(
    opened, tick, fake, clock, held, shares, trade
):
    opened()
    clock.now = LAST_HOUR
    fake.set_clock(clock())
    # Nothing can be left any more: at the close the other contract is assigned too.
    fake.clock.close()
    fake.exchange.expiring.assign(contract("P95").symbol, 1)
    fake.market.move("AAPL", Decimal(93))
    tick(6)
    assert shares() == {"AAPL": 100}
    clock.now = LAST_HOUR.replace(hour=20, minute=1)
    fake.set_clock(clock())
    tick(30)

    assert trade() is None
    assert held() == shares() == {"AAPL": 200}


def test_entry_when_the_account_cannot_be_read_then_denied_and_nothing_is_sent(enter, fake, sent):
    fake.inject("status", status=503, methods=("GET",), path="/v2/account")
    ticket = enter()

    assert (ticket.status.value, ticket.reason.value) == ("denied", "BROKER_UNAVAILABLE")
    assert sent() == []


def test_exit_when_a_sold_leg_is_assigned_meanwhile_then_the_rest_is_left_leg_by_leg(
    opened, leave, tick, fake, held, trade, shares
):
    opened()
    leave()
    fake.exchange.expiring.assign(contract("P95").symbol, 2)
    tick(30)

    assert trade() is None
    assert held() == shares() == {"AAPL": 200}
