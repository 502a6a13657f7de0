"""Ends of structures held against Alpaca's history, which tells of them the next day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.structures.fates import ContractEvent, ContractFate
from app.domain.structures.trades import TradeState
from tests.brokers.paper.structures.builders import contract
from tests.option_bots import FAST_CONDOR
from tests.simulators.alpaca.chains import list_chain

pytestmark = pytest.mark.integration
MONDAY = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
LAST_MINUTES = datetime(2025, 3, 21, 19, 58, tzinfo=UTC)
EVENING = datetime(2025, 3, 21, 20, 5, tzinfo=UTC)


@pytest.fixture
def heard():
    return []


@pytest.fixture
def fake(alpaca_simulator, clock):
    clock.now = MONDAY
    alpaca_simulator.set_clock(clock())
    alpaca_simulator.market.move("AAPL", Decimal(100))
    list_chain(alpaca_simulator, "AAPL", Decimal(100), half_spread=Decimal(0))
    return alpaca_simulator


@pytest.fixture
def app(make_app, fake, connect_alpaca, heard):
    told = {"notification_url": "ntfy://localhost/x", "notify": heard.append}
    broker = connect_alpaca()
    return make_app(brokers={"alpaca": broker}, default_broker="alpaca", dry_run=False, **told)


@pytest.fixture(autouse=True)
def _price(configure):
    """The simulator has its own prices; what is held there may expire."""
    configure(**FAST_CONDOR | {"let_expire": True})


@pytest.fixture
def turn(services, clock, fake):
    """Let it be a time, and everything come round that the clock does."""

    def to(at, rounds=1):
        clock.now = at
        for _ in range(rounds):
            fake.set_clock(clock())
            services.supervisor.tick(everything=True)
            clock.move(seconds=5)

    return to


@pytest.fixture
def expired(enter, turn, fake, wing, services):
    """Hold a condor until it is booked, the last price seen 100, whatever Alpaca makes of it.

    `by_hand`: the owner trades so many shares before anybody looks.
    """

    def end(price, by_hand=0):
        enter()
        turn(MONDAY, 8)
        turn(LAST_MINUTES, 2)
        fake.market.move("AAPL", price)
        if by_hand:
            asset = fake.exchange.catalogue.find("AAPL")
            fake.exchange.account.trade(asset, Decimal(by_hand), Decimal(price))
        turn(EVENING, 4)
        assert [*wing.trades.every()] == []
        return services.portfolio.trades.closed.numbered(1)

    return end


@pytest.fixture
def mismatches(services, heard):
    def read():
        services.observability.notifier.close(60)
        return [event.message for event in heard if event.kind.value == "position_mismatch"]

    return read


def test_history_when_it_tells_what_was_booked_then_it_is_asked_no_more(expired, turn, fake, mismatches):
    assert expired("100").structure.state is TradeState.EXPIRED
    turn(EVENING + timedelta(days=1))
    asked = len(fake.sent("GET", "/v2/account/activities"))
    turn(EVENING + timedelta(days=2))

    assert len(fake.sent("GET", "/v2/account/activities")) == asked > 1
    assert not any("history" in message for message in mismatches())


def test_history_when_what_was_booked_as_expired_was_assigned_then_the_owner_is_told(
    expired, turn, mismatches
):
    assert expired("93", by_hand=-100).structure.state is TradeState.EXPIRED
    turn(EVENING + timedelta(days=1))
    (told,) = [message for message in mismatches() if "history" in message]

    assert f"{contract('P95').symbol} assigned" in told
    assert "booked as expired worthless" in told


def test_history_when_shares_came_against_the_price_then_they_were_booked_and_nothing_is_contradicted(
    expired, turn, mismatches
):
    assert expired("93").structure.state is TradeState.ASSIGNED
    turn(EVENING + timedelta(days=1))

    assert not any("history" in message for message in mismatches())


def test_history_when_read_then_contracts_without_sign_by_their_day(expired, fake, services):
    expired("93")
    desk = services.brokers.registry.get("alpaca").structures
    assert desk.history(date(2025, 3, 21)) == []
    fake.set_clock(EVENING + timedelta(days=1))
    found = desk.history(date(2025, 3, 21))

    assert (
        ContractEvent(contract("P95").symbol, ContractFate.ASSIGNED, Decimal(1), date(2025, 3, 21)) in found
    )
    assert {event.fate for event in found} == {ContractFate.ASSIGNED, ContractFate.EXPIRED}
    assert desk.history(date(2025, 3, 22)) == []


def test_history_when_it_has_pages_then_all_of_them_are_read(fake, services, monkeypatch):
    monkeypatch.setattr("app.brokers.alpaca.structures.activities.PAGE", 2)
    fake.set_clock(EVENING)
    for number in range(5):
        fake.exchange.expiring._tell("OPEXP", contract("P95").symbol, Decimal(number + 1), Decimal(0), "g")
    fake.set_clock(EVENING + timedelta(days=1))
    found = services.brokers.registry.get("alpaca").structures.history(date(2025, 3, 1))

    assert [event.quantity for event in found] == [1, 2, 3, 4, 5]


def test_history_when_a_leg_was_assigned_before_the_rest_expired_then_nothing_is_contradicted(
    enter, turn, fake, mismatches, services
):
    enter()
    turn(MONDAY, 8)
    turn(LAST_MINUTES - timedelta(minutes=1), 2)
    # Nothing can be left any more: what remains expires.
    fake.clock.close()
    fake.exchange.expiring.assign(contract("P95").symbol, 1)
    turn(LAST_MINUTES - timedelta(seconds=30), 6)
    turn(EVENING, 6)
    assert services.portfolio.trades.closed.numbered(1).structure.state is TradeState.EXPIRED
    turn(EVENING + timedelta(days=1))

    assert not any("history" in message for message in mismatches())
