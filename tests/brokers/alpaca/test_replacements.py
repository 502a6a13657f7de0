"""What an order had filled before it was replaced, as it is looked back for from a list."""

import pytest

from app.brokers.alpaca.replacements import FillsBefore, with_fills_of
from tests.brokers.alpaca.harness import row

pytestmark = pytest.mark.unit

OLD = row(id="old", qty="10", filled_qty="3", filled_avg_price="89", status="replaced")
NEW = row(id="new", qty="7", filled_qty="0", filled_avg_price=None, status="new", replaces="old")


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def before(asked) -> FillsBefore:
    def read(order_id):
        asked.append(order_id)
        return OLD

    return FillsBefore(read)


def test_list_when_it_is_read_again_then_an_earlier_order_is_asked_for_once(before, asked):
    looks = [before.added_to([NEW], [NEW]) for _ in range(2)]

    assert [(one["qty"], one["filled_qty"]) for (one,) in looks] == [("10", "3")] * 2
    assert asked == ["old"]


def test_list_when_the_earlier_order_is_listed_too_then_it_is_not_asked_for(before, asked):
    (told,) = before.added_to([NEW], [NEW, OLD])

    assert (told["filled_qty"], asked) == ("3", [])


@pytest.mark.parametrize(("quantity", "told"), [("7", ("10", "3")), ("6", ("9", "3")), ("8", ("8", "0"))])
def test_fills_when_the_replacement_is_not_for_the_rest_alone_then_they_are_its_own(quantity, told):
    row = with_fills_of(OLD, NEW | {"qty": quantity})

    assert (row["qty"], row["filled_qty"]) == told
