"""Alpaca's options desk: what is listed and quoted, and orders that are sent once and then looked up."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.brokers.alpaca.buying_power import Funds
from app.brokers.alpaca.mapping import understood
from app.brokers.alpaca.market_data import MarketData
from app.brokers.alpaca.outcomes import DUPLICATE, REFUSALS_OF_A_CHANGE
from app.brokers.alpaca.receipts import Row, decimal, is_over
from app.brokers.alpaca.structures.activities import read_history
from app.brokers.alpaca.structures.chains import ChainReader
from app.brokers.alpaca.structures.checks import MOST_LEGS, structure_refusal
from app.brokers.alpaca.structures.contracts import ContractBook
from app.brokers.alpaca.structures.payload import structure_payload
from app.brokers.alpaca.structures.quotes import read_quotes
from app.brokers.alpaca.structures.receipts import is_of_legs, structure_receipt, traded
from app.brokers.alpaca.structures.refusals import named
from app.brokers.alpaca.structures.ticks import on_tick
from app.brokers.alpaca.structures.working import SharedLook
from app.brokers.alpaca.transport import Transport
from app.brokers.structure_desk import StructureCapabilities, StructureDesk
from app.domain.instruments import AssetClass, Instrument
from app.domain.money import ZERO
from app.domain.structures.chain import Chain
from app.domain.structures.fates import ContractEvent
from app.domain.structures.levels import OptionsLevel
from app.domain.structures.net_quotes import LegQuote
from app.domain.structures.orders import StructureOrder, StructureReceipt
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown

_LEVEL_AGE = timedelta(seconds=60)
# An entry asks for the days and then for their chain: one price serves both.
_PRICE_AGE = timedelta(seconds=3)
_NOT_THERE = frozenset({404})
_REPLACEMENTS = 50


class AlpacaDesk(StructureDesk):
    """Orders of two to four contracts as one, of one contract as a plain order; no shares among the legs."""

    capabilities = StructureCapabilities(most_legs=MOST_LEGS, share_legs=False, needs_cover=True)

    def __init__(
        self, transport: Transport, market: MarketData, funds: Funds, clock: Callable[[], datetime], feed: str
    ) -> None:
        self._transport = transport
        self._market = market
        self._funds = funds
        self._clock = clock
        self._feed = feed
        self._contracts = ContractBook(transport, clock)
        self._chains = ChainReader(transport, self._contracts, clock, feed)
        self._working = SharedLook(transport, clock)
        self._level: tuple[datetime, OptionsLevel] | None = None
        self._prices: dict[str, tuple[datetime, Decimal]] = {}

    def now(self) -> datetime:
        """Return the time: Alpaca's market has the world's."""
        return self._clock()

    def level(self) -> OptionsLevel:
        """Return what both Alpaca and the account's own configuration allow, a minute old at most."""
        now, known = self._clock(), self._level
        if known is not None and abs(now - known[0]) < _LEVEL_AGE:
            return known[1]
        with understood(BrokerUnavailable):
            row: Row = self._transport.read("/account")
            # What is approved may be configured away; what is not said is not allowed.
            said = (decimal(row.get(name)) for name in ("options_approved_level", "options_trading_level"))
            lowest = min(ZERO if value is None else value for value in said)
        # Nothing is ever sold uncovered here, whatever number a level may have.
        level = OptionsLevel(min(int(lowest), OptionsLevel.SPREADS))
        self._level = (now, level)
        return level

    def expiries(self, underlying: str) -> list[date]:
        """Return the days of expiry that can be traded still; none where the underlying has no price."""
        price = self._price(underlying)
        return [] if price is None else self._contracts.expiries(underlying, price)

    def chain(self, underlying: str, expiries: Sequence[date]) -> Chain | None:
        """Return the contracts of these days, quotes a few seconds old at most."""
        price = self._price(underlying)
        return None if price is None else self._chains.read(underlying, expiries, price)

    def quotes(self, instruments: Sequence[Instrument]) -> dict[str, LegQuote]:
        """Return the latest quotes by canonical name, a hundred a call."""
        return read_quotes(self._transport, instruments, self._feed)

    def history(self, since: date) -> list[ContractEvent]:
        """Return what expired, was exercised or assigned; Alpaca tells of it the next day."""
        return read_history(self._transport, since)

    def submit(self, order: StructureOrder) -> StructureReceipt:
        """Send once; an id that Alpaca has already is our own earlier send, when the terms are the same."""
        order = self._fitted(order)
        sentence = structure_refusal(order)
        if sentence is not None:
            raise BrokerRejected(sentence)
        try:
            row = self._transport.write("POST", "/orders", structure_payload(order))
        except BrokerRejected as error:
            # An id that is taken is the one refusal that may mean success: an earlier send of ours arrived.
            if DUPLICATE not in error.message:
                raise named(error) from error
            return self._adopted(order, error)
        finally:
            # It may have bound money, whatever was answered.
            self._funds.forget()
        with understood(OutcomeUnknown):
            if row["client_order_id"] != order.client_order_id:
                raise ValueError("This is the answer to another order.")
            return structure_receipt([row], order.client_order_id)

    def find(self, client_order_id: str) -> StructureReceipt | None:
        """Return the order of this id; None is Alpaca's own word that there is none."""
        with understood(BrokerUnavailable):
            working = self._working.row(client_order_id)
            rows = self._rows(client_order_id) if working is None else [working]
            return structure_receipt(rows, client_order_id) if rows else None

    def cancel(self, receipt: StructureReceipt) -> None:
        """Ask for an order to be canceled as a whole; Alpaca cancels no single leg."""
        try:
            path = f"/orders/{self._id_of(receipt)}"
            self._transport.write("DELETE", path, refusals=REFUSALS_OF_A_CHANGE)
        finally:
            self._funds.forget()

    def _price(self, underlying: str) -> Decimal | None:
        now = self._clock()
        self._prices = {name: seen for name, seen in self._prices.items() if abs(now - seen[0]) < _PRICE_AGE}
        if underlying not in self._prices:
            quote = self._market.quote(Instrument(underlying, AssetClass.EQUITY))
            if quote is None:
                return None
            self._prices[underlying] = (now, quote.price)
        return self._prices[underlying][1]

    def _fitted(self, order: StructureOrder) -> StructureOrder:
        """Move the price of a single contract to its own tick; a net price may have any cent."""
        if len(order.structure.legs) != 1:
            return order
        instrument = order.structure.legs[0].instrument
        try:
            listed = self._contracts.one(instrument)
        except BrokerUnavailable:
            # Nobody is kept from leaving by a list that cannot be read.
            return order
        is_penny = None if listed is None else listed.is_penny
        return replace(order, limit=on_tick(order.limit, order.structure.underlying, is_penny=is_penny))

    def _rows(self, client_order_id: str) -> list[Row]:
        """Return an order and what replaced it by hand, each with its legs; nothing where there is none."""
        query = {"client_order_id": client_order_id}
        row: Row | None = self._transport.read("/orders:by_client_order_id", query, absent=_NOT_THERE)
        if row is None:
            return []
        # Somebody else's order must never be taken for proof that ours was placed.
        if row["client_order_id"] != client_order_id:
            raise ValueError("This is another order.")
        rows = [self._nested(row)]
        while rows[-1]["status"] == "replaced" and rows[-1].get("replaced_by"):
            if len(rows) > _REPLACEMENTS:
                raise ValueError("An order was replaced by itself.")
            rows.append(self._with_legs(rows[-1]["replaced_by"]))
        return rows

    def _nested(self, row: Row) -> Row:
        # While nothing has filled and it works, its legs have nothing to tell.
        is_silent = not is_over(row) and not decimal(row["filled_qty"])
        if not is_of_legs(row) or row.get("legs") or is_silent:
            return row
        return self._with_legs(row["id"])

    def _with_legs(self, order_id: str) -> Row:
        row: Row = self._transport.read(f"/orders/{order_id}", {"nested": "true"})
        return row

    def _adopted(self, order: StructureOrder, error: BrokerRejected) -> StructureReceipt:
        try:
            with understood(BrokerUnavailable):
                rows = self._rows(order.client_order_id)
                if not rows:
                    raise OutcomeUnknown("The id is taken, but Alpaca does not find it.") from error
                first = rows[0]
                if is_of_legs(first) and not first.get("legs"):
                    first = self._with_legs(first["id"])
                receipt = structure_receipt(rows, order.client_order_id)
                wanted = {leg.instrument.symbol: leg.ratio for leg in order.structure.legs}
                is_same = (traded(first), receipt.units) == (wanted, order.units)
        except BrokerUnavailable as unanswered:
            raise OutcomeUnknown("The id is taken, and Alpaca did not say by what.") from unanswered
        # The same id on other terms is a fault of ours, not an order that was placed already.
        if not is_same:
            raise error
        return receipt

    def _id_of(self, receipt: StructureReceipt) -> str:
        if receipt.broker_order_id:
            return receipt.broker_order_id
        try:
            found = self.find(receipt.client_order_id)
        except BrokerUnavailable as error:
            raise OutcomeUnknown("Alpaca did not say which order this is; nothing was sent.") from error
        if found is None:
            raise BrokerRejected(f"Alpaca has no order {receipt.client_order_id}.")
        return found.broker_order_id
