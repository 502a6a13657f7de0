from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, TypeVar

from app.brokers.paper.records import NEW_YORK, close_key, closing_time
from app.brokers.paper.settings import PaperSettings
from app.brokers.paper.structures.listing import listed_expiries, listed_strikes
from app.brokers.paper.structures.operations import (
    cancel_structure,
    look_at,
    structure_receipt,
    submit_structure,
)
from app.brokers.paper.structures.quotes import quote_contract, quote_leg
from app.brokers.paper.transaction import Transaction
from app.brokers.structure_desk import StructureCapabilities, StructureDesk
from app.domain.instruments import Instrument, OptionContract
from app.domain.structures.chain import Chain
from app.domain.structures.kinds import Kind
from app.domain.structures.levels import OptionsLevel
from app.domain.structures.net_quotes import LegQuote
from app.domain.structures.orders import StructureOrder, StructureReceipt
from app.domain.symbols.derivatives import option_instrument
from app.errors import BrokerUnavailable, OutcomeUnknown, StoreError

T = TypeVar("T")
_KINDS: tuple[Kind, ...] = ("call", "put")
Reading = Callable[[str], AbstractContextManager[Transaction]]


class Operate(Protocol):
    """Runs an operation on the account; raises BrokerRejected or OutcomeUnknown."""

    def __call__(self, name: str, action: Callable[[Transaction], T]) -> T:
        """Return what the operation returned, once it is written."""


class PaperDesk(StructureDesk):
    """The simulated options desk: contracts by a rule, quotes by a model, orders in whole units."""

    capabilities = StructureCapabilities(most_legs=4, share_legs=True)

    def __init__(self, operate: Operate, reading: Reading, settings: PaperSettings) -> None:
        self._operate = operate
        self._reading = reading
        self._settings = settings

    def level(self) -> OptionsLevel:
        """Return the level that PAPER_OPTIONS_LEVEL sets."""
        return self._settings.options_level

    def now(self) -> datetime:
        """Return the simulated time."""
        with self._reading("now") as draft:
            return draft.at

    def expiries(self, underlying: str) -> list[date]:
        """Return the days of expiry that can be traded still; none where the underlying has no price."""
        with self._reading("expiries") as draft:
            if draft.market.price(underlying) is None:
                return []
            days = listed_expiries(draft.at.astimezone(NEW_YORK).date())
            return [day for day in days if closing_time(day) > draft.at]

    def chain(self, underlying: str, expiries: Sequence[date]) -> Chain | None:
        """Return every strike of these days with quotes; None where the underlying has no price."""
        with self._reading("chain") as draft:
            spot = draft.market.price(underlying)
            if spot is None:
                return None
            contracts = tuple(
                quote_contract(instrument, draft.market, spot.value, draft.settings, draft.at)
                for instrument in _listed(underlying, expiries, spot.value)
            )
            return Chain(underlying, spot.value, contracts, draft.at)

    def quotes(self, instruments: Sequence[Instrument]) -> dict[str, LegQuote]:
        """Return the quotes of contracts and shares at one moment."""
        with self._reading("quotes") as draft:
            return {instrument.symbol: quote_leg(draft, instrument) for instrument in instruments}

    def settlement_price(self, underlying: str, day: date) -> Decimal | None:
        """Return the price at which the account's own contracts of a day expired."""
        with self._reading("settlement_price") as draft:
            return draft.account.closes.get(close_key(underlying, day))

    def submit(self, order: StructureOrder) -> StructureReceipt:
        """Fill or rest the order; raise BrokerRejected, or OutcomeUnknown when the store failed."""
        with writing():
            return self._operate("submit_structure", lambda draft: submit_structure(draft, order))

    def find(self, client_order_id: str) -> StructureReceipt | None:
        """Return an order; one that works meets the market once more before it is shown."""
        with self._reading("find_structure") as draft:
            found = draft.structure(client_order_id)
            if found is None or found.status.is_final:
                return None if found is None else structure_receipt(found)
        try:
            self._operate("look", lambda draft: look_at(draft, client_order_id))
        except (StoreError, OutcomeUnknown) as error:
            raise BrokerUnavailable("The store did not answer.") from error
        with self._reading("find_structure") as draft:
            found = draft.structure(client_order_id)
            return None if found is None else structure_receipt(found)

    def cancel(self, receipt: StructureReceipt) -> None:
        """Take an open order back; a final one raises BrokerRejected."""
        with writing():
            self._operate("cancel_structure", lambda draft: cancel_structure(draft, receipt.client_order_id))


@contextmanager
def writing() -> Iterator[None]:
    """Turn what the store did not confirm into an unknown outcome."""
    try:
        yield
    except (StoreError, BrokerUnavailable) as error:
        # The entry may have been written although its answer was lost: never a refusal.
        raise OutcomeUnknown("The store did not confirm the write.") from error


def _listed(underlying: str, expiries: Sequence[date], price: Decimal) -> Iterator[Instrument]:
    for expiry in expiries:
        for strike in listed_strikes(price):
            for kind in _KINDS:
                yield option_instrument(OptionContract(underlying, expiry, strike, kind))
