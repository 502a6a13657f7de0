import pytest

from app.domain.exit_plan import orphaned
from app.domain.orders import OrderStatus
from tests.domain.builders import receipt

pytestmark = pytest.mark.unit


def working(name: str, status: OrderStatus = OrderStatus.ACCEPTED):
    return receipt(0, None, name=name, status=status)


@pytest.mark.parametrize("suffix", ["-sl", "-tp"])
def test_leg_when_its_symbol_is_not_held_then_it_is_an_orphan(suffix):
    leg = working(f"bot-1{suffix}")

    assert orphaned([leg], {"MSFT"}) == [leg]


def test_leg_when_its_symbol_is_held_then_it_is_not():
    assert orphaned([working("bot-1-sl")], {"AAPL"}) == []


def test_order_when_it_protects_nothing_by_its_name_then_it_is_left_alone():
    assert orphaned([working("bot-1")], set()) == []


def test_leg_when_it_waits_for_its_entry_then_it_is_not():
    legs = [working("bot-1-sl", OrderStatus.HELD), working("bot-1-tp", OrderStatus.HELD)]

    assert orphaned([working("bot-1"), *legs], set()) == []


def test_leg_when_it_is_held_but_its_entry_is_gone_then_it_is_an_orphan():
    leg = working("bot-1-sl", OrderStatus.HELD)

    assert orphaned([working("bot-2"), leg], set()) == [leg]
