"""What a broker offers that has no more than it must."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.capabilities import Capabilities
from app.domain.instruments import AssetClass, Instrument
from app.errors import BrokerUnavailable
from tests.brokers.builders import APPLE, buy
from tests.builders import ScriptedBroker

pytestmark = pytest.mark.unit

NOW = datetime(2026, 6, 2, 14, 30, tzinfo=UTC)


@pytest.fixture
def plain():
    return ScriptedBroker()


def test_snapshot_when_not_of_its_own_then_made_of_account_position_and_quote(plain):
    plain.take(buy(7))
    seen = plain.snapshot(APPLE)

    assert (seen.position, seen.quote.price, seen.account) == (7, 100, plain.account())


def test_snapshot_when_a_part_is_missing_then_unavailable(plain):
    plain.is_reachable = False

    with pytest.raises(BrokerUnavailable):
        plain.snapshot(APPLE)


def test_abilities_when_not_offered_then_nothing_is_known(plain):
    order = buy("0.5")

    assert plain.normalise(order) is order
    assert (plain.spot("NIFTY"), plain.bars(APPLE, NOW, NOW, 1)) == (None, None)
    with plain.urgently():
        plain.ping()


@pytest.mark.parametrize(
    ("kind", "smallest"), [(AssetClass.EQUITY, "1"), (AssetClass.CRYPTO, "0.01"), (AssetClass.OPTION, "65")]
)
def test_increment_when_fractions_are_not_taken_then_whole_units(kind, smallest):
    shares = Capabilities("some", fractional=frozenset({AssetClass.CRYPTO, AssetClass.OPTION}))
    own = Decimal(65) if kind is AssetClass.OPTION else Decimal("0.01")

    assert shares.increment(Instrument("X", kind, quantity_increment=own)) == Decimal(smallest)
