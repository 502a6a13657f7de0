from decimal import Decimal

import pytest

from app.domain.structures.levels import OptionsLevel
from app.domain.structures.net_quotes import net_quote
from app.errors import BrokerRejected
from tests.brokers.builders import APPLE, buy
from tests.brokers.paper.structures.builders import contract, enter, structure

pytestmark = pytest.mark.integration


def filled(desk, *legs, units=1):
    wanted = structure(*legs)
    quote = net_quote(wanted, desk.quotes([leg.instrument for leg in wanted.legs]))
    return desk.submit(enter(wanted, quote.natural, units=units)).average_net


@pytest.mark.parametrize(
    ("legs", "loss"),
    [
        (["+C100", "-C105"], "0"),
        (["+P95", "-P100"], "500"),
        (["+P90", "-P95", "-C105", "+C110"], "500"),
        (["+P90", "-P95", "-C105", "+C115"], "1000"),
        (["-P95"], "9500"),
        (["+100S", "-C105"], "0"),
        (["+100S", "+P95", "-C105"], "0"),
        (["+C95", "-2C100", "+C105"], "0"),
    ],
)
def test_buying_power_when_a_structure_is_held_then_the_price_and_its_largest_loss_are_gone(
    broker, desk, legs, loss
):
    net = filled(desk, *legs)

    assert broker.account().buying_power == 100_000 - net * 100 - Decimal(loss)


def test_call_when_shares_are_held_already_then_covered_by_them(broker, desk):
    broker.submit(buy(100, instrument=APPLE))
    before = broker.account().buying_power
    desk_order = structure("+C110", "-C105")
    net = net_quote(desk_order, desk.quotes([leg.instrument for leg in desk_order.legs])).natural
    desk.submit(enter(desk_order, net))

    assert broker.account().buying_power == before - net * 100 - 500


def test_uncovered_call_when_sold_then_a_fifth_of_the_underlying_is_tied_up(make_broker):
    broker = make_broker(options_level=OptionsLevel.UNCOVERED)
    net = filled(broker.structures, "-C105")
    worth = broker.quote(contract("C105")).price

    assert broker.account().buying_power == 100_000 - net * 100 - worth * 100 - 2_000


def test_order_when_the_account_cannot_bear_its_loss_then_refused(broker, desk):
    assert filled(desk, "-P95", units=10)
    with pytest.raises(BrokerRejected, match="buying power"):
        filled(desk, "-P95", units=1)


def test_order_when_it_rests_then_its_need_is_reserved_until_it_is_canceled(broker, desk):
    receipt = desk.submit(enter(structure("+P95", "-P100"), "-4", units=10))
    assert broker.account().buying_power == 100_000 - (500 - 400) * 10
    desk.cancel(receipt)

    assert broker.account().buying_power == 100_000


def test_equity_when_a_structure_is_opened_then_only_the_spread_is_lost(broker, desk):
    net = filled(desk, "+P90", "-P95", "-C105", "+C110")
    legs = structure("+P90", "-P95", "-C105", "+C110").legs
    worth = sum(leg.ratio * broker.quote(leg.instrument).price for leg in legs)

    assert broker.account().equity == 100_000 - (net - worth) * 100
