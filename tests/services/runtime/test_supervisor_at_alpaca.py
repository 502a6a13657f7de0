"""What the clock costs at a full account: 200 positions and 500 open orders of ours at Alpaca."""

from collections import Counter
from decimal import Decimal
from itertools import islice, product
from string import ascii_uppercase
from uuid import UUID

import pytest

from app.brokers.alpaca.broker import AlpacaBroker
from app.domain.exit_levels import ExitTerms
from app.domain.exit_plan import ExitPlan
from app.domain.orders import OrderRole, client_order_id
from app.domain.trades import Trade
from app.repositories.exit_plans import ExitPlans
from app.repositories.open_orders import open_exit
from app.services.runtime.supervisor import Supervisor
from tests.builders import fresh_ticket_id
from tests.simulators.alpaca import FakeAlpaca
from tests.simulators.alpaca.assets import Asset

pytestmark = pytest.mark.integration

SYMBOLS = ["Z" + "".join(letters) for letters in islice(product(ascii_uppercase, repeat=3), 220)]
HELD, WAITING = SYMBOLS[:200], SYMBOLS[200:]
BRACKET = {"order_class": "bracket", "take_profit": {"limit_price": "110"}, "stop_loss": {"stop_price": "90"}}
REST = {"type": "limit", "limit_price": "95", "time_in_force": "gtc"}
A_MINUTE_ALLOWS = 200
# They count the days they looked at and the rounds they began, and ask the account nothing.
LOOK_BACK_EVERY_TIME = {"statistics", "opinion courses"}


class Account:
    """A bot's account that fills up, in the simulator and in our own books alike."""

    def __init__(self, fake, store, clock) -> None:
        self.fake, self.store, self.clock = fake, store, clock
        for symbol in SYMBOLS:
            fake.exchange.catalogue.list(Asset(symbol))
            fake.market.move(symbol, Decimal(100))

    def hold(self, symbol: str, **terms) -> None:
        """Buy ten, with what stands in `terms`, and write the trade down."""
        self.order(symbol, time_in_force="gtc", **terms)
        trade = Trade("default", "alpaca", symbol, self.clock(), Decimal(10), Decimal(100))
        self.store.create(f"trades/default/alpaca:{symbol}", trade.to_json())

    def order(self, symbol: str, **terms) -> UUID:
        """Send an order for ten and remember it, and its legs, while they can fill."""
        ticket = fresh_ticket_id(self.clock())
        name = client_order_id("default", ticket, OrderRole.ENTRY)
        body = {"symbol": symbol, "qty": "10", "side": "buy", "type": "market", "client_order_id": name}
        self.fake.exchange.submit(body | terms)
        legs = [name + "-tp", name + "-sl"] if "order_class" in terms else []
        protection = ExitPlan(
            "default", "alpaca", symbol, ticket, ExitTerms(Decimal("0.1"), Decimal("0.1")), Decimal(100)
        )
        kept = legs if terms.get("type") != "limit" else [name, *legs]
        self.store.apply(
            [open_exit(protection, each, multiplier=Decimal(1), at=self.clock()).opening() for each in kept]
        )
        if legs:
            self.store.apply([ExitPlans(self.store).starting(protection)])


@pytest.fixture
def fake():
    with FakeAlpaca(cash="10000000") as fake:
        fake.clock.open()
        yield fake
        assert fake.misfits == []


@pytest.fixture
def app(make_app, fake, clock):
    addresses = {"trading_url": fake.url, "data_url": fake.url}
    alpaca = AlpacaBroker(fake.key, fake.secret, paper=True, **addresses, timeout_seconds=5, clock=clock)
    return make_app(brokers={"alpaca": alpaca}, dry_run=False, default_broker="alpaca")


@pytest.fixture
def full(fake, store, clock, services):
    account = Account(fake, store, clock)
    for symbol in HELD[:140]:
        account.hold(symbol, **BRACKET)
    for symbol in HELD[140:]:
        account.hold(symbol)
    for symbol in WAITING:
        account.order(symbol, **REST, **BRACKET)
    for number in range(160):
        account.order(HELD[160 + number % 40], **REST)
    services.portfolio.breaker.edit(
        {"active": True, "glb_sl": Decimal("0.5"), "base_equity": Decimal(10_000_000)}
    )


@pytest.fixture
def asked(fake):
    """Return which addresses were asked since the last call, and how often."""
    seen = [0]

    def read() -> Counter[str]:
        found = Counter(f"{item.method} {item.path}" for item in fake.requests[seen[0] :])
        seen[0] = len(fake.requests)
        return found

    return read


def test_tick_when_the_account_is_full_then_it_reads_a_handful_of_lists(full, services, clock, asked):
    services.supervisor.tick(everything=True)
    first = asked()
    clock.move(seconds=60)
    done = services.supervisor.tick(everything=True)

    assert -1 not in done.values()
    assert {name for name, count in done.items() if count} <= LOOK_BACK_EVERY_TIME
    # Five hundred orders are two pages, and three tasks read them: nothing is asked for one order alone.
    # The account is read by the circuit breaker, and for those who look at lists.
    assert asked() == {"GET /v2/orders": 6, "GET /v2/positions": 3, "GET /v2/account": 2}
    assert set(first) == {"GET /v2/orders", "GET /v2/positions", "GET /v2/account"}
    assert first.total() < 20


def test_tick_when_few_orders_have_changed_then_only_those_are_asked_for(full, services, fake, clock, asked):
    services.supervisor.tick(everything=True)
    asked()
    for order in fake.exchange.book.open()[-3:]:
        fake.exchange.cancel(order.id)
    clock.move(seconds=60)
    services.supervisor.tick(everything=True)

    found = asked()
    assert found.pop("GET /v2/orders:by_client_order_id") == 3
    assert found.total() <= 10


def test_clock_when_it_runs_by_its_periods_then_it_stays_well_inside_what_alpaca_allows(
    full, services, clock, asked, store
):
    seconds, minutes = [0.0], []
    supervisor = Supervisor(services.supervisor.tasks, monotonic=lambda: seconds[0])
    # After five minutes the families of all brackets are read again.
    for pause in (0, 5):
        clock.move(minutes=pause)
        for _ in range(60):
            supervisor.tick()
            seconds[0] += 1
            clock.move(seconds=1)
        minutes.append(asked().total())

    assert max(minutes) < A_MINUTE_ALLOWS / 2
    assert len(list(store.list("orders/"))) == 500
