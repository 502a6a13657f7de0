from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from app.brokers.fyers.capabilities import NAME
from app.brokers.fyers.limiter import urgently
from app.brokers.fyers.mapping import products_of, understood
from app.brokers.fyers.orders import OrderLookup
from app.brokers.fyers.products import MARGIN
from app.brokers.fyers.structures.chains import ChainReader, is_over
from app.brokers.fyers.structures.margin import shortage
from app.brokers.fyers.structures.payload import legs_payload
from app.brokers.fyers.structures.quotes import read_quotes
from app.brokers.fyers.structures.receipts import structure_receipt
from app.brokers.fyers.symbols import VENUE, Tickers
from app.brokers.fyers.transport import Transport, before_sending
from app.brokers.parts import ListedContracts
from app.brokers.structure_desk import StructureCapabilities, StructureDesk
from app.domain.instruments import AssetClass, Instrument
from app.domain.money import ZERO
from app.domain.orders import Order, OrderRole, OrderStatus, OrderType, Receipt, Side
from app.domain.reasons import Reason
from app.domain.structures.chain import Chain
from app.domain.structures.leg_prices import leg_limits, net_of
from app.domain.structures.legs import StructureRefused
from app.domain.structures.levels import OptionsLevel
from app.domain.structures.net_quotes import LegQuote
from app.domain.structures.orders import StructureOrder, StructureReceipt
from app.errors import BrokerRejected, BrokerUnavailable

# The exchange takes no more in one order.
MOST_LEGS = 3


class FyersDesk(StructureDesk):
    """Fyers' options desk: lots of the NSE's contracts, up to three legs in one order that trades at once.

    Fyers knows no net price: each leg has a limit of its own, and together they are never worse than ours.
    `submit_one` sends an order of a single contract, which may rest.
    """

    capabilities = StructureCapabilities(most_legs=MOST_LEGS, net_price=False, rests=False)

    def __init__(
        self,
        transport: Transport,
        tickers: Tickers,
        orders: OrderLookup,
        contracts: ListedContracts,
        clock: Callable[[], datetime],
        *,
        sells_uncovered: bool,
        submit_one: Callable[[Order], Receipt],
    ) -> None:
        self._transport, self._tickers, self._orders = transport, tickers, orders
        self._contracts, self._clock = contracts, clock
        self._chains = ChainReader(transport, contracts, clock)
        self._level = OptionsLevel.UNCOVERED if sells_uncovered else OptionsLevel.SPREADS
        self._submit_one = submit_one

    def now(self) -> datetime:
        """Return the time."""
        return self._clock()

    def level(self) -> OptionsLevel:
        """Return what the owner allows: Fyers itself margins whatever is sold."""
        return self._level

    def underlying(self, symbol: str) -> Instrument | None:
        """Return an index or a share that contracts of the NSE are listed on."""
        return Instrument(symbol, AssetClass.EQUITY, VENUE) if self._contracts.expiries(symbol) else None

    def expiries(self, underlying: str) -> list[date]:
        """Return the days by the exchange's own list, without asking Fyers."""
        now = self._clock()
        return [day for day in self._contracts.expiries(underlying) if not is_over(day, now)]

    def chain(self, underlying: str, expiries: Sequence[date]) -> Chain | None:
        """Return what is listed on these days, with the quotes of fifty strikes either side of the money."""
        return self._chains.read(underlying, expiries)

    def quotes(self, instruments: Sequence[Instrument]) -> dict[str, LegQuote]:
        """Return fresh quotes, fifty contracts a request."""
        return read_quotes(self._transport, self._tickers, instruments, self._clock)

    def submit(self, order: StructureOrder) -> StructureReceipt:
        """Send once; whether all legs have traded, or none, the book shows a moment later."""
        _check(order)
        if len(order.structure.legs) == 1:
            return self._answered(order, self._submit_single(order))
        with urgently(is_urgent=order.role is OrderRole.EXIT):
            return self._answered(order, self._submit_legs(order))

    def find(self, client_order_id: str) -> StructureReceipt | None:
        """Return what the legs of an order came to, together; None: today's book has none of them."""
        with understood(BrokerUnavailable):
            rows = self._orders.rows(client_order_id)
            return structure_receipt(rows, client_order_id, self._tickers) if rows else None

    def cancel(self, receipt: StructureReceipt) -> None:
        """Ask for a resting order of one contract to be cancelled; orders of several never rest."""
        with before_sending():
            rows = self._orders.rows(receipt.client_order_id)
        if len(rows) != 1:
            raise BrokerRejected("An order of several legs trades at once or not at all.", is_passing=True)
        self._write("DELETE", "/orders/sync", {"id": str(rows[0]["id"])}, urgent=True)

    def _submit_single(self, order: StructureOrder) -> str:
        (leg,) = order.structure.legs
        single = Order(
            client_order_id=order.client_order_id,
            instrument=leg.instrument,
            side=Side.SELL if leg.is_short else Side.BUY,
            role=order.role,
            type=OrderType.LIMIT,
            quantity=abs(leg.quantity) * order.units,
            # A net price at or below zero is one tick: nobody is paid for taking a contract.
            limit_price=max(abs(order.limit), leg.instrument.price_tick),
        )
        return self._submit_one(single).broker_order_id

    def _submit_legs(self, order: StructureOrder) -> str:
        with before_sending():
            tickers = self._named(order)
            limits = self._limits(order)
            if order.role is OrderRole.EXIT:
                self._check_held(order, tickers)
            else:
                refusal = shortage(self._transport, order, tickers=tickers, limits=limits, product=MARGIN)
                if refusal is not None:
                    raise BrokerRejected(refusal, reason=Reason.BUYING_POWER_INSUFFICIENT.value)
        body = legs_payload(order, tickers=tickers, limits=limits, product=MARGIN)
        # Before it is sent: the book shows a short form of the id only, perhaps before the answer is here.
        self._orders.names.remember([order.client_order_id])
        answer = self._write("POST", "/multileg/orders/sync", body, urgent=order.role is OrderRole.EXIT)
        # The legs are found by their tag; the number of the whole is for people.
        return str(answer.get("id", ""))

    def _named(self, order: StructureOrder) -> dict[str, str]:
        tickers: dict[str, str] = {}
        for leg in order.structure.legs:
            ticker = self._tickers.of(leg.instrument)
            if ticker is None:
                told = f"Fyers lists no {leg.instrument.symbol}."
                raise BrokerRejected(told, reason=Reason.SYMBOL_UNKNOWN.value)
            tickers[leg.instrument.symbol] = ticker
        return tickers

    def _limits(self, order: StructureOrder) -> dict[str, Decimal]:
        quotes = self.quotes([leg.instrument for leg in order.structure.legs])
        if order.role is OrderRole.EXIT:
            # Whoever buys back needs an ask alone: what nobody bids for is worth next to nothing.
            bought = {leg.instrument.symbol for leg in order.structure.legs if not leg.is_short}
            quotes |= {
                name: replace(one, bid=one.bid or ZERO) for name, one in quotes.items() if name in bought
            }
        try:
            limits = leg_limits(order.structure, quotes, order.limit)
        except StructureRefused as refused:
            raise BrokerRejected(refused.message, reason=refused.reason.value, is_passing=True) from refused
        if net_of(order.structure, limits) > order.limit:
            raise ValueError(f"{order.client_order_id} would cost more than its limit")
        return limits

    def _check_held(self, order: StructureOrder, tickers: dict[str, str]) -> None:
        """An exit never opens: each leg closes what is held under the product that it names."""
        rows = self._transport.read("/positions", urgent=True)["netPositions"]
        for leg in order.structure.legs:
            held = products_of(rows, tickers[leg.instrument.symbol]).get(MARGIN, ZERO)
            wanted = leg.quantity * order.units
            if held * wanted >= ZERO or abs(held) < abs(wanted):
                told = f"The exit closes {abs(wanted)} of {leg.instrument.symbol}, and {held} are held."
                raise BrokerRejected(told, is_passing=True)

    def _write(self, method: str, path: str, body: dict[str, object], *, urgent: bool) -> dict[str, object]:
        try:
            return self._transport.write(method, path, body, urgent=urgent)
        finally:
            # Even a write that failed may have changed the book.
            self._orders.forget()

    def _answered(self, order: StructureOrder, number: str) -> StructureReceipt:
        return StructureReceipt(
            client_order_id=order.client_order_id,
            broker_order_id=number,
            broker=NAME,
            # Fyers has taken it; what the exchange does with it shows in the book.
            status=OrderStatus.PENDING,
            created_at=self._clock(),
            units=order.units,
            limit=order.limit,
        )


def _check(order: StructureOrder) -> None:
    """Refuse what Fyers has no order for, before anything is sent."""
    legs = order.structure.legs
    if any(leg.option is None for leg in legs) or len(legs) > MOST_LEGS:
        told = f"Fyers takes up to {MOST_LEGS} contracts in one order, and no shares among them."
        raise BrokerRejected(told, reason=Reason.STRUCTURE_UNSUPPORTED.value)
    if order.units < 1:
        raise BrokerRejected("The units must be at least one.")
    for leg in legs:
        quantity = abs(leg.quantity) * order.units
        if leg.instrument.in_one_order(quantity) < quantity:
            told = f"{quantity} of {leg.instrument.symbol}, {leg.instrument.freeze_quantity} are taken."
            raise BrokerRejected(told, reason=Reason.QUANTITY_EXCEEDS_FREEZE.value)
