"""What Fyers shows, in our words."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.brokers.fyers.mapping import account_of, positions_of, quotes_of
from app.brokers.fyers.order_snapshot import OrderSnapshot
from app.brokers.fyers.orders import LEG_SECONDS, OrderLookup
from app.brokers.fyers.receipts import moment, receipt_of
from app.brokers.fyers.symbols import Tickers
from app.brokers.fyers.tags import Names, tag_of
from app.domain.accounts import Quote
from app.domain.instruments import AssetClass
from app.domain.orders import OrderStatus, OrderType, Side
from app.errors import BrokerRejected, BrokerUnavailable
from tests.brokers.builders import buy, exit_long, limit, sell
from tests.brokers.fyers.harness import (
    CALL,
    CALL_TICKER,
    SHARE,
    SHARE_TICKER,
    Listed,
    held,
    listed_call,
    make_fyers,
    row,
    simulated,
)

TICKERS = Tickers(Listed({CALL_TICKER: CALL}))
TAG = f"1:{tag_of(buy(client_order_id='bot-x', **limit(100)))}"
STOP = {"id": "2", "parentId": "26112500000001", "type": 3, "side": -1, "limitPrice": 0, "stopPrice": 90.0}
TARGET = {"id": "3", "parentId": "26112500000001", "type": 1, "side": -1, "limitPrice": 110.0}
FILLED = {"status": 2, "filledQty": 65, "tradedPrice": 99.5}
NOW = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


class Promises:
    """A line that answers everything with the same."""

    def __init__(self, answer: dict) -> None:
        self.answer = answer

    def read(self, _path: str) -> dict:
        return self.answer


def book(*rows, known=("bot-x",)):
    return OrderSnapshot(rows, Names(lambda: known), TICKERS)


@pytest.fixture
def fake():
    with simulated() as fake:
        yield fake


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": 1}, OrderStatus.CANCELED),
        (FILLED, OrderStatus.FILLED),
        ({"status": 3}, OrderStatus.ACCEPTED),
        ({"status": 4}, OrderStatus.PENDING),
        ({"status": 5}, OrderStatus.REJECTED),
        ({"status": 6}, OrderStatus.ACCEPTED),
        ({"status": 6, "filledQty": 5}, OrderStatus.PARTIALLY_FILLED),
        ({"status": 7}, OrderStatus.EXPIRED),
        ({"status": 99}, OrderStatus.ACCEPTED),
    ],
    ids=str,
)
def test_status_when_read_then_is_one_of_ours(changes, status):
    assert receipt_of(row(**changes), "bot-x", TICKERS).status is status


@pytest.mark.unit
def test_receipt_when_read_then_says_all_that_the_row_does():
    receipt = receipt_of(row(TAG, message="RED:No", **FILLED), "bot-x", TICKERS)

    assert (receipt.symbol, receipt.side, receipt.quantity) == (CALL.symbol, Side.BUY, 65)
    assert (receipt.filled_quantity, receipt.average_fill_price) == (65, Decimal("99.5"))
    assert (receipt.message, receipt.limit_price, receipt.stop_price) == ("RED:No", 100, None)


@pytest.mark.unit
def test_receipt_when_sent_at_the_market_then_shows_its_limit_only_while_it_rests():
    tag = f"1:{tag_of(buy())}"
    rests, done = (receipt_of(row(tag, **changes), "bot-x", TICKERS) for changes in ({}, FILLED))

    assert (rests.type, rests.limit_price) == (OrderType.MARKET, 100)
    assert (done.type, done.limit_price) == (OrderType.MARKET, None)


@pytest.mark.unit
def test_time_when_read_then_is_that_of_india():
    assert moment("09-Mar-2023 09:34:38") == datetime(2023, 3, 9, 4, 4, 38, tzinfo=UTC)


@pytest.mark.unit
@pytest.mark.parametrize("tag", [TAG, "2:Untagged"], ids=["tagged", "untagged"])
def test_legs_when_listed_then_go_by_their_entry_whether_tagged_or_not(tag):
    legs = book(row(TAG, **FILLED), row(tag, **STOP), row(tag, **TARGET))

    assert {leg.client_order_id for leg in legs.open()} == {"bot-x-sl", "bot-x-tp"}
    assert (legs.find("bot-x-sl").stop_price, legs.find("bot-x-tp").limit_price) == (90, 110)
    assert legs.find("bot-x").status is OrderStatus.FILLED


@pytest.mark.unit
def test_legs_when_the_entry_has_not_filled_then_are_held():
    waiting = book(row(TAG, stopLoss=10.0, takeProfit=5.0))
    stop, target = waiting.find("bot-x-sl"), waiting.find("bot-x-tp")

    assert (stop.status, stop.side, stop.stop_price) == (OrderStatus.HELD, Side.SELL, 90)
    assert (target.type, target.limit_price, len(waiting.open())) == (OrderType.LIMIT, 105, 3)


@pytest.mark.unit
def test_legs_when_the_entry_was_canceled_then_are_canceled_with_it():
    gone = book(row(TAG, status=1, stopLoss=10.0))

    assert (gone.find("bot-x-sl").status, gone.open()) == (OrderStatus.CANCELED, [])


@pytest.mark.unit
def test_legs_when_the_entry_has_just_filled_then_are_on_their_way():
    now = [0.0]
    rows = {"orderBook": [row(TAG, stopLoss=10.0, takeProfit=5.0, **FILLED)]}
    names = Names(lambda: ["bot-x"])
    orders = OrderLookup(Promises(rows), TICKERS, names, age_seconds=0, clock=lambda: now[0])
    coming = [(leg.client_order_id, leg.status) for leg in orders.open()]
    now[0] = LEG_SECONDS

    assert coming == [("bot-x-sl", OrderStatus.PENDING), ("bot-x-tp", OrderStatus.PENDING)]
    assert (orders.open(), orders.find("bot-x-sl").status) == ([], OrderStatus.CANCELED)


@pytest.mark.unit
def test_exit_when_sent_alone_under_a_legs_name_then_is_found_by_its_own_tag():
    tag = f"1:{tag_of(exit_long(client_order_id='bot-x-sl', **limit(90)))}"
    found = book(row(TAG, **FILLED), row(tag, id="7", side=-1), known=["bot-x-sl"])

    assert found.find("bot-x-sl").broker_order_id == "7"
    assert [receipt.client_order_id for receipt in found.open()] == ["bot-x-sl"]


@pytest.mark.unit
def test_order_when_sent_twice_then_the_one_that_works_counts():
    twice = book(row(TAG, id="1", status=5), row(TAG, id="2"), row(TAG, id="3", status=1))

    assert twice.find("bot-x").broker_order_id == "2"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("tag", "name"), [("1:mine", "mine"), ("2:Untagged", "fyers-26112500000001")], ids=["tag", "none"]
)
def test_order_when_it_is_not_ours_then_goes_by_its_tag_or_number(tag, name):
    strangers = book(row(tag))

    assert [receipt.client_order_id for receipt in strangers.open()] == [name]
    assert strangers.find(name).broker_order_id == "26112500000001"


@pytest.mark.unit
def test_positions_when_of_several_products_then_are_one():
    position = positions_of([held(130, avgPrice=100), held(65, "INTRADAY", avgPrice=103)], TICKERS)[0]

    assert (position.symbol, position.instrument) == (CALL.symbol, CALL)
    assert (position.quantity, position.average_price) == (195, 101)
    assert (position.market_price, position.unrealized_pnl) == (101, 195)


@pytest.mark.unit
@pytest.mark.parametrize("rows", [[held(0)], [held(65), held(-65, "INTRADAY")], []], ids=len)
def test_positions_when_flat_then_none(rows):
    assert positions_of(rows, TICKERS) == []


@pytest.mark.unit
def test_position_when_short_then_is_negative_at_its_own_average():
    position = positions_of([held(-130, avgPrice=100), held(65, "INTRADAY", avgPrice=90)], TICKERS)[0]

    assert (position.quantity, position.average_price) == (-65, 100)


@pytest.mark.unit
def test_account_when_read_then_open_gains_are_in_its_equity():
    titles = {1: "Total Balance", 3: "Clear Balance", 10: "Available Balance"}
    funds = [
        {"id": number, "title": title, "equityAmount": 1000.0 * number} for number, title in titles.items()
    ]
    account = account_of(funds, [held(65)])

    assert (account.equity, account.cash, account.buying_power) == (1065, 3000, 10_000)
    assert account.currency == "INR"


@pytest.mark.unit
def test_quotes_when_a_symbol_has_an_error_then_it_is_left_out():
    good = {"n": "A", "s": "ok", "v": {"lp": 100.0, "bid": 99.95, "ask": 100.05, "tt": "1764048600"}}
    bad = {"n": "B", "s": "error", "v": {"code": -300, "errmsg": "invalid symbol"}}
    at = datetime.fromtimestamp(1764048600, UTC)

    assert quotes_of([good, bad], NOW) == {"A": Quote(Decimal(100), at, Decimal("99.95"), Decimal("100.05"))}


@pytest.mark.integration
def test_quotes_when_many_then_fifty_a_request(fake):
    several = [SHARE, *(SHARE.__class__(f"X{number}", AssetClass.EQUITY) for number in range(60))]
    quotes = make_fyers(fake).quotes(several)

    assert {each.symbol: quote.price for each, quote in quotes.items()} == {"360ONE": 1000}
    assert fake.counts()["GET /data/quotes"] == 2


@pytest.mark.integration
def test_spot_when_asked_for_then_is_the_index(fake):
    fake.market.move("NSE:NIFTY50-INDEX", "25123.45")

    assert make_fyers(fake).spot("NIFTY") == Decimal("25123.45")
    assert make_fyers(fake).spot("NOSUCH") is None


@pytest.mark.integration
def test_snapshot_when_taken_then_three_requests_tell_all(fake):
    call, contracts = listed_call(fake)
    fyers = make_fyers(fake, contracts=contracts)
    fyers.submit(sell(call.quantity_increment, instrument=call))
    before = len(fake.requests)
    snapshot = fyers.snapshot(call)

    assert (snapshot.position, snapshot.quote.price) == (-call.quantity_increment, 100)
    assert (snapshot.account.equity, len(fake.requests) - before) == (1_000_000, 3)


@pytest.mark.integration
@pytest.mark.parametrize("session", ["open", "closed", "preopen"])
def test_market_when_asked_twice_then_fyers_word_counts_for_half_a_minute(fake, session, clock):
    fake.clock.turn(session)
    fyers = make_fyers(fake, clock=clock)
    answers = {fyers.market(each).is_open for each in (SHARE, CALL)}

    assert answers == {session == "open"}
    assert fake.counts()["GET /data/marketStatus"] == 1


@pytest.mark.integration
@pytest.mark.parametrize("product", ["INTRADAY", "MARGIN"])
def test_exit_when_sent_then_closes_the_position_under_its_own_product(fake, product):
    call, contracts = listed_call(fake)
    fyers = make_fyers(fake, contracts=contracts)
    lot = call.quantity_increment
    fyers.submit(buy(lot, instrument=call, product=product))
    fyers.submit(exit_long(lot, instrument=call))

    assert fyers.positions() == []
    assert {order["productType"] for order in fake.orders()} == {product}


@pytest.mark.integration
def test_exit_when_positions_cannot_be_read_then_rejected_unsent(fake):
    fake.inject("html", methods=("GET",))
    with pytest.raises(BrokerRejected, match="Nothing was sent"):
        make_fyers(fake).submit(exit_long(1, instrument=SHARE))

    assert fake.orders() == []


@pytest.mark.integration
def test_entry_when_no_product_is_asked_for_then_contracts_are_on_margin_and_shares_intraday(fake):
    call, contracts = listed_call(fake)
    fyers = make_fyers(fake, contracts=contracts)
    fyers.submit(buy(call.quantity_increment, instrument=call))
    fyers.submit(buy(1, instrument=SHARE))

    assert [order["productType"] for order in fake.orders()] == ["MARGIN", "INTRADAY"]


@pytest.mark.integration
def test_order_when_another_process_sent_it_then_its_name_is_known_here(fake):
    order = buy(1, instrument=SHARE, **limit(990))
    make_fyers(fake).submit(order)
    elsewhere = make_fyers(fake, known=[order.client_order_id])

    assert [each.client_order_id for each in elsewhere.open_orders()] == [order.client_order_id]


@pytest.mark.integration
def test_market_order_when_it_stays_pending_then_its_limit_is_shown(fake):
    call, contracts = listed_call(fake)
    fake.inject("mpp_pending")
    fyers = make_fyers(fake, contracts=contracts)
    fyers.submit(buy(call.quantity_increment, instrument=call))
    waits = fyers.open_orders()[0]

    assert (waits.type, waits.status, waits.limit_price) == (OrderType.MARKET, OrderStatus.ACCEPTED, 110)


@pytest.mark.integration
def test_book_when_looked_at_often_then_read_once_until_something_is_sent(fake):
    fyers = make_fyers(fake, book_age_seconds=60.0)
    for _ in range(3):
        fyers.find("bot-x")
    order = buy(1, instrument=SHARE)
    fyers.submit(order)

    assert fyers.find(order.client_order_id).status is OrderStatus.FILLED
    assert fake.counts()["GET /api/v3/orders"] == 2


@pytest.mark.integration
def test_quote_when_there_is_no_price_then_none(fake):
    fake.market.move(SHARE_TICKER, None)

    assert make_fyers(fake).quote(SHARE) is None


@pytest.mark.unit
@pytest.mark.parametrize("answer", [{}, {"orderBook": None}, {"orderBook": [{"id": "1"}]}], ids=str)
def test_book_when_it_is_not_as_promised_then_unavailable(answer):
    orders = OrderLookup(Promises(answer), TICKERS, Names(list), age_seconds=0)
    with pytest.raises(BrokerUnavailable, match="not what its documentation promises"):
        orders.open()
