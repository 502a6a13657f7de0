from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from app.brokers.paper.broker import PaperBroker
from app.brokers.paper.settings import PaperSettings
from app.domain.orders import OrderRole, OrderStatus
from app.domain.structures.exchange_switches import Switches
from app.domain.structures.levels import OptionsLevel
from app.domain.structures.net_quotes import net_quote
from app.errors import BrokerRejected, RequestRefused
from tests.brokers.builders import buy, exit_long, limit, sell
from tests.brokers.paper.structures.builders import AFTER_CLOSE, contract, enter, structure
from tests.storage.faulty import FaultyStore

pytestmark = pytest.mark.integration
SHORT = contract("P95").symbol
LAST_HALF_HOUR = AFTER_CLOSE - timedelta(minutes=25)


def filled(desk, wanted, units=1):
    quote = net_quote(wanted, desk.quotes([leg.instrument for leg in wanted.legs]))
    return desk.submit(enter(wanted, quote.natural, units=units)).average_net


@pytest.mark.parametrize(
    ("legs", "price", "shares"),
    [
        (["+C100"], "103", 100),
        (["+C100"], "100.01", 100),
        (["+C100"], "100", 0),
        (["+P100"], "97", -100),
        (["-P95"], "90", 100),
        (["-P95"], "96", 0),
        (["+100S", "-C105"], "110", 0),
        (["+100S", "-C105"], "104", 100),
        (["+C100", "-C105"], "103", 100),
        (["+C100", "-C105"], "110", 0),
        (["+P90", "-P95", "-C105", "+C110"], "107", -100),
    ],
)
def test_contracts_when_they_expire_then_those_in_the_money_become_shares(
    broker, desk, held, legs, price, shares
):
    filled(desk, structure(*legs))
    broker.set_prices({"AAPL": Decimal(price)})
    broker.set_clock(AFTER_CLOSE)

    assert held() == ({"AAPL": shares} if shares else {})


def test_price_when_it_moves_after_the_close_then_the_close_has_counted(broker, desk, held, clock):
    filled(desk, structure("+C100"))
    clock.now = AFTER_CLOSE
    broker.set_prices({"AAPL": Decimal(120)})

    assert held() == {}


def test_assigned_shares_when_they_arrive_then_at_the_strike(broker, desk):
    net = filled(desk, structure("-P95"))
    broker.set_prices({"AAPL": Decimal(90)})
    broker.set_clock(AFTER_CLOSE)
    (shares,) = broker.positions()

    assert (shares.average_price, shares.unrealized_pnl) == (95, -500)
    assert broker.account().cash == 100_000 - net * 100 - 9500


def test_stop_of_shares_when_they_are_called_away_then_it_is_canceled(broker, desk, status):
    filled(desk, structure("+100S", "-C105"))
    order = broker.submit(exit_long(100, **limit(200)))
    broker.set_prices({"AAPL": Decimal(110)})
    broker.set_clock(AFTER_CLOSE)

    assert broker.find(order.client_order_id).status.value == "canceled"


def test_switch_when_early_assignment_is_on_then_the_sold_leg_alone_is_assigned(broker, desk, held):
    filled(desk, structure("+C105", "-C100"))
    broker.set_switches(Switches(early_assignment=(contract("C100").symbol,)))

    assert held() == {contract("C105").symbol: 1, "AAPL": -100}


def test_switch_when_the_broker_closes_shorts_then_the_bought_leg_stays_alone_until_the_close(
    broker, desk, held
):
    filled(desk, structure("+P95", "-P100"))
    broker.set_switches(Switches(closes_shorts=True))
    broker.set_clock(datetime(2025, 3, 21, 19, 29, tzinfo=UTC))
    assert len(held()) == 2
    broker.set_clock(datetime(2025, 3, 21, 19, 30, tzinfo=UTC))

    assert held() == {contract("P95").symbol: 1}


def test_clock_when_it_jumps_over_the_last_half_hour_then_shorts_were_closed_first(broker, desk, held):
    filled(desk, structure("+P95", "-P100"))
    broker.set_switches(Switches(closes_shorts=True))
    broker.set_prices({"AAPL": Decimal(90)})
    broker.set_clock(AFTER_CLOSE)

    # The short put was bought back at half past three, the bought one exercised at the close.
    assert held() == {"AAPL": -100}


def test_clock_when_set_then_it_stands_still_goes_only_forward_and_returns(broker, clock):
    later = clock.now + timedelta(days=2)
    assert broker.set_clock(later) == later
    clock.pass_days(1)
    assert broker.now() == later
    with pytest.raises(RequestRefused, match="only goes forward"):
        broker.set_clock(later - timedelta(seconds=1))

    assert broker.set_clock(None) == clock.now


def test_clock_when_another_process_asks_then_the_same(broker, make_broker, clock):
    later = clock.now + timedelta(days=2)
    broker.set_clock(later)

    assert make_broker().now() == later


def test_money_when_a_thousand_random_trades_expire_then_cash_is_what_the_payoff_says(clock):
    settings = PaperSettings(options_level=OptionsLevel.UNCOVERED, starting_cash=Decimal(10**9))
    broker = PaperBroker(FaultyStore(), clock, settings)
    broker.set_prices({"AAPL": Decimal(100)})
    desk, dice = broker.structures, Random(11)
    expected = Decimal(10**9)
    for number in range(1000):
        wanted = random_structure(dice, desk.expiries("AAPL")[0])
        units = dice.randint(1, 5)
        net = filled(desk, wanted, units)
        expected -= net * 100 * units
        if number % 10 == 9:
            price = Decimal(dice.randint(8000, 12000)) / 100
            broker.set_prices({"AAPL": price})
            expected += sum((worth(item, price) for item in broker.positions()), Decimal(0))
            broker.set_clock(after_close(desk.expiries("AAPL")[0]))
            flatten(broker, price)
            broker.set_prices({"AAPL": Decimal(100)})
            assert broker.positions() == []
            assert broker.account().cash == expected
    assert number == 999


def random_structure(dice, expiry):
    strikes = dice.sample(range(80, 121, 5), dice.randint(1, 4))
    signs = [f"{dice.choice([-2, -1, 1, 2]):+d}{dice.choice('CP')}{strike}" for strike in strikes]
    return structure(*signs, expiry=expiry)


def worth(item, price):
    """What exercising brings at once, by a clerk who knows nothing of brokers."""
    terms = item.instrument.option
    if terms is None:
        return item.quantity * price
    inside = price - terms.strike if terms.kind == "call" else terms.strike - price
    return item.quantity * 100 * (inside if inside >= Decimal("0.01") else 0)


def after_close(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 21, 0, 1, tzinfo=UTC)


def flatten(broker, price):
    broker.set_prices({"AAPL": price})
    for item in broker.positions():
        close = sell if item.quantity > 0 else buy
        broker.submit(close(abs(item.quantity), instrument=item.instrument, role=OrderRole.EXIT))


@pytest.mark.parametrize("switches", [Switches((SHORT,)), Switches((), closes_shorts=True)])
def test_exit_when_what_it_closes_goes_by_itself_then_it_is_canceled_and_opens_nothing(
    broker, desk, held, switches
):
    wanted = structure("+P90", "-P95")
    broker.set_clock(AFTER_CLOSE - timedelta(hours=1))
    filled(desk, wanted)
    broker.set_prices({"AAPL": Decimal(93)})
    resting = enter(wanted.opposite(), "0.01", role=OrderRole.EXIT)
    desk.submit(resting)
    broker.set_switches(switches)
    broker.set_clock(LAST_HALF_HOUR)
    broker.set_prices({"AAPL": Decimal(140)})

    assert desk.find(resting.client_order_id).status is OrderStatus.CANCELED
    assert held().get(SHORT, 0) == 0


def test_exit_when_another_closes_the_same_contracts_then_it_is_refused(broker, desk):
    wanted = structure("+P90", "-P95")
    filled(desk, wanted)
    broker.set_prices({"AAPL": Decimal(93)})
    desk.submit(enter(wanted.opposite(), "0.01", role=OrderRole.EXIT))

    with pytest.raises(BrokerRejected, match="are being closed"):
        desk.submit(enter(wanted.opposite(), "0.01", role=OrderRole.EXIT))
