"""The account between two reads."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.brokers.alpaca.buying_power import Funds
from app.domain.instruments import AssetClass
from app.errors import BrokerUnavailable
from tests.brokers.alpaca.harness import account
from tests.brokers.builders import Clock, buy, exit_long

pytestmark = pytest.mark.unit

POWER = Decimal(200000)
ENTRY, BY_MONEY = buy(10), buy(None, notional=300)
PRICE = Decimal(100)


class Alpaca:
    """Counts how often the account is read; an order may be sent or answered meanwhile."""

    def __init__(self) -> None:
        self.reads = 0
        self.answer = account()
        self.meanwhile = lambda: None

    def __call__(self) -> dict:
        self.reads += 1
        self.meanwhile()
        return self.answer


@pytest.fixture
def alpaca() -> Alpaca:
    return Alpaca()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def funds(alpaca, clock) -> Funds:
    return Funds(alpaca, clock)


def power(funds: Funds) -> Decimal | None:
    seen = funds.remembered(AssetClass.EQUITY)
    return None if seen is None else seen.buying_power


def read(funds: Funds) -> Decimal:
    return funds.account(AssetClass.EQUITY).buying_power


def send(funds: Funds, order=ENTRY, price=PRICE) -> None:
    with funds.sending(order, price):
        pass


def test_account_when_never_read_then_nothing_is_remembered(funds):
    assert power(funds) is None


def test_account_when_read_then_remembered_for_less_than_a_second(funds, clock):
    read(funds)
    clock.now += timedelta(seconds=0.9)
    fresh = power(funds)
    clock.now += timedelta(seconds=0.1)

    assert (fresh, power(funds)) == (POWER, None)


@pytest.mark.parametrize(("order", "worth"), [(ENTRY, 1000), (BY_MONEY, 300)])
def test_account_when_entries_were_sent_since_then_less_their_worth(funds, order, worth):
    read(funds)
    send(funds, order)
    send(funds, order)

    assert power(funds) == POWER - 2 * worth


def test_account_when_read_after_an_answer_then_alpaca_has_counted_the_order(funds):
    send(funds)

    assert read(funds) == POWER


def test_account_when_order_is_on_its_way_then_counted_whether_alpaca_knows_it_or_not(funds):
    with funds.sending(ENTRY, PRICE):
        assert read(funds) == POWER - 1000

    assert power(funds) == POWER - 1000


def test_account_when_order_is_answered_while_it_is_read_then_counted(funds, alpaca):
    alpaca.meanwhile = lambda: send(funds)

    assert read(funds) == POWER - 1000


def test_account_when_options_have_a_power_of_their_own_then_sent_orders_lessen_it_too(funds):
    before = funds.account(AssetClass.EQUITY)
    send(funds)
    after = funds.remembered(AssetClass.EQUITY)

    assert before.power_for_options == before.options_buying_power < before.buying_power
    assert before.power_for_options - after.power_for_options == 1000


@pytest.mark.parametrize(("order", "price"), [(exit_long(), PRICE), (ENTRY, None)])
def test_account_when_order_frees_money_or_has_no_value_then_forgotten(funds, order, price):
    read(funds)
    send(funds, order, price)

    assert power(funds) is None


def test_account_when_forgotten_while_it_is_read_then_not_remembered(funds, alpaca):
    alpaca.meanwhile = funds.forget
    read(funds)

    assert power(funds) is None


def test_account_when_answer_is_not_an_account_then_unavailable(funds, alpaca):
    alpaca.answer = {}
    with pytest.raises(BrokerUnavailable):
        read(funds)

    assert power(funds) is None
