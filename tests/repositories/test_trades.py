from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.orders import OrderRole, OrderStatus, OrderType, Receipt, Side
from app.domain.trades import FillUpdate
from app.repositories.trades import Trades

pytestmark = pytest.mark.unit


@pytest.fixture
def book(store, clock):
    return Trades(store, clock)


@pytest.fixture
def fill(book, store):
    """Count a fill of a bot's order in Apple's share."""

    def filled(
        quantity: str,
        *,
        bot: str = "one",
        order: str = "one-1",
        side=Side.BUY,
        price: str = "100",
        role=OrderRole.ENTRY,
    ):
        receipt = Receipt(
            client_order_id=order,
            broker_order_id="1",
            broker="paper",
            symbol="AAPL",
            side=side,
            type=OrderType.MARKET,
            status=OrderStatus.FILLED,
            created_at=datetime.now(UTC),
            filled_quantity=Decimal(quantity),
            average_fill_price=Decimal(price),
        )
        changes = book.counting(bot, "paper", "AAPL", Decimal(1), [FillUpdate(receipt, role)])
        store.apply(changes)
        return changes

    return filled


def quantity(book: Trades, bot: str = "one") -> Decimal:
    return book.find(bot, "paper", "AAPL").quantity


def share(book: Trades, account: str) -> Decimal:
    return book.share("one", ["two"], "paper", "AAPL", Decimal(account))


def test_counting_when_fills_follow_each_other_then_the_trade_is_their_sum(book, fill):
    fill("10", price="100")
    fill("30", order="one-2", price="120")

    assert quantity(book) == 40
    assert book.find("one", "paper", "AAPL").average_price == 115


def test_counting_when_an_order_fills_further_then_only_the_rest_is_counted(book, fill):
    fill("4")
    fill("10")

    assert quantity(book) == 10


def test_counting_when_a_fill_is_seen_twice_then_nothing_changes(fill):
    fill("10")

    assert fill("10") == []


def test_counting_when_the_position_is_closed_then_the_trade_is_gone(book, fill):
    fill("10")
    fill("10", order="one-2", side=Side.SELL)

    assert book.find("one", "paper", "AAPL") is None
    assert book.open_symbols("one") == set()


def test_counting_when_an_exit_has_no_trade_then_it_opens_none(book, fill):
    fill("10", side=Side.SELL, role=OrderRole.EXIT)

    assert book.find("one", "paper", "AAPL") is None


def test_share_when_no_other_bot_has_a_trade_then_it_is_the_whole_position(book, fill):
    fill("10")

    assert share(book, "25") == 25


@pytest.mark.parametrize(("account", "own"), [("15", "10"), ("7", "7"), ("-5", "0")])
def test_share_when_another_bot_has_a_trade_then_it_is_the_bots_own(book, fill, account, own):
    fill("10")
    fill("5", bot="two", order="two-1")

    assert share(book, account) == Decimal(own)


def test_share_when_only_another_bot_has_a_trade_then_it_is_nothing(book, fill):
    fill("5", bot="two", order="two-1")

    assert share(book, "5") == 0


def test_forgetting_when_the_operator_closed_a_symbol_then_every_bots_trade_ends(book, fill, store):
    fill("10")
    fill("5", bot="two", order="two-1")
    store.apply(book.forgetting("paper", "AAPL"))

    assert list(store.list("trades/")) == []
