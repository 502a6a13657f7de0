from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote as quoted

from app.brokers.alpaca.bars import BarReader
from app.brokers.alpaca.buying_power import Funds
from app.brokers.alpaca.capabilities import CAPABILITIES, NAME
from app.brokers.alpaca.legs import parent_receipt, replacement_id
from app.brokers.alpaca.mapping import account_of, position_of, understood
from app.brokers.alpaca.market_data import MarketData
from app.brokers.alpaca.normalisation import Asset, normalised, normalised_price
from app.brokers.alpaca.order_checks import change_refusal, order_refusal
from app.brokers.alpaca.orders import OrderLookup
from app.brokers.alpaca.outcomes import DUPLICATE, REFUSALS_OF_A_CHANGE
from app.brokers.alpaca.payload import change_payload, order_payload, sent_id
from app.brokers.alpaca.receipts import Row, is_same, receipt_of
from app.brokers.alpaca.snapshots import SnapshotReader
from app.brokers.alpaca.streams import NoStreams, Streams
from app.brokers.alpaca.structures.desk import AlpacaDesk
from app.brokers.alpaca.symbols import class_of, order_symbol, path_symbol
from app.brokers.alpaca.transport import Transport
from app.brokers.base import Broker, IsTaken
from app.clock import Wait, system_wait
from app.domain.accounts import Account, MarketHours, MarketSnapshot, Position, Quote
from app.domain.bars import Adjustment, Bar
from app.domain.instruments import AssetClass, Instrument
from app.domain.orders import Order, OrderChange, OrderRole, OrderType, Receipt, Side
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown

PAPER_URL = "https://paper-api.alpaca.markets"
LIVE_URL = "https://api.alpaca.markets"
DATA_URL = "https://data.alpaca.markets"
# Every account may have it; the exchanges' own quotes (opra) cost a subscription.
INDICATIVE = "indicative"
TOO_LITTLE = "minimal amount of order"
_READERS = 16
_PRICE_AGE = timedelta(seconds=5)


class AlpacaBroker(Broker):
    """An account at Alpaca, on paper or with real money.

    Orders are brought into a form that Alpaca takes (see `normalisation`), and those that it would refuse are
    refused before they are sent (see `order_checks`). A replaced order keeps our id.
    """

    name = NAME

    def __init__(  # noqa: PLR0913  # one for each of its settings
        self,
        api_key: str,
        secret_key: str,
        *,
        paper: bool,
        trading_url: str | None,
        data_url: str | None,
        timeout_seconds: float,
        clock: Callable[[], datetime],
        streams: bool = False,
        processes: Callable[[], int] = lambda: 1,
        options_feed: str = INDICATIVE,
        wait: Wait = system_wait,
    ) -> None:
        self.capabilities = replace(CAPABILITIES, live=not paper)
        trading_url, data_url = trading_url or (PAPER_URL if paper else LIVE_URL), data_url or DATA_URL
        self._transport = Transport(
            api_key,
            secret_key,
            trading_url=trading_url,
            data_url=data_url,
            timeout_seconds=timeout_seconds,
            wait=wait,
        )
        self._clock = clock
        self._orders = OrderLookup(self._transport, clock)
        self._market = MarketData(self._transport, clock)
        self._bars = BarReader(self._transport, clock)
        self._funds = Funds(lambda: self._transport.read("/account"), clock)
        keys = (api_key, secret_key, trading_url, data_url)
        self._streams = self._opened_streams(processes, *keys) if streams else NoStreams()
        self._snapshots = SnapshotReader(self._transport, self._market, self._funds, self._streams, clock)
        self._desk = AlpacaDesk(self._transport, self._market, self._funds, clock, options_feed)

    @property
    def structures(self) -> AlpacaDesk:
        """Where orders of several contracts go."""
        return self._desk

    def normalise(self, order: Order) -> Order:
        """Return the order in the form in which it will be sent, as far as the instrument is known."""
        self._snapshots.remember_asset(order.instrument)
        price = self._snapshots.last_price(order.instrument)
        return normalised(order, self._market.known_asset(order.instrument), price)

    def refusal(self, order: Order) -> str | None:
        """Tell what Alpaca would refuse by its own rules, as far as instrument and price are known."""
        asset = self._market.known_asset(order.instrument)
        price = self._snapshots.last_price(order.instrument)
        return order_refusal(normalised(order, asset, price), base_price=price, asset=asset)

    def submit(self, order: Order) -> Receipt:
        """Send once; an id that Alpaca has already is our own earlier send, when the terms are the same."""
        asset, symbol = self._market.known_asset(order.instrument), order.instrument.symbol
        price = self._snapshots.last_price(order.instrument)
        order = normalised(order, asset, price)
        sentence = order_refusal(order, base_price=price, asset=asset)
        if sentence is not None:
            raise BrokerRejected(sentence)
        try:
            with self._funds.sending(order, price), self._streams.sending(symbol, sent_id(order)):
                row = self._transport.write("POST", "/orders", order_payload(order))
                self._streams.placed(symbol, row)
        except BrokerRejected as error:
            # Alpaca takes no order below a least value, but always lets a whole position be closed.
            if TOO_LITTLE in error.message and order.quantity is not None and _leaves(order):
                return self._closed(order, order.quantity)
            # An id that is taken is the one refusal that may mean success: an earlier send of ours arrived.
            if DUPLICATE not in error.message:
                raise
            return self._adopted(order, error)
        with understood(OutcomeUnknown):
            # Only this answer tells which leg is whose; a held leg is listed nowhere.
            self._orders.families.learn(row)
            return _placed(row, order)

    def find(self, client_order_id: str) -> Receipt | None:
        """Return the order or leg of this id; None is Alpaca's own word that there is none."""
        return self._orders.find(client_order_id)

    def find_closing(
        self, client_order_id: str, symbol: str, since: datetime, quantity: Decimal | None, is_taken: IsTaken
    ) -> Receipt | None:
        """Return the close of a position that Alpaca itself named, under our id."""
        name = order_symbol(Instrument(symbol, class_of(symbol)))
        return self._orders.find_closing(client_order_id, name, since, quantity, is_taken)

    def cancel(self, receipt: Receipt) -> None:
        """Ask for an order to be canceled; its legs, or its mate, go with it."""
        self._change("DELETE", f"/orders/{self._id_of(receipt)}")

    def replace(self, receipt: Receipt, change: OrderChange) -> Receipt:
        """Change a working order that has not filled in part: its fills would be counted on two orders."""
        sentence = change_refusal(receipt, change)
        if sentence is not None:
            raise BrokerRejected(sentence)
        body = change_payload(self._normalised_change(receipt, change))
        # The new id follows from the old order, so that a lost answer can be looked up under it.
        old_id = self._id_of(receipt)
        with understood(OutcomeUnknown):
            body["client_order_id"] = replacement_id(receipt.client_order_id, old_id)
        try:
            row = self._change_in(receipt.symbol, "PATCH", f"/orders/{old_id}", body)
        except (BrokerRejected, OutcomeUnknown):
            self._orders.relearn()
            raise
        with understood(OutcomeUnknown):
            self._orders.families.exchange(old_id, row)
            return receipt_of(row, receipt.client_order_id)

    def open_orders(self) -> list[Receipt]:
        """Return every order that can still fill, held legs included, under our ids."""
        return self._orders.open()

    def positions(self) -> list[Position]:
        """Return every holding that is not flat."""
        held = self._positions()
        self._streams.check(held)
        return held

    def account(self) -> Account:
        """Return equity, cash and buying power."""
        with understood(BrokerUnavailable):
            return account_of(self._transport.read("/account"))

    def quote(self, instrument: Instrument) -> Quote | None:
        """Return the middle of a tight market, else the last trade, with bid and ask where there are both."""
        return self._snapshots.quote(instrument)

    def snapshot(self, instrument: Instrument, *, for_entry: bool = False) -> MarketSnapshot:
        """Return the account, with the buying power for this instrument, its position and its quote.

        The account is at most a second old, less what was sent since; the rest is read, unless Alpaca's
        streams prove the quote, and to an entry the position.
        """
        return self._snapshots.read(instrument, for_entry=for_entry)

    def position(self, instrument: Instrument) -> Decimal:
        """Return the signed quantity that is held, by a read of its own."""
        return self._snapshots.position(instrument)

    def market(self, instrument: Instrument) -> MarketHours:
        """Return whether the instrument trades now, by Alpaca's clock."""
        return self._market.hours(instrument)

    def asset(self, instrument: Instrument) -> Asset | None:
        """Return what Alpaca says about an instrument; None: it has none of this name."""
        return self._market.asset(instrument)

    def bars(
        self,
        instrument: Instrument,
        start: datetime,
        end: datetime,
        minutes: int,
        adjustment: Adjustment = Adjustment.RAW,
    ) -> list[Bar]:
        """Return what a price did, up to a quarter of an hour ago; raise BrokerUnavailable."""
        return self._bars.read(instrument, start, end, minutes, adjustment)

    def ping(self) -> None:
        """Prove that Alpaca answers and accepts our keys."""
        self._transport.read("/account")

    def close(self) -> None:
        """End what listens to Alpaca's streams."""
        self._streams.close()

    def _opened_streams(self, processes: Callable[[], int], key: str, secret: str, *urls: str) -> Streams:
        from app.brokers.alpaca.streams_live import LiveStreams, StreamAccess

        return LiveStreams(
            StreamAccess(key=key, secret=secret, trading_url=urls[0], data_url=urls[1]),
            self._clock,
            processes=processes,
            orders=self._orders.list_open,
            positions=self._positions,
            account=lambda: self._funds.account(AssetClass.EQUITY),
        )

    def _positions(self) -> list[Position]:
        with understood(BrokerUnavailable):
            held = [position_of(row) for row in self._transport.read("/positions")]
        return [position for position in held if position.quantity]

    def _change_in(self, symbol: str, method: str, path: str, body: dict[str, str] | None = None) -> Row:
        """Make a change whose answer is an order in a symbol."""
        with self._streams.sending(symbol):
            row: Row = self._change(method, path, body)
            self._streams.placed(symbol, row)
        return row

    def _change(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        try:
            return self._transport.write(method, path, body, refusals=REFUSALS_OF_A_CHANGE)
        finally:
            # A change may have happened whatever was answered, and have freed or bound money.
            self._funds.forget()

    def _closed(self, order: Order, quantity: Decimal) -> Receipt:
        """Close what is worth less than an order must be the one way that has no least value."""
        path = f"/positions/{quoted(path_symbol(order.instrument), safe='')}?qty={quantity:f}"
        row = self._change_in(order.instrument.symbol, "DELETE", path)
        with understood(OutcomeUnknown):
            self._orders.name(row, order.client_order_id)
            return receipt_of(row, order.client_order_id)

    def _adopted(self, order: Order, error: BrokerRejected) -> Receipt:
        try:
            receipt = self._orders.find(sent_id(order))
        except BrokerUnavailable as unanswered:
            raise OutcomeUnknown("The id is taken, and Alpaca did not say by what.") from unanswered
        if receipt is None:
            raise OutcomeUnknown("The id is taken, but Alpaca does not find it.") from error
        # The same id on other terms is a fault of ours, not an order that was placed already.
        if not is_same(receipt, order):
            raise error
        return receipt

    def _id_of(self, receipt: Receipt) -> str:
        if receipt.broker_order_id:
            return receipt.broker_order_id
        try:
            found = self._orders.find(receipt.client_order_id)
        except BrokerUnavailable as error:
            raise OutcomeUnknown("Alpaca did not say which order this is; nothing was sent.") from error
        if found is None:
            raise BrokerRejected(f"Alpaca has no order {receipt.client_order_id}.")
        return found.broker_order_id

    def _normalised_change(self, receipt: Receipt, change: OrderChange) -> OrderChange:
        instrument, up = Instrument(receipt.symbol, class_of(receipt.symbol)), receipt.side is Side.SELL
        asset = self._market.known_asset(instrument)
        limit, stop = (
            None if price is None else normalised_price(price, instrument, asset, up=up)
            for price in (change.limit_price, change.stop_price)
        )
        return replace(change, limit_price=limit, stop_price=stop)


def _placed(row: Row, order: Order) -> Receipt:
    if row["client_order_id"] != sent_id(order):
        raise ValueError("This is the answer to another order.")
    return parent_receipt(row)


def _leaves(order: Order) -> bool:
    return order.role is OrderRole.EXIT and order.type is OrderType.MARKET
