from itertools import product
from uuid import UUID

import pytest

from app.domain.orders import OrderRole, OrderStatus, Side, client_order_id
from tests.domain.builders import TICKET, receipt

pytestmark = pytest.mark.unit

MILLISECONDS = TICKET.int >> 80


def test_client_order_id_when_derived_twice_then_same_and_of_the_promised_shape():
    name = client_order_id("trend", TICKET, OrderRole.EXIT)

    assert name == client_order_id("trend", TICKET, OrderRole.EXIT)
    assert name.startswith(f"trend-{MILLISECONDS}-")
    assert len(name) == len(f"trend-{MILLISECONDS}-") + 36


def test_client_order_id_when_bot_role_or_ticket_differ_then_unique():
    tickets = (TICKET, UUID(int=TICKET.int + 1))
    names = {client_order_id(bot, ticket, role) for bot, ticket, role in product("ab", tickets, OrderRole)}

    assert len(names) == 8


@pytest.mark.parametrize("suffix", ["-sl", "-tp"])
def test_client_order_id_when_protective_then_suffix_follows_the_parents(suffix):
    name = client_order_id("trend", TICKET, OrderRole.EXIT, suffix)

    assert name == client_order_id("trend", TICKET, OrderRole.EXIT) + suffix
    assert receipt(1, name=name).is_protective
    assert not receipt(1, name=client_order_id("trend", TICKET, OrderRole.EXIT)).is_protective


@pytest.mark.parametrize("status", OrderStatus)
def test_status_when_asked_then_final_means_that_nothing_can_follow(status):
    open_states = {"pending", "accepted", "held", "partially_filled", "unknown"}

    assert status.is_final is (status.value not in open_states)


@pytest.mark.parametrize(("side", "sign"), [(Side.BUY, 1), (Side.SELL, -1)])
def test_side_when_turned_then_sign_turns_too(side, sign):
    assert (side.sign, side.opposite.sign) == (sign, -sign)
    assert side.opposite.opposite is side
