"""Every structure that Alpaca takes, entered and left at its strict simulator."""

from decimal import Decimal

import pytest

from app.domain.structures.net_quotes import net_quote
from app.domain.structures.payoff import largest_loss
from app.errors import BrokerRejected
from tests.brokers.alpaca.structures.test_payload import TABLE
from tests.brokers.paper.structures.builders import enter, leave

pytestmark = pytest.mark.integration
TAKEN = [kind for kind, row in TABLE.items() if row[2] is None]


@pytest.fixture
def natural(desk):
    def price(wanted):
        return net_quote(wanted, desk.quotes([leg.instrument for leg in wanted.legs])).natural

    return price


@pytest.mark.parametrize("kind", TAKEN)
def test_structure_when_alpaca_takes_it_then_entered_held_and_left_with_its_money_counted(
    alpaca, desk, natural, held, kind
):
    wanted, before = TABLE[kind][0], alpaca.account()
    entry = enter(wanted, natural(wanted), units=2)
    desk.submit(entry)
    paid = desk.find(entry.client_order_id).average_net
    after = alpaca.account()

    assert held() == {leg.instrument.symbol: leg.ratio * 2 for leg in wanted.legs}
    assert after.cash - before.cash == -paid * 200
    loss = largest_loss(wanted, paid)
    assert before.power_for_options - after.power_for_options == pytest.approx(loss * 2)
    exit_ = leave(wanted, natural(wanted.opposite()), units=2)
    desk.submit(exit_)
    received = desk.find(exit_.client_order_id).average_net

    assert held() == {}
    assert alpaca.account().cash - before.cash == -(paid + received) * 200
    assert alpaca.account().power_for_options == alpaca.account().cash


@pytest.mark.parametrize("kind", [kind for kind in TABLE if kind not in TAKEN])
def test_structure_when_alpaca_does_not_take_it_then_refused_and_nothing_is_sent(desk, fake, held, kind):
    with pytest.raises(BrokerRejected):
        desk.submit(enter(TABLE[kind][0], TABLE[kind][1]))

    assert fake.sent("POST", "/v2/orders") == []
    assert held() == {}


@pytest.mark.parametrize("kind", TAKEN)
def test_structure_when_its_loss_is_beyond_the_account_then_alpaca_refuses_it(
    desk, fake, held, natural, kind
):
    wanted = TABLE[kind][0]
    fake.exchange.account.cash = Decimal(50)
    with pytest.raises(BrokerRejected, match="insufficient"):
        desk.submit(enter(wanted, natural(wanted)))

    assert held() == {}
