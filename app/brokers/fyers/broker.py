from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from app.brokers.base import Broker
from app.brokers.fyers.bars import BarReader
from app.brokers.fyers.capabilities import CAPABILITIES, NAME
from app.brokers.fyers.limiter import Limiter, urgently
from app.brokers.fyers.mapping import account_of, is_flat, positions_of, products_of, understood
from app.brokers.fyers.market_data import MarketData
from app.brokers.fyers.normalisation import normalised, normalised_change
from app.brokers.fyers.order_checks import WITH_LEGS, leg_refusal, order_refusal
from app.brokers.fyers.orders import OrderLookup
from app.brokers.fyers.payload import change_payload, order_payload
from app.brokers.fyers.products import closing, exit_product, other_product, too_small
from app.brokers.fyers.receipts import Row, taken
from app.brokers.fyers.settings import FyersSettings
from app.brokers.fyers.structures.desk import FyersDesk
from app.brokers.fyers.symbols import Tickers
from app.brokers.fyers.tags import Names
from app.brokers.fyers.transport import Transport, before_sending
from app.brokers.parts import ListedContracts, TokenSource
from app.domain.accounts import Account, MarketHours, MarketSnapshot, Position, Quote
from app.domain.bars import Adjustment, Bar
from app.domain.instruments import AssetClass, Instrument
from app.domain.money import ZERO
from app.domain.orders import Order, OrderChange, OrderRole, OrderType, Receipt
from app.domain.reasons import Reason
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown

_READERS = 8


class FyersBroker(Broker):
    """An account at Fyers, with real money: options of the NSE, and its shares.

    Fyers takes the same order twice, so nothing is ever sent again in doubt. A resting exit counts against
    its position: a second order to close it would need the margin of a new one (no `opposing_orders`).
    """

    name = NAME
    capabilities = CAPABILITIES

    def __init__(
        self,
        settings: FyersSettings,
        *,
        tokens: TokenSource,
        contracts: ListedContracts,
        known_names: Callable[[], Iterable[str]],
        clock: Callable[[], datetime],
        wait: Callable[[float], None],
        processes: Callable[[], int] = lambda: 1,
        limiter: Limiter | None = None,
    ) -> None:
        self._settings = settings
        self._tickers = Tickers(contracts)
        self._transport = Transport(
            settings.app_id,
            tokens,
            limiter or Limiter(wait=wait, processes=processes),
            api_url=settings.api_url,
            data_url=settings.data_url,
            timeout_seconds=settings.timeout_seconds,
            wait=wait,
        )
        self._orders = OrderLookup(
            self._transport, self._tickers, Names(known_names), age_seconds=settings.book_age_seconds
        )
        self._market = MarketData(self._transport, self._tickers, clock)
        self._bars = BarReader(self._transport, self._tickers)
        # How each contract was held when it was last looked at, which every alert begins with.
        self._held: dict[str, dict[str, Decimal]] = {}
        self._clock = clock
        self._desk = FyersDesk(
            self._transport,
            self._tickers,
            self._orders,
            contracts,
            clock,
            sells_uncovered=settings.sells_uncovered,
            submit_one=self.submit,
        )

    @property
    def structures(self) -> FyersDesk | None:
        """The options desk, where the owner has turned it on."""
        return self._desk if self._settings.structures else None

    def normalise(self, order: Order) -> Order:
        """Return the order in the form in which it will be sent."""
        return normalised(order, self._known(order.instrument))

    def submit(self, order: Order) -> Receipt:
        """Send once; Fyers answers before the exchange does, so that a refusal may only show in the book."""
        ticker = self._tickers.of(order.instrument)
        if ticker is None:
            message = f"Fyers lists no {order.instrument.symbol}."
            raise BrokerRejected(message, reason=Reason.SYMBOL_UNKNOWN.value)
        instrument, order = self._known(order.instrument), self.normalise(order)
        _refuse(order_refusal(order, instrument))
        with before_sending():
            entry = self._entry_price(order)
            product = self._product(order, ticker)
        if entry is not None:
            _refuse(leg_refusal(order, entry))
        body = order_payload(order, ticker=ticker, product=product, instrument=instrument, entry=entry)
        # Before it is sent: the book shows a short form of the id only, perhaps before the answer is here.
        self._orders.names.remember([order.client_order_id])
        answer = self._write("POST", body, urgent=order.role is OrderRole.EXIT)
        with understood(OutcomeUnknown):
            return taken(order, instrument, str(answer["id"]), self._clock())

    def find(self, client_order_id: str) -> Receipt | None:
        """Return the order or leg of this id; None: today's book has none."""
        return self._orders.find(client_order_id)

    def cancel(self, receipt: Receipt) -> None:
        """Ask for an order to be canceled; its mate stays."""
        # Urgent: an exit is sent only once what stands in its way is gone.
        self._write("DELETE", {"id": self._id_of(receipt)}, urgent=True)

    def replace(self, receipt: Receipt, change: OrderChange) -> Receipt:
        """Change a working order, which keeps its ids."""
        receipt = replace(receipt, broker_order_id=self._id_of(receipt))
        instrument = self._instrument(receipt.symbol)
        change = normalised_change(change, receipt.side, instrument)
        # Fyers keeps an order's id through a change, so a lost answer can still be looked up under it.
        body = change_payload(receipt, change)
        self._write("PATCH", body, urgent=receipt.is_protective)
        gets_limit = receipt.type is OrderType.MARKET and change.limit_price is not None
        return replace(
            receipt,
            type=OrderType.LIMIT if gets_limit else receipt.type,
            quantity=receipt.quantity if change.quantity is None else change.quantity,
            limit_price=receipt.limit_price if change.limit_price is None else change.limit_price,
            stop_price=receipt.stop_price if change.stop_price is None else change.stop_price,
        )

    def open_orders(self) -> list[Receipt]:
        """Return every order that can still fill, held legs included, under our ids."""
        return self._orders.open()

    def positions(self) -> list[Position]:
        """Return every holding that is not flat."""
        with understood(BrokerUnavailable):
            return positions_of(self._position_rows(), self._tickers)

    def shows_flat(self, symbol: str) -> bool:
        """Tell whether the list has a position of today that was closed: it stays there with nothing held."""
        with understood(BrokerUnavailable):
            return is_flat(self._position_rows(), symbol, self._tickers)

    def urgently(self) -> AbstractContextManager[None]:
        """Let what is asked inside take the room that is kept for exits."""
        return urgently()

    def account(self) -> Account:
        """Return equity, cash and what is left for margins, in rupees."""
        positions = self._readers.submit(copy_context().run, self._position_rows)
        with understood(BrokerUnavailable):
            return account_of(self._fund_rows(), positions.result())

    def quote(self, instrument: Instrument) -> Quote | None:
        """Return the last trade, with bid and ask where there are both."""
        return self.quotes([instrument]).get(instrument)

    def quotes(self, instruments: Iterable[Instrument]) -> dict[Instrument, Quote]:
        """Return the last trades of many, by few requests; what has no price is left out."""
        return self._market.quotes(instruments)

    def spot(self, underlying: str) -> Decimal | None:
        """Return the level of an index, or the price of a share, that options are written on."""
        return self._market.spot(underlying)

    def snapshot(self, instrument: Instrument, *, for_entry: bool = False) -> MarketSnapshot:  # noqa: ARG002
        """Return account, position and quote of one moment, by three requests."""
        funds = self._readers.submit(copy_context().run, self._fund_rows)
        held = self._readers.submit(copy_context().run, self._position_rows)
        quote = self.quote(instrument)
        with understood(BrokerUnavailable):
            account = account_of(funds.result(), held.result())
            products = self._products_held(instrument, held.result())
        return MarketSnapshot(account, sum(products.values(), ZERO), quote)

    def _products_held(self, instrument: Instrument, rows: list[Row]) -> dict[str, Decimal]:
        ticker = self._tickers.of(instrument) or ""
        # Fyers keeps a position for each product, and an exit must name the one that it closes.
        products = self._held[ticker] = products_of(rows, ticker)
        return products

    def position(self, instrument: Instrument) -> Decimal:
        """Return the signed quantity that is held, by one request."""
        with understood(BrokerUnavailable):
            return sum(self._products_held(instrument, self._position_rows(urgent=True)).values(), ZERO)

    def market(self, instrument: Instrument) -> MarketHours:
        """Return whether the instrument trades now, by the exchange's own word."""
        return self._market.hours(instrument)

    def bars(
        self,
        instrument: Instrument,
        start: datetime,
        end: datetime,
        minutes: int,
        adjustment: Adjustment = Adjustment.RAW,  # noqa: ARG002  # Fyers has one form of them
    ) -> list[Bar] | None:
        """Return what a price did; None of what is not said to be of the NSE. Raise BrokerUnavailable."""
        return self._bars.read(instrument, start, end, minutes)

    def ping(self) -> None:
        """Prove that Fyers answers and accepts the token."""
        self._transport.read("/profile")

    @cached_property
    def _readers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_READERS, thread_name_prefix=NAME)

    def _write(self, method: str, body: Row, *, urgent: bool) -> Row:
        try:
            return self._transport.write(method, "/orders/sync", body, urgent=urgent)
        finally:
            # Even a write that failed may have changed the book.
            self._orders.forget()

    def _position_rows(self, *, urgent: bool = False) -> list[Row]:
        rows: list[Row] = self._transport.read("/positions", urgent=urgent)["netPositions"]
        return rows

    def _fund_rows(self) -> list[Row]:
        rows: list[Row] = self._transport.read("/funds")["fund_limit"]
        return rows

    def _known(self, instrument: Instrument) -> Instrument:
        """Return an instrument with the lot and tick that are listed, whoever named it."""
        ticker = self._tickers.of(instrument)
        return instrument if ticker is None else self._tickers.instrument(ticker)

    def _instrument(self, symbol: str) -> Instrument:
        for kind in (AssetClass.OPTION, AssetClass.FUTURE):
            ticker = self._tickers.of(Instrument(symbol, kind, "nse"))
            if ticker is not None:
                return self._tickers.instrument(ticker)
        return self._known(Instrument(symbol, AssetClass.EQUITY))

    def _product(self, order: Order, ticker: str) -> str:
        is_share = order.instrument.asset_class is AssetClass.EQUITY
        default = self._settings.share_product if is_share else self._settings.contract_product
        if order.role is not OrderRole.EXIT:
            opens = order.product or default
            _refuse(other_product(opens, self._held.get(ticker, {})))
            return opens
        with understood(BrokerUnavailable):
            # Read anew: an exit under the wrong product would open a position.
            held = products_of(self._position_rows(urgent=True), ticker)
            product = exit_product(order, held)
        if product is None:
            closable = closing(order, held)
            # It was there a moment ago: whoever still wants out looks again. One that two products hold is
            # not closed by one order, however often it is tried.
            is_passing = sum(closable.values(), ZERO) < (order.quantity or ZERO)
            raise BrokerRejected(too_small(ticker, closable), is_passing=is_passing)
        return product

    def _entry_price(self, order: Order) -> Decimal | None:
        """Return where an entry with exits is expected to fill; None for an order without."""
        if order.order_class not in WITH_LEGS:
            return None
        # Fyers wants exits as distances from the entry, not as prices.
        price = order.limit_price or order.stop_price or self._market.recent_price(order.instrument)
        if price is None:
            quote = self.quote(order.instrument)
            price = quote.price if quote is not None else order.reference_price
        if price is None:
            # An entry without its exits is not what was asked for.
            raise BrokerUnavailable("No price is known that the exits could be counted from.")
        return price

    def _id_of(self, receipt: Receipt) -> str:
        if receipt.broker_order_id:
            return receipt.broker_order_id
        with before_sending():
            found = self._orders.find(receipt.client_order_id)
        if found is None or not found.broker_order_id:
            raise BrokerRejected(f"Fyers has no working order {receipt.client_order_id} of its own.")
        return found.broker_order_id


def _refuse(sentence: str | None) -> None:
    if sentence is not None:
        raise BrokerRejected(sentence)
